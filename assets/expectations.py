"""What is expected of the rows received, as one Great Expectations suite.

Structure (an id, a direction, one row once) is an error: it can only fail by a fault of ours, and stops publication.
Range is a warning: a figure beyond what one establishment can have in a year is flagged `outlier` and left out of the
figures until decided. The ranges and their reasons stand in `dbt_project/seeds/plausible_maxima.csv`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from metabolism.nomenclatures import Nomenclatures

ROW = ["source_file", "source_sheet", "source_row", "entry"]
SHARE = "share_of_plausible_maximum"


@dataclass(frozen=True)
class Outcome:
    """One expectation: `rows` are the keys (`ROW`) of those that failed it."""

    name: str
    passed: bool
    severity: str
    n_checked: int
    rows: pd.DataFrame


def with_plausible_maximum(flows: pd.DataFrame, maxima: pd.DataFrame, nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Adds `plausible_maximum` (canonical units a year, of the nearest ancestor that has one), its `reason`, and the
    row's share of it."""
    limits = maxima.set_index("resource_id")
    nearest = {}
    for resource in flows["resource_id"].dropna().unique():
        line = [ancestor for ancestor in nomenclatures.ancestors(resource) if ancestor in limits.index]
        nearest[resource] = line[0] if line else None
    of = flows["resource_id"].map(nearest)
    maximum = of.map(limits["maximum"]).astype(float)  # also where there is no row
    table = flows.assign(plausible_maximum=maximum, plausible_reason=of.map(limits["reason"]))
    table[SHARE] = table["value"].astype(float).abs() / maximum
    return table


def suite() -> list[tuple[str, Any]]:
    """(severity, expectation) in the order in which they are reported."""
    import great_expectations.expectations as expected

    gxe: Any = expected  # its types do not name what it exports

    return [
        ("error", gxe.ExpectColumnValuesToNotBeNull(column="establishment_id")),
        ("error", gxe.ExpectColumnValuesToNotBeNull(column="source_sha256")),
        ("error", gxe.ExpectColumnValuesToBeInSet(column="direction", value_set=["in", "out"])),
        ("error", gxe.ExpectColumnValuesToBeInSet(column="canonical_unit", value_set=["t", "m3", "MWh", "trip"])),
        ("error", gxe.ExpectColumnValuesToNotBeNull(column="value")),
        ("error", gxe.ExpectCompoundColumnsToBeUnique(column_list=ROW)),
        ("warning", gxe.ExpectColumnValuesToBeBetween(column=SHARE, min_value=0, max_value=1)),
    ]


def examine(flows: pd.DataFrame) -> list[Outcome]:
    """Runs the suite over accepted rows of `flows` (with their plausible maximum)."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    flows = flows.reset_index(drop=True)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("received")
        .add_dataframe_asset("flows")
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": flows})
    )
    outcomes = []
    for severity, expectation in suite():
        found = batch.validate(expectation, result_format={"result_format": "COMPLETE"})
        failed = list(found.result.get("unexpected_index_list") or [])
        name = f"{expectation.expectation_type}__{getattr(expectation, 'column', None) or 'row'}"
        outcomes.append(Outcome(name, bool(found.success), severity, len(flows), flows.loc[failed, :]))
    return outcomes


def outliers(outcomes: list[Outcome]) -> pd.DataFrame:
    """Rows that the range expectation refused."""
    return next(o.rows for o in outcomes if o.name.endswith(SHARE))


def read_maxima(seeds: Path) -> pd.DataFrame:
    return pd.read_csv(seeds / "plausible_maxima.csv")
