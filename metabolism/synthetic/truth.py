"""What the results are held against: the true flows, who answered, what was planted, and every mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from metabolism.synthetic import plan
from metabolism.synthetic.context import Group
from metabolism.synthetic.mistakes import Mistake
from metabolism.synthetic.network import NATURE, UNKNOWN, Network, supply_key
from metabolism.synthetic.roster import COMMUNES, COUNTRY, YEARS, ZONES, Establishment

FLOW_COLUMNS = ["year", "from", "to", "resource_id", "value", "unit", "purpose", "declared_by"]
_UNITS = {"water": "m3", "energy": "MWh", "people": "trip"}


def flows(
    network: Network, commuting: Mapping[tuple[str, int], Sequence[Group]], answering: Mapping[int, Sequence[str]],
    telling: Mapping[int, Sequence[str]],
) -> pd.DataFrame:  # fmt: skip
    """Every true flow: an end is an establishment, a territory, a country code, `nature`, or empty where nobody knows.

    `declared_by`: who tells of it that year, `;` between. `telling`: who filled in the sheet `mobility`.
    """
    rows = []
    for year, _, start, end, resource_id, value, purpose in network.table().itertuples(index=False, name=None):
        who = ";".join(name for name in dict.fromkeys((start, end)) if name in answering[year])
        rows.append((year, start, end, resource_id, value, _unit(resource_id), purpose, who))
    for (owner, year), groups in commuting.items():
        who = owner if owner in telling[year] else ""
        by_residence: dict[str, float] = {}
        for group in groups:
            by_residence[group.residence] = by_residence.get(group.residence, 0.0) + group.trips
        for residence, trips in by_residence.items():
            for start, end in ((residence, owner), (owner, residence)):
                rows.append((year, start, end, "people.commute", trips, "trip", "use", who))
    order = ["year", "from", "to", "resource_id", "purpose", "value"]
    return pd.DataFrame(rows, columns=FLOW_COLUMNS).sort_values(order, ignore_index=True)


def _unit(resource_id: str) -> str:
    return _UNITS.get(resource_id.split(".")[0], "t")


def totals(true_flows: pd.DataFrame, roster: Mapping[str, Establishment]) -> pd.DataFrame:
    """By territory, year and family: what ends inside (`in`) and what starts inside (`out`), transit left out, of flows
    that somebody declared."""
    told = true_flows[(true_flows["declared_by"] != "") & (true_flows["purpose"] != "transit")]
    family = told["resource_id"].str.split(".").str[0]
    found = []
    for territory_id in (COUNTRY, *COMMUNES, *ZONES):
        inside = {e.establishment_id for e in roster.values() if territory_id in places_of(e)} | _within(territory_id)
        for side, end in (("in", "to"), ("out", "from")):
            sums = told[told[end].isin(inside)].groupby(["year", family], sort=True)["value"].sum()
            for (year, name), value in sums.items():
                found.append((territory_id, int(year), str(name), side, round(float(value), 6), _unit(str(name))))
    return pd.DataFrame(found, columns=["territory_id", "year", "resource_id", "side", "value", "unit"])


def places_of(establishment: Establishment) -> set[str]:
    """The territories that it lies in."""
    return {establishment.zone_id, establishment.commune, COUNTRY}


def _within(territory_id: str) -> set[str]:
    """The places that lie wholly inside a territory."""
    inside = {territory_id} | {zone.zone_id for zone in ZONES.values() if territory_id in zone.within}
    if territory_id == COUNTRY:
        inside |= {*COMMUNES, *ZONES}
    return inside - {NATURE, UNKNOWN}


def exchanges(network: Network, roster: Mapping[str, Establishment]) -> pd.DataFrame:
    rows = []
    for year in YEARS:
        for e in plan.EXCHANGES:
            value = float(network.values.at[supply_key(e), year])
            rows.append((e.supplier, e.receiver, year, roster[e.supplier].zone_id, e.supplied, e.needed, value,
                         _unit(e.supplied), e.kind, e.why))  # fmt: skip
    columns = ["supplier_id", "receiver_id", "year", "zone", "supplied_resource_id", "needed_resource_id", "quantity",
               "unit", "kind", "why"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def pools() -> pd.DataFrame:
    rows = [(p.zone_id, year, p.service_id, ";".join(p.members), p.kind, p.why) for year in YEARS for p in plan.POOLS]
    return pd.DataFrame(rows, columns=["zone", "year", "service_id", "members", "kind", "why"])


def activities() -> pd.DataFrame:
    rows = [
        (a.zone_id, year, a.theme_id, ";".join(a.members), ";".join(a.members[: a.n_leaders]), a.kind)
        for year in YEARS
        for a in plan.ACTIVITIES
    ]
    return pd.DataFrame(rows, columns=["zone", "year", "theme_id", "members", "leaders", "kind"])


def establishments(roster: Mapping[str, Establishment], answering: Mapping[int, Sequence[str]]) -> pd.DataFrame:
    rows = [
        (
            e.establishment_id,
            e.zone_id,
            e.commune,
            e.nace,
            e.employees,
            year,
            "yes" if name in answering[year] else "no",
        )
        for year in YEARS
        for name, e in roster.items()
    ]
    columns = ["establishment_id", "zone", "commune", "nace", "employees", "year", "has_answered"]
    return pd.DataFrame(rows, columns=columns)


def mistakes(found: Sequence[Mistake]) -> pd.DataFrame:
    columns = ["file", "sheet", "row", "column", "kind", "written", "truth", "establishment_id", "year"]
    table = pd.DataFrame([asdict(mistake) for mistake in found], columns=columns)
    return table.astype({"row": "Int64"}).sort_values(["year", "file", "row"], ignore_index=True)
