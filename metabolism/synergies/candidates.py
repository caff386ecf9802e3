"""Who might meet whom: for each supply and line of knowledge, the nearest receivers that could use it.

The full product of supplies and needs is never made: lots are grouped by resource and trade, and within a group the
nearest are found with a k-d tree on the sphere (those without coordinates by the smallest territory that they share).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from metabolism.synergies.distance import Places
from metabolism.synergies.knowledge import NOT_STORED, SAME, Knowledge, Line

NEAREST = 20
COLUMNS = ["supply", "need", "line", "coarse"]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class _Group:
    """The lots that one line joins, by position. `coarse`: the supply's code is wider than the line's."""

    line: Line
    supplies: Positions
    coarse: NDArray[np.bool_]
    needs: Positions


def candidates(
    supply: pd.DataFrame, need: pd.DataFrame, nace: pd.Series, knowledge: Knowledge, where: Places
) -> pd.DataFrame:
    """Positions of supply and need lots, the `Line` that joins them and `coarse`; at most `NEAREST` needs for a supply
    and line, twice as many where some have no coordinates. No establishment meets itself.

    A line serves an inflow when the receiver's NACE begins with the line's digits, and a want whatever the trade. A need
    belongs to the nearest needed resource of the knowledge: pallets are wood, but sawdust does not replace them.
    """
    trade = need["establishment_id"].map(nace).fillna("").to_numpy(object)
    found = [_nearest(group, supply, need, where) for group in _groups(supply, need, trade, knowledge)]
    table = pd.concat([part for part in found if len(part)], ignore_index=True) if any(map(len, found)) else None
    return table if table is not None else pd.DataFrame({name: [] for name in COLUMNS}, dtype=object)


def _groups(
    supply: pd.DataFrame, need: pd.DataFrame, trade: NDArray[np.object_], knowledge: Knowledge
) -> Iterable[_Group]:
    offered = _positions(supply["resource_id"])
    wanted = _positions(need["resource_id"])
    named = need["named"].to_numpy(bool)
    flowing = need["taken"].notna().to_numpy()
    ids = {line.needed for line in knowledge.allowed}
    nearest = {i: next((a for a in knowledge.nomenclatures.ancestors(i) if a in ids), None) for i in wanted}
    for line in knowledge.allowed:
        fine = {i: at for i, at in offered.items() if knowledge.holds(line.supplied, i)}
        wide = {i: at for i, at in offered.items() if _is_wider(i, line.supplied, knowledge)}
        at_need = _joined([at for i, at in wanted.items() if nearest[i] == line.needed])
        fits = np.array([code.startswith(line.receiver_nace) for code in trade[at_need]], dtype=bool)
        at_need = at_need[(fits & flowing[at_need]) | named[at_need]]
        at_supply = _joined([*fine.values(), *wide.values()])
        coarse = np.repeat([False, True], [len(_joined(fine.values())), len(_joined(wide.values()))])
        if len(at_supply) and len(at_need):
            yield _Group(line, at_supply, coarse, at_need)
    yield from _same(supply["named"].to_numpy(bool), offered, wanted, named, flowing, knowledge)


def _same(
    by_have: NDArray[np.bool_],
    offered: dict[str, Positions],
    wanted: dict[str, Positions],
    by_want: NDArray[np.bool_],
    flowing: NDArray[np.bool_],
    knowledge: Knowledge,
) -> Iterable[_Group]:
    """What is needed as it is: by a want of the resource or of a wider one; by an inflow of heat, cold or water; by an
    inflow of what a have names and is no waste (a by-product by itself is not yet its receiver's raw material)."""
    for i, at_supply in offered.items():
        family = knowledge.nomenclatures.family(i)
        line = SAME.get(i, SAME.get(family))
        if line is None:
            continue
        wants = _joined([at[by_want[at]] for j, at in wanted.items() if "." in j and knowledge.holds(j, i)])
        inflows = wanted.get(i, np.array([], dtype=np.int64))
        inflows = inflows[flowing[inflows] & (family != "waste")]
        givers = at_supply if line.role in NOT_STORED else at_supply[by_have[at_supply]]
        for owners, at_need in ((at_supply, np.sort(wants)), (givers, inflows)):
            if len(owners) and len(at_need):
                yield _Group(line, owners, np.zeros(len(owners), dtype=bool), at_need)


def _is_wider(offered: str, supplied: str, knowledge: Knowledge) -> bool:
    """Whether a waste code is an ancestor of the line's: the exact code is still to be told."""
    return offered.startswith("waste.") and offered != supplied and knowledge.holds(offered, supplied)


def _positions(resources: pd.Series) -> dict[str, Positions]:
    return {str(i): np.sort(at).astype(np.int64) for i, at in sorted(resources.groupby(resources).indices.items())}


def _joined(parts: Iterable[Positions]) -> Positions:
    parts = list(parts)
    return np.concatenate(parts) if parts else np.array([], dtype=np.int64)


def _nearest(group: _Group, supply: pd.DataFrame, need: pd.DataFrame, where: Places) -> pd.DataFrame:
    if len(group.needs) <= NEAREST:
        left = np.repeat(np.arange(len(group.supplies)), len(group.needs))
        right = np.tile(np.arange(len(group.needs)), len(group.supplies))
    else:
        left, right = _by_place(group, supply, need, where)
    owner = supply["establishment_id"].to_numpy(object)[group.supplies][left]
    receiver = need["establishment_id"].to_numpy(object)[group.needs][right]
    keep = owner != receiver
    left, right = left[keep], right[keep]
    return pd.DataFrame(
        {
            "supply": group.supplies[left],
            "need": group.needs[right],
            "line": pd.Series([group.line] * len(left), dtype=object),
            "coarse": group.coarse[left],
        }
    )


def _by_place(group: _Group, supply: pd.DataFrame, need: pd.DataFrame, where: Places) -> tuple[Positions, Positions]:
    """Positions within the group: the nearest needs with coordinates, and those that only a shared territory places."""
    owners = supply["establishment_id"].iloc[group.supplies].reset_index(drop=True)
    receivers = need["establishment_id"].iloc[group.needs].reset_index(drop=True)
    a, b = _on_sphere(where.points(owners)), _on_sphere(where.points(receivers))
    placed_a, placed_b = np.flatnonzero(np.isfinite(a[:, 0])), np.flatnonzero(np.isfinite(b[:, 0]))
    pairs = [_by_territory(owners, receivers, np.isfinite(a[:, 0]), np.isfinite(b[:, 0]), where)]
    if len(placed_a) and len(placed_b):
        count = min(NEAREST + 1, len(placed_b))
        _, at = cKDTree(b[placed_b]).query(a[placed_a], k=np.arange(1, count + 1))
        pairs.append((np.repeat(placed_a, count), placed_b[at].ravel()))
    return _joined(left for left, _ in pairs), _joined(right for _, right in pairs)


def _on_sphere(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors: on them the nearest by chord is the nearest by great circle."""
    latitude, longitude = points[:, 0], points[:, 1]
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


def _by_territory(
    owners: pd.Series,
    receivers: pd.Series,
    placed_owner: NDArray[np.bool_],
    placed_receiver: NDArray[np.bool_],
    where: Places,
) -> tuple[Positions, Positions]:
    """For pairs of which one has no coordinates: the first needs, by id, of the smallest territories of the supplier."""
    homes = where.homes
    inside: dict[tuple[str, bool], list[int]] = {}
    for at, receiver in enumerate(receivers):
        for territory in homes.get(receiver, []):
            inside.setdefault((territory, bool(placed_receiver[at])), []).append(at)
    left: list[int] = []
    right: list[int] = []
    for at, owner in enumerate(owners):
        unplaced = (False,) if placed_owner[at] else (False, True)
        chosen: dict[int, None] = {}
        for territory in homes.get(owner, []):
            for placed in unplaced:
                for other in inside.get((territory, placed), [])[: NEAREST + 1]:
                    if len(chosen) <= NEAREST:
                        chosen[other] = None
        left += [at] * len(chosen)
        right += chosen
    return np.array(left, dtype=np.int64), np.array(right, dtype=np.int64)
