"""Small files retyped by hand in the providers' formats, and where the real ones may stand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROJECT

WASTE_HEADER = "freq,unit,hazard,nace_r2,waste,geo\\TIME_PERIOD\t2004 \t2018 \t2020 "
WASTE_LINES = [
    "A,KG_HAB,HAZ_NHAZ,A,PRIM,AT\t: \t15 \t18 ",
    "A,T,HAZ_NHAZ,A,PRIM,AT\t: \t: c\t136105 b",
    "A,T,HAZ_NHAZ,A,PRIM,EL\t: bc\t0 \t12 bc",
    "A,T,HAZ_NHAZ,C,W061,LU\t0 e\t1.5 \t: ",
]
"""Of Eurostat's env_wasgen, values in part changed to hold every trap of the format."""


def opendata() -> Path:
    """Copies of the providers' files; they are not in the repository."""
    folder = Path(os.environ.get("CIRCULEZ_SHARED", PROJECT.parent / "shared")) / "opendata"
    if not folder.is_dir():
        pytest.skip(f"the providers' files are not on this machine ({folder}); name their folder by CIRCULEZ_SHARED")
    return folder


@pytest.fixture(scope="session")
def providers_files() -> Path:
    return opendata()


@pytest.fixture
def tsv(tmp_path: Path) -> Callable[..., Path]:
    """Writes a TSV file of the given lines."""

    def write(*lines: str, ending: str = "\n") -> Path:
        path = tmp_path / "some.tsv"
        path.write_bytes("".join(line + ending for line in lines).encode())
        return path

    return write


@pytest.fixture
def geojson(tmp_path: Path) -> Callable[..., Path]:
    """Writes a GeoJSON file with features of the given properties."""

    def write(*properties: object) -> Path:
        path = tmp_path / "some.geojson"
        features = [{"type": "Feature", "geometry": None, "properties": given} for given in properties]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        return path

    return write
