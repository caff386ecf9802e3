"""Least squares under linear constraints for one connected component, dense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_RANK = 1e-11
"""Singular values below this part of the largest count as nought; a spread of 1e8 between sd stays above it."""
_AT_BOUND = 1e-9
_NOISE = 1e-12
"""An adjustment below this part of the sd is the rounding of the solver."""
_MAX_ROUNDS = 60


@dataclass(frozen=True)
class Solution:
    """`x` (n; NaN where the data do not tell), `factor` (n × k) with covariance factor @ factor.T, `adjustments`
    (c × n): what each constraint adds to the measured value; `bound` (n): what the bound at zero adds."""

    x: np.ndarray
    factor: np.ndarray
    adjustments: np.ndarray
    bound: np.ndarray


def solve(y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray, *, bounded: bool = True) -> Solution:
    """minimise Σ ((x − y) / s)² subject to b x = d and x ≥ 0.

    `y`, `s` (n): measured values and their sd; s = inf where unmeasured, s = 0 where exact. `b` (c × n), `d` (c).
    The covariance is the one without the bound: at zero the sd is the unconstrained one (contract, section 3).
    Method: the null space of the scaled constraints, singular values for rank (Björck, Numerical Methods for Least
    Squares Problems, 5.1.3); the bound by an active set, as a quadratic program where that cycles.
    """
    free = _Scaled.of(y, s, b, d)
    u, factor = free.solve(np.zeros(len(y), bool))
    fixed = np.zeros(len(y), bool)
    if bounded and np.any(u < -_AT_BOUND):
        fixed = free.active_set(u)
        u, _ = free.solve(fixed)
        u[fixed] = 0.0
    adjustments, bound = free.attribute(u, fixed)
    return Solution(u * free.scale, factor * free.scale[:, None], adjustments, bound)


@dataclass(frozen=True)
class _Scaled:
    """The problem in units of each variable's sd; exact measurements are further constraints, unit rows."""

    scale: np.ndarray
    target: np.ndarray
    measured: np.ndarray
    exact: np.ndarray
    matrix: np.ndarray
    right: np.ndarray
    norms: np.ndarray

    @staticmethod
    def of(y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray) -> _Scaled:
        exact = s == 0
        measured = np.isfinite(s) & ~exact
        typical = np.median(s[measured]) if measured.any() else max(1.0, float(np.abs(d).max(initial=0.0)))
        scale = np.where(measured, s, typical)
        target = np.where(np.isfinite(s), y, 0.0) / scale
        scaled = b * scale
        norms = np.linalg.norm(scaled, axis=1)
        norms = np.where(norms > 0, norms, 1.0)
        return _Scaled(scale, target, measured, exact, scaled / norms[:, None], d / norms, norms)

    def _held(self, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        held = np.where(fixed, 0.0, self.target)
        return self.exact | fixed, held

    def solve(self, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """u (n) and the factor of its covariance (n × k), with `fixed` variables at zero."""
        held, at = self._held(fixed)
        loose = np.flatnonzero(~held)
        u = np.where(held, at, 0.0)
        rest = self.right - self.matrix @ u
        start, basis = _particular(self.matrix[:, loose], rest)
        seen = self.measured[loose]
        left, sizes, right = np.linalg.svd(basis[seen], full_matrices=True)
        rank = int(np.sum(sizes > _RANK * sizes.max(initial=0.0)))
        gap = self.target[loose][seen] - start[seen]
        step = right[:rank].T @ ((left[:, :rank].T @ gap) / sizes[:rank])
        found = start + basis @ step
        found[np.abs(basis @ right[rank:].T).max(axis=1, initial=0.0) > 1e-7] = np.nan
        u[loose] = found
        factor = np.zeros((len(u), rank))
        factor[loose] = basis @ (right[:rank].T / sizes[:rank])
        factor[np.isnan(u)] = 0.0
        return u, factor

    def active_set(self, u: np.ndarray) -> np.ndarray:
        """Which variables stand at zero in the bounded optimum."""
        fixed = np.nan_to_num(u, nan=0.0) < -_AT_BOUND
        seen: set[bytes] = set()
        for _ in range(_MAX_ROUNDS):
            if fixed.tobytes() in seen:
                break
            seen.add(fixed.tobytes())
            u, _ = self.solve(fixed)
            negative = (np.nan_to_num(u, nan=0.0) < -_AT_BOUND) & ~fixed
            pushed_in = fixed & (self._pull(np.where(fixed, 0.0, u), fixed) < -_AT_BOUND)
            if not negative.any() and not pushed_in.any():
                return fixed
            fixed = (fixed | negative) & ~pushed_in
        return self._by_quadratic_program()

    def _pull(self, u: np.ndarray, fixed: np.ndarray) -> np.ndarray:
        """The multiplier of each variable's bound: negative where it would rather be positive."""
        slope = np.where(self.measured, u - self.target, 0.0)
        return np.nan_to_num(slope + self.matrix.T @ self._multipliers(u, fixed))

    def _multipliers(self, u: np.ndarray, fixed: np.ndarray) -> np.ndarray:
        loose = ~(self.exact | fixed) & np.isfinite(u)
        slope = np.where(self.measured, np.nan_to_num(u) - self.target, 0.0)
        return np.linalg.lstsq(self.matrix[:, loose].T, -slope[loose], rcond=_RANK)[0]

    def _by_quadratic_program(self) -> np.ndarray:
        import clarabel
        from scipy import sparse

        n = len(self.target)
        weight = np.where(self.measured, 1.0, 0.0)
        rows = [sparse.csc_matrix(self.matrix), sparse.eye(n, format="csc")[self.exact], -sparse.eye(n, format="csc")]
        limits = np.concatenate([self.right, self.target[self.exact], np.zeros(n)])
        cones = [clarabel.ZeroConeT(len(self.right) + int(self.exact.sum())), clarabel.NonnegativeConeT(n)]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        solver = clarabel.DefaultSolver(
            sparse.diags(weight, format="csc"), -weight * self.target, sparse.vstack(rows, format="csc"), limits, cones,
            settings,
        )  # fmt: skip
        return np.asarray(solver.solve().x) < 1e-6

    def attribute(self, u: np.ndarray, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What each constraint (c × n) and the bound (n) add to the measured value, in canonical units.

        At the optimum u = target − matrixᵀ λ, so each constraint's part is its term. An unmeasured variable has no
        measured value: what it is comes from the constraints that hold it, in equal parts.
        """
        parts = -self.matrix * self._multipliers(u, fixed)[:, None]
        parts[:, self.exact] = 0.0
        unmeasured = ~self.measured & ~self.exact
        holds = self.matrix[:, unmeasured] != 0
        parts[:, unmeasured] = holds * (np.nan_to_num(u[unmeasured]) / np.maximum(holds.sum(axis=0), 1))
        base = np.where(unmeasured, 0.0, self.target)
        bound = np.where(fixed, -(base + parts.sum(axis=0)), 0.0)
        parts[np.abs(parts) < _NOISE] = 0.0
        return parts * self.scale, bound * self.scale


def _particular(matrix: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The shortest solution of matrix u = right (least squares where there is none), and its null space (n × k)."""
    left, sizes, lines = np.linalg.svd(matrix, full_matrices=True)
    rank = int(np.sum(sizes > _RANK * sizes.max(initial=0.0)))
    start = lines[:rank].T @ ((left[:, :rank].T @ right) / sizes[:rank])
    return start, lines[rank:].T
