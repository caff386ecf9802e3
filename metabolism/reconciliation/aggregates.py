"""Sums of reconciled flows: C x, with the sd that C Σ Cᵀ gives, and 95 % intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation.intervals import interval
from metabolism.reconciliation.network import Reconciled


def flow_table(flow_ids: pd.Index, flows: Reconciled) -> pd.DataFrame:
    """flow_id, value, sd, low, high, checkable for every flow."""
    low, high = interval(flows.value, flows.spread, flows.single)
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
    nothing tells add nothing; a group of none but those is NaN. Raises ValueError where a flow is not there.
    """
    groups = members.groupby(keys, sort=True, dropna=False)
    number = groups.ngroup().to_numpy()
    table = groups.size().reset_index(name="n_flows")
    matrix = membership(number, flow_ids, members["flow_id"], len(table))
    untold = matrix @ np.isfinite(flows.value).astype(float) == 0
    value = np.where(untold, np.nan, matrix @ np.nan_to_num(flows.value))
    spread = flows.posterior.of_sums(matrix)
    one = (table["n_flows"].to_numpy() == 1) & (matrix @ flows.single.astype(float) == 1)
    low, high = interval(value, spread, one)
    return table.assign(value=value, sd=np.where(untold, np.nan, spread.sd), low=low, high=high)


def ratio(above: sp.csr_array, below: sp.csr_array, flows: Reconciled) -> tuple[np.ndarray, np.ndarray]:
    """r = A x / B x and its sd by the delta method: the sd of (A − r B) x / B x, covariances included.

    `above`, `below`: a × n. Flows that nothing tells add nothing. NaN where the divisor is nought or untold.
    """
    known = np.nan_to_num(flows.value)
    divisor = below @ known
    value = np.divide(above @ known, divisor, out=np.full(len(divisor), np.nan), where=divisor > 0)
    scale = sp.diags_array(np.divide(1.0, divisor, out=np.zeros(len(divisor)), where=divisor > 0))
    moved = sp.csr_array(scale @ (above - sp.diags_array(np.nan_to_num(value)) @ below))
    return value, np.where(np.isfinite(value), flows.posterior.of_sums(moved).sd, np.nan)


def membership(number: np.ndarray, flow_ids: pd.Index, members: pd.Series, n_sums: int) -> sp.csr_array:
    """C of sums numbered 0 … n_sums − 1: one where a sum holds a flow. Raises ValueError where a flow is not there."""
    at = flow_ids.get_indexer(members)
    if (at < 0).any():
        raise ValueError("a sum names a flow that is not there")
    return sp.csr_array((np.ones(len(at)), (number, at)), shape=(n_sums, len(flow_ids)))
