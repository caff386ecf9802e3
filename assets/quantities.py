"""Rows, t, m3, MWh and trips of every stage, under the same names, so that a reviewer sees where something is lost.

`t`, `m3`, `MWh` and `trip` are the sum of the values that go on from a stage, in canonical units a year. What does not go
on stands beside them with its reason: `t_flagged`, `rows_superseded`. Everything is read from the Parquet that a stage
hands over, never from the warehouse.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

UNITS = ("t", "m3", "MWh", "trip")
Amounts = dict[str, float | int]

_ROW = ["source_file", "source_sheet", "source_row", "source_entry"]
_COUNTS = ("rows_received", "rows_accepted", "rows_quarantined", "rows_out_of_scope")


def of_landed(name: str, rows: pd.DataFrame) -> Amounts:
    """Of a landed table."""
    if name == "flows":
        accepted = rows["accepted"].astype(bool)
        return {
            **_sums(rows[accepted], unit="canonical_unit"),
            "rows_accepted": int(accepted.sum()),
            "rows_quarantined": int((~accepted).sum()),
        }
    if name == "files":
        return {count: int(rows[count].sum()) for count in _COUNTS}
    if name == "flags":
        return {f"rows_{reason}": int((rows["reason"] == reason).sum()) for reason in ("outlier", "sign")}
    return {}


def of_model(lake: Path, model: str) -> Amounts:
    """Of what a model of dbt handed over; nothing for those that hold no quantities, or the same ones many times."""
    read = _MODELS.get(model)
    return read(lake) if read else {}


def of_estimates(estimates: pd.DataFrame, flows: pd.DataFrame) -> Amounts:
    """Of reconciled flows, with what they are more, or less, than what was declared of them.

    `estimates`: flow_id, value. `flows`: flow_id, declared_value, unit.
    """
    rows = estimates.merge(flows[["flow_id", "declared_value", "unit"]], on="flow_id", how="left")
    now, before = _sums(rows), _sums(rows, "declared_value")
    return {
        **now,
        **{f"{name}_against_declared": now[name] - before[name] for name in UNITS},
        "rows_not_told": int(rows["value"].isna().sum()),
    }


def _sums(rows: pd.DataFrame, value: str = "value", unit: str = "unit", end: str = "") -> Amounts:
    sums = rows.groupby(unit)[value].sum()
    return {f"{name}{end}": float(sums.get(name, 0.0)) for name in UNITS}


def _parquet(lake: Path, table: str, columns: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(lake / f"{table}.parquet", columns=columns).to_pandas()
    return frame


def _of_current_rows(lake: Path) -> Amounts:
    """Rows of the answers that stand; those of answers that a later one replaced are told apart."""
    rows = _parquet(lake, "prepared/int_flow_rows", ["value", "unit", "accepted", "flag"])
    landed = _parquet(lake, "landed/flows", ["value", "canonical_unit", "accepted"])
    now = _sums(rows[rows["accepted"]])
    before = _sums(landed[landed["accepted"]], unit="canonical_unit")
    return {
        **now,
        **{f"{name}_superseded": before[name] - now[name] for name in UNITS},
        "rows_superseded": len(landed) - len(rows),
        "rows_quarantined": int((~rows["accepted"]).sum()),
        "rows_flagged": int((rows["accepted"] & rows["flag"].notna()).sum()),
    }


def _of_declarations(lake: Path) -> Amounts:
    rows = _parquet(lake, "prepared/int_declarations", ["value", "unit", "flag"])
    flagged = rows["flag"].notna()
    return {
        **_sums(rows[~flagged]),
        **_sums(rows[flagged], end="_flagged"),
        "rows_flagged": int(flagged.sum()),
    }


def _of_measurements(lake: Path) -> Amounts:
    rows = _parquet(lake, "prepared/int_measurements", ["value", "unit", "n_included"])
    out = rows["n_included"] == 0
    return {**_sums(rows[~out]), "rows_left_out": int(out.sum())}


def _of_flows(lake: Path) -> Amounts:
    """What was declared of flows, flagged rows included; what both ends declared counts once."""
    rows = _parquet(lake, "prepared/int_flows", ["declared_value", "unit", "n_declarers"])
    now = _sums(rows, "declared_value")
    before = _sums(_parquet(lake, "prepared/int_declarations", ["value", "unit"]))
    return {
        **now,
        **{f"{name}_declared_twice": before[name] - now[name] for name in UNITS},
        "rows_declared_by_both_ends": int((rows["n_declarers"] > 1).sum()),
    }


def _of_mart_flows(lake: Path) -> Amounts:
    rows = _parquet(lake, "built/mart_flows", ["value", "unit", "status", "gross_error"])
    return {
        **_sums(rows),
        "rows_unmeasured": int((rows["status"] == "unmeasured").sum()),
        "rows_gross_error": int(rows["gross_error"].sum()),
    }


def _of_mart_flow_sources(lake: Path) -> Amounts:
    """Each row received once, however many flows it is a source of."""
    rows = _parquet(lake, "built/mart_flow_sources", [*_ROW, "value", "unit", "excluded"]).drop_duplicates(_ROW)
    return {
        **_sums(rows[~rows["excluded"]]),
        **_sums(rows[rows["excluded"]], end="_flagged"),
        "rows_flagged": int(rows["excluded"].sum()),
    }


def _of_mart_files(lake: Path) -> Amounts:
    return of_landed("files", _parquet(lake, "built/mart_files", list(_COUNTS)))


_MODELS: dict[str, Callable[[Path], Amounts]] = {
    "int_flow_rows": _of_current_rows,
    "int_declarations": _of_declarations,
    "int_measurements": _of_measurements,
    "int_flows": _of_flows,
    "mart_flows": _of_mart_flows,
    "mart_flow_sources": _of_mart_flow_sources,
    "mart_files": _of_mart_files,
}
