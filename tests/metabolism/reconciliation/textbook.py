"""Least squares under constraints as textbooks write them: dense, slow, and written without a look at the kernel.

`normal_equations` solves the KKT system with numpy. `exact` works in rational numbers, so that it is right however far
the sd spread; `exact_at_least_zero` tries every set of variables at zero. `interior_point` is Clarabel's.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

Matrix = list[list[Fraction]]


def normal_equations(
    a: np.ndarray, y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """x (n) and its covariance (n × n): minimise Σ ((a x − y) / s)² subject to b x = d; every x observable, b of full
    rank, s > 0."""
    n, c = a.shape[1], len(d)
    weight = a.T / s**2
    kkt = np.block([[weight @ a, b.T], [b, np.zeros((c, c))]])
    inverse = np.linalg.inv(kkt)
    solution = inverse @ np.concatenate([weight @ y, d])
    return solution[:n], inverse[:n, :n]


@dataclass(frozen=True)
class Exact:
    """`x` (n; None where not observable), `variance` (n, without bounds), `objective`."""

    x: list[Fraction | None]
    variance: list[Fraction | None]
    objective: Fraction


def exact(a: np.ndarray, y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray) -> Exact | None:
    """minimise Σ ((a x − y) / s)² subject to b x = d and, where s = 0, a x = y. None where nothing meets these.

    Every x is x0 + N z; of z the directions that no measurement sees are left out.
    """
    rows = _rational(np.vstack([b, a[s == 0]]))
    right = _rational(np.concatenate([d, y[s == 0]])[:, None])
    solved = _affine(rows, [line[0] for line in right], a.shape[1])
    if solved is None:
        return None
    start, basis = solved
    lines = [[Fraction(float(v)) for v in line] for line in a[s > 0]]
    values = [Fraction(float(v)) for v in y[s > 0]]
    weights = [1 / Fraction(float(v)) ** 2 for v in s[s > 0]]
    seen = [_times(line, basis) for line in lines]
    gap = [value - _dot(line, start) for value, line in zip(values, lines, strict=True)]
    width = len(basis[0]) if basis else 0
    kept = _independent_columns(seen, width)
    blind = _null_space(seen, width)
    design = [[line[j] for j in kept] for line in seen]
    columns = [list(column) for column in zip(*design, strict=True)]
    weighted = [[w * v for w, v in zip(weights, column, strict=True)] for column in columns]
    inverse = _inverse([[_dot(left, right) for right in columns] for left in weighted])
    pull = [_dot(column, gap) for column in weighted]
    z = [_dot(line, pull) for line in inverse]
    x: list[Fraction | None] = []
    variance: list[Fraction | None] = []
    for j, line in enumerate(basis):
        narrow = [line[k] for k in kept]
        hidden = any(_dot(line, direction) != 0 for direction in blind)
        x.append(None if hidden else start[j] + _dot(narrow, z))
        variance.append(None if hidden else _dot(narrow, [_dot(row, narrow) for row in inverse]))
    misfit = [_dot(p, z) - g for p, g in zip(design, gap, strict=True)]
    return Exact(x, variance, sum((w * m * m for w, m in zip(weights, misfit, strict=True)), Fraction(0)))


def exact_at_least_zero(
    a: np.ndarray, y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray, signed: np.ndarray
) -> Exact | None:
    """As `exact`, with x ≥ 0 but where `signed` (n), where everything is observable: the best of all sets of variables
    at zero. The variance stays that without bounds. None where no such x meets the constraints."""
    n = a.shape[1]
    bounded = np.flatnonzero(~signed)
    free = exact(a, y, s, b, d)
    if free is None:
        return None
    best: Exact | None = None
    for size in range(len(bounded) + 1):
        for zeros in combinations(bounded, size):
            unit = np.eye(n)[list(zeros)].reshape(-1, n)
            found = exact(a, y, s, np.vstack([b, unit]), np.concatenate([d, np.zeros(size)]))
            if found is None or any(found.x[j] is None or found.x[j] < 0 for j in bounded):
                continue
            if best is None or found.objective < best.objective:
                best = Exact(found.x, free.variance, found.objective)
        if size == 0 and best is not None:
            return best
    return best


def interior_point(a: np.ndarray, y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray) -> np.ndarray | None:
    """x of the quadratic program over x ≥ 0 to about 1e-7, what nothing tells being anything; None if it has none."""
    import clarabel
    from scipy import sparse

    m, n = int((s > 0).sum()), a.shape[1]
    # Variables: x, and the standardised misfit of each measurement.
    measured, misfit = a[s > 0] / s[s > 0][:, None], -np.eye(m)
    equal = np.vstack(
        [
            np.hstack([measured, misfit]),
            np.hstack([np.vstack([b, a[s == 0]]), np.zeros((len(d) + int((s == 0).sum()), m))]),
        ]
    )
    rows = np.vstack([equal, np.hstack([-np.eye(n), np.zeros((n, m))])])
    limits = np.concatenate([y[s > 0] / s[s > 0], d, y[s == 0], np.zeros(n)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    cost = sparse.diags(np.concatenate([np.zeros(n), np.ones(m)]), format="csc")
    cones = [clarabel.ZeroConeT(len(equal)), clarabel.NonnegativeConeT(n)]
    solver = clarabel.DefaultSolver(cost, np.zeros(n + m), sparse.csc_matrix(rows), limits, cones, settings)
    found = solver.solve()
    return np.asarray(found.x)[:n] if str(found.status) == "Solved" else None


def _rational(matrix: np.ndarray) -> Matrix:
    return [[Fraction(float(value)) for value in line] for line in matrix]


def _dot(left: list[Fraction], right: list[Fraction]) -> Fraction:
    return sum((p * q for p, q in zip(left, right, strict=True)), Fraction(0))


def _times(line: list[Fraction], matrix: Matrix) -> list[Fraction]:
    width = len(matrix[0]) if matrix else 0
    return [sum((v * row[j] for v, row in zip(line, matrix, strict=True)), Fraction(0)) for j in range(width)]


def _row_reduced(matrix: Matrix, width: int) -> tuple[Matrix, list[int]]:
    """The reduced row echelon form over the first `width` columns, and its pivot columns."""
    table = [list(line) for line in matrix]
    pivots: list[int] = []
    for column in range(width):
        row = next((i for i in range(len(pivots), len(table)) if table[i][column] != 0), None)
        if row is None:
            continue
        at = len(pivots)
        table[at], table[row] = table[row], table[at]
        table[at] = [value / table[at][column] for value in table[at]]
        for i, line in enumerate(table):
            if i != at and line[column] != 0:
                table[i] = [v - line[column] * p for v, p in zip(line, table[at], strict=True)]
        pivots.append(column)
    return table, pivots


def _affine(rows: Matrix, right: list[Fraction], n: int) -> tuple[list[Fraction], Matrix] | None:
    """All solutions of rows x = right: one of them, and a basis (n × k) of the differences; None if there is none."""
    table, pivots = _row_reduced([[*line, value] for line, value in zip(rows, right, strict=True)], n)
    if any(line[n] != 0 for line in table[len(pivots) :]):
        return None
    free = [j for j in range(n) if j not in pivots]
    start = [Fraction(0)] * n
    basis = [[Fraction(0)] * len(free) for _ in range(n)]
    for k, j in enumerate(free):
        basis[j][k] = Fraction(1)
    for line, j in zip(table, pivots, strict=False):
        start[j] = line[n]
        basis[j] = [-line[k] for k in free]
    return start, basis


def _independent_columns(matrix: Matrix, width: int) -> list[int]:
    return _row_reduced(matrix, width)[1]


def _null_space(matrix: Matrix, width: int) -> Matrix:
    solved = _affine(matrix, [Fraction(0)] * len(matrix), width)
    assert solved is not None
    return [list(column) for column in zip(*solved[1], strict=True)] if width else []


def _inverse(matrix: Matrix) -> Matrix:
    n = len(matrix)
    unit = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    table, pivots = _row_reduced([[*line, *unit[i]] for i, line in enumerate(matrix)], n)
    assert len(pivots) == n
    return [line[n:] for line in table]
