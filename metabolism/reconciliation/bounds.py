"""No flow below zero: which variables stand at zero in the optimum."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from metabolism.reconciliation.estimate import Estimate, Problem

_SLACK = 1e-11
"""The bound is held to within this part of the quantities, then exactly."""
_INFEASIBLE = 1e-13
"""The dual's last residual is 1 / (1 + distance²), in units of the worst violation: below this there is no way."""
_FILLED = 1e-10
"""What is met within this part of the quantities is met."""
_MOST_CUTS = 100
_TETHER = 1e-8
"""The weight that keeps what nothing tells from roaming to infinity."""


class InfeasibleError(Exception):
    """No x ≥ 0 meets the constraints."""


def at_zero(problem: Problem, plain: Estimate) -> tuple[Problem, np.ndarray]:
    """Which variables stand at zero in the optimum over x ≥ 0: a mask, and the problem that it is of, which has more
    variables behind the n of `problem`. `plain` is the optimum without bounds.

    What the data do not tell is not below zero either, and may bind what they tell: each such bound is found as an
    inequality that the optimum violates (Benders, Numerische Mathematik 4, 1962), and becomes a variable that is not
    below zero. Raises `InfeasibleError` where no x ≥ 0 meets the constraints.
    """
    wider = problem
    for _ in range(_MOST_CUTS):
        free = plain if wider is problem else wider.estimate()
        fixed = _active_set(wider, free)
        if fixed is None:
            break
        cut = _cut(plain, wider.estimate(fixed).x)
        if cut is None:
            return wider, fixed
        wider = _with_variable(wider, *cut)
    vertex = _vertex(problem)
    if vertex is None:
        raise InfeasibleError
    fixed = _by_quadratic_program(problem)
    found = problem.estimate(fixed)
    if found.eliminated.contradicts or np.any((found.x < -_FILLED * found.size) & ~problem.signed):
        return problem, vertex  # it closes, at least
    return problem, fixed


def _active_set(problem: Problem, plain: Estimate) -> np.ndarray | None:
    """Adds violated bounds of what the data tell until none is left, at most n rounds. None where that fails."""
    told = ~np.isnan(plain.x) & ~problem.signed
    watched = (plain.x < 0) & ~problem.signed
    fixed = np.zeros(len(watched), bool)
    if not watched.any():
        return fixed
    for _ in range(len(watched)):
        active = _least_distance(plain, np.flatnonzero(watched))
        if active is None:
            return None
        fixed = np.zeros(len(watched), bool)
        fixed[np.flatnonzero(watched)] = active
        found = problem.estimate(fixed)
        below = (found.x < 0) & told
        if not below.any() and not found.eliminated.contradicts:
            return fixed
        if found.eliminated.contradicts or not np.any(below & ~watched):
            return None
        watched = watched | below
    return None


def _cut(plain: Estimate, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """What keeps the variables that the data do not tell from being ≥ 0 beside `x`: variables, weights and a constant
    with weights · x + constant ≥ 0 for all that can be, and below zero here. None where nothing does."""
    found = plain.eliminated
    blind = ~plain.told
    if not blind.any():
        return None
    start = found.start[blind] + found.slope[blind] @ x[found.measured]
    size = found.size[blind] + np.abs(found.slope[blind]) @ np.abs(x[found.measured])
    system = np.hstack([found.loose[blind], -np.eye(len(start))])
    try:
        filling, left = nnls(system, -start)
    except RuntimeError:  # it gave up: taken as it is
        return None
    if left <= _FILLED * size.sum():
        return None
    lack = -(start + system @ filling)
    lack = np.where(lack > 1e-9 * lack.max(), lack / lack.max(), 0.0)
    return found.measured, lack @ found.slope[blind], float(lack @ found.start[blind])


def _with_variable(problem: Problem, variables: np.ndarray, weights: np.ndarray, constant: float) -> Problem:
    """One more, unmeasured variable: weights · x[variables] + constant."""
    row = np.zeros(len(problem.y) + 1)
    row[variables], row[-1] = -weights, 1.0
    wide = np.hstack([problem.b, np.zeros((len(problem.d), 1))])
    y, s = np.append(problem.y, np.nan), np.append(problem.s, np.inf)
    return Problem(y, s, np.vstack([wide, row]), np.append(problem.d, constant), np.append(problem.signed, False))


def not_below_zero(b: np.ndarray, d: np.ndarray, signed: np.ndarray) -> tuple[np.ndarray, float]:
    """min ‖b x − d‖ over x (n), not below zero but where `signed`; and the least. Raises RuntimeError as nnls does."""
    found, left = nnls(np.hstack([b, -b[:, signed]]), d)
    x = found[: b.shape[1]].copy()
    x[signed] -= found[b.shape[1] :]
    return x, float(left)


def _vertex(problem: Problem) -> np.ndarray | None:
    """Which variables stand at zero in some x ≥ 0 that meets the constraints; None where there is none."""
    loose = problem.s != 0
    known = np.where(loose, 0.0, problem.y)
    size = np.abs(problem.d).sum() + (np.abs(problem.b) @ np.abs(known)).sum()
    at_zero = np.zeros(len(loose), bool)
    x, left = np.zeros(0), 0.0
    if loose.any():
        try:
            x, left = not_below_zero(problem.b[:, loose], problem.d - problem.b @ known, problem.signed[loose])
        except RuntimeError:  # it gave up
            return None
    at_zero[loose] = x == 0
    at_zero &= ~problem.signed
    return at_zero if left <= _FILLED * size and not np.any((known < 0) & ~problem.signed) else None


def _least_distance(plain: Estimate, watched: np.ndarray) -> np.ndarray | None:
    """Which of the bounds of `watched` (w) hold the optimum: min ‖v − v0‖ subject to C v ≥ f by its dual, a
    non-negative least squares (Lawson and Hanson, Solving Least Squares Problems, 1974, chapter 23).

    v are the free variables in units in which their posterior covariance is I. None where there is no way, or none that
    can be told from rounding.
    """
    rows = _gradients(plain, watched)
    value, slack = plain.x[watched], _SLACK * plain.size[watched]
    length = np.linalg.norm(rows, axis=1)
    if np.any((length == 0) & (value < -slack)):
        return None
    bends = length > 0
    short = (-value - slack)[bends] / length[bends]
    active = np.zeros(len(watched), bool)
    if not np.any(short > 0):
        active[value < 0] = True
        return active
    system = np.vstack([(rows[bends] / length[bends, None]).T, short / short.max()])
    target = np.zeros(len(system))
    target[-1] = 1.0
    try:
        force, _ = nnls(system, target)
    except RuntimeError:  # it gave up
        return None
    if target[-1] - system[-1] @ force <= _INFEASIBLE:
        return None
    active[bends] = force > 0
    return active


def _gradients(plain: Estimate, watched: np.ndarray) -> np.ndarray:
    """The gradients of the variables `watched` (w) over v (w × m)."""
    found = plain.eliminated
    place = np.full(len(plain.x), -1)
    place[watched] = np.arange(len(watched))
    rows = np.zeros((len(watched), len(found.measured)))
    seen = np.flatnonzero(place[found.measured] >= 0)
    rows[place[found.measured[seen]], seen] = plain.free_sd[seen]
    seen = np.flatnonzero(place[found.dependent] >= 0)
    rows[place[found.dependent[seen]]] = found.slope[seen] * plain.free_sd
    # Times (I − taken takenᵀ)^½.
    size, turn = np.linalg.eigh(plain.taken.T @ plain.taken)
    turned = plain.taken @ turn
    return np.asarray(rows - (rows @ turned) / (1 + np.sqrt(np.clip(1 - size, 0.0, 1.0))) @ turned.T)


def _by_quadratic_program(problem: Problem) -> np.ndarray:
    """The mask from an interior-point solver: what its bound pushes harder than it lets it be positive."""
    import clarabel
    from scipy import sparse

    y, s, b, d = problem.y, problem.s, problem.b, problem.d
    exact, measured = s == 0, np.isfinite(s) & (s > 0)
    scale = np.where(measured, s, max(1.0, np.abs(d).max(initial=0.0), np.abs(y[np.isfinite(s)]).max(initial=0.0)))
    weight = np.where(measured, 1.0, _TETHER)
    rows = b * scale
    norm = np.abs(rows).max(axis=1, initial=0.0)
    norm = np.where(norm > 0, norm, 1.0)
    unit = sparse.eye(len(y), format="csc")
    bounded = np.flatnonzero(~problem.signed)
    system = sparse.vstack([sparse.csc_matrix(rows / norm[:, None]), unit[exact], -unit[bounded]], format="csc")
    limits = np.concatenate([d / norm, (y / scale)[exact], np.zeros(len(bounded))])
    cones = [clarabel.ZeroConeT(len(d) + int(exact.sum())), clarabel.NonnegativeConeT(len(bounded))]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    aim = -np.where(measured, y / scale, 0.0)
    found = clarabel.DefaultSolver(sparse.diags(weight, format="csc"), aim, system, limits, cones, settings).solve()
    pushed = np.zeros(len(y), bool)
    pushed[bounded] = np.asarray(found.z)[len(found.z) - len(bounded) :] > np.asarray(found.x)[bounded]
    return np.asarray(pushed & ~exact)
