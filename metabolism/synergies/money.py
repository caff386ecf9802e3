"""What an exchange saves: prices and where they come from, costs, greenhouse gases, and how likely it is to pay."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from metabolism.nomenclatures import Nomenclatures
from metabolism.synergies.knowledge import Cost, Knowledge

DRAWS = 4096
_SEED = 1961
_BLOCK = 100
PIPED = ("water", "energy.heat", "energy.cold", "energy.gas", "energy.biogas", "energy.hydrogen")
"""What goes by pipe; all else goes by lorry."""
PIPES = {"heat": "heat_pipe", "cold": "heat_pipe", "water": "water_pipe"}
DECLARED, REGIONAL, DEFAULT = "declared", "regional", "default"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Price:
    """EUR a canonical unit, its sd in %, which of the three sources gave it, that source in words, and whether it is
    but the price of the resource's family (`waste`, `material`): that of one kind of it may be quite another."""

    value: float
    sd_pct: float
    kind: str
    source: str
    of_family: bool = False


def _is_family(ancestor: str, resource_id: str) -> bool:
    return "." not in ancestor and ancestor != resource_id


def tonnes_per_unit(resource_id: str, nomenclatures: Nomenclatures) -> float:
    """Tonnes that a lorry carries for a canonical unit; NaN for what goes by pipe."""
    if nomenclatures.unit(resource_id) == "t":
        return 1.0
    if any(wider in PIPED for wider in nomenclatures.ancestors(resource_id)):
        return float("nan")
    return 1.0 / nomenclatures.resources[resource_id].energy_mwh_per_t


class PriceBook:
    """Prices of `prices.csv` (latest earlier year) before those of the seeds, each inherited from the nearest parent."""

    def __init__(self, prices: pd.DataFrame, knowledge: Knowledge) -> None:
        self._regional = prices.sort_values(["year", "resource_id"])
        self._knowledge = knowledge
        self._cache: dict[tuple[str, int, str], Price | None] = {}

    def price(self, resource_id: str, year: int, column: str) -> Price | None:
        """`column`: `price_eur_per_unit` or `disposal_eur_per_unit`. None where no source has one."""
        key = (resource_id, year, column)
        if key not in self._cache:
            self._cache[key] = self._of_region(*key) or self._default(resource_id, column)
        return self._cache[key]

    def _of_region(self, resource_id: str, year: int, column: str) -> Price | None:
        known = self._regional[(self._regional["year"] <= year) & self._regional[column].notna()]
        for ancestor in self._knowledge.nomenclatures.ancestors(resource_id):
            rows = known[known["resource_id"].eq(ancestor)]
            if len(rows):
                row = rows.iloc[-1]
                said = row["source"] if isinstance(row["source"], str) and row["source"] else "prices.csv"
                source = f"{said} ({ancestor}, {row['year']})"
                sd_pct = self._knowledge.costs["regional_price_sd"].value
                return Price(float(row[column]), sd_pct, REGIONAL, source, _is_family(ancestor, resource_id))
        return None

    def _default(self, resource_id: str, column: str) -> Price | None:
        found = self.factor(resource_id, column)
        return Price(found.value, found.sd_pct, DEFAULT, found.source) if found else None

    def factor(self, resource_id: str, column: str) -> Cost | None:
        """A figure of `default_prices.csv`, of the resource or its nearest parent that has one."""
        table = self._knowledge.default_prices
        for ancestor in self._knowledge.nomenclatures.ancestors(resource_id):
            if ancestor in table.index and pd.notna(table.at[ancestor, column]):
                row = table.loc[ancestor]
                return Cost(float(row[column]), float(row["sd_pct"]), f"{row['source']} ({ancestor})")
        return None


def with_prices(pairs: pd.DataFrame, book: PriceBook, declared_sd_pct: float) -> pd.DataFrame:
    """Adds disposal and purchase: EUR a unit that the supplier pays today, and the receiver; each with `_sd_pct`,
    `_kind` and `_source`. NaN and None where not known."""
    table = pairs
    for name, price, resource, column in (
        ("disposal", "supply_price", "supplied_resource_id", "disposal_eur_per_unit"),
        ("purchase", "need_price", "needed_resource_id", "price_eur_per_unit"),
    ):
        keys = pd.MultiIndex.from_frame(table[[resource, "year"]])
        looked = {(i, year): book.price(i, year, column) for i, year in sorted(set(keys))}
        other = [looked[key] for key in keys]
        declared = table[price].notna().to_numpy()
        value = np.array([one.value if one else np.nan for one in other], dtype=float)
        sd_pct = np.array([one.sd_pct if one else np.nan for one in other], dtype=float)
        of_family = np.array([one is not None and one.of_family and one.value != 0 for one in other], dtype=bool)
        kinds = [DECLARED if own else one.kind if one else None for own, one in zip(declared, other, strict=True)]
        sources = [None if own or not one else one.source for own, one in zip(declared, other, strict=True)]
        table = table.assign(
            **{
                name: np.where(declared, table[price].astype(float), value),
                f"{name}_sd_pct": np.where(declared, declared_sd_pct, sd_pct),
                f"{name}_kind": pd.Series(kinds, index=table.index, dtype=object),
                f"{name}_family": ~declared & of_family,
                f"{name}_source": pd.Series(sources, index=table.index, dtype=object),
            }
        )
    return table


def with_money(pairs: pd.DataFrame, costs: dict[str, Cost]) -> pd.DataFrame:
    """Adds, in EUR a year: saving_supplier_eur and saving_receiver_eur (before transport is shared), transport_eur,
    saving_eur (the point estimate), saving_eur_sd and p_pays (from joint draws); and supplied_value, in supplied units.

    One price that is not known counts as nought; where both are, or the quantity is, money is NaN.
    """
    value = pairs["value"].to_numpy(float)
    supplied = value / pairs["fraction"].to_numpy(float)
    disposal, purchase = pairs["disposal"].to_numpy(float), pairs["purchase"].to_numpy(float)
    known = np.isfinite(value) & (np.isfinite(disposal) | np.isfinite(purchase))
    supplier = supplied * np.nan_to_num(disposal)
    receiver = value * np.nan_to_num(purchase) - supplied * pairs["processing"].to_numpy(float)
    carried = _transport(pairs, supplied, pairs["distance_km"].to_numpy(float), costs)
    p_pays, spread = _paying(pairs, costs)
    unknown = ~known
    table = {
        "supplied_value": supplied,
        "saving_supplier_eur": np.where(unknown | np.isnan(disposal), np.nan, supplier),
        "saving_receiver_eur": np.where(unknown | np.isnan(purchase), np.nan, receiver),
        "transport_eur": carried,
        "saving_eur": np.where(unknown, np.nan, supplier + receiver - carried),
        "saving_eur_sd": np.where(unknown, np.nan, spread),
        "p_pays": np.where(unknown, np.nan, p_pays),
    }
    return pairs.assign(**table)


def _transport(pairs: pd.DataFrame, supplied: Floats, km: Floats, costs: dict[str, Cost]) -> Floats:
    """By lorry, tonnes × (km × freight + handling); by pipe, metres × the yearly cost of a metre."""
    tonnes = supplied * pairs["tonnes_per_unit"].to_numpy(float)
    by_lorry = tonnes * (km * costs["transport"].value + costs["handling"].value)
    return np.asarray(np.where(pairs["piped"], km * 1000 * _pipe(pairs, costs)[0], by_lorry))


def _pipe(pairs: pd.DataFrame, costs: dict[str, Cost]) -> tuple[Floats, Floats]:
    items = [costs[PIPES.get(role, "gas_pipe")] for role in pairs["role"]]
    return np.array([item.value for item in items], float), np.array([item.sd_pct for item in items], float) / 100


@functools.cache
def standard_draws() -> Floats:
    """`DRAWS` × 9 standard normal numbers of a scrambled Sobol sequence: quantity on offer and needed, price of
    disposal and purchase, distance, freight, handling, processing, pipe. Common to all exchanges."""
    uniform = qmc.Sobol(9, scramble=True, rng=_SEED).random(DRAWS)
    return np.asarray(ndtri(np.clip(uniform, 1e-12, 1 - 1e-12)))


def _paying(pairs: pd.DataFrame, costs: dict[str, Cost]) -> tuple[Floats, Floats]:
    """The share of draws in which the exchange saves money, and the sd of what it saves."""
    blocks = [_block(pairs.iloc[start : start + _BLOCK], costs) for start in range(0, len(pairs), _BLOCK)]
    if not blocks:
        return np.empty(0), np.empty(0)
    saving_p, saving_sd = zip(*blocks, strict=True)
    return np.concatenate(saving_p), np.concatenate(saving_sd)


def _block(pairs: pd.DataFrame, costs: dict[str, Cost]) -> tuple[Floats, Floats]:
    z = standard_draws()

    def drawn(name: str, sd: str, column: int) -> Floats:
        mean, spread = pairs[name].to_numpy(float), pairs[sd].to_numpy(float)
        return np.asarray(mean[:, None] + spread[:, None] * z[:, column])

    def priced(name: str, column: int) -> Floats:
        value = np.nan_to_num(pairs[name].to_numpy(float))
        sd = np.abs(value) * np.nan_to_num(pairs[f"{name}_sd_pct"].to_numpy(float)) / 100
        return np.asarray(value[:, None] + sd[:, None] * z[:, column])

    def cost(item: str, column: int) -> Floats:
        return np.asarray(costs[item].value * np.maximum(0.0, 1 + costs[item].sd_pct / 100 * z[:, column]))

    smaller = np.fmin(drawn("available", "available_sd", 0), drawn("capacity", "capacity_sd", 1))
    quantity = np.maximum(0.0, np.where(np.isfinite(smaller), smaller, 0.0))
    supplied = quantity / pairs["fraction"].to_numpy(float)[:, None]
    km = np.maximum(0.0, drawn("distance_km", "distance_sd", 4))
    processing = pairs["processing"].to_numpy(float)[:, None]
    processing = processing * np.maximum(0.0, 1 + costs["processing_sd"].value / 100 * z[:, 7])
    value, sd = _pipe(pairs, costs)
    metre = value[:, None] * np.maximum(0.0, 1 + sd[:, None] * z[:, 8])
    tonnes = supplied * pairs["tonnes_per_unit"].to_numpy(float)[:, None]
    by_lorry = tonnes * (km * cost("transport", 5) + cost("handling", 6))
    carried = np.where(pairs["piped"].to_numpy(bool)[:, None], km * 1000 * metre, by_lorry)
    saving = supplied * (priced("disposal", 2) - processing) + quantity * priced("purchase", 3) - carried
    return (saving > 0).mean(axis=1), saving.std(axis=1, ddof=1)


def with_emissions(pairs: pd.DataFrame, book: PriceBook, costs: dict[str, Cost]) -> pd.DataFrame:
    """Adds co2e_t (t a year, positive when avoided): the need's own making, unless today's outlet already replaces it
    (`step_today` is recycling or reuse and the exchange is no better), + the disposal of today − transport by lorry.

    NaN where the quantity or the factor of the need is not known; a disposal that is not known counts as nought.
    """
    made = _factors(pairs["needed_resource_id"], "co2e_t_per_unit", book)
    landfilled = np.nan_to_num(_factors(pairs["supplied_resource_id"], "disposal_co2e_t_per_unit", book))
    outlet = pairs["outlet"].to_numpy(object)
    disposed = np.select(
        [outlet == "landfill", outlet == "incineration"], [landfilled, costs["incineration_co2e"].value], 0.0
    )
    waste = pairs["supplied_resource_id"].str.startswith("waste").to_numpy(bool)
    discharged = np.where(waste, disposed, landfilled)
    avoided = np.where(pairs["already_recycled"].to_numpy(bool), 0.0, made)
    supplied, km = pairs["supplied_value"].to_numpy(float), pairs["distance_km"].to_numpy(float)
    tonnes = np.nan_to_num(pairs["tonnes_per_unit"].to_numpy(float)) * supplied
    freight = tonnes * km * costs["transport_co2e"].value / 1000
    return pairs.assign(co2e_t=pairs["value"].to_numpy(float) * avoided + supplied * discharged - freight)


def _factors(resources: pd.Series, column: str, book: PriceBook) -> Floats:
    found = {i: book.factor(i, column) for i in sorted(set(resources))}
    return np.array([one.value if (one := found[i]) else np.nan for i in resources], dtype=float)
