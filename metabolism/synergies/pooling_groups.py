"""Who can buy a service together: open to it, near, with contracts that end in the same year."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from metabolism.synergies.distance import haversine

DEFAULT_DISTANCE_KM = 5.0
"""For a service of which no limit is stated. A convention of this project."""


_KEY = ["establishment_id", "year", "service_id"]

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Contract:
    """All that one establishment pays for one service in one year. `cost` in EUR a year, NaN where unknown.

    `end` is the last day of its last contract, None where unknown or before `year` (then `expired`).
    """

    establishment_id: str
    cost: float
    end: datetime.date | None
    expired: bool
    answer: str


@dataclass(frozen=True)
class Group:
    """Who can pool a service in a place. `excluded`: others who buy it there, and why they cannot join.

    `spread_km` is the largest distance between two located members, NaN with fewer than two of them.
    """

    place: str
    year: int
    service_id: str
    end_year: int | None
    contracts: tuple[Contract, ...]
    spread_km: float
    limit_km: float
    unlocated: int
    excluded: tuple[tuple[str, str], ...]

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(contract.establishment_id for contract in self.contracts)


def find_groups(
    services: pd.DataFrame,
    places: pd.DataFrame,
    positions: Mapping[tuple[str, int], Place],
    limits_km: Mapping[str, float],
) -> Iterator[Group]:
    """All groups of two or more, by place, year and service.

    `services` as declared; `places`: establishment_id, year, place, is_zone (see `home_places`); `positions` by
    establishment and year, located ones alone; `limits_km` by service.
    """
    placed = _contracts(services).merge(places, on=["establishment_id", "year"])
    for (place, year, service), rows in placed.groupby(["place", "year", "service_id"], sort=True):
        fields = rows[["establishment_id", "cost", "end", "answer"]].itertuples(index=False, name=None)
        contracts = {who: _contract(who, cost, end, answer, int(year)) for who, cost, end, answer in fields}
        located = {who: positions[who, int(year)] for who in contracts if (who, int(year)) in positions}
        limit = limits_km.get(str(service), DEFAULT_DISTANCE_KM)
        in_zone = bool(rows["is_zone"].iloc[0])
        yield from _groups(str(place), int(year), str(service), contracts, located, limit, in_zone)


def home_places(memberships: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """establishment_id, year, place, is_zone: the zones that an establishment lies in (a territory of unknown kind
    counts as one); one in no zone has its smallest territory, that with the fewest establishments.
    """
    inside = memberships[["establishment_id", "year", "territory_id"]].drop_duplicates().astype({"year": int})
    inside["is_zone"] = inside["territory_id"].isin(zones(memberships, territories))
    inside["size"] = inside.groupby(["territory_id", "year"])["establishment_id"].transform("size")
    zoned = inside.groupby(["establishment_id", "year"])["is_zone"].transform("any").astype(bool)
    homes = inside[~zoned].sort_values(["size", "territory_id"]).drop_duplicates(["establishment_id", "year"])
    places = pd.concat([inside[inside["is_zone"]], homes]).rename(columns={"territory_id": "place"})
    return places[["establishment_id", "year", "place", "is_zone"]].sort_values(
        ["place", "year", "establishment_id"], ignore_index=True
    )


def zones(memberships: pd.DataFrame, territories: pd.DataFrame) -> set[str]:
    """Territories of kind zone, and those of which the kind is not known."""
    kind = dict(zip(territories["territory_id"], territories["kind"], strict=True))
    return {who for who in memberships["territory_id"].unique() if pd.isna(kind.get(who)) or kind[who] == "zone"}


def distances_km(places: Sequence[Place]) -> NDArray[np.float64]:
    """Great-circle distances between all pairs, shape (n, n) (haversine formula)."""
    points = np.radians(np.array(places, dtype=float).reshape(-1, 2))
    n = len(points)
    return haversine(np.repeat(points, n, axis=0), np.tile(points, (n, 1))).reshape(n, n)


def clusters(located: Mapping[str, Place], limit_km: float) -> list[list[str]]:
    """Sets of which no two members are further apart than the limit (complete linkage), the largest first."""
    ids = sorted(located)
    if len(ids) < 2:
        return [ids] if ids else []
    apart = distances_km([located[one] for one in ids])
    if apart.max() <= limit_km:
        return [ids]
    label = fcluster(linkage(squareform(apart, checks=False), "complete"), limit_km, "distance")
    groups = [[who for who, its in zip(ids, label, strict=True) if its == one] for one in sorted(set(label))]
    return sorted(groups, key=lambda group: (-len(group), group))


def _groups(
    place: str,
    year: int,
    service: str,
    contracts: dict[str, Contract],
    located: dict[str, Place],
    limit_km: float,
    in_zone: bool,
) -> Iterator[Group]:
    is_open = {who for who, contract in contracts.items() if contract.answer != "no"}
    near = clusters({who: located[who] for who in located if who in is_open}, limit_km)
    unlocated = sorted(is_open - set(located))
    if in_zone and unlocated:
        near = [sorted([*near[0], *unlocated]), *near[1:]] if near else [unlocated]
    for cluster in near:
        for end_year, members in _by_end([contracts[who] for who in cluster]).items():
            if len(members) < 2:
                continue
            found = {contract.establishment_id for contract in members}
            within = [located[who] for who in sorted(found) if who in located]
            yield Group(
                place=place,
                year=year,
                service_id=service,
                end_year=end_year,
                contracts=tuple(members),
                spread_km=float(distances_km(within).max()) if len(within) > 1 else np.nan,
                limit_km=limit_km,
                unlocated=len(found) - len(within),
                excluded=tuple(
                    (who, _why_not(who, is_open, cluster, located)) for who in contracts if who not in found
                ),
            )


def _why_not(who: str, is_open: set[str], cluster: list[str], located: dict[str, Place]) -> str:
    if who not in is_open:
        return "not_open"
    if who in cluster:
        return "other_year"
    return "too_far" if who in located else "no_coordinates"


def _by_end(contracts: list[Contract]) -> dict[int | None, list[Contract]]:
    """By the year in which contracts end; those without an end join the earliest, where there is one."""
    years = sorted({contract.end.year for contract in contracts if contract.end})
    first = years[0] if years else None
    keys: list[int | None] = [*years] or [None]
    groups: dict[int | None, list[Contract]] = {year: [] for year in keys}
    for contract in contracts:
        groups[contract.end.year if contract.end else first].append(contract)
    return groups


def _contracts(services: pd.DataFrame) -> pd.DataFrame:
    """_KEY, cost (NaN where a part is unknown), end (ISO, the last, empty where unknown), answer: one row an
    establishment and service.

    Several rows of one service add up; what it keeps to itself (`no`) stays out, unless it keeps all.
    """
    told = services[services["service_id"].notna() & services["establishment_id"].notna()].astype({"year": int})
    answer = told["open_to_pooling"].astype(object).where(told["open_to_pooling"].notna(), "maybe")
    cost = pd.to_numeric(told["cost_eur_per_year"], errors="coerce").astype(float)
    told = told[_KEY].assign(
        cost=cost.where((cost >= 0) & (cost < np.inf)),
        end=[end.isoformat() if end else "" for end in map(day, told["contract_end"])],
        refused=(answer == "no").astype(bool),
        sure=(answer == "yes").astype(bool),
    )
    told["unknown"] = told["cost"].isna()
    kept = told[~told["refused"]].sort_values("cost").groupby(_KEY, sort=True)
    kept = kept.agg(cost=("cost", "sum"), unknown=("unknown", "any"), end=("end", "max"), sure=("sure", "all"))
    kept = kept.reset_index()
    kept["cost"] = kept["cost"].where(~kept["unknown"].astype(bool))
    kept["answer"] = np.where(kept["sure"].astype(bool), "yes", "maybe")
    refused = told.loc[told["refused"], _KEY].drop_duplicates().assign(cost=np.nan, end="", answer="no")
    both = pd.concat([kept[[*_KEY, "cost", "end", "answer"]], refused], ignore_index=True)
    return both.drop_duplicates(_KEY).sort_values(_KEY, ignore_index=True).astype({"year": int})


def _contract(who: str, cost: float, end: str, answer: str, year: int) -> Contract:
    last = day(end)
    expired = last is not None and last.year < year
    return Contract(str(who), float(cost), None if expired else last, expired, answer)


def day(text: object) -> datetime.date | None:
    """An ISO date; None where the cell holds none."""
    try:
        return datetime.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
