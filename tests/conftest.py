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


def shared(*parts: str) -> Path:
    """A file of open data that is not in the repository; the test skips where it is not on this machine."""
    folder = Path(os.environ.get("CIRCULEZ_SHARED", PROJECT.parent / "shared"))
    path = folder.joinpath("opendata", *parts)
    if not path.exists():
        pytest.skip(f"{path} is not on this machine; name the folder above `opendata` by CIRCULEZ_SHARED")
    return path


@pytest.fixture(scope="session")
def building_register() -> Path:
    """The register of buildings of Washington DC."""
    return shared("registers", "dc_buildings", "dc_benchmark_2022_2024.csv")


@pytest.fixture(scope="session")
def industrial_register() -> Path:
    """The register of European industrial sites."""
    return shared("industrial_sites", "Industrial_Database.csv")


@pytest.fixture(scope="session")
def luxembourg() -> Path:
    """The folder with the shapes of Luxembourg's communes and cantons."""
    return shared("luxembourg", "communes4326.geojson").parent
