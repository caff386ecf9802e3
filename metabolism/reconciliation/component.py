"""Least squares under linear constraints for one connected component, no variable below zero."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from metabolism.reconciliation.bounds import InfeasibleError, at_zero, not_below_zero
from metabolism.reconciliation.estimate import Estimate, Problem

_NOISE = 1e-12
"""A change below this part of the measured value is the rounding of the solver."""
_ALIKE = 1e-12
"""A right side that is met within this part of the quantities is met."""


@dataclass(frozen=True)
class Solution:
    """The estimate of n variables under c constraints, canonical units.

    `x` (n): NaN where the data do not tell. `estimate`: the one without the bound, whose covariance counts.
    `adjustments` (c × n): what each constraint adds to the measured value; `bound` (n): what the bound at zero adds.
    """

    x: np.ndarray
    estimate: Estimate
    adjustments: np.ndarray
    bound: np.ndarray


def solve(y: np.ndarray, s: np.ndarray, b: np.ndarray, d: np.ndarray, *, signed: np.ndarray | None = None) -> Solution:
    """minimise Σ ((x − y) / s)² subject to b x = d and x ≥ 0.

    `y`, `s` (n): measured values and their sd; s = inf where unmeasured, s = 0 where exact. `b` (c × n), `d` (c).
    `signed` (n; none of them if not given): the measured variables that may be below zero.
    The covariance is the one without the bound: at zero the sd is the unconstrained one (contract, section 3).
    Method: the worst measured variables are eliminated through the constraints and the rest are found by normal
    equations, which are then well conditioned; the bound by a least-distance program over the violated ones.
    Never raises on finite numbers. Where no x ≥ 0 meets the constraints, the nearest right sides that some x meets
    stand for them (least squares); where exact values contradict the constraints, they give way as percentages would.
    Memory: some c (n + c) numbers; 2,000 variables under 1,000 constraints take 0.1 GB, 100,000 under 100 take 0.3 GB.
    """
    signed = np.zeros(len(y), bool) if signed is None else signed
    declared = Problem(y, s, b, d, signed)
    plain = declared.estimate()
    try:
        problem, fixed = _at_zero(declared, plain)
    except InfeasibleError:
        nearest = _attainable(declared)
        try:
            problem, fixed = _at_zero(nearest, nearest.estimate())
        except InfeasibleError:  # by rounding alone
            problem, fixed = nearest, np.zeros(len(y), bool)
    found = plain if problem is declared and not fixed.any() else problem.estimate(fixed)
    x, fixed = found.x[: len(y)], fixed[: len(y)]
    x = np.where(fixed, 0.0, np.where(signed, x, np.maximum(x, 0.0)))
    x[np.isnan(plain.x)] = np.nan
    adjustments, bound = _attribute(declared, problem, found, x, fixed)
    return Solution(x, plain, adjustments, bound)


def _at_zero(problem: Problem, plain: Estimate) -> tuple[Problem, np.ndarray]:
    if plain.eliminated.contradicts:
        raise InfeasibleError
    if not problem.signed.all() and plain.may_fall_below_zero(problem.signed):
        return at_zero(problem, plain)
    return problem, np.zeros(len(plain.x), bool)


def _attainable(problem: Problem) -> Problem:
    """The problem with the nearest right sides that some x (≥ 0) meets, least squares in canonical units; and with
    exact values that meet them, each moved in proportion to itself as if it were known to a tiny percentage."""
    y, s, b, d = problem.y, problem.s, problem.b, problem.d
    x = _nearest(problem)
    met = b @ x
    met = np.where(np.abs(met - d) <= _ALIKE * (np.abs(d) + np.abs(b) @ np.abs(x)), d, met)
    exact = s == 0
    if exact.any():
        largest = max(float(np.abs(y[exact]).max()), float(np.abs(x).max(initial=0.0)))
        weight = np.where(exact, np.maximum(np.abs(y), 1e-3 * largest or 1.0), np.inf)
        y = np.where(exact, solve(y, weight, b, met, signed=problem.signed).x, y)
    return replace(problem, y=y, d=met)


def _nearest(problem: Problem) -> np.ndarray:
    if not problem.signed.all():
        try:
            return not_below_zero(problem.b, problem.d, problem.signed)[0]
        except RuntimeError:  # it gave up: the nearest without the bound has to serve
            pass
    return np.asarray(np.linalg.lstsq(problem.b, problem.d, rcond=None)[0])


def _attribute(
    declared: Problem, solved: Problem, found: Estimate, x: np.ndarray, fixed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What each constraint (c × n) and the bound (n) add to the measured value.

    At the optimum x = y − s² bᵀ λ, so each constraint's part is its term. An unmeasured variable has no measured value:
    what it is comes from the constraints that hold it, in equal parts; so does what an exact value gives way.
    """
    y, s, b = declared.y, declared.s, declared.b
    c, n = b.shape
    measured = np.isfinite(s) & (s > 0)
    moved = np.where(np.isnan(x), 0.0, x - np.where(np.isfinite(s), y, 0.0))
    parts = -solved.b[:, :n] * np.where(measured, s, 0.0) ** 2 * _multipliers(solved, found)[:, None]
    # The rows behind the declared ones are bounds of what the data do not tell.
    bound, parts = parts[c:].sum(axis=0), parts[:c]
    holds = b != 0
    parts[:, ~measured] = (holds * (moved / np.maximum(holds.sum(axis=0), 1)))[:, ~measured]
    still = np.abs(moved) <= _NOISE * np.abs(np.nan_to_num(y))
    parts[:, still], bound[still | ~measured] = 0.0, 0.0
    left = moved - parts.sum(axis=0) - bound
    bound = np.where(fixed & measured, bound + left, bound)
    # What rounding leaves goes to the largest part.
    loose = np.flatnonzero(measured & ~fixed & (parts.any(axis=0) | (moved != 0) & (y == 0)))
    largest = np.where(parts.any(axis=0), np.abs(parts), holds)[:, loose].argmax(axis=0)
    parts[largest, loose] += left[loose]
    return parts, bound


def _multipliers(problem: Problem, found: Estimate) -> np.ndarray:
    """λ (c): from the dependent variables, the shortest where constraints say the same twice."""
    eliminated = found.eliminated
    sd = problem.s[eliminated.dependent]
    compared = np.isfinite(sd)
    slope = np.zeros(len(sd))
    slope[compared] = ((found.x - problem.y)[eliminated.dependent][compared] / sd[compared]) / sd[compared]
    multipliers = -eliminated.combinations.T @ slope
    if len(eliminated.relations):
        twice = eliminated.relations.T
        multipliers -= twice @ np.linalg.lstsq(twice, multipliers, rcond=None)[0]
    return np.asarray(multipliers)
