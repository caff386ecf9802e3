"""One component against rational arithmetic, every set of zeros, and an interior-point solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from metabolism.reconciliation.component import Solution, solve
from tests.metabolism.reconciliation.textbook import exact, exact_at_least_zero, interior_point

QUARTERS = st.integers(0, 4000).map(lambda k: k / 4)


@st.composite
def networks(draw: st.DrawFn, most: int = 8, contradictory: bool = False, positive: bool = False):
    """y, s, b, d: flows between some nodes and the outside, with rows that say the same twice, rows with coefficients
    other than 1, stock terms, exact and unmeasured flows, zero quantities, and sd over eight powers of ten."""
    nodes, n = draw(st.integers(1, 4)), draw(st.integers(1, most))
    b = np.zeros((nodes, n))
    for j in range(n):
        start, end = draw(st.tuples(st.integers(0, nodes), st.integers(0, nodes)))
        for node, sign in ((start, -1.0), (end, 1.0)):
            if node:
                b[node - 1, j] += sign
    if draw(st.booleans()):
        b = np.vstack([b, draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, -1.0, 0.5, 3.0]), min_size=n, max_size=n))])
    if draw(st.booleans()):
        b = np.vstack([b, b[draw(st.integers(0, len(b) - 1))] * draw(st.sampled_from([1.0, -2.0]))])
    truth = np.array(draw(st.lists(QUARTERS, min_size=n, max_size=n)))
    kinds = draw(st.lists(st.sampled_from("mmmmuez"), min_size=n, max_size=n))
    d = b @ truth
    if contradictory:
        d = d + np.array(draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, -3.0, 50.0]), min_size=len(d), max_size=len(d))))
    y, s = truth.copy(), np.zeros(n)
    for j, kind in enumerate(kinds):
        if kind == "m":
            slip = draw(st.sampled_from([0.5, 0.9, 1.0, 1.02, 1.25, 2.0] if not positive else [0.95, 1.0, 1.02]))
            y[j] = truth[j] * slip
            s[j] = max(y[j], 0.25) * draw(st.sampled_from([1e-6, 1e-4, 0.01, 0.05, 0.25, 1.0, 100.0]))
        elif kind == "u":
            y[j], s[j] = np.nan, np.inf
        elif kind == "z":
            y[j], s[j] = 0.0, draw(st.sampled_from([0.0, 0.1]))
        elif contradictory:
            y[j] = truth[j] * draw(st.sampled_from([1.0, 1.0, 1.5]))
    return y, s, b, d


def sd_of(solution: Solution) -> np.ndarray:
    rows, columns, entries = solution.estimate.entries()
    factor = np.zeros((len(solution.x), len(solution.estimate.free_sd)))
    factor[rows, columns] = entries
    variance = (factor**2).sum(axis=1) - ((factor @ solution.estimate.taken) ** 2).sum(axis=1)
    return np.where(np.isnan(solution.x), np.nan, np.sqrt(np.maximum(variance, 0.0)))


def as_measurements(y: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = np.isfinite(s)
    return np.eye(len(y))[known], y[known], s[known]


def assert_alike(solution: Solution, oracle, y: np.ndarray, d: np.ndarray) -> None:
    size = np.nansum(np.abs(y)) + np.abs(d).sum() + 1.0
    sd = sd_of(solution)
    for j, (value, variance) in enumerate(zip(oracle.x, oracle.variance, strict=True)):
        if value is None:
            assert np.isnan(solution.x[j])
            assert np.isnan(sd[j])
            continue
        true_sd = float(variance) ** 0.5
        assert solution.x[j] == pytest.approx(float(value), rel=1e-12, abs=1e-9 * true_sd + 1e-13 * size)
        assert sd[j] == pytest.approx(true_sd, rel=1e-8, abs=1e-14 * size)


def assert_explained(solution: Solution, y: np.ndarray, s: np.ndarray) -> None:
    """Measured value, adjustments and the bound's part add up to every flow."""
    told = ~np.isnan(solution.x)
    parts = np.vstack([np.where(np.isfinite(s), y, 0.0), solution.adjustments, solution.bound])
    size = np.abs(parts).sum(axis=0)
    assert np.all(np.abs(parts.sum(axis=0) - np.nan_to_num(solution.x))[told] <= 1e-11 * size[told])
    if told.all():  # else the bound of what nothing tells may move what is told
        assert np.all(solution.bound[solution.x > 0] == 0)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(networks())
def test_without_the_bound_it_is_the_textbook(problem) -> None:
    y, s, b, d = problem
    oracle = exact(*as_measurements(y, s), b, d)
    assume(oracle is not None)
    solution = solve(y, s, b, d, signed=np.ones(len(y), bool))
    assert_alike(solution, oracle, y, d)
    assert_explained(solution, y, s)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(networks(most=6), st.integers(0, 63))
def test_with_the_bound_it_is_the_best_of_all_sets_of_zeros(problem, mask: int) -> None:
    y, s, b, d = problem
    signed = np.isfinite(s) & ((mask >> np.arange(len(y))) & 1).astype(bool)
    a = as_measurements(y, s)
    free = exact(*a, b, d)
    assume(free is not None and all(value is not None for value in free.x))
    oracle = exact_at_least_zero(*a, b, d, signed)
    assume(oracle is not None)
    event(
        "the bound holds"
        if any(value < 0 for value, free_of in zip(free.x, signed, strict=True) if not free_of)
        else "free"
    )
    event("some may be below zero" if signed.any() else "none may be below zero")
    solution = solve(y, s, b, d, signed=signed)
    assert_alike(solution, oracle, y, d)
    assert_explained(solution, y, s)
    assert np.all(solution.x[~signed] >= 0)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(networks(most=10))
def test_what_nothing_tells_may_bind_what_is_told(problem) -> None:
    y, s, b, d = problem
    largest = max([1.0, *np.abs(y[np.isfinite(y)])])
    s = np.where(np.isfinite(s) & (s > 0), np.maximum(s, 1e-3 * largest), s)
    a = as_measurements(y, s)
    free = exact(*a, b, d)
    assume(free is not None)
    oracle = interior_point(*a, b, d)
    assume(oracle is not None)
    solution = solve(y, s, b, d)
    told = np.array([value is not None for value in free.x])
    event("something is not told" if not told.all() else "all is told")
    assert np.array_equal(~np.isnan(solution.x), told)
    assert_explained(solution, y, s)
    # It is as good as the other solver's, and what is not told can be filled in with nothing below zero.
    measured = np.isfinite(s) & (s > 0)
    misfit, theirs = (float((((x - y)[measured] / s[measured]) ** 2).sum()) for x in (solution.x, oracle))
    assert misfit <= theirs * (1 + 1e-6) + 1e-6
    assert can_be_filled_in(solution.x, b, d)


def can_be_filled_in(x: np.ndarray, b: np.ndarray, d: np.ndarray) -> bool:
    told = ~np.isnan(x)
    left = d - b[:, told] @ x[told]
    nearest = nnls(b[:, ~told], left)[1] if not told.all() else np.linalg.norm(left)
    return bool(np.all(x[told] >= 0) and nearest <= 1e-9 * (1 + np.abs(d).sum() + np.abs(x[told]).sum()))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(networks(most=10, contradictory=True), st.booleans())
def test_contradictions_never_raise(problem, bounded: bool) -> None:
    y, s, b, d = problem
    solution = solve(y, s, b, d, signed=np.full(len(y), not bounded))
    known = np.isfinite(s)
    assert np.all(np.isfinite(solution.x[known]))
    assert np.all(np.isfinite(sd_of(solution)[known]))
    if bounded:
        assert not np.any(solution.x < 0)
    assert_explained(solution, y, s)
    met = not np.isnan(solution.x).any()
    if met:
        # Balances close as nearly as anything can: no other x comes closer.
        left = np.linalg.norm(b @ solution.x - d)
        nearest = nnls(b, d)[1] if bounded else np.linalg.norm(b @ np.linalg.lstsq(b, d, rcond=None)[0] - d)
        assert left <= nearest + 1e-9 * (np.abs(d).sum() + np.abs(solution.x).sum() + 1.0)
