"""The release of random networks equals an independent dense computation, row by row, both ways.

One refresh serves all seeds of a set: every case is a small country of its own. Raise SEEDS for a longer trial; to look
at one seed or feature, `python -m tests.independent.compare`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.e2e.conftest import run_once
from tests.independent import cases, reference
from tests.independent.compare import compare_exclusions, compare_flows, compare_metabolism

pytestmark = pytest.mark.slow

SEEDS = range(1, 9)
FEATURE_SETS = {"standing": (cases.STANDING, SEEDS[:3]), "all": (cases.FEATURES, SEEDS)}


class Release(NamedTuple):
    marts: Path
    result: reference.Result


@pytest.fixture(scope="module", params=list(FEATURE_SETS))
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    features, seeds = FEATURE_SETS[request.param]
    data = DataFolder(tmp_path_factory.mktemp("independent") / "data")
    raw = cases.write(data.root, seeds, features)
    outcome = run_once(data)
    assert outcome.published, outcome
    return Release(data.marts, reference.compute(raw))


def _told(differences: list[str]) -> str:
    return "\n".join([f"{len(differences)} differences", *differences[:40]])


def test_nothing_in_the_cases_is_a_gross_error_or_an_estimate(release: Release) -> None:
    flows = pd.read_parquet(release.marts / "mart_flows.parquet")
    assert set(flows["status"]) <= {"single", "paired"}
    sources = pd.read_parquet(release.marts / "mart_flow_sources.parquet")
    left_out = sources[sources["excluded"]]
    assert set(left_out["reason"]) <= {"sign"}, left_out


@pytest.mark.parametrize(
    "compare",
    [
        compare_exclusions,
        compare_flows,
        compare_metabolism,
        lambda marts, result: compare_metabolism(marts, result, "mart_transit"),
    ],
    ids=["left_out", "mart_flows", "mart_metabolism", "mart_transit"],
)
def test_the_release_equals_the_dense_computation(release: Release, compare: Callable[..., list[str]]) -> None:
    differences = list(compare(release.marts, release.result))
    assert not differences, _told(differences)
