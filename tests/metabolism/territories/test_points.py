"""Where a point lies, and what its row is told when that is not where it says it is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from metabolism import findings as catalogue
from metabolism.territories.points import AT, examine, locate, stated
from metabolism.territories.relations import INSIDE
from tests.metabolism.territories.test_geometry import SOUTH, TINY, WEST, cells, squares, territories

LINES = {
    "lu": {"kind": "country"},
    "c1": {"kind": "commune"},
    "c2": {"kind": "commune"},
    "z": {"kind": "zone"},
    "quarter": {"within": "c1"},
    "village": {"within": "c2"},
    "abroad": {},
}
MADE = territories(TINY, LINES)
Point = tuple[float, float]


def at(x: float, y: float) -> Point:
    """Latitude and longitude of a point in cells."""
    return round(SOUTH + y / 100, 6), round(WEST + x / 100, 6)


def places(*points: Point, made: Any = MADE) -> list[list[str]]:
    """For each point its territories, the smallest first."""
    located = locate(made, pd.DataFrame(points, columns=AT))
    ranked = located.sort_values("size_rank").groupby(AT)["territory_id"].agg(list)
    return [ranked.get(point, []) for point in points]


def test_a_point_lies_in_every_shape_around_it_the_smallest_first() -> None:
    assert places(at(0.5, 0.5), at(3.5, 1.5), at(6, 3.5), at(9, 9)) == [
        ["c1", "lu"], ["z", "c1", "lu"], ["c2", "lu"], [],
    ]  # fmt: skip


def test_a_point_on_a_border_lies_in_one_commune() -> None:
    assert places(at(4, 0.5)) == [["c1", "lu"]], "the first by id"
    assert places(at(4, 1.5)) == [["z", "c1", "lu"]]
    smaller = territories({"a": cells(0, 0, 4, 4), "b": cells(4, 0, 1, 4)})
    assert places(at(4, 2), made=smaller) == [["a"]], "whatever their size"


def test_a_point_on_the_outer_border_is_inside() -> None:
    assert places(at(0, 0), at(8, 4)) == [["c1", "lu"], ["c2", "lu"]]


def test_a_point_in_a_sliver_lies_in_one_of_two_that_do_not_overlap() -> None:
    made = territories({"a": cells(0, 0, 4.01, 4), "b": cells(3.99, 0, 4, 4)})
    assert places(at(4, 2), made=made) in ([["a"]], [["b"]])
    overlapping = territories({"a": cells(0, 0, 4.1, 4), "b": cells(3.9, 0, 4, 4)})
    assert sorted(places(at(4, 2), made=overlapping)[0]) == ["a", "b"]


def test_the_sliver_of_a_zone_beyond_its_commune_is_of_the_zone_and_its_commune() -> None:
    made = territories({"zone": cells(3.005, 0, 1, 1), "c1": cells(0, 0, 4, 4), "c2": cells(4, 0, 4, 4)})
    assert places(at(4.003, 0.5), made=made) == [["zone"]], "which is within c1"


def test_nought_and_nothing_are_nowhere() -> None:
    world = territories({"world": box(-180, -90, 180, 90)})
    assert places((0.0, 0.0), (0.0, 1.0), (float("nan"), 1.0), made=world) == [[], ["world"], []]
    assert len(locate(territories({}), pd.DataFrame([at(1, 1)], columns=AT))) == 0


@given(st.dictionaries(st.sampled_from("abcdef"), squares, min_size=1), st.integers(0, 12), st.integers(0, 12))
def test_no_point_is_in_two_territories_that_do_not_overlap(
    rectangles: dict[str, tuple[int, int, int, int]], x: int, y: int
) -> None:
    """Whole numbers are corners and edges of nearly all of them."""
    made = territories({name: cells(*rectangle) for name, rectangle in rectangles.items()})
    related = set(made.relation[["place_id", "territory_id"]].itertuples(index=False, name=None))
    (found,) = places(at(x, y), made=made)
    touching = [n for n, (left, low, w, h) in rectangles.items() if left <= x <= left + w and low <= y <= low + h]
    assert set(found) <= set(touching)
    assert bool(found) == bool(touching)
    assert all((one, other) in related for one in found for other in found)
    within = [n for n, (left, low, w, h) in rectangles.items() if left < x < left + w and low < y < low + h]
    assert set(within) <= set(found), "what holds a point inside is never given up for a border"


# --- findings --------------------------------------------------------------------------------------------------------


def rows(*given_ones: dict[str, Any]) -> pd.DataFrame:
    base = {"source_file": "surveys/z/2025/a.csv", "source_sha256": "0", "source_sheet": "establishment",
            "territory_id": "lu", "year": 2025, "country": None, "commune": None, "accepted": True}  # fmt: skip
    return pd.DataFrame(
        [{**base, "source_row": n, "establishment_id": f"e{n}", **one} for n, one in enumerate(given_ones)]
    )


def there(point: Point, **more: Any) -> dict[str, Any]:
    return {**dict(zip(AT, point, strict=True)), **more}


def told(*given_ones: dict[str, Any], frames: pd.DataFrame | None = None, made: Any = MADE) -> list[list[Any]]:
    table = stated(rows(*given_ones), pd.DataFrame() if frames is None else frames)
    found = examine(made, table, locate(made, table))
    worded = catalogue.worded(found)
    assert worded["message_fr"].notna().all()
    assert list(found.columns) == catalogue.COLUMNS
    return worded.sort_values("source_row")[["source_row", "kind", "declared", "suggested"]].to_numpy().tolist()


def test_coordinates_that_agree_are_no_finding() -> None:
    assert told(
        there(at(1, 1), commune="c1"),
        there(at(1, 1), commune=" C1 "),
        there(at(1, 1)),
        there(at(1, 1), commune="quarter"),
        there(at(3.5, 1.5), commune="c1", territory_id="z"),
        there(at(1, 1), commune="atlantis"),
        {"commune": "c1"},
        there((49.5, None), commune="c1"),
    ) == []  # fmt: skip


def test_coordinates_against_the_commune_or_the_folder_are_told() -> None:
    assert told(
        there(at(1, 1), commune="c2"),
        there(at(3.5, 1.5), commune="c2"),
        there(at(1, 1), commune="village"),
        there(at(1, 1), territory_id="z"),
    ) == [
        [0, "coordinates_elsewhere", "c2", "c1"],
        [1, "coordinates_elsewhere", "c2", "c1"],
        [2, "coordinates_elsewhere", "village", "c1"],
        [3, "coordinates_outside", "z", "c1"],
    ]


def test_a_point_nowhere_is_told_where_a_shape_could_hold_it() -> None:
    far = (48.8, 2.3)
    assert told(
        there((0, 0), commune="c1"),
        there((at(1, 1)[1], at(1, 1)[0]), commune="c1"),
        there(far, commune="c1"),
        there(far, commune="abroad", country="FR", territory_id="abroad"),
    ) == [
        [0, "coordinates_zero", "0, 0", None],
        [1, "coordinates_swapped", "6.01, 49.51", None],
        [2, "coordinates_nowhere", "48.8, 2.3", None],
    ]


def test_without_shapes_only_nought_is_told() -> None:
    made = territories({}, LINES)
    assert told(there((0, 0), commune="c1"), there(at(1, 1), commune="c2"), made=made) == [
        [0, "coordinates_zero", "0, 0", None]
    ]


def test_what_a_sheet_leaves_empty_its_frame_fills() -> None:
    frames = rows(
        there(at(1, 1), establishment_id="e0", source_file="frame/z.csv"),
        there((None, None), establishment_id="e1", source_file="frame/z.csv", commune="c1"),
        there(at(1, 1), establishment_id="other", source_file="frame/z.csv", commune="c2"),
    )
    assert told({"commune": "c2"}, there(at(6, 1)), {"commune": None}, frames=frames) == [
        [0, "coordinates_elsewhere", "c2", "c1"],
        [1, "coordinates_elsewhere", "c1", "c2"],
        [2, "coordinates_elsewhere", "c2", "c1"],
    ]


def test_a_row_that_was_refused_tells_nothing() -> None:
    assert told(there(at(1, 1), commune="c2", accepted=False)) == []


@pytest.mark.parametrize("empty", [pd.DataFrame(), rows().reindex(columns=["accepted"])])
def test_nothing_is_nothing(empty: pd.DataFrame) -> None:
    table = stated(pd.DataFrame({"accepted": pd.Series(dtype=bool)}), empty)
    assert len(examine(MADE, table, locate(MADE, table))) == 0
    assert INSIDE in set(MADE.relation["relation"])
