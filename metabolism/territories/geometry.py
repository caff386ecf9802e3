"""Shapes of territories (`territories.geojson`), and how much of each lies in each other (contract, section 3).

Shapes are compared in degrees, as they are given: two that share a border share it to the end. Areas are measured in
LUREF (EPSG:2169), the national projection of Luxembourg; shapes beyond Europe in an equal-area one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from metabolism import findings as catalogue
from metabolism.text import nearest

FILE = "territories.geojson"
SLIVER = 0.01
"""What of an area counts as a difference between two drawings of one border: less than 1 % of it."""
_GRID_DEG = 1e-9
"""About 0.1 mm: on a grid, intersections of any two shapes are found without fail."""
_LEAST_DEG2 = 1e-10
"""About one square metre: less is no territory."""
_STEP_DEG = 0.02
"""Long edges are cut before they are projected: a straight line in degrees is a curve in metres."""
_LUREF, _EQUAL_AREA = 2169, 6933
_LUREF_REACH = (-20.0, 30.0, 35.0, 72.0)
"""Degrees (west, south, east, north) within which LUREF distorts two shapes at one place alike."""
_NO_SHAPE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, shapely.errors.ShapelyError)


@dataclass(frozen=True)
class Feature:
    """A polygon of the file, in degrees; `number` counts the features from 1. `territory_id` is not looked up yet."""

    number: int
    territory_id: str
    polygon: BaseGeometry


class Shapes:
    """The polygons of territories by id, in degrees (longitude, latitude), and their areas in m²."""

    def __init__(self, polygons: Mapping[str, BaseGeometry]) -> None:
        self.polygons = dict(sorted(polygons.items()))
        self._to_metres = _projection(list(self.polygons.values()))
        sizes = self._areas(np.array(list(self.polygons.values()), dtype=object))
        self.areas: dict[str, float] = dict(zip(self.polygons, sizes.tolist(), strict=True))

    def with_unions(self, members: Mapping[str, Sequence[str]]) -> Shapes:
        """Beside them, what has no shape of its own and consists of members that all have one (a set of sets too)."""
        polygons = dict(self.polygons)
        while made := {
            owner: shapely.union_all([polygons[member] for member in of], grid_size=_GRID_DEG)
            for owner, of in sorted(members.items())
            if of and owner not in polygons and all(member in polygons for member in of)
        }:
            polygons |= made
        return Shapes(polygons)

    def shares(self) -> dict[tuple[str, str], float]:
        """(one, other) → the part of one's area that lies in the other, 0 to 1; pairs that share no area are not there."""
        ids = list(self.polygons)
        shapes = np.array(list(self.polygons.values()), dtype=object)
        first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        first, second = first[first < second], second[first < second]
        common = self._areas(shapely.intersection(shapes[first], shapes[second], grid_size=_GRID_DEG))
        found = {}
        for i, j, area in zip(first.tolist(), second.tolist(), common.tolist(), strict=True):
            if area > 0:
                found[ids[i], ids[j]] = min(1.0, area / self.areas[ids[i]])
                found[ids[j], ids[i]] = min(1.0, area / self.areas[ids[j]])
        return found

    def _areas(self, shapes: NDArray[np.object_]) -> NDArray[np.float64]:
        """Areas in m²."""
        fine = shapely.segmentize(shapes, _STEP_DEG)
        return np.asarray(shapely.area(shapely.transform(fine, self._to_metres, interleaved=False)), dtype=float)


def _projection(shapes: list[BaseGeometry]) -> Callable[..., Any]:
    import pyproj  # a tenth of a second, for those alone who have shapes

    if not shapes:
        return lambda x, y: (x, y)
    west, south, east, north = shapely.total_bounds(shapes)
    reach = _LUREF_REACH
    near = reach[0] <= west and reach[1] <= south and east <= reach[2] and north <= reach[3]
    made: Callable[..., Any] = pyproj.Transformer.from_crs(
        4326, _LUREF if near else _EQUAL_AREA, always_xy=True
    ).transform
    return made


# --- reading the file ------------------------------------------------------------------------------------------------


def read_features(path: Path, findings: list[pd.DataFrame]) -> list[Feature]:
    """The polygons of a GeoJSON file in its order; none where there is no file. What cannot be used is a finding: a
    file that is no collection of features, and each feature without an id, without an area, or not in WGS84. A
    polygon that crosses itself is repaired, with a finding."""
    if not path.exists():
        return []
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        content = None
    given = content.get("features") if isinstance(content, dict) else None
    if not isinstance(given, list):
        findings.append(_found([{"kind": "unreadable_shapes", "source_file": FILE}]))
        return []
    notes: list[dict[str, object]] = []
    features = [_feature(number, feature, notes) for number, feature in enumerate(given, start=1)]
    findings.append(_found(notes))
    return [feature for feature in features if feature]


def note(kind: str, number: int, **values: object) -> dict[str, object]:
    """A finding about the feature of this number."""
    return {"kind": kind, "source_file": FILE, "source_row": number, "detail": str(number), **values}


def _found(notes: list[dict[str, object]]) -> pd.DataFrame:
    return catalogue.complete(pd.DataFrame(notes)) if notes else catalogue.empty()


def _feature(number: int, feature: Any, notes: list[dict[str, object]]) -> Feature | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    named = properties.get("territory_id") if isinstance(properties, dict) else None
    territory_id = str(named).strip() if isinstance(named, str | int) and not isinstance(named, bool) else ""
    if not territory_id:
        notes.append(note("shape_without_territory", number))
        return None
    geometry = feature.get("geometry")
    made = _as_shape(geometry)
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if made is None or made.is_empty:
        notes.append(note("shape_without_area", number, territory_id=territory_id, declared=str(kind or "null")))
        return None
    if outside := _beyond_the_globe(made):
        notes.append(note("shape_not_wgs84", number, territory_id=territory_id, declared=outside))
        return None
    polygon = _polygon(made)
    if polygon.area < _LEAST_DEG2:
        notes.append(note("shape_without_area", number, territory_id=territory_id, declared=str(kind)))
        return None
    if not made.is_valid:
        why = shapely.is_valid_reason(made)
        notes.append(note("shape_repaired", number, territory_id=territory_id, declared=why))
    return Feature(number, territory_id, polygon)


def _as_shape(geometry: Any) -> BaseGeometry | None:
    """The geometry as it stands, heights left out; None where it cannot be made one."""
    try:
        return shapely.force_2d(shape(geometry))
    except _NO_SHAPE:
        return None


def _beyond_the_globe(made: BaseGeometry) -> str:
    """The first point that is none in degrees of longitude and latitude, or nothing."""
    points = shapely.get_coordinates(made)
    beyond = ~(np.abs(points) <= (180, 90)).all(axis=1)
    if not beyond.any():
        return ""
    longitude, latitude = points[beyond][0].tolist()
    return f"{longitude:g}, {latitude:g}"


def _polygon(made: BaseGeometry) -> BaseGeometry:
    """Valid polygons on the grid, without the points and lines that a repair may leave; empty where nothing is left."""
    valid = made if made.is_valid else shapely.make_valid(made)
    on_grid = shapely.set_precision(_areal(valid), _GRID_DEG)
    return _areal(on_grid)


def _areal(made: BaseGeometry) -> BaseGeometry:
    """The parts with an area, of nested collections too."""
    parts = shapely.get_parts(made)
    while any(part.geom_type in ("GeometryCollection", "MultiPolygon") for part in parts):
        parts = shapely.get_parts(parts)
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon" and part.area > 0])


def usable(
    features: Iterable[Feature], known: Iterable[str]
) -> tuple[dict[str, BaseGeometry], list[dict[str, object]]]:
    """The polygon of each known territory, the first where several have its id; and findings about the others."""
    ids = set(known)
    polygons: dict[str, BaseGeometry] = {}
    notes = []
    for feature in features:
        name = feature.territory_id
        if name not in ids:
            notes.append(
                note("shape_of_unknown_territory", feature.number, declared=name, suggested=nearest(name, ids))
            )
        elif name in polygons:
            notes.append(note("shape_twice", feature.number, territory_id=name, declared=name))
        else:
            polygons[name] = feature.polygon
    return polygons, notes
