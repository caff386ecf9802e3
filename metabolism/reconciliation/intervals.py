"""95 % intervals, 0 ≤ low ≤ value ≤ high, from an sd that is a percentage of the true quantity."""

from __future__ import annotations

import numpy as np

from metabolism.reconciliation.posterior import Spread
from metabolism.uncertainty import Z_95

_LARGEST_SHARE = 0.9


def interval(value: np.ndarray, spread: Spread, single: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All truths t that the estimate x does not refuse: (t − x)² ≤ 1.96² variance(t).

    `value` (a), `spread` (a), `single` (a): the figure rests on one measurement, and no balance touches it.
    The variance that the estimate would have were t the truth is a parabola in t, see `Spread`; so this is Fieller's
    method (1954), for a linear estimate whose errors are in proportion to what they measure. For one measurement, and
    for any number of measurements of one quantity, t (1 ± p) = x gives exactly low = x / (1 + p), high = x / (1 − p).
    For one measurement with p ≥ 1 there is no upper bound (NaN). Elsewhere the part of the error that grows with the
    truth is held to p ≤ 0.9, so that there is one. An sd that is not a percentage gives x ± 1.96 sd, not below zero.
    """
    share = Z_95 * np.sqrt(spread.bend)
    open_end = single & (share >= 1) & (value > 0)
    share = np.where(single, share, np.minimum(share, _LARGEST_SHARE))
    a, b, c = 1 - share**2, Z_95**2 * spread.tilt / 2, Z_95**2 * spread.level
    root = np.sqrt(np.maximum(b**2 + a * c, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.where(c > 0, c / (root + b), 0.0)
        up = np.where(a > 0, (root + b) / a, 0.0)
    low = np.minimum(np.maximum(value - down, 0.0), value)
    return low, np.where(open_end, np.nan, np.maximum(value + up, value))
