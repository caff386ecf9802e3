"""Where establishments stand by their coordinates, and what contradicts them (contract, section 3, ends)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from metabolism import findings as catalogue
from metabolism.territories.relations import INSIDE, Territories

AT = ["latitude", "longitude"]
LOCATED = [*AT, "territory_id", "size_rank"]
_STATED = ["source_file", "source_sha256", "source_sheet", "source_row", "territory_id", "year", "establishment_id",
           *AT, "commune", "country"]  # fmt: skip
_OWN_COUNTRY = "lu"


def locate(territories: Territories, points: pd.DataFrame) -> pd.DataFrame:
    """The territories whose shape holds each point: `latitude`, `longitude` (degrees, as given), `territory_id`, and
    `size_rank`, 1 for the smallest of a point. A point in no shape has no row.

    A point on a border, or where two drawings of it leave a sliver, lies in one of two territories that do not overlap:
    that whose inside holds it, the smaller where both do, else the first by id. 0/0 is what a form writes for nothing.
    """
    shapes = territories.shapes
    given = points[AT].dropna().astype(float).drop_duplicates()
    unique = given[(given != 0).any(axis=1)].sort_values(AT, ignore_index=True)
    ids = pd.Series(list(shapes.polygons), dtype=object)
    polygons = pd.Series(list(shapes.polygons.values()), dtype=object)
    made = shapely.points(unique["longitude"].to_numpy(float), unique["latitude"].to_numpy(float))
    nth, point = shapely.STRtree(made).query(polygons.to_numpy(object), predicate="intersects")
    held = unique.iloc[point].reset_index(drop=True)
    held["territory_id"] = ids.iloc[nth].to_numpy(object)
    held["point"] = point
    held["area"] = held["territory_id"].map(shapes.areas).astype(float)
    held["on_border"] = shapely.touches(made[point], polygons.iloc[nth].to_numpy(object))
    held["first"] = held["area"].mask(held["on_border"], np.inf)
    held = held.sort_values(["point", "first", "territory_id"], ignore_index=True)
    held = held.drop(index=_elsewhere(held, territories.relation)).sort_values(
        ["point", "area", "territory_id"], ignore_index=True
    )
    held["size_rank"] = held.groupby("point").cumcount() + 1
    return held[LOCATED]


def _elsewhere(held: pd.DataFrame, relation: pd.DataFrame) -> list[int]:
    """Rows of `held` that share no part with a territory of the same point that stands before them."""
    pairs = held.reset_index().merge(held.reset_index(), on="point", suffixes=("", "_before"))
    pairs = pairs[pairs["index_before"] < pairs["index"]]
    pairs = pairs.merge(
        relation, how="left", left_on=["territory_id", "territory_id_before"], right_on=["place_id", "territory_id"],
        suffixes=("", "_related"),
    )  # fmt: skip
    apart = pairs.loc[pairs["relation"].isna(), ["index", "index_before"]].sort_values(["index", "index_before"])
    dropped: set[int] = set()
    for later, before in apart.itertuples(index=False, name=None):
        if before not in dropped:
            dropped.add(later)
    return sorted(dropped)


def stated(sheets: pd.DataFrame, frames: pd.DataFrame) -> pd.DataFrame:
    """Rows of sheets `establishment` and of frames that tell where an establishment is: their source, folder or frame
    (`territory_id`), `establishment_id`, `latitude`, `longitude`, `commune` and `country`.

    What a sheet leaves empty, coordinates as a pair, its frame fills, as it does for the figures.
    """
    own = sheets[sheets["accepted"].astype(bool)].reindex(columns=_STATED)
    framed = frames.reindex(columns=_STATED)
    own = own[own[AT].notna().all(axis=1) | own["commune"].notna()]
    first = framed.sort_values(["source_file", "territory_id"]).drop_duplicates("establishment_id")
    in_frame = first.set_index("establishment_id").reindex(own["establishment_id"]).set_axis(own.index)
    given = own[AT].notna().all(axis=1)
    own = own.assign(
        **{name: own[name].where(given, in_frame[name]) for name in AT},
        **{name: own[name].where(own[name].notna(), in_frame[name]) for name in ("commune", "country")},
    )
    parts = [part.astype(object) for part in (own, framed) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_STATED, dtype=object)
    for name in ("commune", "country"):
        table[name] = table[name].map(lambda cell: str(cell).strip().lower(), na_action="ignore")
    return table.astype(dict.fromkeys(AT, float))


def examine(territories: Territories, rows: pd.DataFrame, located: pd.DataFrame) -> pd.DataFrame:
    """Findings about the coordinates of `rows` (as of `stated`): 0/0, exchanged, in no shape though there is one of the
    commune, folder, frame or country, or against what the commune, the folder or the frame says."""
    given = rows[rows[AT].notna().all(axis=1)].reset_index(drop=True)
    nought = (given[AT] == 0).all(axis=1)
    has_place = _points(given).isin(_points(located))
    nowhere = given[~nought & ~has_place]
    exchanged = nowhere.rename(columns=dict(zip(AT, reversed(AT), strict=True)))
    swapped = _points(exchanged).isin(_points(locate(territories, exchanged)))
    drawn = set(territories.table.loc[territories.table["has_geometry"], "territory_id"])
    country = nowhere["country"].fillna(_OWN_COUNTRY)
    could_be = nowhere["territory_id"].isin(drawn) | nowhere["commune"].isin(drawn) | country.isin(drawn)
    somewhere = given[has_place]
    found = [
        _about_point(given[nought], "coordinates_zero"),
        _about_point(nowhere[swapped], "coordinates_swapped"),
        _about_point(nowhere[could_be & ~swapped], "coordinates_nowhere"),
        _contradicted(territories, somewhere, located, "commune", "coordinates_elsewhere"),
        _contradicted(territories, somewhere, located, "territory_id", "coordinates_outside"),
    ]
    filled = [part for part in found if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else catalogue.empty()


def _points(table: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[AT].astype(float))


def _shown(rows: pd.DataFrame) -> list[str]:
    pairs = zip(rows["latitude"], rows["longitude"], strict=True)
    return [f"{latitude:.10g}, {longitude:.10g}" for latitude, longitude in pairs]


def _about_point(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    return catalogue.complete(rows.assign(kind=kind, column_name="latitude", declared=_shown(rows)))


def _contradicted(
    territories: Territories, rows: pd.DataFrame, located: pd.DataFrame, column: str, kind: str
) -> pd.DataFrame:
    """Rows of which the place in `column` is not where the point is: a place with a shape must hold the point, another
    one must share a part with every territory that does."""
    table = territories.table.set_index("territory_id")
    stated = rows[rows[column].isin(table.index)].assign(place=lambda part: part[column])
    at = stated.reset_index()[["index", "place", *AT]].merge(located, on=AT)
    inside = territories.relation.rename(columns={"place_id": "of", "territory_id": "in", "relation": "lies"})
    at = at.merge(inside, how="left", left_on=["territory_id", "place"], right_on=["of", "in"])
    told = pd.DataFrame({"holds": at["lies"] == INSIDE, "shares": at["lies"].notna()}).groupby(at["index"]).any()
    told["shares"] = at["lies"].notna().groupby(at["index"]).all()
    drawn = stated["place"].map(table["has_geometry"]).astype(bool)
    wrong = stated[~told["holds"].where(drawn, told["shares"]).astype(bool)]
    communes = located["territory_id"].map(table["kind"]) == "commune"
    homes = located.assign(other=~communes).sort_values([*AT, "other", "size_rank"]).drop_duplicates(AT)
    home = wrong[AT].merge(homes, how="left", on=AT)["territory_id"].to_numpy(object)
    about = {"column_name": "commune" if column == "commune" else "longitude", "declared": wrong["place"]}
    return catalogue.complete(wrong.assign(kind=kind, suggested=home, detail=_shown(wrong), **about))
