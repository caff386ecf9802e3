"""What is kept of a campaign stands for reading it: never of other files, of another reader, or of a damaged file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from metabolism import fingerprint
from metabolism.layout import DataFolder
from metabolism.surveys import campaigns, landed, landing, received
from metabolism.surveys.campaigns import Campaign, Kept, Landed, land_campaigns
from tests.conftest import CASES, PROJECT
from tests.metabolism.surveys.answers import NOMENCLATURES, SEEDS

FLOWS = "establishment_id,direction,resource,quantity,unit,period\n"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """The campaigns of both cases, one with a mapping, and a file that stands in none."""
    for case in ("tiny", "waldbierg"):
        shutil.copytree(CASES / case / "raw", tmp_path / "raw", dirs_exist_ok=True)
    folder = DataFolder(tmp_path)
    (folder.surveys / "z" / "astray.flows.csv").write_text(FLOWS)
    return folder


def land(data: DataFolder, again: Callable[[Campaign], bool] = lambda _: False, reader: str = "this one") -> Landed:
    files = received.survey_files(data)
    return land_campaigns(files, NOMENCLATURES, Kept(data.lake / "campaigns"), reader, again)


def assert_same(one: Landed, other: Landed) -> None:
    assert one.tables.keys() == other.tables.keys()
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name], obj=name)


def from_nothing(data: DataFolder, target: Path) -> Landed:
    shutil.copytree(data.raw, target / "raw")
    return land(DataFolder(target))


def test_what_is_kept_is_what_was_read(data: DataFolder) -> None:
    first = land(data)
    assert sorted(first.read) == ["c1/2025", "demo/2025", "z/2025"]
    second = land(data)
    assert second.read == []
    assert_same(first, second)


def test_the_rows_are_those_of_all_files_landed_at_once(data: DataFolder) -> None:
    files = received.survey_files(data)
    at_once = landed.frames(landing.land(files, NOMENCLATURES))
    by_campaign = land(data).tables
    for name in landed.SCHEMAS:
        keys = ["source_file", "source_sheet", "source_row", *(["entry", "value"] if name == "flows" else [])]
        one, other = (table[keys].astype(str).to_numpy().tolist() for table in (at_once[name], by_campaign[name]))
        assert one == other, name
    assert sorted(at_once["findings"]["kind"]) == sorted(by_campaign["findings"]["kind"])
    assert at_once["files"]["rows_accepted"].sum() == by_campaign["files"]["rows_accepted"].sum()
    assert "misplaced_file" in set(by_campaign["findings"]["kind"])


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a file more": (
        "z/2025",
        lambda raw: (raw / "surveys/z/2025/late.flows.csv").write_text(FLOWS + "e4,in,steel,3,t,year\n"),
    ),
    "a file less": ("c1/2025", lambda raw: (raw / "surveys/c1/2025/e3.flows.csv").unlink()),
    "another content": (
        "c1/2025",
        lambda raw: (raw / "surveys/c1/2025/e3.flows.csv").write_text(FLOWS + "e3,in,steel,3,t,year\n"),
    ),
    "another name": (
        "z/2025",
        lambda raw: (raw / "surveys/z/2025/e1.flows.csv").rename(raw / "surveys/z/2025/e9.flows.csv"),
    ),
    "another mapping": (
        "demo/2025",
        lambda raw: [path.write_text(path.read_text() + "\n# mended\n") for path in raw.rglob("mapping.yaml")],
    ),
    "two files that change places": (
        "z/2025",
        lambda raw: _swap(raw / "surveys/z/2025", "e1.flows.csv", "e2.flows.csv"),
    ),
}


def _swap(folder: Path, one: str, other: str) -> None:
    (folder / one).rename(folder / "aside")
    (folder / other).rename(folder / one)
    (folder / "aside").rename(folder / other)


@pytest.mark.parametrize("change", CHANGES)
def test_a_campaign_is_read_again_where_its_files_changed_and_no_other_is(
    data: DataFolder, tmp_path: Path, change: str
) -> None:
    land(data)
    campaign, make = CHANGES[change]
    make(data.raw)
    after = land(data)
    assert after.read == [campaign]
    assert_same(after, from_nothing(data, tmp_path / "new"))


def test_another_reader_reads_all_again(data: DataFolder) -> None:
    land(data)
    assert len(land(data, reader="a later one").read) == 3
    assert len(land(data, reader="a later one").read) == 0


def test_a_narrowed_run_reads_what_it_names(data: DataFolder) -> None:
    before = land(data)
    after = land(data, lambda campaign: campaign.territory_id == "z")
    assert after.read == ["z/2025"]
    assert_same(before, after)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut off": _cut,
    "one bit": _flip,
    "empty": lambda path: path.write_bytes(b""),
    "something else": lambda path: path.write_text("[1, 2]\n"),
    "that of another campaign": lambda path: shutil.copyfile(path.parents[1] / "c1" / "2025.campaign", path),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_whole_is_read_again(data: DataFolder, damage: str) -> None:
    before = land(data)
    DAMAGES[damage](data.lake / "campaigns" / "z" / "2025.campaign")
    after = land(data)
    assert after.read == ["z/2025"]
    assert_same(before, after)
    assert land(data).read == []


def test_a_file_that_is_replaced_while_it_is_read_is_not_kept(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data.surveys / "c1" / "2025" / "e3.flows.csv"
    whole = path.read_text()
    read = landing.land

    def replaced_meanwhile(*arguments: object, **options: object) -> object:
        path.write_text(FLOWS)
        return read(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(landing, "land", replaced_meanwhile)
    land(data)
    monkeypatch.setattr(landing, "land", read)
    path.write_text(whole)
    after = land(data)
    assert after.read == ["c1/2025"]
    assert "surveys/c1/2025/e3.flows.csv" in set(after.tables["flows"]["source_file"])


def test_what_left_raw_leaves_what_is_kept(data: DataFolder) -> None:
    land(data)
    kept = Kept(data.lake / "campaigns")
    (data.lake / "campaigns" / "z" / "2025.4711").write_text("what a killed run left")
    assert kept.keep_only(["z/2025", "demo/2025"]) == ["c1/2025"]
    assert sorted(path.name for path in kept.folder.glob("*/*")) == ["2025.campaign"] * 2


def test_no_campaign_at_all_gives_empty_tables(tmp_path: Path) -> None:
    tables = land(DataFolder(tmp_path)).tables
    assert all(len(table) == 0 for table in tables.values())
    assert {name: list(table) for name, table in tables.items()} == {
        name: list(columns) for name, columns in campaigns.SCHEMAS.items()
    }


def test_the_version_of_the_reader_covers_all_that_it_imports() -> None:
    """Whatever module of ours the reader comes to import is in its version, or this test says so."""
    said = "import sys, metabolism.surveys.campaigns; print(*(m.__file__ for n, m in sys.modules.items()"
    said += " if n.partition('.')[0] in ('metabolism', 'assets') and m.__file__), sep='\\n')"
    imported = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, cwd=PROJECT)
    package = PROJECT / "metabolism"
    covered = {*fingerprint.sources(package, "*.py"), *fingerprint.sources(package / "surveys")}
    assert {Path(file).resolve() for file in imported.stdout.splitlines()} <= covered


def test_the_version_of_the_reader_changes_with_seeds_and_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(SEEDS, seeds)
    before = campaigns.reader_version(SEEDS)
    assert campaigns.reader_version(seeds) == before, "wherever the folder stands"
    with (seeds / "waste_density.csv").open("a") as file:
        file.write("1501,0.2,30,\n")
    assert campaigns.reader_version(seeds) != before
    monkeypatch.setattr(fingerprint, "of_environment", lambda: "another pandas")
    assert campaigns.reader_version(SEEDS) != before
