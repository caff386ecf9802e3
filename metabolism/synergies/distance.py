"""How far two establishments are from each other, and what territories they share."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metabolism.synergies.knowledge import Cost

EARTH_KM = 6371.0088
"""Mean radius (IUGG, Geodetic Reference System 1980)."""
KINDS = ("zone", "commune", "canton", "country")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Where the establishments of a year are. `table`: indexed by establishment_id, latitude and longitude (degrees,
    NaN where not known). `shared`: establishment_id, territory_id, kind, default_km (distance of two places in it)."""

    table: pd.DataFrame
    shared: pd.DataFrame
    detour: float
    detour_sd_pct: float
    default_sd_pct: dict[str, float]

    @functools.cached_property
    def homes(self) -> dict[str, list[str]]:
        """The territories that hold each establishment, smallest first."""
        held: dict[str, list[str]] = {}
        for establishment, territory in zip(self.shared["establishment_id"], self.shared["territory_id"], strict=True):
            held.setdefault(establishment, []).append(territory)
        return held

    def points(self, ids: pd.Series) -> Floats:
        """Latitude and longitude in radians, n × 2, NaN where not known or not on the globe."""
        at = self.table.reindex(ids)[["latitude", "longitude"]].to_numpy(float)
        at = np.where(np.isfinite(at).all(axis=1, keepdims=True), at, np.nan)
        return np.radians(np.where((np.abs(at) <= [90.0, 180.0]).all(axis=1, keepdims=True), at, np.nan))


def places(
    establishments: pd.DataFrame,
    memberships: pd.DataFrame,
    territories: pd.DataFrame,
    year: int,
    costs: dict[str, Cost],
) -> Places:
    """The places of one year. A territory whose kind has no default distance of its own takes `distance_other`."""
    rows = establishments[establishments["year"].eq(year)].drop_duplicates("establishment_id")
    kinds = territories.drop_duplicates("territory_id").set_index("territory_id")["kind"]
    members = memberships.loc[memberships["year"].eq(year), ["establishment_id", "territory_id"]].drop_duplicates()
    kind = members["territory_id"].map(kinds).map(lambda name: name if name in KINDS else "other")
    far = {name: costs[f"distance_{name}"] for name in (*KINDS, "other")}
    shared = members.assign(kind=kind, default_km=kind.map({name: cost.value for name, cost in far.items()}))
    return Places(
        rows.set_index("establishment_id")[["latitude", "longitude"]].astype(float),
        shared.astype({"default_km": float}).sort_values(["default_km", "territory_id", "establishment_id"]),
        costs["detour"].value,
        costs["detour"].sd_pct,
        {name: cost.sd_pct for name, cost in far.items()},
    )


def haversine(a: Floats, b: Floats) -> Floats:
    """Great-circle distance in km between points in radians (n × 2: latitude, longitude)."""
    half = np.sin((b - a) / 2) ** 2
    chord = half[:, 0] + np.cos(a[:, 0]) * np.cos(b[:, 0]) * half[:, 1]
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def distances(pairs: pd.DataFrame, where: Places) -> pd.DataFrame:
    """Adds distance_km, distance_sd and distance_kind (`road`, or the kind of the smallest territory that both share)
    to pairs (supplier_id, receiver_id); leaves out pairs that no territory holds wholly.

    With coordinates: the great circle × the detour factor; else the stated distance of the shared territory.
    """
    smallest = _smallest_shared(pairs, where)
    pairs = pairs.merge(smallest, on=["supplier_id", "receiver_id"], how="inner")
    road = where.detour * haversine(where.points(pairs["supplier_id"]), where.points(pairs["receiver_id"]))
    known = np.isfinite(road)
    km = np.where(known, road, pairs["default_km"].to_numpy(float))
    sd_pct = pairs["kind"].map(where.default_sd_pct).to_numpy(float)
    return pairs.assign(
        distance_km=km,
        distance_sd=km * np.where(known, where.detour_sd_pct, sd_pct) / 100,
        distance_kind=np.where(known, "road", pairs["kind"].to_numpy(object)),
    ).drop(columns=["kind", "default_km"])


def _smallest_shared(pairs: pd.DataFrame, where: Places) -> pd.DataFrame:
    wanted = pairs[["supplier_id", "receiver_id"]].drop_duplicates()
    mine = wanted.merge(where.shared, left_on="supplier_id", right_on="establishment_id").drop(
        columns="establishment_id"
    )
    theirs = where.shared.rename(columns={"establishment_id": "receiver_id"})[["receiver_id", "territory_id"]]
    both = mine.merge(theirs, on=["receiver_id", "territory_id"])
    both = both.sort_values(["supplier_id", "receiver_id", "default_km", "territory_id"])
    return both.drop_duplicates(["supplier_id", "receiver_id"]).drop(columns="territory_id")
