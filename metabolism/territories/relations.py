"""Places × territories: inside, in part, or outside (contract, section 3, containment)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pandas as pd

from metabolism import findings as catalogue
from metabolism.layout import TERRITORY_ID
from metabolism.text import nearest

COLUMNS = ["territory_id", "name", "kind", "within", "overlaps", "members", "synthetic"]
INSIDE, PARTIAL = "inside", "partial"


@dataclass(frozen=True)
class Territories:
    """`table`: one row a territory. `relation`: place_id, territory_id and `inside` or `partial`; whatever pair is not
    there lies outside. `findings`: ids that `territories.csv` names and does not hold."""

    table: pd.DataFrame
    relation: pd.DataFrame
    findings: pd.DataFrame


def read(table: pd.DataFrame, surveyed: list[str]) -> Territories:
    """Territories of `territories.csv` (text columns; missing ones are empty), and the surveyed folders that it does
    not hold, as territories without relations."""
    table = table.reindex(columns=COLUMNS).fillna("").map(lambda cell: str(cell).strip())
    table = table[table["territory_id"] != ""]
    wrong = ~table["territory_id"].map(lambda name: TERRITORY_ID.fullmatch(name) is not None).astype(bool)
    twice = table["territory_id"].duplicated() & ~wrong
    found = [{"kind": "bad_territory_id", "declared": name} for name in table.loc[wrong, "territory_id"]]
    found += [{"kind": "territory_twice", "declared": name} for name in table.loc[twice, "territory_id"].unique()]
    table = table[~wrong & ~twice]
    known = set(table["territory_id"])
    found += [
        {"kind": "unknown_territory", "territory_id": t, "declared": t, "suggested": nearest(t, known)}
        for t in surveyed
        if t not in known
    ]
    alone = pd.DataFrame({"territory_id": [t for t in surveyed if t not in known]}).assign(kind="")
    alone["name"] = alone["territory_id"]
    table = pd.concat([table, alone], ignore_index=True).fillna("")
    table["kind"] = table["kind"].replace("", "unknown")
    lists = {column: _lists(table, column) for column in ("within", "overlaps", "members")}
    named = {(owner, other) for of in lists.values() for owner, others in of.items() for other in others}
    found += [
        {"kind": "unknown_container", "territory_id": owner, "declared": other, "suggested": owner}
        for owner, other in sorted(named)
        if other not in set(table["territory_id"])
    ]
    pairs = _relation(list(table["territory_id"]), lists)
    findings = catalogue.complete(pd.DataFrame(found)) if found else catalogue.empty()
    relation = pd.DataFrame(pairs, columns=["place_id", "territory_id", "relation"])
    return Territories(table.sort_values("territory_id", ignore_index=True), relation, findings)


def _lists(table: pd.DataFrame, column: str) -> dict[str, list[str]]:
    split = table.set_index("territory_id")[column].astype(str).str.split(";")
    return {owner: [part.strip() for part in parts if part.strip()] for owner, parts in split.items()}


def _relation(ids: list[str], lists: dict[str, dict[str, list[str]]]) -> list[tuple[str, str, str]]:
    """A place lies inside what contains it, transitively; it lies partly in a territory where they share a part: a
    descendant of one overlaps, or is within, a descendant of the other."""
    containers: dict[str, set[str]] = {i: {i} | set(lists["within"][i]) & set(ids) for i in ids}
    for owner, members in lists["members"].items():
        for member in set(members) & set(ids):
            containers[member].add(owner)
    while _grew(containers):
        pass
    descendants = {i: {d for d in ids if i in containers[d]} for i in ids}
    overlapped: dict[str, set[str]] = {i: set() for i in ids}
    for owner, others in lists["overlaps"].items():
        for other in set(others) & set(ids):
            overlapped[owner].add(other)
            overlapped[other].add(owner)
    touched = {i: descendants[i].union(*(overlapped[d] for d in descendants[i])) for i in ids}
    pairs = []
    for place, territory in product(sorted(ids), sorted(ids)):
        if territory in containers[place]:
            pairs.append((place, territory, INSIDE))
        elif not touched[place].isdisjoint(descendants[territory]):
            pairs.append((place, territory, PARTIAL))
    return pairs


def _grew(containers: dict[str, set[str]]) -> bool:
    grew = False
    for held in containers.values():
        wider = set().union(*(containers[c] for c in held))
        if len(wider) > len(held):
            held |= wider
            grew = True
    return grew
