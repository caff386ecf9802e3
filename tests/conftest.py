"""What all tests share: a state folder of their own, and where the material outside the repository may stand."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "cases"
_STATE = tempfile.mkdtemp(prefix="circulez-tests-")
os.environ["CIRCULEZ_STATE"] = _STATE
os.environ["DAGSTER_HOME"] = str(PROJECT)
os.environ.pop("CIRCULEZ_DATA", None)


@pytest.fixture(scope="session", autouse=True)
def _state_goes_away() -> Iterator[None]:
    yield
    shutil.rmtree(_STATE, ignore_errors=True)


@pytest.fixture(scope="session")
def building_register() -> Path:
    """The register of buildings of Washington DC; it is not in the repository."""
    folder = Path(os.environ.get("CIRCULEZ_SHARED", PROJECT.parent / "shared"))
    path = folder / "opendata" / "registers" / "dc_buildings" / "dc_benchmark_2022_2024.csv"
    if not path.exists():
        pytest.skip(f"the building register is not on this machine ({path}); name its folder by CIRCULEZ_SHARED")
    return path
