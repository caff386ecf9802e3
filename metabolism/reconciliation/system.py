"""Variables under sparse constraints: split into connected components, solved one by one, joined again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from metabolism.reconciliation.component import Solution, solve
from metabolism.reconciliation.posterior import Posterior

Triplets = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Solved:
    """`x` (v; NaN where the data do not tell), its posterior, and what each constraint adds: variables, constraints
    (−1: the bound at zero) and values."""

    x: np.ndarray
    posterior: Posterior
    adjustments: Triplets


@dataclass(frozen=True)
class System:
    """minimise Σ ((x − y) / s)² subject to matrix x = right and x ≥ 0, for v variables and c constraints.

    `y`, `s` (v): s = inf where unmeasured, 0 where exact. `matrix` (c × v) without explicit zeros, `right` (c).
    `signed` (v): measured variables that may be below zero. `absolute` (v): those whose sd is no percentage of what
    they measure. `following` (v × v): variables that follow from others and from nothing else, as rows: x = following
    x. `quantities` (v × v): the quantity that each variable's sd is a percentage of, as a sum of variables. `loads`
    (v × v): by row a measurement, by column a common error, the sd of that error in it.
    """

    constraint_ids: pd.Index
    y: np.ndarray
    s: np.ndarray
    matrix: sp.csr_array
    right: np.ndarray
    signed: np.ndarray
    absolute: np.ndarray
    following: sp.csr_array
    quantities: sp.csr_array
    loads: sp.csr_array

    @cached_property
    def tied(self) -> np.ndarray:
        """Which variables (v) stand in a constraint."""
        return np.bincount(self.matrix.indices, minlength=len(self.y)) > 0

    def solve(self, before: np.ndarray | None = None) -> Solved:
        """`before` (v): the quantities that s is a percentage of; not where that is zero, nor where None."""
        x = self.y.copy()
        free = np.flatnonzero(~self.tied & np.isfinite(self.s))
        width = len(free)
        factor: list[Triplets] = [(free, np.arange(width), self.s[free])]
        taken: list[Triplets] = [_triplets()]
        # No flow below zero, also where nothing but a negative measurement tells it.
        below = free[(x[free] < 0) & ~self.signed[free]]
        adjustments: list[Triplets] = [(below, np.full(len(below), -1), -x[below])]
        x[below] = 0.0
        depth = 0
        for variables, constraints, b in self._components():
            found = solve(
                self.y[variables], self.s[variables], b, self.right[constraints], signed=self.signed[variables]
            )
            x[variables] = found.x
            rows, columns, entries = found.estimate.entries()
            factor.append((variables[rows], columns + width, entries))
            losses = found.estimate.taken
            rows, columns = np.indices(losses.shape).reshape(2, -1)
            taken.append((rows + width, columns + depth, losses.ravel()))
            width, depth = width + losses.shape[0], depth + losses.shape[1]
            adjustments += _adjustments(found, variables, constraints)
        spread = _matrix(factor, (len(x), width)), _matrix(taken, (width, depth))
        follows = np.diff(self.following.indptr) > 0
        x[follows] = (self.following @ np.nan_to_num(x))[follows]
        wider = sp.csr_array(spread[0] + self.following @ spread[0])
        return Solved(x, self._posterior(x, before, wider, spread[1]), _joined(adjustments))

    def _posterior(
        self, x: np.ndarray, before: np.ndarray | None, factor: sp.csr_array, taken: sp.csr_array
    ) -> Posterior:
        measured = np.isfinite(self.s) & (self.s > 0)
        size = self.quantities @ np.nan_to_num(x)
        base = np.zeros(len(x)) if before is None else self.quantities @ np.nan_to_num(before)
        in_percent = measured & ~self.absolute & (size > 0) & (base > 0)
        return Posterior(
            factor=factor,
            taken=taken,
            precision=np.divide(1.0, self.s, out=np.zeros(len(x)), where=measured) ** 2,
            growth=np.divide(size, base, out=np.ones(len(x)), where=in_percent),
            per_unit=np.divide(1.0, size, out=np.zeros(len(x)), where=in_percent),
            reach=self._reach(),
            quantities=self.quantities,
            loads=self.loads,
        )

    def _reach(self) -> np.ndarray:
        """How many variables hang together with each (v)."""
        label = connected_components(self._links(), directed=False)[1]
        return np.asarray(np.bincount(label)[label], dtype=float)

    def _links(self) -> sp.coo_array:
        """A graph of the variables: those of one constraint in a chain, and those that follow from others."""
        first = self.matrix.indices[np.repeat(self.matrix.indptr[:-1], np.diff(self.matrix.indptr))]
        follows = self.following.tocoo()
        rows = np.concatenate([first, follows.row])
        columns = np.concatenate([self.matrix.indices, follows.col])
        v = len(self.y)
        return sp.coo_array((np.ones(len(rows)), (rows, columns)), shape=(v, v))

    def _components(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Variables (n), constraints (c) and matrix (c × n) of each connected component that has both."""
        c, v = self.matrix.shape
        entries = self.matrix.tocoo()
        graph = sp.coo_array((np.ones(entries.nnz), (entries.row, entries.col + c)), shape=(c + v, c + v))
        count, label = connected_components(graph, directed=False)
        of_constraint, of_variable, of_entry = label[:c], label[c:], label[entries.row]
        constraints, variables, members = (_by_label(of, count) for of in (of_constraint, of_variable, of_entry))
        place = np.zeros(c + v, int)
        for one in np.unique(of_constraint[np.unique(entries.row)]):
            rows, columns, at = constraints(one), variables(one), members(one)
            place[rows], place[columns + c] = np.arange(len(rows)), np.arange(len(columns))
            b = np.zeros((len(rows), len(columns)))
            b[place[entries.row[at]], place[entries.col[at] + c]] = entries.data[at]
            yield columns, rows, b


def _by_label(labels: np.ndarray, count: int) -> Callable[[int], np.ndarray]:
    """A function from a label to where it stands, in order."""
    order = np.argsort(labels, kind="stable")
    start = np.searchsorted(labels[order], np.arange(count + 1))
    return lambda label: order[start[label] : start[label + 1]]


def _adjustments(found: Solution, variables: np.ndarray, constraints: np.ndarray) -> list[Triplets]:
    at, of = np.nonzero(found.adjustments)
    bound = np.flatnonzero(found.bound)
    return [
        (variables[of], constraints[at], found.adjustments[at, of]),
        (variables[bound], np.full(len(bound), -1), found.bound[bound]),
    ]


def _triplets() -> Triplets:
    return np.zeros(0, int), np.zeros(0, int), np.zeros(0)


def _joined(parts: list[Triplets]) -> Triplets:
    rows, columns, entries = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rows, columns, entries


def _matrix(parts: list[Triplets], shape: tuple[int, int]) -> sp.csr_array:
    rows, columns, entries = _joined(parts)
    return sp.csr_array((entries, (rows, columns)), shape=shape)
