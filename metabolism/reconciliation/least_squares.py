"""Two-pass weighted least squares over a whole network (contract, section 3, reconciliation).

Measurements of one flow alone are averaged first, by precision. A measurement of a sum of flows becomes a variable of
its own with the constraint that it equals the sum. What is then tied by constraints is split into connected components,
each solved densely: a component may have some thousands of flows, or 100,000 under a hundred constraints, before memory
(see `component.solve`) asks for a sparse method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation.network import Network, Reconciled
from metabolism.reconciliation.system import System

BOUND = "not_below_zero"


def reconcile(network: Network) -> Reconciled:
    """The least-squares estimate of every flow, in two passes.

    An uncertainty is a percentage of the true quantity. The first pass takes it of the declared one, the second of
    the first pass's value; where that is zero, of the declared one. A declared nought is exact.
    """
    incidence = network.incidence()
    value = network.measurements["value"].to_numpy(float)
    sd = network.measurements["sd"].to_numpy(float)
    first = _Pass.of(network, incidence, value, sd).system.solve()
    modelled = incidence @ np.nan_to_num(first.x[: len(network.flow_ids)])
    usable = (value != 0) & (modelled > 0)
    share = np.divide(modelled, np.abs(value), out=np.ones_like(value), where=usable)
    return _Pass.of(network, incidence, value, sd * share).reconciled(network, incidence, before=first.x)


@dataclass(frozen=True)
class _Means:
    """Per flow, from the measurements of it alone: mean (NaN where none), sd (inf where none), how many; and the
    precision share of each measurement."""

    value: np.ndarray
    sd: np.ndarray
    count: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class _Pass:
    """One pass: which measurements tell of one flow alone (m), their means, and what ties the flows."""

    alone: np.ndarray
    mean: _Means
    system: System

    @staticmethod
    def of(network: Network, incidence: sp.csr_array, value: np.ndarray, sd: np.ndarray) -> _Pass:
        alone = np.diff(incidence.indptr) == 1
        mean = _precision_means(incidence, alone, value, sd)
        return _Pass(alone, mean, _system(network, incidence, alone, mean, value, sd))

    def reconciled(self, network: Network, incidence: sp.csr_array, before: np.ndarray) -> Reconciled:
        solved = self.system.solve(before)
        n = len(network.flow_ids)
        spread = solved.posterior.of_flows(n)
        told = np.isfinite(solved.x[:n])
        sd = np.where(told, spread.sd, np.nan)
        tied = self.system.tied[:n]
        tighter = tied & np.isfinite(self.mean.sd) & (sd < self.mean.sd * (1 - 1e-9))
        return Reconciled(
            value=solved.x[:n],
            sd=sd,
            posterior=solved.posterior,
            spread=spread,
            weights=_weights(network, incidence, self.alone, self.mean),
            adjustments=_adjustment_table(network.flow_ids, self.system.constraint_ids, solved.adjustments),
            single=(self.mean.count == 1) & ~tied,
            checkable=(self.mean.count > 1) | tighter,
        )


def _precision_means(incidence: sp.csr_array, alone: np.ndarray, value: np.ndarray, sd: np.ndarray) -> _Means:
    n = incidence.shape[1]
    flow = incidence.indices[incidence.indptr[:-1][alone]]
    y, s = value[alone], sd[alone]
    count = np.bincount(flow, minlength=n)
    known = count > 0
    least = np.full(n, np.inf)
    np.minimum.at(least, flow, s)
    # Precision in units of the best one's. An exact measurement outweighs all others; several exact ones are averaged.
    best = least[flow]
    precision = np.where(s == best, 1.0, np.divide(best, s, out=np.zeros_like(s), where=s > 0) ** 2)
    total = np.bincount(flow, weights=precision, minlength=n)
    mean = np.full(n, np.nan)
    mean[known] = np.bincount(flow, weights=precision * y, minlength=n)[known] / total[known]
    mean_sd = np.full(n, np.inf)
    mean_sd[known] = least[known] / np.sqrt(total[known])
    mean_sd[least == 0] = 0.0
    share = np.zeros(len(value))
    share[alone] = precision / total[flow]
    return _Means(mean, mean_sd, count, share)


def _system(
    network: Network, incidence: sp.csr_array, alone: np.ndarray, mean: _Means, value: np.ndarray, sd: np.ndarray
) -> System:
    """Flows and, behind them, one variable for each measurement of a sum, with the constraint that it is that sum."""
    sums = np.flatnonzero(~alone)
    b, d = network.constraint_matrix()
    ties = sp.hstack([-incidence[sums], sp.eye_array(len(sums))])
    matrix = sp.vstack([sp.hstack([b, sp.csr_array((b.shape[0], len(sums)))]), ties], format="csr")
    matrix.eliminate_zeros()
    sum_ids = pd.Index(network.measurements["measurement_id"].to_numpy()[sums], dtype=object)
    return System(
        constraint_ids=pd.Index(network.constraint_ids(), dtype=object).append(sum_ids),
        y=np.concatenate([mean.value, value[sums]]),
        s=np.concatenate([mean.sd, sd[sums]]),
        matrix=sp.csr_array(matrix),
        right=np.concatenate([d, np.zeros(len(sums))]),
    )


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


def _adjustment_table(
    flow_ids: pd.Index, constraint_ids: pd.Index, adjustments: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> pd.DataFrame:
    variables, constraints, values = adjustments
    of_flow = variables < len(flow_ids)
    ids = np.append(constraint_ids.to_numpy(dtype=object), BOUND)
    return pd.DataFrame(
        {
            "flow_id": flow_ids.to_numpy()[variables[of_flow]],
            "constraint_id": ids[constraints[of_flow]],
            "value": values[of_flow],
        }
    )
