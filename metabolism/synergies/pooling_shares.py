"""What a group saves together, and how its members share it so that no part of it does better alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EXACT_MEMBERS = 12
"""Up to so many members every coalition is looked at: 4,096 of them."""

_CORE_TOLERANCE = 1e-12
"""Of the cost of all: what rounding may take from a coalition."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    """Economies of scale of one service: a quantity q costs q^exponent, and a pool saves at most `max_saving`.

    `exponent` in (0, 1], `max_saving` a part of the cost today in [0, 1], `sd_pct` the sd of a saving in % of it.
    """

    exponent: float
    max_saving: float
    sd_pct: float
    source: str


@dataclass(frozen=True)
class Sharing:
    """`shares` in EUR, in the order of the costs; `rule` is `shapley`, `equal_price` or `proportional`.

    `largest_regret` is the most that any coalition of some, not all, would gain by leaving (EUR; negative where each
    would lose); NaN beyond EXACT_MEMBERS, where the rule is one that is proven to leave no regret.
    """

    saving: float
    shares: Array
    rule: str
    largest_regret: float
    capped: bool


def share(costs: Array, economy: Economy) -> Sharing:
    """Shares the saving of a pool of n members (costs in EUR a year, none negative).

    Shapley (1953) where it lies in the core. Else one price for all (each pays by its quantity): what a coalition
    pays so is never more than alone, since the price falls with the quantity. Where the saving is held at its
    maximum, in proportion to the costs, since no coalition can save a larger part.
    """
    quantities = relative_quantities(costs, economy)
    saving, capped = _saving_of_all(costs, quantities, economy)
    if len(costs) > EXACT_MEMBERS:
        rule, shares = _by_price(costs, quantities, saving, capped)
        return Sharing(saving, _summing_to(saving, shares), rule, math.nan, capped)
    alone = coalition_savings(costs, economy)
    rule, shares = "shapley", shapley(alone)
    if largest_regret(shares, alone) > _CORE_TOLERANCE * costs.sum():
        rule, shares = _by_price(costs, quantities, saving, capped)
    shares = _summing_to(saving, shares)
    return Sharing(saving, shares, rule, largest_regret(shares, alone), capped)


def relative_quantities(costs: Array, economy: Economy) -> Array:
    """The quantities that these costs buy, in that of the largest: cost = quantity^exponent, turned round."""
    largest = costs.max(initial=0.0)
    if largest == 0:
        return np.zeros(len(costs))
    return np.asarray((costs / largest) ** (1 / economy.exponent))


def coalition_savings(costs: Array, economy: Economy) -> Array:
    """v(S) of every coalition, shape (2^n,): bit i of the index says that member i is in it."""
    cost = _sums(costs)
    pooled = costs.max(initial=0.0) * _sums(relative_quantities(costs, economy)) ** economy.exponent
    saved = np.clip(cost - pooled, 0.0, economy.max_saving * cost)
    saved[2 ** np.arange(len(costs))] = 0.0
    return np.asarray(saved)


def shapley(savings: Array) -> Array:
    """What each member adds on average over all orders of joining, from v(S), shape (2^n,) -> (n,)."""
    n = len(savings).bit_length() - 1
    coalitions = np.arange(len(savings))
    size = np.array([int(one).bit_count() for one in coalitions])
    weight = np.array([1 / (n * math.comb(n - 1, others)) for others in range(n)])
    shares = np.zeros(n)
    for member in range(n):
        without = coalitions[coalitions >> member & 1 == 0]
        shares[member] = weight[size[without]] @ (savings[without | 1 << member] - savings[without])
    return shares


def largest_regret(shares: Array, savings: Array) -> float:
    """max over coalitions S of some, not all, of v(S) - x(S): above nought, S would do better alone. One member: 0."""
    parts = (savings - _sums(shares))[1:-1]
    return float(parts.max()) if len(parts) else 0.0


def _sums(values: Array) -> Array:
    """The sum over every coalition, shape (n,) -> (2^n,)."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _saving_of_all(costs: Array, quantities: Array, economy: Economy) -> tuple[float, bool]:
    """The saving of the pool, and whether the stated maximum holds it."""
    today = math.fsum(costs)
    pooled = costs.max(initial=0.0) * math.fsum(quantities) ** economy.exponent
    most = economy.max_saving * today
    return min(max(today - pooled, 0.0), most), bool(today - pooled > most)


def _by_price(costs: Array, quantities: Array, saving: float, capped: bool) -> tuple[str, Array]:
    today = math.fsum(costs)
    if capped or saving == 0:
        return "proportional", saving * costs / today if today else np.zeros(len(costs))
    price = (today - saving) / math.fsum(quantities)
    return "equal_price", costs - price * quantities


def _summing_to(total: float, shares: Array) -> Array:
    """The same shares, none below nought by rounding, scaled to the total; the largest bears the last bit."""
    held = np.maximum(shares, 0.0)
    if (found := math.fsum(held)) > 0:
        held *= total / found
    if len(held):
        held[int(np.argmax(held))] += total - math.fsum(held)
    return held
