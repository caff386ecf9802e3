"""The posterior covariance of all flows, kept as factors; and what it says of sums of flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

_ENTRIES_AT_ONCE = 20_000_000
_CROWD = 1_000
"""Beyond so many variables in one component, the covariance of every flow with all others is not worked out."""


@dataclass(frozen=True)
class Spread:
    """How far a sums lie from the truth, a numbers each, canonical units.

    `variance` is the posterior one. Were the truth t instead of the estimate x, it would be about
    level + tilt · (t − x) + bend · (t − x)², because most sd are a percentage of the true quantity. `level` takes the
    percentages of the estimate itself, `variance` those of the pass before.
    """

    variance: np.ndarray
    level: np.ndarray
    tilt: np.ndarray
    bend: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        return np.asarray(np.sqrt(self.variance))


@dataclass(frozen=True)
class Posterior:
    """Σ = factor (I − taken takenᵀ) factorᵀ over v variables: n flows, and behind them the measured sums.

    `factor` (v × k), `taken` (k × r), both sparse, a block each component. `precision` (v): 1 / s², nought where
    nothing was measured or the measurement is exact. `growth` (v): by how much s would be larger, were it a percentage
    of x; `per_unit` (v): 1 / x where s is a percentage of the true quantity, else nought. `reach` (v): how many
    variables hang together with each. `quantities` (v × v): the sum of variables that each s is a percentage of;
    `loads` (v × v): the sd of each common error (column) in each measurement (row), as large as what is measured.
    """

    factor: sp.csr_array
    taken: sp.csr_array
    precision: np.ndarray
    growth: np.ndarray
    per_unit: np.ndarray
    reach: np.ndarray
    quantities: sp.csr_array
    loads: sp.csr_array

    def of_flows(self, n: int) -> Spread:
        """The spread of each of the first n variables. In a crowd, what other measurements do to level, tilt and bend
        is small and left out."""
        own = self.factor[:n]
        variance = np.maximum(_squares(own) - _squares(sp.csr_array(own @ self.taken)), 0.0)
        per_unit, part = self.per_unit[:n], variance**2 * self.precision[:n]
        found = {
            "variance": variance,
            "level": variance.copy(),
            "tilt": 2 * part * per_unit,
            "bend": part * per_unit**2,
        }
        few = np.flatnonzero(self.reach[:n] <= _CROWD)
        exact = self.of_sums(sp.csr_array(sp.eye_array(n, format="csr")[few]))
        for name, values in found.items():
            values[few] = getattr(exact, name)
        return Spread(**found)

    def of_sums(self, sums: sp.csr_array) -> Spread:
        """The spread of C x, C = `sums` (a × n, n ≤ v): variance = diag(C Σ Cᵀ)."""
        flows = self.factor[: sums.shape[1]]
        parts = [self._of_some(sp.csr_array(sums[rows] @ flows)) for rows in self._portions(sums)]
        return Spread(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _of_some(self, spread: sp.csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        taken = sp.csr_array(spread @ self.taken)
        variance = np.maximum(_squares(spread) - _squares(taken), 0.0)
        with_all = sp.csr_array((spread - taken @ self.taken.T) @ self.factor.T)
        # Each measurement's part in the variance, and how the truth behind it moves with the sum, as a share of it.
        part = sp.csr_array(with_all.multiply(with_all) * (self.growth**2 * self.precision))
        each = sp.diags_array(np.divide(1.0, variance, out=np.zeros_like(variance), where=variance > 0))
        moves = sp.csr_array(each @ with_all @ self.quantities.T) * self.per_unit
        if self.loads.nnz:
            moves = moves + self._moves_of_common(with_all, sp.csr_array(moves))
        tilt = part.multiply(moves)
        return variance, part.sum(axis=1), 2 * tilt.sum(axis=1), tilt.multiply(moves).sum(axis=1)

    def _moves_of_common(self, with_all: sp.csr_array, moves: sp.csr_array) -> sp.csr_array:
        """A common error grows with what it is in: as these move, each by its weight in the sum."""
        weight = sp.csr_array(with_all * self.precision)
        errors = np.flatnonzero(np.bincount(self.loads.indices, minlength=self.loads.shape[1]))
        loads = self.loads[:, errors]
        moved, all_of_it = (weight.multiply(moves) @ loads).toarray(), (weight @ loads).toarray()
        share = np.divide(moved, all_of_it, out=np.zeros_like(moved), where=all_of_it != 0)
        rows, columns = np.nonzero(share)
        return sp.csr_array((share[rows, columns], (rows, errors[columns])), shape=with_all.shape)

    def _portions(self, sums: sp.csr_array) -> Iterator[slice]:
        """Rows that together reach a bounded number of variables, so that memory stays bounded."""
        reached = np.minimum(abs(sums).astype(bool) @ self.reach[: sums.shape[1]], len(self.reach))
        portion = np.cumsum(reached) // _ENTRIES_AT_ONCE
        ends = np.append(np.flatnonzero(np.diff(portion)) + 1, sums.shape[0])
        start = 0
        for end in ends:
            yield slice(start, int(end))
            start = int(end)


def _squares(matrix: sp.csr_array) -> np.ndarray:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0])
