"""Dagster's records are the same whether they are written quickly or not, and a killed process leaves them whole."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import dagster as dg
from dagster._core.storage.event_log.sqlite import sqlite_event_log

from pipelines.records import quickly_written
from tests.conftest import PROJECT

SILENT = {"telemetry": {"enabled": False}}


@dg.asset(check_specs=[dg.AssetCheckSpec("right", asset="rows")])
def rows() -> dg.MaterializeResult:
    check = dg.AssetCheckResult(check_name="right", passed=True, metadata={"n": 3})
    return dg.MaterializeResult(metadata={"dagster/row_count": 3}, check_results=[check])


def told(folder: Path, quickly: bool) -> list[tuple[object, ...]]:
    folder.mkdir()
    with (
        quickly_written() if quickly else nullcontext(),
        dg.DagsterInstance.local_temp(str(folder), overrides=SILENT) as instance,
    ):
        for _ in range(2):
            assert dg.materialize([rows], instance=instance).success
    with dg.DagsterInstance.local_temp(str(folder), overrides=SILENT) as instance:
        logs = [
            entry for record in instance.get_run_records() for entry in instance.all_logs(record.dagster_run.run_id)
        ]
        latest = instance.get_latest_materialization_event(dg.AssetKey("rows"))
        assert latest is not None
    return [(e.step_key, e.dagster_event and e.dagster_event.event_type_value) for e in logs]


def test_the_same_is_recorded(tmp_path: Path) -> None:
    quick = told(tmp_path / "quick", quickly=True)
    assert quick == told(tmp_path / "slow", quickly=False)
    assert ("rows", "ASSET_CHECK_EVALUATION") in quick


def test_one_engine_serves_a_database_and_dagster_is_left_as_it_was(tmp_path: Path) -> None:
    made: list[str] = []
    make = sqlite_event_log.create_engine

    def noted(address: str, **options: object) -> object:
        made.append(address)
        return make(address, **options)

    with patch.object(sqlite_event_log, "create_engine", noted):
        told(tmp_path / "quick", quickly=True)
        quick = [address for address in made if "quick" in address]
        assert sqlite_event_log.create_engine is noted
    runs = 2
    assert len(quick) < 20 * runs, "an engine for each event would be hundreds"


def test_a_killed_process_leaves_the_records_whole(tmp_path: Path) -> None:
    said = f"""
import os, signal, dagster as dg
from pipelines.records import quickly_written
@dg.asset
def rows():
    os.kill(os.getpid(), signal.SIGKILL)
with quickly_written(), dg.DagsterInstance.local_temp({str(tmp_path)!r}, overrides={SILENT}) as instance:
    dg.materialize([rows], instance=instance)
"""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ended = subprocess.run([sys.executable, "-c", said], env=environment, cwd=PROJECT, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    databases = list(tmp_path.rglob("*.db"))
    assert len(databases) >= 3
    for path in databases:
        with sqlite3.connect(path) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=SILENT) as instance:
        (record,) = instance.get_run_records()
        kinds = {
            e.dagster_event.event_type_value for e in instance.all_logs(record.dagster_run.run_id) if e.dagster_event
        }
    assert "STEP_START" in kinds
