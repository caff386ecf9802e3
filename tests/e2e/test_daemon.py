"""With `make ui` running: a delivery is published without a command, and a run that fails sends its mail."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.freshness import FreshnessState

from metabolism.layout import DataFolder
from tests.conftest import PROJECT
from tests.e2e.conftest import CIRCULEZ, folder_of, query
from tests.mailbox import Mailbox

pytestmark = pytest.mark.slow
LATER = "surveys/c1/2025/e3.flows.csv"
SENSOR = "new_deliveries"
PATIENCE_S = 240


class Running(NamedTuple):
    """The daemon at work on a data folder, its mailbox, and the environment that both have."""

    data: DataFolder
    mailbox: Mailbox
    environment: dict[str, str]
    log: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("daemon")
    data = folder_of("tiny", folder)
    (data.raw / LATER).rename(folder / "later.csv")
    home = folder / "home"
    home.mkdir()
    shutil.copyfile(PROJECT / "dagster.yaml", home / "dagster.yaml")
    with Mailbox() as mailbox:
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(home),
            "CIRCULEZ_STATE": str(folder / "state"),
            "CIRCULEZ_DATA": str(data.root),
            "CIRCULEZ_PORT": str(free_port()),
            "CIRCULEZ_LOOK_EVERY": "5",
            "CIRCULEZ_SMTP_HOST": "127.0.0.1",
            "CIRCULEZ_SMTP_PORT": str(mailbox.port),
            "CIRCULEZ_SMTP_TLS": "none",
            "CIRCULEZ_MAIL_FROM": "circulez@example.org",
            "CIRCULEZ_MAIL_TO": "anna@example.org",
        }
        log = folder / "daemon.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.ui"],
                cwd=PROJECT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield Running(data, mailbox, environment, log)
        finally:
            end(process)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the daemon as Ctrl-C does, then whatever of its session is left."""
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=30)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)


def wait_until(reached: Callable[[], object], what: str, running: Running) -> None:
    end_of_patience = time.monotonic() + PATIENCE_S
    while not reached():
        if time.monotonic() > end_of_patience:
            raise AssertionError(f"not within {PATIENCE_S} s: {what}\n{running.log.read_text()[-6000:]}")
        time.sleep(2)


def files_published(data: DataFolder) -> set[str]:
    try:
        return set(query(data, "select source_file from marts.mart_files")["source_file"])
    except duckdb.IOException:
        return set()


@pytest.mark.timeout(1200)
def test_a_delivery_is_published_and_a_failure_is_mailed(running: Running) -> None:
    data, mailbox = running.data, running.mailbox
    later = data.raw / LATER
    wait_until(lambda: files_published(data), "the folder is published when the daemon first sees it", running)
    assert LATER not in files_published(data)
    before = query(data, "select release_id from marts.release")["release_id"][0]

    shutil.copyfile(data.root.parent / "later.csv", later)
    wait_until(lambda: LATER in files_published(data), "the file that was dropped into raw/ is published", running)
    assert query(data, "select release_id from marts.release")["release_id"][0] != before
    assert len(query(data, f"select * from marts.mart_flow_sources where source_file = '{LATER}'")) > 0
    assert mailbox.received == []

    later.unlink()
    wait_until(lambda: mailbox.received, "the run that failed sends its mail", running)
    text = mailbox.received[0].text
    assert mailbox.received[0].message["Subject"] == f"Circulez: the refresh of {data.root.name} failed"
    assert "delivered_files_stand" in text
    assert LATER in text
    assert "The previous publication stands" in text
    assert "Traceback" not in text
    assert LATER in files_published(data)

    by_hand = subprocess.run(
        [str(CIRCULEZ), "run", "--data", str(data.root)], cwd=PROJECT, env=running.environment, capture_output=True
    )
    assert by_hand.returncode == 3
    wait_until(lambda: len(mailbox.received) > 1, "the run of the command that failed sends its mail too", running)
    assert len({mail.message["Message-ID"] for mail in mailbox.received}) == 2

    shutil.copyfile(data.root.parent / "later.csv", later)
    state = Instance(running)
    wait_until(lambda: state.runs()[0] == (SENSOR, "SUCCESS"), "the refresh succeeds once the file is back", running)
    assert state.runs()[1:] == [(None, "FAILURE"), (SENSOR, "FAILURE"), (SENSOR, "SUCCESS"), (SENSOR, "SUCCESS")]
    wait_until(lambda: state.freshness("mart_flows") == FreshnessState.PASS, "the marts are fresh", running)
    assert len(mailbox.received) == 2


class Instance:
    """What Dagster's own records of the daemon say."""

    def __init__(self, running: Running) -> None:
        self.environment = running.environment

    @contextmanager
    def _open(self) -> Iterator[dg.DagsterInstance]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CIRCULEZ_STATE", self.environment["CIRCULEZ_STATE"])
            with dg.DagsterInstance.from_config(self.environment["DAGSTER_HOME"]) as instance:
                yield instance

    def runs(self) -> list[tuple[str | None, str]]:
        """Who started each run and how it ended, the newest first."""
        with self._open() as instance:
            runs = [record.dagster_run for record in instance.get_run_records()]
        return [(run.tags.get("circulez/started_by"), run.status.value) for run in runs]

    def freshness(self, mart: str) -> FreshnessState | None:
        key = dg.AssetKey(["marts", mart])
        with self._open() as instance:
            record = instance.get_freshness_state_records([key]).get(key)
        return record.freshness_state if record else None
