"""Places × territories: inside, in part, or outside (contract, section 3, containment)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd

from metabolism import findings as catalogue
from metabolism.layout import is_territory_id
from metabolism.territories import geometry
from metabolism.territories.geometry import SLIVER, Feature, Shapes
from metabolism.text import nearest

COLUMNS = ["territory_id", "name", "kind", "within", "overlaps", "members", "synthetic"]
INSIDE, PARTIAL = "inside", "partial"
_LISTED = {"source_file": "territories.csv", "source_sheet": "territories"}


@dataclass(frozen=True)
class Territories:
    """`table`: one row a territory, `has_geometry` where a shape speaks for it. `relation`: place_id, territory_id and
    `inside` or `partial`; whatever pair is not there lies outside. `findings`: ids that `territories.csv` names and does
    not hold, and what of it or of the shapes cannot be used. `shapes`: those given, without sets made of them."""

    table: pd.DataFrame
    relation: pd.DataFrame
    findings: pd.DataFrame
    shapes: Shapes


def read(table: pd.DataFrame, surveyed: list[str], features: Sequence[Feature] = ()) -> Territories:
    """Territories of `territories.csv` (text columns; missing ones are empty), and the surveyed folders that it does
    not hold, as territories without relations. `features`: their shapes, which decide between two that have one."""
    table = table.reindex(columns=COLUMNS).fillna("").map(lambda cell: str(cell).strip())
    unnamed = table["territory_id"] == ""
    found: list[dict[str, object]] = [
        {**_LISTED, "kind": "missing_value", "column_name": "territory_id", "source_row": row}
        for row in table.index[unnamed]
    ]
    table = table[~unnamed]
    wrong = ~table["territory_id"].map(is_territory_id).astype(bool)
    twice = table["territory_id"].duplicated() & ~wrong
    found += [{"kind": "bad_territory_id", "declared": name} for name in table.loc[wrong, "territory_id"]]
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
    found += _circles(lists["within"])
    ids = list(table["territory_id"])
    polygons, notes = geometry.usable(features, ids)
    shapes = Shapes(polygons)
    drawn = _Drawn.of(shapes.with_unions(lists["members"]))
    found += notes + _contradicted(lists, drawn)
    relation = pd.DataFrame(_relation(ids, lists, drawn), columns=["place_id", "territory_id", "relation"])
    table["has_geometry"] = table["territory_id"].isin(drawn.ids)
    findings = catalogue.complete(pd.DataFrame(found)) if found else catalogue.empty()
    return Territories(table.sort_values("territory_id", ignore_index=True), relation, findings, shapes)


def _lists(table: pd.DataFrame, column: str) -> dict[str, list[str]]:
    split = table.set_index("territory_id")[column].astype(str).str.split(";")
    return {owner: [part.strip() for part in parts if part.strip()] for owner, parts in split.items()}


def _circles(within: dict[str, list[str]]) -> list[dict[str, object]]:
    """Territories that are said to lie within one another."""
    containers = {owner: {owner, *(other for other in others if other in within)} for owner, others in within.items()}
    while _grew(containers):
        pass
    circles = {frozenset(other for other in held if owner in containers[other]) for owner, held in containers.items()}
    return [
        {**_LISTED, "kind": "territories_in_a_circle", "declared": min(circle), "detail": ", ".join(sorted(circle))}
        for circle in sorted(circles, key=min)
        if len(circle) > 1
    ]


@dataclass(frozen=True)
class _Drawn:
    """What the shapes say. `containers`: territories that wholly contain each, itself included. `touched`: those with
    which it shares a part, in any way. `shares`: the part of one's area that lies in the other."""

    ids: frozenset[str]
    containers: dict[str, set[str]]
    touched: dict[str, set[str]]
    shares: dict[tuple[str, str], float]

    @staticmethod
    def of(shapes: Shapes) -> _Drawn:
        """Of two shapes, less than 1 % of an area is a sliver between two drawings of one border: it neither keeps a
        territory from lying within another, nor makes two of them overlap. What lies within is transitive."""
        shares = shapes.shares()
        containers = {i: {i} for i in shapes.areas}
        touched = {i: {i} for i in shapes.areas}
        for (one, other), share in shares.items():
            if share > 1 - SLIVER:
                containers[one].add(other)
            if max(share, shares[other, one]) >= SLIVER:
                touched[one].add(other)
        while _grew(containers):
            pass
        for one, held in containers.items():
            for other in held:
                touched[one].add(other)
                touched[other].add(one)
        return _Drawn(frozenset(shapes.areas), containers, touched, shares)

    def decides(self, one: str, other: str) -> bool:
        return one in self.ids and other in self.ids


def _contradicted(lists: dict[str, dict[str, list[str]]], drawn: _Drawn) -> list[dict[str, object]]:
    """Lines of `territories.csv` that the shapes do not bear out."""
    within = [(owner, other) for owner, others in lists["within"].items() for other in others]
    within += [(member, owner) for owner, members in lists["members"].items() for member in members]
    wrong = [(one, other) for one, other in within if drawn.decides(one, other) and other not in drawn.containers[one]]
    for one, others in lists["overlaps"].items():
        for other in (other for other in others if drawn.decides(one, other)):
            held = other in drawn.containers[one] or one in drawn.containers[other]
            if held or other not in drawn.touched[one]:
                wrong.append((one, other))
    return [
        {
            "kind": "shapes_contradict",
            "territory_id": one,
            "declared": other,
            "suggested": one,
            "detail": f"{100 * drawn.shares.get((one, other), 0.0):.1f} %",
        }
        for one, other in sorted(set(wrong))
    ]


def _relation(ids: list[str], lists: dict[str, dict[str, list[str]]], drawn: _Drawn) -> list[tuple[str, str, str]]:
    """A place lies inside what contains it, transitively; it lies partly in a territory where they share a part: a
    descendant of one overlaps, or is within, a descendant of the other. Between two that have a shape, shapes decide."""
    by_hand: list[tuple[str, str]] = [(i, other) for i in ids for other in set(lists["within"][i]) & set(ids)]
    for owner, members in lists["members"].items():
        by_hand += [(member, owner) for member in set(members) & set(ids)]
    containers: dict[str, set[str]] = {i: {i} | drawn.containers.get(i, set()) for i in ids}
    for one, other in by_hand:
        if not drawn.decides(one, other):
            containers[one].add(other)
    sets = {owner: set(members) for owner, members in lists["members"].items() if members and set(members) <= set(ids)}
    while _grew(containers) or _sets_grew(containers, sets, drawn):
        pass
    descendants: dict[str, set[str]] = {i: set() for i in ids}
    for place, held in containers.items():
        for container in held:
            descendants[container].add(place)
    overlapped = {i: set(drawn.touched.get(i, ())) for i in ids}
    for owner, others in lists["overlaps"].items():
        for other in set(others) & set(ids):
            if not drawn.decides(owner, other):
                overlapped[owner].add(other)
                overlapped[other].add(owner)
    touched = {i: descendants[i].union(*(overlapped[d] for d in descendants[i])) for i in ids}
    pairs = []
    for place, territory in product(sorted(ids), sorted(ids)):
        shaped = drawn.decides(place, territory)
        held = drawn.containers[place] if shaped else containers[place]
        shares_a_part = (
            territory in drawn.touched[place] if shaped else not touched[place].isdisjoint(descendants[territory])
        )
        if territory in held:
            pairs.append((place, territory, INSIDE))
        elif shares_a_part:
            pairs.append((place, territory, PARTIAL))
    return pairs


def _sets_grew(containers: dict[str, set[str]], sets: dict[str, set[str]], drawn: _Drawn) -> bool:
    """A set lies inside what holds all its members."""
    grew = False
    for owner, members in sets.items():
        common = set.intersection(*(containers[member] for member in members))
        more = {other for other in common - containers[owner] if not drawn.decides(owner, other)}
        containers[owner] |= more
        grew = grew or bool(more)
    return grew


def _grew(containers: dict[str, set[str]]) -> bool:
    grew = False
    for held in containers.values():
        wider = set().union(*(containers[c] for c in held))
        if len(wider) > len(held):
            held |= wider
            grew = True
    return grew
