"""Indicators made of reconciled flows: ratios of two sums, or of a sum and a figure of the establishments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation import aggregates
from metabolism.reconciliation.network import Reconciled

KEYS = ["territory_id", "year"]
RENEWABLE = ("energy.wood", "energy.biogas", "energy.ambient")
ALTERNATIVE_WATER = ("water.rain", "water.industrial", "water.reused")
Chosen = Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class FlowRatio:
    """`above` of the rows of establishments / `below` of them, or per unit of a figure of the establishments (`per`)."""

    above: Chosen
    below: Chosen | None = None
    per: str | None = None


def _is(direction: str, resource: str) -> Chosen:
    return lambda rows: (rows["direction"] == direction) & (rows["resource_id"] == resource)


def _among(direction: str, family: str, *resources: str) -> Chosen:
    return lambda rows: _is(direction, family)(rows) & rows["flow_resource_id"].isin(resources)


def _waste(of: str, *wanted: str, code: str = "waste") -> Chosen:
    """Waste sent whose column `of` is one of `wanted`."""
    return lambda rows: _is("out", code)(rows) & rows[of].isin(wanted)


RATIOS = {
    "material_per_employee": FlowRatio(_is("in", "material"), per="employees"),
    "material_local_share": FlowRatio(
        lambda rows: _is("in", "material")(rows) & rows["side"].isin(("internal", "from_nature")), _is("in", "material")
    ),
    "energy_per_employee": FlowRatio(_is("in", "energy"), per="employees"),
    "renewable_share": FlowRatio(_among("in", "energy", *RENEWABLE), _is("in", "energy")),
    "energy_per_floor_area": FlowRatio(_is("in", "energy"), per="floor_area"),
    "water_per_employee": FlowRatio(_is("in", "water"), per="employees"),
    "alternative_water_share": FlowRatio(_among("in", "water", *ALTERNATIVE_WATER), _is("in", "water")),
    "waste_per_employee": FlowRatio(_is("out", "waste"), per="employees"),
    "waste_recovery_rate": FlowRatio(
        _waste("treated", "recycled", "recovered"), _waste("treated", "recycled", "recovered", "disposed")
    ),
    "packaging_recycling_rate": FlowRatio(
        _waste("treated", "recycled", code="waste.1501"),
        _waste("treated", "recycled", "recovered", "disposed", code="waste.1501"),
    ),
    "hazardous_waste_share": FlowRatio(_waste("hazardous", "yes"), _waste("hazardous", "yes", "no")),
}


def flow_indicators(
    rows: pd.DataFrame, establishments: pd.DataFrame, flow_ids: pd.Index, flows: Reconciled
) -> pd.DataFrame:
    """territory_id, year, indicator_id, value, sd (in the flows' units), n_establishments; NaN with a reason where the
    divisor is nought or unknown.

    `rows`: int_establishment_flows, with `treated` (recycled, recovered, disposed, null) and `hazardous` (yes, no,
    null). `establishments`: territory_id, year, establishment_id, employees, floor_area of those that answered. A sum
    per employee or floor area takes the establishments alone whose figure is known.
    """
    places = establishments[KEYS].drop_duplicates().sort_values(KEYS, ignore_index=True)
    parts = [_ratio(name, formula, rows, establishments, places, flow_ids, flows) for name, formula in RATIOS.items()]
    return pd.concat(parts, ignore_index=True)


def _ratio(
    name: str,
    formula: FlowRatio,
    rows: pd.DataFrame,
    establishments: pd.DataFrame,
    places: pd.DataFrame,
    flow_ids: pd.Index,
    flows: Reconciled,
) -> pd.DataFrame:
    above = rows[formula.above(rows)]
    if formula.per:
        known = establishments[establishments[formula.per].fillna(0) > 0]
        above = above.merge(known[[*KEYS, "establishment_id"]], on=[*KEYS, "establishment_id"])
        divisor = _at(places, known.groupby(KEYS)[formula.per].sum())
        value, sd = _per_unit(_sums(above, places, flow_ids), divisor, flows)
        counted = known
    else:
        below = rows[formula.below(rows)] if formula.below else above
        value, sd = aggregates.ratio(_sums(above, places, flow_ids), _sums(below, places, flow_ids), flows)
        counted = below
    n = _at(places, counted.groupby(KEYS)["establishment_id"].nunique())
    return places.assign(indicator_id=name, value=value, sd=sd, n_establishments=np.nan_to_num(n))


def _per_unit(sums: sp.csr_array, divisor: np.ndarray, flows: Reconciled) -> tuple[np.ndarray, np.ndarray]:
    """Sums / divisor, the divisor being exact; NaN where no flow is told."""
    told = sums @ np.isfinite(flows.value).astype(float) > 0
    known = told & np.isfinite(divisor)
    value = np.where(known, sums @ np.nan_to_num(flows.value) / divisor, np.nan)
    return value, np.where(known, flows.posterior.of_sums(sums).sd / divisor, np.nan)


def _sums(rows: pd.DataFrame, places: pd.DataFrame, flow_ids: pd.Index) -> sp.csr_array:
    at = pd.MultiIndex.from_frame(places).get_indexer(pd.MultiIndex.from_frame(rows[KEYS]))
    here = at >= 0
    return aggregates.membership(at[here], flow_ids, rows.loc[here, "flow_id"], len(places))


def _at(places: pd.DataFrame, values: pd.Series) -> np.ndarray:
    return np.asarray(values.reindex(pd.MultiIndex.from_frame(places)), dtype=float)


def treated(attributes: pd.DataFrame) -> pd.Series:
    """How each flow was treated, by flow_id: recycled (R2 to R11), recovered (other R), disposed (D); one that its
    declarers treat differently is not known."""
    code = attributes["treatment"].astype(object).fillna("").str.upper().str.replace(" ", "")
    number = pd.to_numeric(code.str.extract(r"^[RD](\d{1,2})", expand=False))
    kind = pd.Series(None, index=attributes.index, dtype=object)
    kind[code.str.startswith("D") & number.notna()] = "disposed"
    kind[code.str.startswith("R") & number.notna()] = "recovered"
    kind[code.str.startswith("R") & number.between(2, 11)] = "recycled"
    told = attributes.assign(kind=kind).dropna(subset="kind").groupby("flow_id")["kind"]
    return told.first().where(told.nunique() == 1)


def hazardous(resources: pd.Series, codes: pd.DataFrame) -> pd.Series:
    """`yes` or `no` for six-digit waste codes of the list (code, hazardous), else null."""
    known = dict(zip("waste." + codes["code"], codes["hazardous"], strict=True))
    return resources.map(known).astype(object)
