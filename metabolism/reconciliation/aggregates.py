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
    at = flow_ids.get_indexer(members["flow_id"])
    if (at < 0).any():
        raise ValueError("an aggregate names a flow that is not there")
    matrix = sp.csr_array((np.ones(len(at)), (number, at)), shape=(len(table), len(flow_ids)))
    untold = matrix @ np.isfinite(flows.value).astype(float) == 0
    value = np.where(untold, np.nan, matrix @ np.nan_to_num(flows.value))
    spread = flows.posterior.of_sums(matrix)
    one = (table["n_flows"].to_numpy() == 1) & (matrix @ flows.single.astype(float) == 1)
    low, high = interval(value, spread, one)
    return table.assign(value=value, sd=np.where(untold, np.nan, spread.sd), low=low, high=high)
