"""Sums of reconciled flows: C x, with the sd that C Σ Cᵀ gives, and 95 % intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation.network import Reconciled

Z_95 = 1.96


def interval(
    value: np.ndarray, sd: np.ndarray, declared_alone: np.ndarray, one_measurement: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of figures, 0 ≤ low ≤ value ≤ high.

    `declared_alone`: no balance touches the figure, so its error is a share p = 1.96 sd / value of the true quantity,
    and y = t (1 ± p) gives t between y / (1 + p) and y / (1 − p). `one_measurement`: where p ≥ 1 there is no upper
    bound (NaN). Elsewhere, and where a balance gives an absolute error, value ± 1.96 sd, not below zero.
    """
    half = Z_95 * sd
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(value > 0, half / value, np.inf)
        relative = declared_alone & (value > 0) & (share < 1)
        low = np.where(relative, value / (1 + share), np.maximum(value - half, 0.0))
        high = np.where(relative, value / (1 - share), value + half)
    open_end = one_measurement & declared_alone & (share >= 1) & (value > 0)
    low = np.where(open_end, value / (1 + share), low)
    return np.minimum(low, value), np.where(open_end, np.nan, high)


def flow_table(flow_ids: pd.Index, flows: Reconciled) -> pd.DataFrame:
    """flow_id, value, sd, low, high, checkable for every flow."""
    single = ~flows.checkable
    low, high = interval(flows.value, flows.sd, ~flows.adjusted, single)
    return pd.DataFrame(
        {
            "flow_id": flow_ids,
            "value": flows.value,
            "sd": flows.sd,
            "low": low,
            "high": high,
            "checkable": flows.checkable,
        }
    )


def aggregate(members: pd.DataFrame, keys: list[str], flow_ids: pd.Index, flows: Reconciled) -> pd.DataFrame:
    """One row a group of `keys`: value = C x, sd = √ diag(C Σ Cᵀ), low, high.

    `members`: `keys` and flow_id, one row for each flow of each aggregate (n·a rows, without repetition). Flows that
    nothing tells add nothing; a group of none but those is NaN.
    """
    groups = members.groupby(keys, sort=True, dropna=False)
    number = groups.ngroup().to_numpy()
    table = groups.size().reset_index(name="n_flows")
    at = flow_ids.get_indexer(members["flow_id"])
    if (at < 0).any():
        raise ValueError("an aggregate names a flow that is not there")
    known = np.isfinite(flows.value)
    matrix = sp.csr_array((np.ones(len(at)), (number, at)), shape=(len(table), len(flow_ids)))
    spread = matrix @ flows.factor
    value = matrix @ np.nan_to_num(flows.value)
    sd = np.sqrt(np.asarray(spread.multiply(spread).sum(axis=1)).ravel())
    untold = matrix @ known.astype(float) == 0
    declared_alone = matrix @ (flows.adjusted & known).astype(float) == 0
    one = (matrix @ np.ones(len(flow_ids)) == 1) & (matrix @ flows.checkable.astype(float) == 0)
    value, sd = np.where(untold, np.nan, value), np.where(untold, np.nan, sd)
    low, high = interval(value, sd, declared_alone, one)
    return table.assign(value=value, sd=sd, low=low, high=high)
