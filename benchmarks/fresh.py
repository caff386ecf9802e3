"""What a refresh costs that has nothing new, and what a new campaign costs among many, measured in one session.

    python -m benchmarks.fresh [ROUNDS] [FOLDER WITH raw/]     # a refresh with nothing new beside a full one
    python -m benchmarks.fresh campaigns [NUMBER]              # landing one new campaign among so many (200)

Ratios travel; seconds do not.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from assets.project import PROJECT, SEEDS
from benchmarks.refresh import BIN, seconds
from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import campaigns, received
from metabolism.tables import write_table

ESTABLISHMENTS = 15
RESOURCES = ("steel", "paper", "food", "water.drinking", "energy.electricity")
UNITS = {"water.drinking": "m3", "energy.electricity": "MWh"}


def nothing_new(rounds: int, case: Path) -> None:
    """A warm `circulez run` of which nothing changed, beside `circulez run --full`."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "data"
        shutil.copytree(case / "raw", root / "raw")
        run = [str(BIN / "circulez"), "run", "--data", str(root)]
        seconds(run, {})
        full, idle = [], []
        for number in range(rounds):
            full.append(spent([*run, "--full"]))
            idle.append(spent(run))
            print(f"round {number + 1}: full {_told(full[-1])}, nothing new {_told(idle[-1])}", flush=True)
        wall, cpu = (
            statistics.median(one[n] for one in idle) / statistics.median(one[n] for one in full) for n in (0, 1)
        )
        print(f"ratio of medians: {wall:.2f} by the clock, {cpu:.2f} of work")


def spent(command: list[str]) -> tuple[float, float]:
    """Seconds by the clock, and of work of all its processes: the latter hardly changes beside a busy machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock = seconds(command, {})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _told(one: tuple[float, float]) -> str:
    return f"{one[0]:.1f} s ({one[1]:.1f} s of work)"


def one_among(number: int) -> None:
    """Landing one campaign that is new, alone and among `number` that are kept."""
    with tempfile.TemporaryDirectory() as scratch:
        alone, many = DataFolder(Path(scratch) / "alone"), DataFolder(Path(scratch) / "many")
        write_campaign(alone, 1)
        landed(alone)  # what is loaded once a process is in no figure
        for one in range(2, number):
            write_campaign(many, one)
        all_at_once = landed(many)
        rounds = []
        for later in range(number, number + 3):
            shutil.rmtree(alone.root)
            write_campaign(alone, later)
            write_campaign(many, later)
            rounds.append((landed(alone), landed(many)))
        kept = landed(many)
        one, among = (statistics.median(column) for column in zip(*rounds, strict=True))
        n_files = len(received.survey_files(many))
        print(f"{number} campaigns, {n_files} files, all new: {all_at_once:.2f} s; nothing new: {kept:.2f} s")
        print(f"one new alone: {one:.2f} s; one new among {number}: {among:.2f} s; ratio {among / one:.1f}")
        print(f"of these by the number of campaigns: {kept:.2f} s; by the new one: {among - kept:.2f} s")


def landed(data: DataFolder) -> float:
    """Seconds of a landing: sha256 of every file, campaigns read or taken as they are kept, tables written whole."""
    words = nomenclatures.load_once(SEEDS)
    began = time.perf_counter()
    files, kept = received.survey_files(data), campaigns.Kept(data.lake / "campaigns")
    tables = campaigns.land_campaigns(files, words, kept, campaigns.reader_version(SEEDS)).tables
    for name, columns in campaigns.SCHEMAS.items():
        write_table(tables[name], data.landed / f"{name}.parquet", columns)
    return time.perf_counter() - began


def write_campaign(data: DataFolder, number: int) -> None:
    """A territory with two small CSV files an establishment."""
    folder = data.surveys / f"zone-{number:04}" / "2025"
    folder.mkdir(parents=True)
    for one in range(ESTABLISHMENTS):
        name = f"z{number}-{one}"
        (folder / f"{name}.establishment.csv").write_text(
            f"establishment_id,name,nace,employees\n{name},Company {one},25.{10 + one},{5 + one}\n"
        )
        rows = [
            f"{name},in,{resource},{10 * one + n},{UNITS.get(resource, 't')}" for n, resource in enumerate(RESOURCES)
        ]
        rows.append(f"{name},out,waste.150101,{one + 1},t")
        header = "establishment_id,direction,resource,quantity,unit,period,how_known\n"
        (folder / f"{name}.flows.csv").write_text(header + "".join(f"{row},year,invoiced\n" for row in rows))


def main(words: list[str]) -> None:
    if words[:1] == ["campaigns"]:
        one_among(int(words[1]) if len(words) > 1 else 200)
    else:
        nothing_new(int(words[0]) if words else 3, Path(words[1]) if len(words) > 1 else PROJECT / "data")


if __name__ == "__main__":
    main(sys.argv[1:])
