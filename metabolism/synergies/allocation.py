"""Nothing promised twice: which exchanges together gain most within what is on offer and what is needed."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from metabolism.errors import CirculezError

SHARE_GIVEN = 1e-6
"""An arc is allocated when it gets more than this part of its matched quantity."""
_TIE = 1e-6
"""Relative weight of the tie-break: below any price's uncertainty, above the solver's tolerance."""
_SCALE = 1e3
"""The largest cost that the solver sees: its tolerance of 1e-7 is then 1e-10 of the best exchange."""
Floats = NDArray[np.float64]


def allocate(arcs: pd.DataFrame, supply: Floats, need: Floats) -> Floats:
    """The quantity that each arc gets, in units of the need, n long.

    Maximises Σ gain·x subject to 0 ≤ x ≤ upper, Σ x / fraction ≤ supply for each supply, Σ x ≤ need for each need
    (infinite where it has no limit), and Σ x ≤ share limit for each need and `line` (`line_limit`). `arcs`: supply, need
    (positions), line, line_limit, fraction, upper, gain (EUR a unit), exchange_id. A linear program per connected
    component (HiGHS, dual simplex); ties are broken by a hash of the exchange's id, so not by its place in the table.
    """
    given = np.zeros(len(arcs))
    if not len(arcs):
        return given
    component = _components(arcs, len(supply), len(need))
    gain = arcs["gain"].to_numpy(float)
    upper = _uppers(arcs, supply, need)
    single = np.bincount(component)[component] == 1
    given[single] = np.where(gain[single] > 0, upper[single], 0.0)
    for rows in _groups(component, ~single):
        given[rows] = _solve(arcs.iloc[rows], supply, need, upper[rows])
    return given


def _components(arcs: pd.DataFrame, n_supply: int, n_need: int) -> NDArray[np.int64]:
    left, right = arcs["supply"].to_numpy(np.int64), arcs["need"].to_numpy(np.int64) + n_supply
    size = n_supply + n_need
    graph = sp.coo_array((np.ones(len(arcs)), (left, right)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][left], dtype=np.int64)


def _groups(component: NDArray[np.int64], wanted: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    rows = np.flatnonzero(wanted)
    order = rows[np.argsort(component[rows], kind="stable")]
    cuts = np.flatnonzero(np.diff(component[order])) + 1
    return [part for part in np.split(order, cuts) if len(part)]


def _uppers(arcs: pd.DataFrame, supply: Floats, need: Floats) -> Floats:
    """No arc can have more than its own match, its supply, its need and its line's share."""
    limits = [
        arcs["upper"].to_numpy(float),
        supply[arcs["supply"].to_numpy(np.int64)] * arcs["fraction"].to_numpy(float),
        need[arcs["need"].to_numpy(np.int64)],
        arcs["line_limit"].to_numpy(float),
    ]
    return np.asarray(np.maximum(0.0, np.minimum.reduce(limits)))


def _solve(arcs: pd.DataFrame, supply: Floats, need: Floats, upper: Floats) -> Floats:
    """One connected component, in shares of each arc's upper limit and of each constraint's limit: tolerances are then
    relative, whatever the tonnes."""
    worth = arcs["gain"].to_numpy(float) * upper
    best = float(worth.max(initial=0.0))
    if best <= np.finfo(float).tiny:
        return np.zeros(len(arcs))
    ties = np.array([_fraction(name) for name in arcs["exchange_id"]])
    matrix, limits = _constraints(arcs, supply, need)
    share = sp.diags_array(1 / np.where(limits > 0, limits, 1.0)) @ matrix @ sp.diags_array(upper)
    cost = -_SCALE * np.maximum(worth, -best) / best * (1 + _TIE * ties)  # a loss gets nothing, however large
    found = linprog(cost, A_ub=share, b_ub=np.where(limits > 0, 1.0, 0.0), bounds=(0.0, 1.0), method="highs-ds")
    if not found.success:
        raise CirculezError(
            f"The allocation of {len(arcs)} exchanges was not solved: {found.message}",
            "Check quantities and prices of the exchanges for extreme values, and run again.",
        )
    return _trimmed(np.clip(found.x, 0.0, 1.0) * upper, matrix, limits)


def _trimmed(given: Floats, matrix: sp.csr_array, limits: Floats) -> Floats:
    """Cuts what the solver's tolerance (1e-7) lets beyond a limit."""
    total = matrix @ given
    cut = np.where(total > limits, limits / np.where(total > 0, total, 1.0), 1.0)
    column = matrix.tocoo()
    factor = np.ones(len(given))
    np.minimum.at(factor, column.coords[1], cut[column.coords[0]])
    return np.asarray(given * factor)


def _constraints(arcs: pd.DataFrame, supply: Floats, need: Floats) -> tuple[sp.csr_array, Floats]:
    """Sums of arcs and their limits: by supply, by need, and by need and line; without those that have none."""
    n = np.arange(len(arcs))
    rows, limits = [], []
    shares = arcs["need"].astype(str) + "|" + arcs["line"]
    for keys, weight, limit in (
        (arcs["supply"], 1 / arcs["fraction"].to_numpy(float), supply[arcs["supply"].to_numpy(np.int64)]),
        (arcs["need"], np.ones(len(arcs)), need[arcs["need"].to_numpy(np.int64)]),
        (shares, np.ones(len(arcs)), arcs["line_limit"].to_numpy(float)),
    ):
        number, names = pd.factorize(keys, sort=True)
        bound = np.full(len(names), np.inf)
        np.minimum.at(bound, number, limit)
        matrix = sp.csr_array((weight, (number, n)), shape=(len(names), len(arcs)))
        limited = np.isfinite(bound)
        rows.append(matrix[np.flatnonzero(limited)])
        limits.append(np.maximum(0.0, bound[limited]))
    return sp.csr_array(sp.vstack(rows)), np.concatenate(limits)


def _fraction(name: str) -> float:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6]) / 2.0**48
