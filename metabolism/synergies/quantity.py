"""How much of a need a supply can replace, and how well that is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from metabolism.synergies.knowledge import NOT_STORED

Floats = NDArray[np.float64]
NEAR = 8.0
"""Two quantities nearer than this many sd of their difference are near-equal: either may be the smaller one. Three would
be too few: a larger quantity that is ten times less well known still widens the minimum."""


def smaller(a: Floats, sd_a: Floats, b: Floats, sd_b: Floats) -> tuple[Floats, Floats]:
    """The smaller of two independent quantities, and its sd.

    Far apart, it is the sd of the smaller one (delta method); near-equal, the sd of the minimum of two Gaussians (Clark
    1961, The greatest of a finite set of random variables, equations 2 and 3, with the signs turned). NaN where neither
    is known; where one is infinite or not known, the other stands.
    """
    a, b = np.where(np.isnan(a), np.inf, a), np.where(np.isnan(b), np.inf, b)
    sd_a, sd_b = np.where(np.isfinite(a), sd_a, 0.0), np.where(np.isfinite(b), sd_b, 0.0)
    value = np.minimum(a, b)
    own = np.where(a <= b, sd_a, sd_b)
    both = np.isfinite(a) & np.isfinite(b)
    spread = np.where(both, np.hypot(sd_a, sd_b), 0.0)
    apart = np.abs(np.subtract(a, b, out=np.zeros_like(a), where=both))
    near = both & (spread > 0) & (apart < NEAR * spread)
    sd = np.where(near, _clark(a, sd_a, b, sd_b, np.where(near, spread, 1.0), near), own)
    known = np.isfinite(value)
    return np.where(known, value, np.nan), np.where(known, sd, np.nan)


def _clark(a: Floats, sd_a: Floats, b: Floats, sd_b: Floats, spread: Floats, near: NDArray[np.bool_]) -> Floats:
    least = np.where(near, np.minimum(a, b), 0.0)  # moments about it: about nought they would cancel
    a, b = np.where(near, a - least, 0.0), np.where(near, b - least, 0.0)
    alpha = (b - a) / spread
    density, below, above = norm.pdf(alpha), norm.cdf(alpha), norm.cdf(-alpha)
    mean = a * below + b * above - spread * density
    square = (a**2 + sd_a**2) * below + (b**2 + sd_b**2) * above - (a + b) * spread * density
    return np.asarray(np.sqrt(np.clip(square - mean**2, 0.0, None)))


def with_quantity(pairs: pd.DataFrame) -> pd.DataFrame:
    """Adds what each pair could exchange, in units of the need: available and available_sd (supply × yield, less what
    already goes to this receiver), capacity and capacity_sd (need × largest share, less what this supplier already
    gives; infinite where a want names no quantity), value and sd, common_months.

    Flows that cannot be stored (heat, cold, water) count by the months that both sides share, spread evenly over the
    months of each. Leaves out pairs of which nothing is left.
    """
    common = _bits(pairs["supply_months"].to_numpy(np.int64) & pairs["need_months"].to_numpy(np.int64))
    waits = ~pairs["role"].isin(NOT_STORED).to_numpy()
    out_of = np.where(waits, 1.0, common / _bits(pairs["supply_months"].to_numpy(np.int64)))
    into = np.where(waits, 1.0, common / _bits(pairs["need_months"].to_numpy(np.int64)))
    factor = out_of * pairs["fraction"].to_numpy(float)
    whole = pairs["supply_value"].to_numpy(float)
    left = whole - np.where(pairs["supply_said"].to_numpy(bool), 0.0, pairs["sent"].to_numpy(float))
    available, available_sd = left * factor, pairs["supply_sd"].to_numpy(float) * factor
    capacity, capacity_sd = _capacity(pairs, into)
    value, sd = smaller(available, available_sd, capacity, capacity_sd)
    table = pairs.assign(
        available=available,
        available_sd=available_sd,
        capacity=capacity,
        capacity_sd=capacity_sd,
        value=value,
        sd=sd,
        common_months=common,
    )
    return table[~(table["value"].le(0) | (common == 0) & ~waits | (table["available"] <= 0))]


def _capacity(pairs: pd.DataFrame, into: Floats) -> tuple[Floats, Floats]:
    """The need's limit for this line: the quantity of a want, else the largest share of the inflow."""
    said, named = pairs["need_said"].to_numpy(bool), pairs["need_named"].to_numpy(bool)
    value, sd = pairs["need_value"].to_numpy(float), pairs["need_sd"].to_numpy(float)
    share = np.where(said, 1.0, pairs["max_share"].to_numpy(float))
    served = np.where(said, 0.0, pairs["received"].to_numpy(float))
    open_ended = named & np.isnan(value)
    capacity = np.where(open_ended, np.inf, (value * share - served) * into)
    return capacity, np.where(open_ended, 0.0, sd * share * into)


def _bits(masks: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bitwise_count(masks).astype(np.int64)
