"""A kill at any moment leaves the last publication readable, and the next run whole; a reader never meets a mix."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assets import release as releases
from assets.lock import hold, let_go
from metabolism.layout import DataFolder
from pipelines.verify import verify_release
from tests.conftest import PROJECT
from tests.e2e.conftest import CIRCULEZ, circulez, folder_of, query

pytestmark = pytest.mark.slow
FIGURES = "select * exclude (suppressed, band) from marts.mart_metabolism order by all"
LATER = "establishment_id,direction,resource,quantity,unit,period,how_known,partner_country\n"

READER = """
import sys, time, duckdb
path, stop, log, seen, errors, opened = *sys.argv[1:4], set(), [], 0
from pathlib import Path
while not Path(stop).exists():
    try:
        with duckdb.connect(path, read_only=True) as c:
            release = c.execute("select release_id from marts.release").fetchone()[0]
            total = c.execute("select fsum(value order by value) from marts.mart_metabolism").fetchone()[0]
            files = c.execute("select count(*) from marts.mart_files").fetchone()[0]
        seen.add((release, total, files))
        opened += 1
    except Exception as error:
        errors.append(repr(error))
    with open(log, "a") as file:
        file.write(".")
print(opened, len(errors), sorted(seen), errors[:3], sep="|")
"""


def wait_for_readings(log: Path, number: int) -> None:
    """Until the reader has opened the snapshot that many times more."""
    wanted = log.stat().st_size + number
    while log.stat().st_size < wanted:
        time.sleep(0.01)


def deliver_one_more(data: DataFolder) -> None:
    (data.surveys / "z" / "2025" / "e4.flows.csv").write_text(LATER + "e4,in,energy.gas,500,MWh,year,invoiced,DE\n")


def test_a_reader_through_twenty_refreshes_meets_no_error_and_no_mix(
    tmp_path: Path, refreshed: Callable[[DataFolder], DataFolder]
) -> None:
    data = refreshed(folder_of("tiny", tmp_path))
    first = (data.marts / "current").resolve()
    deliver_one_more(data)
    refreshed(data)
    second = (data.marts / "current").resolve()
    whole = set()
    for made in (first, second):
        releases.publish(data, made)
        sql = (
            "select (select release_id from marts.release) as id, (select fsum(value order by value) from"
            " marts.mart_metabolism) as total, (select count(*) from marts.mart_files) as files"
        )
        whole.add(tuple(query(data, sql).iloc[0]))
    stop, log = tmp_path / "stop", tmp_path / "opened"
    log.touch()
    command = [sys.executable, "-c", READER, str(data.marts / "circulez.duckdb"), str(stop), str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        try:
            for turn in range(20):
                releases.publish(data, (first, second)[turn % 2])
                wait_for_readings(log, 3)
        finally:
            stop.touch()
        said = reader.communicate()[0]
    opened, errors, seen, shown = said.strip().split("|")
    assert errors == "0", shown
    assert int(opened) >= 60
    assert set(ast.literal_eval(seen)) == whole, "each reading is one of the two releases, whole"


@pytest.mark.timeout(1800)
def test_a_kill_at_ten_moments_leaves_the_last_publication_and_the_next_run_whole(
    tmp_path: Path, refreshed: Callable[[DataFolder], DataFolder]
) -> None:
    data = refreshed(folder_of("tiny", tmp_path))
    old = query(data, FIGURES)
    clean = refreshed(with_one_more(tmp_path / "clean"))
    new = query(clean, FIGURES)
    assert not new.equals(old)
    deliver_one_more(data)
    duration = seconds_of_a_run(with_one_more(tmp_path / "timed"))
    for moment in range(10):
        kill_after(data, duration * (moment + 0.5) / 10)
        found = query(data, FIGURES)
        assert found.equals(old) or found.equals(new)
        release = verify_release(data)
        assert not [line for line in release.wrong if "marts/" in line or "identit" in line], release.text()
    assert subprocess.run([str(CIRCULEZ), "run", "--data", str(data.root)], cwd=PROJECT).returncode == 0
    pd.testing.assert_frame_equal(query(data, FIGURES), new)
    assert verify_release(data).holds


def with_one_more(target: Path) -> DataFolder:
    data = folder_of("tiny", target)
    deliver_one_more(data)
    return data


def seconds_of_a_run(data: DataFolder) -> float:
    began = time.monotonic()
    subprocess.run([str(CIRCULEZ), "run", "--data", str(data.root)], check=True, cwd=PROJECT, capture_output=True)
    return time.monotonic() - began


def kill_after(data: DataFolder, seconds: float) -> None:
    """kill -9 to the run and its children, `seconds` after it began."""
    command = [str(CIRCULEZ), "run", "--data", str(data.root)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    data = folder_of("tiny", tmp_path)
    hold(data)
    try:
        said = circulez("run", "--data", data.root)
    finally:
        let_go(data)
    assert said.returncode == 1
    assert "Another run is at work" in said.stderr


def test_a_copied_folder_goes_on(
    tiny: DataFolder, tmp_path: Path, refreshed: Callable[[DataFolder], DataFolder]
) -> None:
    """A copy that turned links into files (a USB stick, a sync folder) is published into like any other."""
    target = tmp_path / "copy"
    shutil.copytree(tiny.root, target, symlinks=False)
    data = refreshed(DataFolder(target))
    assert (data.marts / "current").is_symlink()
    assert verify_release(data).holds
