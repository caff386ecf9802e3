"""Two-pass weighted least squares over a whole network (contract, section 3, reconciliation).

Measurements of one flow alone are averaged first, by precision. A measurement of a sum of flows becomes a variable of
its own with the constraint that it equals the sum. What is then tied by constraints is split into connected components,
each solved densely.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from metabolism.reconciliation.component import solve
from metabolism.reconciliation.network import Network, Reconciled

BOUND = "not_below_zero"


def reconcile(network: Network) -> Reconciled:
    """The least-squares estimate of every flow, in two passes.

    An uncertainty is a percentage of the true quantity. The first pass takes it of the declared one, the second of
    the first pass's value; where that is zero, of the declared one.
    """
    incidence = network.incidence()
    value = network.measurements["value"].to_numpy(float)
    sd = network.measurements["sd"].to_numpy(float)
    first = _pass(network, incidence, value, sd)
    modelled = np.abs(incidence @ np.nan_to_num(first.value))
    usable = (value != 0) & (modelled > 0)
    share = np.divide(modelled, np.abs(value), out=np.ones_like(value), where=usable)
    return _pass(network, incidence, value, sd * share)


def _pass(network: Network, incidence: sp.csr_array, value: np.ndarray, sd: np.ndarray) -> Reconciled:
    alone = np.diff(incidence.indptr) == 1
    mean = _precision_means(incidence, alone, value, sd)
    system = _System.of(network, incidence, alone, mean, value, sd)
    solved = system.solve()
    n = len(network.flow_ids)
    factor = solved.factor[:n]
    flow_sd = np.sqrt(np.asarray(factor.multiply(factor).sum(axis=1)).ravel())
    flow_sd = np.where(np.isnan(solved.x[:n]), np.nan, flow_sd)
    weights = _weights(network, incidence, alone, mean)
    redundant = mean.count > 1
    tighter = system.tied[:n] & np.isfinite(mean.sd) & (flow_sd < mean.sd * (1 - 1e-9))
    return Reconciled(
        value=solved.x[:n],
        sd=flow_sd,
        factor=factor,
        weights=weights,
        adjustments=system.adjustment_table(solved),
        adjusted=system.tied[:n],
        checkable=redundant | tighter,
    )


@dataclass(frozen=True)
class _Means:
    """Per flow, from the measurements of it alone: mean (NaN where none), sd (inf where none), how many; and the
    precision share of each measurement."""

    value: np.ndarray
    sd: np.ndarray
    count: np.ndarray
    share: np.ndarray


def _precision_means(incidence: sp.csr_array, alone: np.ndarray, value: np.ndarray, sd: np.ndarray) -> _Means:
    n = incidence.shape[1]
    flow = incidence.indices[incidence.indptr[:-1][alone]]
    y, s = value[alone], sd[alone]
    count = np.bincount(flow, minlength=n)
    has_exact = np.bincount(flow, weights=s == 0, minlength=n) > 0
    # An exact measurement outweighs all others; several exact ones are averaged.
    precision = np.where(s == 0, 1.0, 1.0 / np.where(s == 0, 1.0, s) ** 2)
    precision = np.where(has_exact[flow] & (s > 0), 0.0, precision)
    total = np.bincount(flow, weights=precision, minlength=n)
    known = count > 0
    mean = np.full(n, np.nan)
    mean[known] = np.bincount(flow, weights=precision * y, minlength=n)[known] / total[known]
    mean_sd = np.full(n, np.inf)
    mean_sd[known] = np.where(has_exact[known], 0.0, 1.0 / np.sqrt(total[known]))
    share = np.zeros(len(value))
    share[alone] = precision / total[flow]
    return _Means(mean, mean_sd, count, share)


def _weights(network: Network, incidence: sp.csr_array, alone: np.ndarray, mean: _Means) -> pd.DataFrame:
    rows = np.flatnonzero(alone)
    flows = incidence.indices[incidence.indptr[:-1][alone]]
    return pd.DataFrame(
        {
            "measurement_id": network.measurements["measurement_id"].to_numpy()[rows],
            "flow_id": network.flow_ids.to_numpy()[flows],
            "weight": mean.share[rows],
        }
    )


@dataclass
class _Solved:
    x: np.ndarray
    factor: sp.csr_array
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    """Adjustments of each component: variables, constraints (−1 for the bound), and their values."""


@dataclass(frozen=True)
class _System:
    """Flows and, behind them, one variable for each measurement of a sum."""

    flow_ids: pd.Index
    constraint_ids: pd.Index
    y: np.ndarray
    s: np.ndarray
    matrix: sp.csr_array
    right: np.ndarray
    tied: np.ndarray

    @staticmethod
    def of(
        network: Network, incidence: sp.csr_array, alone: np.ndarray, mean: _Means, value: np.ndarray, sd: np.ndarray
    ) -> _System:
        sums = np.flatnonzero(~alone)
        b, d = network.constraint_matrix()
        ties = sp.hstack([-incidence[sums], sp.eye_array(len(sums))]) if len(sums) else None
        wide = sp.hstack([b, sp.csr_array((b.shape[0], len(sums)))])
        matrix = sp.csr_array(sp.vstack([wide, ties]) if ties is not None else wide)
        sum_ids = pd.Index(network.measurements["measurement_id"].to_numpy()[sums], dtype=object)
        tied = np.asarray((matrix != 0).sum(axis=0)).ravel() > 0
        return _System(
            flow_ids=network.flow_ids,
            constraint_ids=pd.Index(network.constraint_ids(), dtype=object).append(sum_ids),
            y=np.concatenate([mean.value, value[sums]]),
            s=np.concatenate([mean.sd, sd[sums]]),
            matrix=matrix,
            right=np.concatenate([d, np.zeros(len(sums))]),
            tied=tied,
        )

    def solve(self) -> _Solved:
        x = self.y.copy()
        free = ~self.tied & np.isfinite(self.s)
        blocks = [(np.flatnonzero(free), np.arange(free.sum()), self.s[free])]
        width = int(free.sum())
        solved = _Solved(x, sp.csr_array((len(x), 0)))
        for variables, constraints in self._components():
            b = self.matrix[constraints][:, variables].toarray()
            found = solve(self.y[variables], self.s[variables], b, self.right[constraints])
            x[variables] = found.x
            rank = found.factor.shape[1]
            blocks.append((np.repeat(variables, rank), np.tile(np.arange(width, width + rank), len(variables)),
                           found.factor.ravel()))  # fmt: skip
            width += rank
            self._keep_parts(solved, variables, constraints, found.adjustments, found.bound)
        rows, columns, entries = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        solved.factor = sp.csr_array((entries, (rows, columns)), shape=(len(x), width))
        return solved

    def _components(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Variables and constraints of each connected component that has a constraint."""
        c, n = self.matrix.shape
        graph = sp.block_array([[None, self.matrix], [self.matrix.T, None]]) if c else sp.csr_array((n, n))
        if not c:
            return []
        _, labels = connected_components(graph, directed=False)
        of_variable = labels[c:]
        order = np.argsort(of_variable, kind="stable")
        starts = np.searchsorted(of_variable[order], np.arange(labels.max() + 2))
        found = []
        for label in np.unique(labels[:c]):
            variables = np.sort(order[starts[label] : starts[label + 1]])
            if len(variables):
                found.append((variables, np.flatnonzero(labels[:c] == label)))
        return found

    @staticmethod
    def _keep_parts(
        solved: _Solved, variables: np.ndarray, constraints: np.ndarray, adjustments: np.ndarray, bound: np.ndarray
    ) -> None:
        at, of = np.nonzero(adjustments)
        solved.parts.append((variables[of], constraints[at], adjustments[at, of]))
        touched = np.flatnonzero(bound)
        solved.parts.append((variables[touched], np.full(len(touched), -1), bound[touched]))

    def adjustment_table(self, solved: _Solved) -> pd.DataFrame:
        if not solved.parts:
            return pd.DataFrame({"flow_id": [], "constraint_id": [], "value": []})
        variables, constraints, values = (np.concatenate(parts) for parts in zip(*solved.parts, strict=True))
        of_flow = variables < len(self.flow_ids)
        ids = np.append(self.constraint_ids.to_numpy(dtype=object), BOUND)
        return pd.DataFrame(
            {
                "flow_id": self.flow_ids.to_numpy()[variables[of_flow]],
                "constraint_id": ids[constraints[of_flow]],
                "value": values[of_flow],
            }
        )
