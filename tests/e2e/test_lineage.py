"""What the UI is told of a run: columns as they were written, and the same quantities from stage to stage."""

from __future__ import annotations

import math
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest

from assets import lineage
from assets.quantities import UNITS, of_model
from metabolism.layout import DataFolder

pytestmark = pytest.mark.slow


def test_columns_are_those_of_the_files(tiny: DataFolder) -> None:
    folders = {"intermediate": tiny.prepared, "marts": tiny.built, "landed": tiny.landed, "analysed": tiny.analysed}
    for name, told in lineage.tables().items():
        stage, table = name.split("/")
        if stage in folders and name != "landed/campaigns":  # a file a campaign, beside what is landed of them all
            assert list(told.columns) == pq.read_schema(folders[stage] / f"{table}.parquet").names, name


def told(path: str) -> dict[str, Any]:
    """The metadata of an asset's last materialisation."""
    from pipelines.run import prepare_environment

    prepare_environment()
    with dg.DagsterInstance.get() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(path.split("/")))
    assert event is not None
    assert event.asset_materialization is not None
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


def test_every_stage_tells_its_quantities(tiny: DataFolder) -> None:
    prepared = ("int_flow_rows", "int_declarations", "int_measurements", "int_flows")
    stages = ["landed/flows", *(f"intermediate/{model}" for model in prepared)]
    stages += ["analysed/flow_estimates", "marts/mart_flows", "marts/mart_flow_sources"]
    for stage in stages:
        assert {*UNITS, "dagster/row_count"} <= set(told(stage)), stage
    assert {"rows_received", "rows_accepted", "rows_quarantined"} <= set(told("landed/files"))
    assert {"rows_outlier", "rows_sign"} <= set(told("landed/flags"))


def test_what_is_lost_between_two_stages_is_named(tiny: DataFolder) -> None:
    rows, declarations, sources = (
        of_model(tiny.lake, model) for model in ("int_flow_rows", "int_declarations", "mart_flow_sources")
    )
    landed = pq.read_table(tiny.landed / "flows.parquet").to_pandas()
    accepted = landed[landed["accepted"]]
    for unit in UNITS:
        whole = accepted.loc[accepted["canonical_unit"] == unit, "value"].sum()
        assert math.isclose(whole, rows[unit] + rows[f"{unit}_superseded"], abs_tol=1e-9)
        assert math.isclose(rows[unit], declarations[unit] + declarations[f"{unit}_flagged"], abs_tol=1e-9)
        assert math.isclose(declarations[unit], sources[unit], abs_tol=1e-9)
    assert rows["rows_quarantined"] == 1
    assert declarations["rows_flagged"] == sources["rows_flagged"]


def test_flows_weigh_what_was_declared_less_what_is_named(tiny: DataFolder) -> None:
    rows, flows, published = (of_model(tiny.lake, model) for model in ("int_flow_rows", "int_flows", "mart_flows"))
    reconciled = told("analysed/flow_estimates")
    for unit in UNITS:
        assert math.isclose(rows[unit], flows[unit] + flows[f"{unit}_declared_twice"], abs_tol=1e-9)
        assert f"{unit}_against_declared" in reconciled
    estimates = pq.read_table(tiny.analysed / "flow_estimates.parquet").to_pandas()
    assert math.isclose(sum(published[unit] for unit in UNITS), estimates["value"].sum())
