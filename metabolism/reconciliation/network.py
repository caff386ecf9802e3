"""The system to solve, as tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation.posterior import Posterior, Spread


def _nothing_common() -> pd.DataFrame:
    return pd.DataFrame({"measurement_id": [], "common_id": [], "sd": []}).astype({"sd": float})


@dataclass(frozen=True)
class Network:
    """n flows, m measurements and c constraints, all in canonical units.

    `flow_ids` (n). `measurements`: measurement_id, value, sd (one standard deviation of its own error, ≥ 0).
    `measured`: measurement_id, flow_id, one row a flow that the measurement adds up. `constraints`: constraint_id,
    right_side, flow_id, coefficient, slack_share (optional): Σ coefficient × flow = right_side; exactly, or within an
    sd of that share of the inputs, which are the flows that come in and the stock drawn. `common`: measurement_id,
    common_id, sd: the part of a measurement's error that all measurements with the same common_id have in common (one
    figure of density, say), fully correlated.
    """

    flow_ids: pd.Index
    measurements: pd.DataFrame
    measured: pd.DataFrame
    constraints: pd.DataFrame
    common: pd.DataFrame = field(default_factory=_nothing_common)

    def incidence(self) -> sp.csr_array:
        """A (m × n): 1 where a measurement adds up a flow."""
        rows = pd.Index(self.measurements["measurement_id"]).get_indexer(self.measured["measurement_id"])
        columns = self.flow_ids.get_indexer(self.measured["flow_id"])
        if (rows < 0).any() or (columns < 0).any():
            raise ValueError("`measured` names a measurement or a flow that is not there")
        shape = (len(self.measurements), len(self.flow_ids))
        return sp.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)

    def constraint_ids(self) -> pd.Index:
        return pd.Index(sorted(self.constraints["constraint_id"].unique()))

    def constraint_matrix(self) -> tuple[sp.csr_array, np.ndarray]:
        """B (c × n) and the right sides (c), in the order of `constraint_ids`."""
        ids = self.constraint_ids()
        rows = ids.get_indexer(self.constraints["constraint_id"])
        columns = self.flow_ids.get_indexer(self.constraints["flow_id"])
        if (columns < 0).any():
            raise ValueError("a constraint names a flow that is not there")
        values = self.constraints["coefficient"].to_numpy(float)
        matrix = sp.csr_array((values, (rows, columns)), shape=(len(ids), len(self.flow_ids)))
        return matrix, self._of_constraints("right_side")

    def slack_shares(self) -> np.ndarray:
        """Of each constraint (c): the sd of its slack as a share of the inputs; nought where it holds exactly."""
        if "slack_share" not in self.constraints:
            return np.zeros(len(self.constraint_ids()))
        return np.asarray(np.nan_to_num(self._of_constraints("slack_share")))

    def common_ids(self) -> pd.Index:
        return pd.Index(sorted(self.common["common_id"].unique()), dtype=object)

    def common_errors(self) -> sp.csr_array:
        """C (m × k): the sd that each common error has in each measurement."""
        rows = pd.Index(self.measurements["measurement_id"]).get_indexer(self.common["measurement_id"])
        columns = self.common_ids().get_indexer(self.common["common_id"])
        if (rows < 0).any():
            raise ValueError("`common` names a measurement that is not there")
        shape = (len(self.measurements), len(self.common_ids()))
        return sp.csr_array((self.common["sd"].to_numpy(float), (rows, columns)), shape=shape)

    def _of_constraints(self, column: str) -> np.ndarray:
        first = self.constraints.groupby("constraint_id")[column].first()
        return np.asarray(first.reindex(self.constraint_ids()).to_numpy(float))


@dataclass(frozen=True)
class Reconciled:
    """The estimate of n flows.

    `value`, `sd` (n, canonical units; NaN where nothing tells). `posterior`: the covariance of all flows, as factors;
    `spread`: what it says of each flow. `weights`: measurement_id, flow_id, weight. `adjustments`: flow_id,
    constraint_id, value; for each flow the weighted measurements and the adjustments add up to its value. `single` (n):
    one measurement alone tells the flow. `checkable` (n): another measurement or a balance could contradict it.
    """

    value: np.ndarray
    sd: np.ndarray
    posterior: Posterior
    spread: Spread
    weights: pd.DataFrame
    adjustments: pd.DataFrame
    single: np.ndarray
    checkable: np.ndarray
