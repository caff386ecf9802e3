"""Services that establishments can buy or run together, what that saves, and a fair share of it for each.

Groups first (`pooling_groups`), then the saving of each group and its division (`pooling_shares`). The method and its
sources stand in docs/methods/pooling.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from metabolism.synergies.ids import synergy_id
from metabolism.synergies.pooling_groups import DEFAULT_DISTANCE_KM, Group, Place, find_groups, home_places
from metabolism.synergies.pooling_shares import Economy, Sharing, share
from metabolism.synergies.pooling_words import NEXT_STEPS, REASONS, Spoken, said
from metabolism.tables import FLOAT, INT, TEXT

_TEXTS = pa.list_(TEXT)

SCHEMA: dict[str, pa.DataType] = {
    "pool_id": TEXT,
    "territory_id": TEXT,
    "year": INT,
    "rank": INT,
    "service_id": TEXT,
    "members": _TEXTS,
    "n_establishments": INT,
    "cost_today_eur": FLOAT,
    "cost_pooled_eur": FLOAT,
    "saving_eur": FLOAT,
    "saving_eur_sd": FLOAT,
    "shares": pa.list_(pa.struct([("establishment_id", TEXT), ("saving_eur", FLOAT)])),
    "first_contract_end": TEXT,
    "next_step": TEXT,
    "next_step_fr": TEXT,
    "next_step_de": TEXT,
    "reasons": _TEXTS,
    "reasons_fr": _TEXTS,
    "reasons_de": _TEXTS,
    "members_without_cost": _TEXTS,
    "members_maybe": _TEXTS,
    "excluded": pa.list_(pa.struct([("establishment_id", TEXT), ("reason", TEXT)])),
    "sharing_rule": TEXT,
    "largest_regret_eur": FLOAT,
}


def find_pools(
    services: pd.DataFrame,
    establishments: pd.DataFrame,
    memberships: pd.DataFrame,
    territories: pd.DataFrame,
    economies: pd.DataFrame,
) -> pd.DataFrame:
    """One row a pool and territory that holds all its members, with the columns of SCHEMA.

    `economies`: service_id, exponent, max_saving (a part of the cost), sd_pct, max_distance_km, source. Raises
    ValueError where it states something that is no economy of scale. Ranks count in a territory and year.
    """
    known, limits = read_economies(economies)
    buyers = establishments[establishments["establishment_id"].isin(services["establishment_id"])]
    groups = find_groups(services, home_places(memberships, territories), _positions(buyers), limits)
    pools = [(group, _pool(group, known.get(group.service_id))) for group in groups]
    rows = _in_territories(pools, memberships)
    return _ranked(pd.DataFrame(rows, columns=list(SCHEMA)))


def read_economies(economies: pd.DataFrame) -> tuple[dict[str, Economy], dict[str, float]]:
    """Economies and distance limits (km) by service; a line without an exponent states a distance alone."""
    twice = economies.loc[economies["service_id"].duplicated(), "service_id"]
    if len(twice):
        raise ValueError(f"economies of scale: {twice.iloc[0]} is stated twice; keep one line")
    known: dict[str, Economy] = {}
    limits: dict[str, float] = {}
    for line in economies.to_dict("records"):
        service, limit = str(line["service_id"]), float(line["max_distance_km"])
        limits[service] = DEFAULT_DISTANCE_KM if math.isnan(limit) else limit
        if not math.isnan(float(line["exponent"])):
            known[service] = _economy(service, line)
    return known, limits


def _economy(service: str, line: dict[Any, Any]) -> Economy:
    exponent, most, sd = float(line["exponent"]), float(line["max_saving"]), float(line["sd_pct"])
    if not (0 < exponent <= 1 and 0 <= most <= 1 and sd >= 0):
        raise ValueError(
            f"economies of scale: {service} needs an exponent above 0 up to 1, a max_saving from 0 to 1 and an sd_pct"
            f" of 0 or more; it has {exponent:g}, {most:g} and {sd:g}"
        )
    return Economy(exponent, most, sd, str(line["source"]).rstrip("."))


def _positions(establishments: pd.DataFrame) -> dict[tuple[str, int], Place]:
    """Where each establishment is, those left out whose coordinates are missing or not on the globe."""
    on_globe = establishments["latitude"].between(-90, 90) & establishments["longitude"].between(-180, 180)
    known = establishments[on_globe.astype(bool)].sort_values(["establishment_id", "year"])
    fields = known[["establishment_id", "year", "latitude", "longitude"]].itertuples(index=False, name=None)
    return {(who, int(year)): (float(latitude), float(longitude)) for who, year, latitude, longitude in fields}


def _pool(group: Group, economy: Economy | None) -> dict[str, Any]:
    """Everything of a pool but its territory and rank."""
    paying = [contract for contract in group.contracts if not math.isnan(contract.cost)]
    costs = np.array([contract.cost for contract in paying])
    sharing = share(costs, economy) if economy and len(paying) > 1 else None
    ends = [contract.end for contract in group.contracts if contract.end]
    first_end = min(ends).isoformat() if ends else None
    reasons = [*_who(group), *_money(group, len(paying), economy, sharing)]
    step = _next_step(group, len(paying), first_end)
    return {
        "pool_id": pool_id(group.service_id, group.members),
        "year": group.year,
        "service_id": group.service_id,
        "members": list(group.members),
        "n_establishments": len(group.members),
        **_figures(costs, economy, sharing),
        "shares": _shares([contract.establishment_id for contract in paying], sharing),
        "first_contract_end": first_end,
        "next_step": step[0],
        "next_step_fr": step[1],
        "next_step_de": step[2],
        "reasons": [reason[0] for reason in reasons],
        "reasons_fr": [reason[1] for reason in reasons],
        "reasons_de": [reason[2] for reason in reasons],
        "members_without_cost": [c.establishment_id for c in group.contracts if math.isnan(c.cost)],
        "members_maybe": [c.establishment_id for c in group.contracts if c.answer == "maybe"],
        "excluded": [{"establishment_id": who, "reason": why} for who, why in group.excluded],
    }


def pool_id(service_id: str, members: Iterable[str]) -> str:
    """A hash of the parties and the service alone: the same pool has one id in each year and territory."""
    return synergy_id("p", [service_id, *sorted(members)])


def _figures(costs: np.ndarray, economy: Economy | None, sharing: Sharing | None) -> dict[str, Any]:
    today = math.fsum(costs) if len(costs) > 1 else math.nan
    if economy is None or sharing is None:
        return {"cost_today_eur": today, "cost_pooled_eur": math.nan, "saving_eur": math.nan}
    return {
        "cost_today_eur": today,
        "cost_pooled_eur": today - sharing.saving,
        "saving_eur": sharing.saving,
        "saving_eur_sd": sharing.saving * economy.sd_pct / 100,
        "sharing_rule": sharing.rule,
        "largest_regret_eur": sharing.largest_regret,
    }


def _shares(members: list[str], sharing: Sharing | None) -> list[dict[str, Any]] | None:
    if sharing is None:
        return None
    fields = zip(members, sharing.shares, strict=True)
    return [{"establishment_id": who, "saving_eur": float(saving)} for who, saving in fields]


def _who(group: Group) -> list[Spoken]:
    maybe = sum(contract.answer == "maybe" for contract in group.contracts)
    dated = sum(contract.end is not None for contract in group.contracts)
    expired = sum(contract.expired for contract in group.contracts)
    undated = len(group.contracts) - dated - expired
    reasons = [said(REASONS, "open", yes=len(group.contracts) - maybe, maybe=maybe)]
    if maybe:
        reasons.append(said(REASONS, "maybe", n=maybe))
    if not math.isnan(group.spread_km):
        reasons.append(said(REASONS, "near", km=round(group.spread_km, 1), limit=float(group.limit_km)))
    if group.unlocated:
        reasons.append(said(REASONS, "unlocated", n=group.unlocated))
    if dated:
        reasons.append(said(REASONS, "end", year=group.end_year, n=dated))
    if undated:
        reasons.append(said(REASONS, "undated", n=undated))
    if expired:
        reasons.append(said(REASONS, "expired", n=expired))
    return reasons


def _money(group: Group, paying: int, economy: Economy | None, sharing: Sharing | None) -> list[Spoken]:
    reasons = []
    if economy is None:
        reasons.append(said(REASONS, "no_economy"))
    if paying < 2:
        return [*reasons, said(REASONS, "too_few_costs")]
    if paying < len(group.contracts):
        reasons.append(said(REASONS, "without_cost", n=len(group.contracts) - paying))
    if economy is None or sharing is None:
        return reasons
    most = round(100 * economy.max_saving, 1)
    reasons.append(said(REASONS, "economy", exponent=economy.exponent, most=most, source=economy.source))
    if sharing.capped:
        reasons.append(said(REASONS, "capped"))
    return [*reasons, said(REASONS, sharing.rule), said(REASONS, "sd")]


def _next_step(group: Group, paying: int, first_end: str | None) -> Spoken:
    if paying < 2:
        return said(NEXT_STEPS, "ask_costs")
    if all(contract.answer == "maybe" for contract in group.contracts):
        return said(NEXT_STEPS, "ask_maybe")
    if first_end is None:
        return said(NEXT_STEPS, "ask_ends")
    return said(NEXT_STEPS, "tender", end=first_end)


def _in_territories(pools: list[tuple[Group, dict[str, Any]]], memberships: pd.DataFrame) -> list[dict[str, Any]]:
    """Each pool in every territory that holds all its members, its own place among them, but for those that hold a
    larger pool of the same service with all of them.
    """
    inside: dict[tuple[str, int], set[str]] = {}
    pooled = memberships["establishment_id"].isin({who for group, _ in pools for who in group.members})
    fields = memberships.loc[pooled, ["territory_id", "establishment_id", "year"]]
    for territory, who, year in fields.itertuples(index=False):
        inside.setdefault((who, int(year)), set()).add(territory)
    rows: dict[tuple[str, int, str], dict[str, Any]] = {}
    for group, pool in pools:
        common = set.intersection(*(inside[who, group.year] for who in group.members))
        for territory in sorted(common):
            rows.setdefault((territory, group.year, pool["pool_id"]), pool | {"territory_id": territory})
    return _without_parts(list(rows.values()))


def _without_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_service: dict[tuple[str, int, str], list[frozenset[str]]] = {}
    for row in rows:
        key = row["territory_id"], row["year"], row["service_id"]
        by_service.setdefault(key, []).append(frozenset(row["members"]))
    return [
        row
        for row in rows
        if not any(
            frozenset(row["members"]) < other
            for other in by_service[row["territory_id"], row["year"], row["service_id"]]
        )
    ]


def _ranked(pools: pd.DataFrame) -> pd.DataFrame:
    """By territory and year, the largest saving first, then the largest pool; unknown savings last."""
    order = ["territory_id", "year", "saving_eur", "n_establishments", "pool_id"]
    table = pools.astype({"saving_eur": float}).sort_values(
        order, ascending=[True, True, False, False, True], na_position="last", ignore_index=True
    )
    table["rank"] = table.groupby(["territory_id", "year"]).cumcount() + 1
    return table
