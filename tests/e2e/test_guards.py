"""Guards: a fault is planted, and the guard stops the publication; without the guard the same fault is published.

The second half of each test is what makes the first worth having: it shows that nothing else would have noticed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets import expectations
from metabolism.layout import DataFolder
from metabolism.surveys import landed
from tests.e2e.conftest import circulez, folder_of, query, run_once

pytestmark = pytest.mark.slow
PAPER = "select value from marts.mart_metabolism where territory_id = 'c1' and resource_id = 'waste.150101'"


@pytest.fixture
def published(tiny: DataFolder, tmp_path: Path) -> DataFolder:
    """A folder that has a good release already."""
    target = tmp_path / "guarded"
    shutil.copytree(tiny.root, target, symlinks=True)
    return DataFolder(target)


def release_of(data: DataFolder) -> str:
    return (data.marts / "current").resolve().name


def test_an_expectation_stops_a_row_that_was_read_twice(published: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    read = landed.frames

    def read_twice(landing: Any) -> dict[str, pd.DataFrame]:
        tables = read(landing)
        paper = tables["flows"][tables["flows"]["resource_id"] == "waste.150101"]
        tables["flows"] = pd.concat([tables["flows"], paper], ignore_index=True)
        return tables

    monkeypatch.setattr(landed, "frames", read_twice)
    before, good = release_of(published), query(published, PAPER)
    outcome = run_once(published)
    assert not outcome.published
    assert any("expect_compound_columns_to_be_unique" in check for check in outcome.failed_checks)
    assert release_of(published) == before

    without = [pair for pair in expectations.suite() if "Compound" not in type(pair[1]).__name__]
    monkeypatch.setattr(expectations, "suite", lambda: without)
    assert not run_once(published).published, "a second guard: dbt's test of the grain"
    assert query(published, PAPER).equals(good)


def test_the_range_expectation_keeps_an_outlier_out_of_the_totals(
    tmp_path: Path, refreshed: Callable[[DataFolder], DataFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder_of("tiny", tmp_path)
    answer = data.surveys / "c1" / "2025" / "e3.flows.csv"
    answer.write_text(answer.read_text().replace("water.drinking,3650,", "water.drinking,3650000000,"))
    water = (
        "select value from marts.mart_metabolism where territory_id = 'c1' and resource_id = 'water' and side = 'in'"
    )
    refreshed(data)
    assert query(data, water)["value"].isna().all()

    wide = [(severity, e) for severity, e in expectations.suite() if severity == "error"]
    in_range = expectations.suite()[-1]
    in_range[1].max_value = 1e9
    monkeypatch.setattr(expectations, "suite", lambda: [*wide, in_range])
    refreshed(data)
    assert query(data, water)["value"].tolist() == [3.65e9]


def test_a_dbt_test_stops_figures_that_the_analysis_did_not_make(
    published: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assets import analyse

    make = analyse.aggregates.aggregate

    def skewed(*arguments: Any) -> pd.DataFrame:
        table = make(*arguments)
        return table.assign(value=table["value"] * 1.01, high=table["high"] * 1.02)

    monkeypatch.setattr(analyse.aggregates, "aggregate", skewed)
    before = release_of(published)
    outcome = run_once(published)
    assert not outcome.published
    guards = {"sql_equals_the_analysis", "establishments_equal_the_analysis", "a_dependency_is_of_the_balance"}
    assert {check.split(" ")[1] for check in outcome.failed_checks} == guards
    assert release_of(published) == before

    from assets import dbt

    class WithoutThatTest(dbt.Dbt):
        def cli(self, args: Any, **options: Any) -> Any:
            return super().cli([*args, "--exclude", " ".join(sorted(guards))], **options)

    assert run_once(published, overrides={"dbt": dbt.resource(WithoutThatTest)}).published
    assert release_of(published) != before


def test_the_check_of_both_sides_stops_a_lost_row(published: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from assets import publish

    read = publish.read_table

    def loses_a_row(path: Path) -> pd.DataFrame:
        table = read(path)
        return table.iloc[1:] if path.name == "mart_flow_sources.parquet" else table

    monkeypatch.setattr(publish, "read_table", loses_a_row)
    before = release_of(published)
    answer = published.surveys / "c1" / "2025" / "e3b.flows.csv"
    answer.write_text((published.surveys / "c1" / "2025" / "e3.flows.csv").read_text().replace("3650", "3700"))
    outcome = run_once(published)
    assert [check.split(" ")[1] for check in outcome.failed_checks] == ["both_sides_agree"]
    assert release_of(published) == before

    assert run_once(published, without=frozenset({"both_sides_agree"})).published
    assert release_of(published) != before


def test_a_delivered_file_that_is_gone_stops_the_publication(published: DataFolder) -> None:
    before = release_of(published)
    (published.surveys / "c1" / "2025" / "e3.flows.csv").unlink()
    said = circulez("run", "--data", published.root)
    assert said.returncode == 3
    assert "surveys/c1/2025/e3.flows.csv" in said.stderr
    assert "The previous publication stands" in said.stderr
    assert release_of(published) == before
