"""A reader polls the snapshot through twenty whole refreshes, each with one more answer.

    python -m trials.reader [REFRESHES]

Every reading opens the snapshot anew and takes its release, its total and its number of files from three tables. A reading
that fails, or that is not exactly one of the releases published, is counted.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

from assets.project import PROJECT
from metabolism.layout import DataFolder

Reading = tuple[str, float, int]
HEADER = "establishment_id,direction,resource,quantity,unit,period,how_known,partner_country\n"


def read(data: DataFolder) -> Reading:
    with duckdb.connect(str(data.marts / "circulez.duckdb"), read_only=True) as connection:
        row = connection.execute(
            "select (select release_id from marts.release), (select fsum(value order by value) from marts.mart_metabolism),"
            " (select count(*) from marts.mart_files)"
        ).fetchone()
    assert row is not None
    return row


def poll(data: DataFolder, stop: threading.Event, readings: list[Reading], errors: list[str]) -> None:
    while not stop.wait(0.05):
        try:
            readings.append(read(data))
        except duckdb.Error as error:
            errors.append(str(error))


def main() -> None:
    from pipelines.run import refresh

    refreshes = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as scratch:
        data = DataFolder(Path(scratch) / "data")
        shutil.copytree(PROJECT / "tests" / "cases" / "tiny" / "raw", data.raw)
        assert refresh(data).published
        published, readings, errors = [read(data)], [], []
        stop = threading.Event()
        reader = threading.Thread(target=poll, args=(data, stop, readings, errors))
        reader.start()
        for number in range(refreshes):
            answer = data.surveys / "z" / "2025" / f"x{number}.flows.csv"
            answer.write_text(f"{HEADER}x{number},in,energy.gas,{100 + number},MWh,year,invoiced,DE\n")
            assert refresh(data).published
            published.append(read(data))
            print(
                f"{time.strftime('%X')} refresh {number + 1}: {len(readings)} readings, {len(errors)} errors",
                flush=True,
            )
        stop.set()
        reader.join()
    mixed = [reading for reading in readings if reading not in published]
    print(f"{refreshes} refreshes, {len(readings)} readings: {len(errors)} errors, {len(mixed)} mixed, {errors[:3]}")


if __name__ == "__main__":
    main()
