"""Linear constraints solved for their worst measured variables: b x = d becomes x_dependent = start + slope · x_free.

The pivot is the largest |coefficient| × sd, unmeasured variables first: on a network that is the heaviest spanning
tree, and what is left unmeasured is what no balance tells (Kretsovalis and Mah, Computers & Chemical Engineering 11,
1987). Every |slope| × sd_free / sd_dependent then stays near or below one, so that nothing cancels however far the sd
spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_CANCELLED = 1e-12
"""A difference below this part of what was subtracted is rounding, and counts as nought."""
CONTRADICTION = 1e-9
"""A constraint that is left without variables must hold within this part of the quantities in it."""


@dataclass(frozen=True)
class Eliminated:
    """x[dependent] = start + slope @ x[measured] + loose @ x[unmeasured], for k dependent variables.

    `dependent` (k), `measured` (m) and `unmeasured` (q) number the variables that are not held; `start` (k), `slope`
    (k × m), `loose` (k × q). `size` (k): the quantities that `start` is a difference of. `combinations` (k × c) and
    `relations` (c − k × c): the combinations of constraints that give the dependent variables, and those that give
    nothing. `contradicts`: some combination gives nothing = something.
    """

    dependent: np.ndarray
    measured: np.ndarray
    unmeasured: np.ndarray
    start: np.ndarray
    slope: np.ndarray
    loose: np.ndarray
    size: np.ndarray
    combinations: np.ndarray
    relations: np.ndarray
    contradicts: bool


def eliminate(s: np.ndarray, b: np.ndarray, d: np.ndarray, held: np.ndarray, at: np.ndarray) -> Eliminated:
    """Gauss-Jordan elimination of b x = d, with the variables of the mask `held` (n) at their values `at` (n).

    `s` (n): sd, inf where unmeasured. `b` (c × n), `d` (c). Dense: at most c² (n + c) steps, c (n + c) numbers kept.
    """
    table, right, size = _table(b, d, held, at)
    pivots: list[tuple[int, int]] = []
    rows = np.ones(len(d), bool)
    for columns, weight in ((~held & np.isinf(s), np.ones(len(s))), (~held & np.isfinite(s), s)):
        scale = np.zeros(len(s))
        scale[columns] = weight[columns]
        best = np.where(rows, _heaviest(table, scale), 0.0)
        while best.any():
            row = int(best.argmax())
            column = int(np.argmax(np.abs(table[row, : len(s)]) * scale))
            touched = _clear(table, right, size, row, column)
            rows[row] = False
            best[touched] = np.where(rows[touched], _heaviest(table[touched], scale), 0.0)
            best[row] = 0.0
            pivots.append((row, column))
    return _read(s, held, table, right, size, pivots, rows)


def _heaviest(table: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return np.asarray((np.abs(table[:, : len(scale)]) * scale).max(axis=1, initial=0.0))


def _table(b: np.ndarray, d: np.ndarray, held: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """b and beside it the identity, which records the combinations; d less what is held; and the quantities in it."""
    known = np.where(held, at, 0.0)
    right = d - b @ known
    size = np.abs(d) + np.abs(b) @ np.abs(known)
    right[np.abs(right) <= _CANCELLED * size] = 0.0
    return np.hstack([np.where(held, 0.0, b), np.eye(len(d))]), right, size


def _clear(table: np.ndarray, right: np.ndarray, size: np.ndarray, row: int, column: int) -> np.ndarray:
    """Takes the pivot's variable out of every other row, in place; which rows these were."""
    others = np.flatnonzero(table[:, column])
    others = others[others != row]
    factors = table[others, column] / table[row, column]
    taken = factors[:, None] * table[row]
    left = table[others] - taken
    left[np.abs(left) <= _CANCELLED * np.abs(taken)] = 0.0
    left[:, column] = 0.0
    table[others] = left
    right[others] -= factors * right[row]
    size[others] += np.abs(factors) * size[row]
    right[others[np.abs(right[others]) <= _CANCELLED * size[others]]] = 0.0
    return np.asarray(others)


def _read(
    s: np.ndarray, held: np.ndarray, table: np.ndarray, right: np.ndarray, size: np.ndarray,
    pivots: list[tuple[int, int]], rows: np.ndarray,
) -> Eliminated:  # fmt: skip
    n = len(s)
    at_rows = np.array([row for row, _ in pivots], dtype=int)
    dependent = np.array([column for _, column in pivots], dtype=int)
    lead = table[at_rows, dependent]
    free = ~held
    free[dependent] = False
    measured, unmeasured = np.flatnonzero(free & np.isfinite(s)), np.flatnonzero(free & np.isinf(s))
    return Eliminated(
        dependent=dependent,
        measured=measured,
        unmeasured=unmeasured,
        start=right[at_rows] / lead,
        slope=-table[np.ix_(at_rows, measured)] / lead[:, None],
        loose=-table[np.ix_(at_rows, unmeasured)] / lead[:, None],
        size=size[at_rows] / np.abs(lead),
        combinations=table[at_rows, n:] / lead[:, None],
        relations=table[rows, n:],
        contradicts=bool(np.any(np.abs(right[rows]) > CONTRADICTION * size[rows])),
    )
