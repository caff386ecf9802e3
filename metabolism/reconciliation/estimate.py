"""The optimum under linear constraints and without the bound, and its covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metabolism.reconciliation.elimination import Eliminated, eliminate

_ROUNDING = 1e-13
"""A figure below this part of the quantities that it is a difference of is nought."""


@dataclass(frozen=True)
class Problem:
    """minimise Σ ((x − y) / s)² subject to b x = d.

    `y`, `s` (n): measured values and their sd; s = inf where unmeasured, s = 0 where exact. `b` (c × n), `d` (c).
    `signed` (n): which variables may be below zero; each of them is measured.
    """

    y: np.ndarray
    s: np.ndarray
    b: np.ndarray
    d: np.ndarray
    signed: np.ndarray

    def estimate(self, fixed: np.ndarray | None = None) -> Estimate:
        """The optimum without the bound, where the variables of the mask `fixed` (n) stand at zero."""
        none = np.zeros(len(self.y), bool)
        fixed = none if fixed is None else fixed
        at = np.where(fixed, 0.0, self.y)
        found = eliminate(self.s, self.b, self.d, (self.s == 0) | fixed, at)
        return _normal_equations(self, found, at)


@dataclass(frozen=True)
class Estimate:
    """The optimum without the bound, and its covariance.

    Of n variables, k follow from the others (`eliminated.dependent`) and m are free (`eliminated.measured`). `x` (n):
    NaN where the data do not tell; what is held stands at its value. `size` (n): the quantities that x is a difference
    of. The covariance of the free ones is S (I − taken takenᵀ) S, with S their sd `free_sd` (m) and `taken` (m × r),
    r ≤ k the measured ones that follow: the loss from one prior sd to the posterior one, never a difference of
    large numbers, as sd_free ≤ sd_dependent.
    """

    eliminated: Eliminated
    x: np.ndarray
    size: np.ndarray
    free_sd: np.ndarray
    taken: np.ndarray

    @property
    def told(self) -> np.ndarray:
        """Which of the dependent variables (k) the data tell."""
        return np.asarray(~np.any(self.eliminated.loose != 0, axis=1))

    def may_fall_below_zero(self, signed: np.ndarray) -> bool:
        """What the data do not tell is not below zero either, which may bind what they tell."""
        return bool(np.any((self.x < 0) & ~signed)) or bool(self.eliminated.loose.any())

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Variables, columns and values of the factor (n × m) before `taken`: S, and slope · S below it."""
        found = self.eliminated
        rows, columns = np.nonzero(found.slope * self.told[:, None])
        return (
            np.concatenate([found.measured, found.dependent[rows]]),
            np.concatenate([np.arange(len(found.measured)), columns]),
            np.concatenate([self.free_sd, found.slope[rows, columns] * self.free_sd[columns]]),
        )


def _normal_equations(problem: Problem, found: Eliminated, at: np.ndarray) -> Estimate:
    """minimise ‖u‖² + ‖gap − G u‖² over u = (x − y) / s of the free ones: u = Gᵀ (I + G Gᵀ)⁻¹ gap, refined once."""
    y, s = problem.y, problem.s
    free, compared = found.measured, np.isfinite(s[found.dependent])
    measured = found.dependent[compared]
    slope, start, free_sd = found.slope[compared], found.start[compared], s[free]
    graded = slope * free_sd / s[measured][:, None]
    lower = np.linalg.cholesky(np.eye(len(measured)) + graded @ graded.T)
    taken = np.linalg.solve(lower, graded).T
    gap = (y[measured] - start - slope @ y[free]) / s[measured]
    u = np.zeros(len(free))
    for _ in range(2):
        descent = graded.T @ (gap - graded @ u) - u
        u += descent - taken @ (taken.T @ descent)
    x = at.copy()
    size = np.abs(x)
    size[free] = np.abs(y[free]) + free_sd * np.abs(u)
    x[free] = _rounded(y[free] + free_sd * u, size[free])
    size[found.dependent] = found.size + np.abs(found.slope) @ size[free]
    x[found.dependent] = _rounded(found.start + found.slope @ x[free], size[found.dependent])
    x[found.unmeasured] = np.nan
    x[found.dependent[np.any(found.loose != 0, axis=1)]] = np.nan
    return Estimate(found, x, size, free_sd, taken)


def _rounded(x: np.ndarray, size: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) <= _ROUNDING * size, 0.0, x)
