"""Runs of the whole pipeline, in this process where nothing has to be killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.lock import let_go
from metabolism.layout import DataFolder
from pipelines.run import Outcome
from tests.conftest import CASES, PROJECT

CIRCULEZ = Path(sys.executable).with_name("circulez")


def folder_of(case: str, target: Path) -> DataFolder:
    """A copy of a case's raw files, in a folder with a blank and an apostrophe in its name."""
    root = target / "l'étude d'un territoire"
    shutil.copytree(CASES / case / "raw", root / "raw")
    return DataFolder(root)


def circulez(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a person calls it."""
    return subprocess.run([str(CIRCULEZ), *map(str, arguments)], capture_output=True, text=True, cwd=PROJECT)


def run_once(data: DataFolder, *, full: bool = True, **options: Any) -> Outcome:
    """One refresh in this process, which gives the folder back at its end. All is made, if nothing else is said: a fault
    that a test plants into a function changes no file, so that no key of what is kept would tell it."""
    from pipelines.run import refresh

    try:
        return refresh(data, full=full, **options)
    finally:
        let_go(data)


@pytest.fixture(scope="session")
def refreshed() -> Callable[[DataFolder], DataFolder]:
    """Refreshes a folder in this process and wants it published."""

    def refresh_it(data: DataFolder) -> DataFolder:
        outcome = run_once(data)
        assert outcome.published, outcome
        return data

    return refresh_it


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[DataFolder], DataFolder]) -> DataFolder:
    """The tiny case, published once for all tests that only look at it."""
    return refreshed(folder_of("tiny", tmp_path_factory.mktemp("tiny")))


def query(data: DataFolder, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(data.marts / "circulez.duckdb"), read_only=True) as connection:
        return connection.execute(sql).df()
