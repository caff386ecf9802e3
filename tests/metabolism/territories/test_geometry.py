"""Shapes of territories: what can be read, what lies in what, and what is told of the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box, mapping

from metabolism import findings as catalogue
from metabolism.territories.geometry import Feature, Shapes, read_features
from metabolism.territories.relations import INSIDE, PARTIAL, Territories, read

OUTSIDE = "outside"
WEST, SOUTH = 6.0, 49.5


def cells(x: float, y: float, width: float, height: float) -> Polygon:
    """A rectangle in cells of 0.01 degrees from a corner in Luxembourg."""
    return box(WEST + x / 100, SOUTH + y / 100, WEST + (x + width) / 100, SOUTH + (y + height) / 100)


def territories(shapes: dict[str, Any], lines: dict[str, dict[str, str]] | None = None) -> Territories:
    named: dict[str, dict[str, str]] = {name: {} for name in shapes} | (lines or {})
    table = pd.DataFrame([{"territory_id": name, **columns} for name, columns in named.items()])
    features = [Feature(n, name, shape) for n, (name, shape) in enumerate(shapes.items(), start=1)]
    return read(table, [], features)


def between(made: Territories, place: str, territory: str) -> str:
    pairs = {(p, t): r for p, t, r in made.relation.itertuples(index=False, name=None)}
    return pairs.get((place, territory), OUTSIDE)


# --- which lies in which ---------------------------------------------------------------------------------------------

TINY = {"lu": cells(0, 0, 8, 4), "c1": cells(0, 0, 4, 4), "c2": cells(4, 0, 4, 4), "z": cells(3, 1, 2, 2)}


def test_shapes_alone_say_what_lists_by_hand_would() -> None:
    by_hand = pd.DataFrame(
        [("lu", "", ""), ("c1", "lu", ""), ("c2", "lu", ""), ("z", "lu", "c1;c2")],
        columns=["territory_id", "within", "overlaps"],
    )
    pd.testing.assert_frame_equal(territories(TINY).relation, read(by_hand, []).relation)
    assert not len(territories(TINY).findings)


def test_neighbours_that_share_a_border_share_no_part() -> None:
    assert between(territories(TINY), "c1", "c2") == OUTSIDE


@pytest.mark.parametrize(("outside_pct", "lies"), [(0.5, INSIDE), (0.99, INSIDE), (1.01, PARTIAL), (5.0, PARTIAL)])
def test_less_than_one_percent_outside_is_a_sliver(outside_pct: float, lies: str) -> None:
    """The zone is 1 cell wide, and that part of it lies beyond the commune's border."""
    made = territories(
        {"zone": cells(3 + outside_pct / 100, 0, 1, 1), "c1": cells(0, 0, 4, 4), "c2": cells(4, 0, 4, 4)}
    )
    assert between(made, "zone", "c1") == lies
    assert between(made, "c1", "zone") == PARTIAL
    assert between(made, "zone", "c2") == (OUTSIDE if lies == INSIDE else PARTIAL), "the same sliver, the same rule"


def test_a_sliver_is_measured_against_the_smaller_area() -> None:
    made = territories(
        {"large": cells(0, 0, 100, 10), "small": cells(98, 0, 10, 10), "large_too": cells(99.5, 10, 100, 10)}
    )
    assert between(made, "large", "small") == PARTIAL, "2 % of the large one, 20 % of the small one"


def test_what_lies_within_is_transitive_whatever_the_slivers() -> None:
    made = territories({"zone": cells(3.006, 0, 1, 1), "commune": cells(0, 0, 4.0, 4), "canton": cells(0, 0, 3.994, 8)})
    assert between(made, "zone", "commune") == between(made, "commune", "canton") == INSIDE
    assert between(made, "zone", "canton") == INSIDE


def test_shapes_decide_over_what_is_written_and_say_so() -> None:
    made = territories(
        TINY, {"z": {"within": "c1;lu", "overlaps": "c2"}, "c1": {"overlaps": "c2"}, "lu": {"members": "c1"}}
    )
    assert between(made, "z", "c1") == PARTIAL
    assert between(made, "c1", "c2") == OUTSIDE
    assert made.findings[["kind", "territory_id", "declared", "detail"]].to_numpy().tolist() == [
        ["shapes_contradict", "c1", "c2", "0.0 %"],
        ["shapes_contradict", "z", "c1", "50.0 %"],
    ]


def test_what_has_no_shape_is_related_by_hand_through_what_has_one() -> None:
    made = territories(
        {name: TINY[name] for name in ("c1", "c2", "z")},
        {"c1": {"within": "lu"}, "c2": {"within": "lu"}, "lu": {}, "street": {"within": "z"}, "de": {}},
    )
    assert between(made, "c1", "lu") == INSIDE
    assert between(made, "street", "z") == INSIDE
    assert between(made, "z", "lu") == PARTIAL, "it shares parts of two communes; nobody said that these are all"
    assert between(made, "lu", "c1") == PARTIAL
    assert between(made, "street", "c1") == OUTSIDE, "nobody says where in the zone the street is"
    assert between(made, "de", "lu") == OUTSIDE


def test_a_set_of_shapes_is_their_union() -> None:
    made = territories(TINY, {"both": {"members": "c1;c2"}, "all": {"members": "both"}, "west": {"members": "c1"}})
    assert between(made, "z", "both") == between(made, "z", "all") == INSIDE
    assert between(made, "z", "west") == PARTIAL
    assert between(made, "both", "lu") == between(made, "lu", "both") == INSIDE, "the same area under two names"
    assert between(made, "c2", "west") == OUTSIDE
    assert not len(made.findings)


def test_a_set_with_a_member_without_shape_is_by_hand() -> None:
    made = territories(TINY, {"both": {"members": "c1;c3"}, "c3": {}})
    assert between(made, "c1", "both") == INSIDE
    assert between(made, "z", "both") == PARTIAL
    assert not made.table.set_index("territory_id")["has_geometry"]["both"]


def test_areas_are_in_square_metres() -> None:
    """A hundredth of a degree: 1,112.2 m of meridian and 724.2 m of the parallel of 49.5° (WGS84)."""
    assert Shapes({"cell": cells(0, 0, 1, 1)}).areas["cell"] == pytest.approx(1112.2 * 724.2, rel=2e-3)


def test_shapes_beyond_europe_are_compared_too() -> None:
    made = territories(
        {"us": box(-125, 25, -65, 49), "dc": box(-77.12, 38.8, -76.9, 39.0), "sea": box(-64, 25, -50, 49)}
    )
    assert between(made, "dc", "us") == INSIDE
    assert between(made, "dc", "sea") == OUTSIDE


def test_a_long_straight_border_is_the_border_of_both() -> None:
    """In metres the border of 4 degrees bends by kilometres; in degrees both sides of it are one line."""
    made = territories(
        {"country": box(4, 48, 8, 49.5), "zone": box(6, 49.49, 6.01, 49.5), "other": box(4, 49.5, 8, 51)}
    )
    assert between(made, "zone", "country") == INSIDE
    assert between(made, "zone", "other") == OUTSIDE


# --- against cells of a grid -----------------------------------------------------------------------------------------

squares = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 6), st.integers(1, 6))


@given(st.dictionaries(st.sampled_from("abcdef"), squares, min_size=1))
def test_rectangles_relate_as_their_cells_do(rectangles: dict[str, tuple[int, int, int, int]]) -> None:
    """No two of these small rectangles differ by a sliver, so the rules are those of sets."""
    made = territories({name: cells(*rectangle) for name, rectangle in rectangles.items()})
    held = {n: {(i, j) for i in range(x, x + w) for j in range(y, y + h)} for n, (x, y, w, h) in rectangles.items()}
    for one in held:
        for other in held:
            expected = INSIDE if held[one] <= held[other] else PARTIAL if held[one] & held[other] else OUTSIDE
            assert between(made, one, other) == expected, (one, other)


# --- reading the file ------------------------------------------------------------------------------------------------


def written(folder: Path, *features: dict[str, Any] | Any) -> Path:
    path = folder / "territories.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def feature(name: Any, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"territory_id": name}, "geometry": geometry}


def kinds(path: Path, *known: str) -> list[tuple[str, Any]]:
    found: list[pd.DataFrame] = []
    features = read_features(path, found)
    table = pd.DataFrame({"territory_id": list(known)})
    told = pd.concat([*found, read(table, [], features).findings])
    assert (told["source_file"] == "territories.geojson").all()
    assert catalogue.worded(told)["message_de"].notna().all()
    return list(
        zip(told["kind"], told["source_row"].astype(object).where(told["source_row"].notna(), None), strict=True)
    )


SQUARE = mapping(cells(0, 0, 1, 1))
BOWTIE = {"type": "Polygon", "coordinates": [[[6, 49], [7, 50], [7, 49], [6, 50], [6, 49]]]}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b'"x"', b'{"features": {}}', b"[" * 100_000, b'{"type": 1}']
)
def test_a_file_that_cannot_be_read_is_one_finding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "territories.geojson"
    path.write_bytes(content)
    assert kinds(path, "a") == [("unreadable_shapes", None)]


def test_without_a_file_nothing_is_found(tmp_path: Path) -> None:
    assert kinds(tmp_path / "territories.geojson", "a") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_usual_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "territories.geojson"
    path.write_bytes(json.dumps({"features": [feature("a", SQUARE)]}).encode(encoding))
    assert kinds(path, "a") == []
    assert len(read_features(path, [])) == 1


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (None, "shape_without_area"),
        ({"type": "Point", "coordinates": [6, 49]}, "shape_without_area"),
        ({"type": "LineString", "coordinates": [[6, 49], [7, 50]]}, "shape_without_area"),
        ({"type": "Polygon", "coordinates": []}, "shape_without_area"),
        ({"type": "Polygon", "coordinates": [[[6, 49], [7, 50]]]}, "shape_without_area"),
        ({"type": "Polygon", "coordinates": [[[6, 49], [7, 50], [6, 49]]]}, "shape_without_area"),
        ({"type": "Polygon", "coordinates": [[["6", "x"], [7, 50], [8, 49], [6, 49]]]}, "shape_without_area"),
        ({"type": "Polygon"}, "shape_without_area"),
        ({"type": "Square", "coordinates": [1]}, "shape_without_area"),
        ("a text", "shape_without_area"),
        (mapping(box(60000, 70000, 61000, 71000)), "shape_not_wgs84"),
        (mapping(box(6, 89, 7, 91)), "shape_not_wgs84"),
        ({"type": "Polygon", "coordinates": [[[6, 49], [7, float("nan")], [7, 50], [6, 49]]]}, "shape_not_wgs84"),
        (BOWTIE, "shape_repaired"),
    ],
)
def test_each_shape_that_cannot_be_used_is_told(tmp_path: Path, geometry: Any, kind: str) -> None:
    assert kinds(written(tmp_path, feature("b", SQUARE), feature("a", geometry)), "a", "b") == [(kind, 2)]


def test_a_repaired_shape_keeps_its_area(tmp_path: Path) -> None:
    (made,) = read_features(written(tmp_path, feature("a", BOWTIE)), [])
    assert made.polygon.area == pytest.approx(0.5)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[6, 49, 300], [7, 49, 310], [7, 50, 320], [6, 49, 300]]]},
        {"type": "Polygon", "coordinates": [[[6, 49], [7, 49], [7, 50]]]},
        {"type": "GeometryCollection", "geometries": [SQUARE, {"type": "Point", "coordinates": [6, 49]}]},
    ],
)
def test_heights_an_open_ring_and_a_collection_are_no_matter(tmp_path: Path, geometry: Any) -> None:
    assert kinds(written(tmp_path, feature("a", geometry)), "a") == []


@pytest.mark.parametrize(
    "properties", [None, {}, {"territory_id": None}, {"territory_id": " "}, {"territory_id": []}, 7]
)
def test_a_shape_without_an_id_is_told(tmp_path: Path, properties: Any) -> None:
    path = written(tmp_path, {"type": "Feature", "properties": properties, "geometry": SQUARE}, None)
    assert kinds(path, "a") == [("shape_without_territory", 1), ("shape_without_territory", 2)]


def test_an_unknown_id_and_a_second_shape_of_one_id_are_told_and_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, feature("a", None), feature("a", SQUARE), feature("b", SQUARE), feature("a", BOWTIE))
    assert kinds(path, "a") == [
        ("shape_without_area", 1),
        ("shape_repaired", 4),
        ("shape_of_unknown_territory", 3),
        ("shape_twice", 4),
    ]


numbers = st.one_of(st.integers(-200, 200), st.floats(allow_nan=True), st.none(), st.text(max_size=2))
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=5), max_leaves=30)
names = st.sampled_from(["Polygon", "MultiPolygon", "Point", "LineString", "GeometryCollection", "", None])
geometries = st.one_of(
    nested, st.fixed_dictionaries({"type": names}, optional={"coordinates": nested, "geometries": nested})
)
rings = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=3, max_size=8)
wild = st.lists(rings, min_size=1, max_size=3).map(lambda made: {"type": "Polygon", "coordinates": made})


@given(st.lists(st.one_of(geometries, wild), max_size=3))
def test_no_file_makes_it_fall(tmp_path_factory: pytest.TempPathFactory, given_ones: list[Any]) -> None:
    path = written(
        tmp_path_factory.mktemp("any"), *(feature(name, one) for name, one in zip("abc", given_ones, strict=False))
    )
    found: list[pd.DataFrame] = []
    features = read_features(path, found)
    made = read(pd.DataFrame({"territory_id": list("abc")}), [], features)
    assert all(area > 0 for area in made.shapes.areas.values())
    assert len(features) + len(pd.concat(found)) >= len(given_ones), "each shape is used or told"
