"""Two-pass weighted least squares over a whole network (contract, section 3, reconciliation).

Measurements of one flow alone are averaged first, by precision. A measurement of a sum of flows becomes a variable of
its own with the constraint that it equals the sum; so does one that shares an error with others, which is one more
variable, 0 ± 1. What is then tied by constraints is split into connected components, each solved densely: a component
may have some thousands of flows, or 100,000 under a hundred constraints, before memory (see `component.solve`) asks for
a sparse method. A flow that nothing tells but one measurement with a shared error follows from it, in no component.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from metabolism.reconciliation.network import Network, Reconciled
from metabolism.reconciliation.posterior import Spread
from metabolism.reconciliation.system import Solved, System

BOUND = "not_below_zero"


def reconcile(network: Network) -> Reconciled:
    """The least-squares estimate of every flow, in two passes.

    An uncertainty is a percentage of the true quantity. The first pass takes it of the declared one, the second of
    the first pass's value; where that is zero, of the declared one. A declared nought is exact. The slack of a
    constraint is a share of its inputs, in the same way.
    """
    incidence = network.incidence()
    value = network.measurements["value"].to_numpy(float)
    declared = Errors(
        value=value,
        sd=network.measurements["sd"].to_numpy(float),
        common=network.common_errors(),
        flows=_declared(network, incidence, value),
    )
    first = _solved(network, incidence, declared)[1].x
    return _reconciled(network, incidence, declared.of(incidence, first[: len(network.flow_ids)]), before=first)


@dataclass(frozen=True)
class Errors:
    """Of m measurements: `value`, the `sd` of each one's own error, and `common` (m × k), the sd of each common error
    in it. `flows` (n): the quantities that the slack of constraints is a share of."""

    value: np.ndarray
    sd: np.ndarray
    common: sp.csr_array
    flows: np.ndarray

    def of(self, incidence: sp.csr_array, flows: np.ndarray) -> Errors:
        """The same percentages, of the quantities `flows` (n)."""
        flows = np.nan_to_num(flows)
        modelled = incidence @ flows
        usable = (self.value != 0) & (modelled > 0)
        share = np.divide(modelled, np.abs(self.value), out=np.ones_like(self.value), where=usable)
        common = sp.csr_array(sp.diags_array(share) @ self.common)
        return Errors(self.value, self.sd * share, common, flows)

    @property
    def shared(self) -> np.ndarray:
        """Which measurements have a common error (m)."""
        return np.asarray(np.diff(self.common.indptr) > 0)

    @property
    def total(self) -> np.ndarray:
        """The sd of each measurement (m), common errors included."""
        return np.asarray(np.sqrt(self.sd**2 + self.common.multiply(self.common).sum(axis=1)))


def _tells_one(incidence: sp.csr_array) -> np.ndarray:
    """Which measurements (m) are of one flow, once."""
    return np.asarray((np.diff(incidence.indptr) == 1) & (incidence.sum(axis=1) == 1))


def _declared(network: Network, incidence: sp.csr_array, value: np.ndarray) -> np.ndarray:
    """What was declared of each flow (n); else the plain mean, a sum being shared evenly; nought where nothing was."""
    each = value / np.maximum(incidence.sum(axis=1), 1)
    mean = (each @ incidence) / np.maximum(incidence.sum(axis=0), 1)
    told = network.declared.reindex(network.flow_ids).to_numpy(float)
    return np.asarray(np.where(np.isnan(told), mean, told))


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
    """One pass over n flows: the means of the measurements `alone` (m), which tell of one flow and share no error; the
    numbers of the `others`, which are variables behind the flows; `lead` (n): the number of the only measurement
    that a flow follows from, or -1; and the system to solve."""

    alone: np.ndarray
    mean: _Means
    others: np.ndarray
    lead: np.ndarray
    system: System


def _solved(
    network: Network, incidence: sp.csr_array, errors: Errors, before: np.ndarray | None = None
) -> tuple[_Pass, Solved]:
    one = _pass(network, incidence, errors, following=True)
    solved = one.system.solve(before)
    if np.any(solved.x[: len(network.flow_ids)] < 0):  # the bound binds what follows: it has to be in a component
        one = _pass(network, incidence, errors, following=False)
        solved = one.system.solve(before)
    return one, solved


def _pass(network: Network, incidence: sp.csr_array, errors: Errors, *, following: bool) -> _Pass:
    single = _tells_one(incidence)
    alone = single & ~errors.shared
    mean = _precision_means(incidence, alone, errors.value, errors.sd)
    others = np.flatnonzero(~alone)
    lead = np.full(incidence.shape[1], -1)
    if following:
        tied = np.bincount(network.constraint_matrix()[0].indices, minlength=len(lead)) > 0
        sole = (np.bincount(incidence.indices, minlength=len(lead)) == 1) & ~tied
        leading = np.flatnonzero(single & errors.shared)
        flow = incidence.indices[incidence.indptr[leading]]
        lead[flow[sole[flow]]] = leading[sole[flow]]
    return _Pass(alone, mean, others, lead, _system(network, incidence, mean, errors, others, lead))


def _reconciled(network: Network, incidence: sp.csr_array, errors: Errors, before: np.ndarray) -> Reconciled:
    one, solved = _solved(network, incidence, errors, before)
    n = len(network.flow_ids)
    x, tied, follows = solved.x[:n], one.system.tied[:n], one.lead >= 0
    spread = _of_one_measurement(solved.posterior.of_flows(n), x, follows)
    sd = np.where(np.isfinite(x), spread.sd, np.nan)
    least, count = _least_sd(incidence, one, errors)
    tighter = tied & np.isfinite(least) & (sd < least * (1 - 1e-9))
    weights, noted = _weights(network, incidence, one, errors)
    return Reconciled(
        value=x,
        sd=sd,
        posterior=solved.posterior,
        spread=spread,
        weights=weights,
        adjustments=_adjustment_table(network, one, solved, noted),
        single=((one.mean.count == 1) & ~tied) | follows,
        checkable=(count > 1) | tighter,
    )


def _of_one_measurement(spread: Spread, x: np.ndarray, follows: np.ndarray) -> Spread:
    """Where one measurement tells a flow, the whole of its error is a percentage of the true quantity."""
    per_unit = np.divide(1.0, x, out=np.zeros(len(x)), where=follows & (x > 0))
    variance = spread.variance
    return replace(
        spread,
        level=np.where(follows, variance, spread.level),
        tilt=np.where(follows, 2 * variance * per_unit, spread.tilt),
        bend=np.where(follows, variance * per_unit**2, spread.bend),
    )


def _least_sd(incidence: sp.csr_array, one: _Pass, errors: Errors) -> tuple[np.ndarray, np.ndarray]:
    """What the measurements of each flow alone (n) give without any balance: their sd (inf where there are none), and
    how many they are, those with common errors included."""
    known = np.isfinite(one.mean.sd) & (one.mean.sd > 0)
    precise = np.divide(1.0, one.mean.sd, out=np.zeros_like(one.mean.sd), where=known) ** 2
    others = one.others[_tells_one(incidence)[one.others]]
    flow, total = incidence.indices[incidence.indptr[others]], errors.total[others]
    more = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0) ** 2
    precise = precise + np.bincount(flow, weights=more, minlength=len(precise))
    sd = np.divide(1.0, np.sqrt(precise), out=np.full_like(precise, np.inf), where=precise > 0)
    return np.where(one.mean.sd == 0, 0.0, sd), one.mean.count + np.bincount(flow, minlength=len(precise))


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
    network: Network, incidence: sp.csr_array, mean: _Means, errors: Errors, others: np.ndarray, lead: np.ndarray
) -> System:
    """Variables: n flows, the `others` (o), a slack for each constraint that has one (q), and the common errors (k).

    Rows: the constraints, with their slack; and for each of the others, what it measured = the sum of its flows, less
    the common errors in it; but for those that lead a flow, which are no constraint.
    """
    b, d = network.constraint_matrix()
    n, k = len(network.flow_ids), errors.common.shape[1]
    loose = np.flatnonzero(network.slack_shares())
    o, q = len(others), len(loose)
    slack = sp.csr_array((-np.ones(q), (loose, np.arange(q))), shape=(len(d), q))
    sums, common = incidence[others], errors.common[others]
    ties = sp.hstack([-sums, sp.eye_array(o), sp.csr_array((o, q)), common], format="csr")
    bound = np.flatnonzero(~np.isin(others, lead))
    balances = sp.hstack([b, sp.csr_array((len(d), o)), slack, sp.csr_array((len(d), k))])
    matrix = sp.csr_array(sp.vstack([balances, ties[bound]], format="csr"))
    matrix.eliminate_zeros()
    ids = network.measurements["measurement_id"].to_numpy()[others]
    after = np.zeros(q + k)
    return System(
        constraint_ids=pd.Index(network.constraint_ids(), dtype=object).append(pd.Index(ids[bound], dtype=object)),
        y=np.concatenate([mean.value, errors.value[others], after]),
        s=np.concatenate([mean.sd, errors.sd[others], _slack_sd(network, b, d, errors.flows)[loose], np.ones(k)]),
        matrix=matrix,
        right=np.concatenate([d, np.zeros(len(bound))]),
        signed=np.concatenate([np.zeros(n, bool), errors.shared[others], np.ones(q + k, bool)]),
        absolute=np.concatenate([np.zeros(n + o, bool), np.ones(q + k, bool)]),
        following=_following(lead, others, common, q),
        quantities=_quantities(sums, q + k),
        loads=_placed(common, n, n + o + q, n + o + q + k),
    )


def _quantities(sums: sp.csr_array, rest: int) -> sp.csr_array:
    """What each variable's sd is a percentage of: itself, and of one that was measured the flows that it adds up."""
    o, n = sums.shape
    flows, after = sp.eye_array(n), sp.eye_array(rest)
    blocks = [[flows, None, None], [sums, sp.csr_array((o, o)), None], [None, None, after]]
    return (
        sp.csr_array(sp.block_array(blocks, format="csr"))
        if rest
        else sp.csr_array(sp.block_array([[flows, None], [sums, sp.csr_array((o, o))]], format="csr"))
    )


def _slack_sd(network: Network, b: sp.csr_array, d: np.ndarray, flows: np.ndarray) -> np.ndarray:
    """Of each constraint (c): its share of the flows that come in and of the stock drawn."""
    inputs = b.maximum(0) @ flows + np.maximum(-d, 0.0)
    return np.asarray(network.slack_shares() * inputs)


def _following(lead: np.ndarray, others: np.ndarray, common: sp.csr_array, q: int) -> sp.csr_array:
    """Rows of the flows that follow: what their only measurement says, and the common errors in it."""
    n, (o, k) = len(lead), common.shape
    flows = np.flatnonzero(lead >= 0)
    at = np.searchsorted(others, lead[flows])
    chosen = sp.csr_array((np.ones(len(flows)), (flows, at)), shape=(n, o))
    rows = sp.hstack([sp.csr_array((n, n)), chosen, sp.csr_array((n, q)), chosen @ common])
    return sp.csr_array(sp.vstack([rows, sp.csr_array((o + q + k, n + o + q + k))], format="csr"))


def _placed(part: sp.csr_array, row: int, column: int, size: int) -> sp.csr_array:
    entries = part.tocoo()
    return sp.csr_array((entries.data, (entries.row + row, entries.col + column)), shape=(size, size))


def _weights(
    network: Network, incidence: sp.csr_array, one: _Pass, errors: Errors
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The weight of each measurement in the one flow that it tells of; and what this adds to flows on the side of
    their constraints, which is to be taken from their adjustments: measurement, flow, value.

    A flow that only measurements with common errors tell of is their plain mean, adjusted.
    """
    mean, rows = one.mean, np.flatnonzero(one.alone)
    flows = incidence.indices[incidence.indptr[:-1][rows]]
    shared = one.others[_tells_one(incidence)[one.others]]
    told = incidence.indices[incidence.indptr[shared]]
    shared, told = shared[mean.count[told] == 0], told[mean.count[told] == 0]
    each = 1.0 / np.bincount(told, minlength=len(mean.count))[told] if len(told) else np.zeros(0)
    ids, flow_ids = network.measurements["measurement_id"].to_numpy(), network.flow_ids.to_numpy()
    weights = pd.DataFrame(
        {
            "measurement_id": ids[np.concatenate([rows, shared])],
            "flow_id": flow_ids[np.concatenate([flows, told])],
            "weight": np.concatenate([mean.share[rows], each]),
        }
    )
    noted = pd.DataFrame(
        {"flow_id": flow_ids[told], "constraint_id": ids[shared], "value": each * errors.value[shared]}
    )
    return weights, noted


def _adjustment_table(network: Network, one: _Pass, solved: Solved, noted: pd.DataFrame) -> pd.DataFrame:
    """flow_id, constraint_id, value: what each constraint, the bound at zero and each common error add."""
    variables, constraints, values = solved.adjustments
    n = len(network.flow_ids)
    of_flow = variables < n
    ids = np.append(one.system.constraint_ids.to_numpy(dtype=object), BOUND)
    flow_ids, measurement_ids = network.flow_ids.to_numpy(), network.measurements["measurement_id"].to_numpy()
    follows = np.flatnonzero(one.lead >= 0)
    parts = pd.concat(
        [
            pd.DataFrame(
                {
                    "flow_id": flow_ids[variables[of_flow]],
                    "constraint_id": ids[constraints[of_flow]],
                    "value": values[of_flow],
                }
            ),
            pd.DataFrame(
                {
                    "flow_id": flow_ids[follows],
                    "constraint_id": measurement_ids[one.lead[follows]],
                    "value": solved.x[follows],
                }
            ),
            noted.assign(value=-noted["value"]),
        ],
        ignore_index=True,
    )
    table = parts.groupby(["flow_id", "constraint_id"], as_index=False, sort=False)["value"].sum()
    return table[table["value"] != 0].reset_index(drop=True)
