"""What the Sankeys show, and that their geometry tells the truth."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.report import TerritoryTables, bands, flows, nomenclature
from metabolism.report.bands import MOST_BANDS, Band, Group, Picture
from metabolism.report.figures import Figure
from metabolism.report.language import of
from metabolism.report.lettering import ELLIPSIS, width, wrap
from metabolism.report.sankey import FORMS, NARROW, WIDE, Drawing, Form, draw

EN = of("en")
SIDES = {
    "in": ["internal", "import", "network", "undetermined_in", "from_nature"],
    "out": ["internal", "export"],
}


def picture_of(tables: TerritoryTables, family: str) -> Picture:
    names = nomenclature.of_table(tables.resources, EN)
    return bands.picture(flows.of_table(tables.metabolism, names), family, 2025)


def group(side: str, values: list[float]) -> Group:
    made = [Band(f"material.r{place}", f"Resource {place}", value, 0, "#000") for place, value in enumerate(values)]
    return Group(side, side, side, tuple(sorted(made, key=lambda band: -band.value)))


values = st.lists(st.floats(min_value=1e-3, max_value=1e9), min_size=1, max_size=13)


@given(st.dictionaries(st.sampled_from(SIDES["in"]), values, min_size=1), values, st.sampled_from(FORMS))
def test_every_band_is_as_high_as_its_quantity(left: dict[str, list[float]], right: list[float], form: Form) -> None:
    groups = [group(side, left[side]) for side in SIDES["in"] if side in left]
    picture = Picture(
        "material",
        "t",
        {"in": bands.fold(groups, EN), "out": bands.fold([group("export", right)], EN)},
        {"in": Figure(sum(map(sum, left.values()))), "out": None},
        0,
        EN,
    )
    drawing = draw(picture, "Zone", form)
    largest = max(sum(one.value for one in groups) for groups in picture.groups.values())
    for way in ("in", "out"):
        shown = [band.value for one in picture.groups[way] for band in one.bands]
        heights = [bar.height for bar in drawing.bars[way]]
        assert heights == pytest.approx([value * form.flow / largest for value in shown], rel=1e-9)
    assert {ribbon.height for ribbon in drawing.ribbons} <= {
        bar.height for way in ("in", "out") for bar in drawing.bars[way]
    }
    assert stays_inside(drawing)


def stays_inside(drawing: Drawing) -> bool:
    bottom = max(bar.y + bar.height for way in ("in", "out") for bar in drawing.bars[way])
    return bottom <= drawing.height and all(0 < text.y < drawing.height for text in drawing.texts)


@given(st.dictionaries(st.sampled_from(SIDES["in"]), values, min_size=1))
def test_folding_hides_no_quantity(left: dict[str, list[float]]) -> None:
    groups = [group(side, left[side]) for side in SIDES["in"] if side in left]
    folded = bands.fold(groups, EN)
    assert sum(len(one.bands) for one in folded) <= MOST_BANDS
    assert [one.side for one in folded] == [one.side for one in groups]
    assert [one.value for one in folded] == pytest.approx([one.value for one in groups])
    counted = [sum(band.folded or 1 for band in one.bands) for one in folded]
    assert counted == [len(one.bands) for one in groups]


def test_the_face_of_the_territory_is_one_stack_without_gaps(rich: TerritoryTables) -> None:
    for form in FORMS:
        drawing = draw(picture_of(rich, "material"), rich.name, form)
        left = [face for face in drawing.faces if face.x < form.width / 2]
        for upper, lower in pairwise(left):
            assert lower.y == pytest.approx(upper.y + upper.height)


def test_in_and_out_are_not_forced_to_match(territory) -> None:
    drawing = draw(picture_of(territory(), "energy"), "Zone", WIDE)
    assert sum(bar.height for bar in drawing.bars["in"]) == pytest.approx(WIDE.flow)
    assert drawing.bars["out"] == []


def test_what_comes_by_the_network_is_never_called_local(territory) -> None:
    headings = [one.heading for one in picture_of(territory(), "energy").groups["in"]]
    assert headings == ["From outside", "By the network"]
    assert [one.heading for one in picture_of(territory(), "water").groups["out"]] == [
        "By the network",
        "To nature",
    ]
    assert [one.heading for one in picture_of(territory(), "waste").groups["out"]] == [
        "Inside",
        "Destination not known precisely",
    ]


def test_what_a_family_has_beyond_its_children_is_a_band_of_its_own(territory, flow_row) -> None:
    rows = [
        flow_row("waste", "export", 100.0, 5.0),
        flow_row("waste", "out", 100.0, 5.0),
        flow_row("waste.15", "export", 60.0, 3.0),
    ]
    (export,) = picture_of(territory(metabolism=rows), "waste").groups["out"]
    assert [(band.label, band.value) for band in export.bands] == [
        ("15 packaging and wipes", 60.0),
        ("Not specified further", 40.0),
    ]


def test_internal_bands_cross_the_territory(territory) -> None:
    drawing = draw(picture_of(territory(), "waste"), "Zone", WIDE)
    crossing = [
        ribbon
        for ribbon in drawing.ribbons
        if ribbon.x1 > WIDE.label + 100 and ribbon.x2 < WIDE.width - WIDE.label - 100
    ]
    assert len(crossing) == 1
    assert crossing[0].top1 == crossing[0].top2  # straight: internal stands first on both faces


def test_a_flow_of_unknown_size_is_counted_and_not_drawn(territory, flow_row) -> None:
    rows = [flow_row("waste.15", "export", None, None), flow_row("waste.20", "export", 3.0, 1.0)]
    picture = picture_of(territory(metabolism=rows), "waste")
    assert picture.not_drawn == 1
    assert [band.resource for band in picture.groups["out"][0].bands] == ["waste.20"]


@given(st.text(min_size=1, max_size=80), st.floats(min_value=60, max_value=300))
def test_no_line_is_wider_than_its_room(text: str, room: float) -> None:
    lines = wrap(text, room, 12.0)
    assert len(lines) <= 3
    assert all(width(line, 12.0) <= room or line == ELLIPSIS for line in lines)


def test_names_may_be_cut_but_figures_never(rich: TerritoryTables) -> None:
    drawing = draw(picture_of(rich, "material"), rich.name, NARROW)
    words = {
        kind: [text for line in drawing.texts for key, text in line.runs if key == kind] for kind in ("value", "quiet")
    }
    assert words["quiet"][:2] == ["9,040,000–", "9,650,000"]
    assert not any(ELLIPSIS in text for texts in words.values() for text in texts)


def test_a_narrow_figure_is_for_a_telephone() -> None:
    assert NARROW.width <= 390 - 32
