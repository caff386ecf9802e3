"""Containment: inside, in part, outside; to the letter of the contract, and against a computation of another make."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from metabolism.territories.relations import INSIDE, PARTIAL, Territories, read

OUTSIDE = "outside"
Lines = dict[str, dict[str, str]]


def territories(lines: Lines, surveyed: tuple[str, ...] = ()) -> Territories:
    table = pd.DataFrame([{"territory_id": name, **columns} for name, columns in lines.items()])
    return read(table, list(surveyed))


def relation_of(lines: Lines) -> dict[tuple[str, str], str]:
    relation = territories(lines).relation
    pairs = {(p, t): r for p, t, r in relation.itertuples(index=False, name=None)}
    assert len(pairs) == len(relation), "one line a pair"
    return pairs


def between(lines: Lines, place: str, territory: str) -> str:
    return relation_of(lines).get((place, territory), OUTSIDE)


DUDELANGE_BETTEMBOURG = {
    "lu": {"kind": "country"},
    "esch": {"kind": "canton", "within": "lu"},
    "dudelange": {"kind": "commune", "within": "esch"},
    "bettembourg": {"kind": "commune", "within": "esch"},
    "kayl": {"kind": "commune", "within": "esch"},
    "zone": {"kind": "zone", "overlaps": "dudelange; bettembourg"},
    "de": {"kind": "country"},
}


def test_a_place_is_inside_itself_and_what_contains_it() -> None:
    for territory in ("dudelange", "esch", "lu"):
        assert between(DUDELANGE_BETTEMBOURG, "dudelange", territory) == INSIDE


def test_what_contains_a_territory_lies_in_part_in_it() -> None:
    assert between(DUDELANGE_BETTEMBOURG, "lu", "dudelange") == PARTIAL
    assert between(DUDELANGE_BETTEMBOURG, "esch", "dudelange") == PARTIAL


def test_an_overlap_holds_both_ways() -> None:
    assert between(DUDELANGE_BETTEMBOURG, "zone", "dudelange") == PARTIAL
    assert between(DUDELANGE_BETTEMBOURG, "dudelange", "zone") == PARTIAL


def test_an_overlap_reaches_up_but_is_never_containment() -> None:
    assert between(DUDELANGE_BETTEMBOURG, "zone", "esch") == PARTIAL, "it shares a part of a commune of the canton"
    assert between(DUDELANGE_BETTEMBOURG, "lu", "zone") == PARTIAL


def test_what_shares_nothing_is_outside() -> None:
    for other in ("kayl", "de"):
        assert between(DUDELANGE_BETTEMBOURG, "zone", other) == OUTSIDE
        assert between(DUDELANGE_BETTEMBOURG, other, "zone") == OUTSIDE
    assert between(DUDELANGE_BETTEMBOURG, "dudelange", "kayl") == OUTSIDE


def test_members_of_a_set_are_within_it_and_so_is_what_they_contain() -> None:
    lines = {
        "south": {"kind": "set", "members": "esch;kayl"},
        "esch": {},
        "kayl": {},
        "quarter": {"within": "esch"},
        "far": {},
    }
    assert between(lines, "esch", "south") == INSIDE
    assert between(lines, "quarter", "south") == INSIDE
    assert between(lines, "south", "quarter") == PARTIAL
    assert between(lines, "far", "south") == OUTSIDE


def test_two_sets_with_a_common_member_share_a_part() -> None:
    lines = {"a": {"members": "x;y"}, "b": {"members": "y;z"}, "x": {}, "y": {}, "z": {}}
    assert between(lines, "a", "b") == between(lines, "b", "a") == PARTIAL
    assert between(lines, "x", "b") == OUTSIDE


def test_a_territory_may_lie_within_two() -> None:
    lines = {"zone": {"within": "a;b"}, "a": {}, "b": {}}
    assert between(lines, "zone", "a") == between(lines, "zone", "b") == INSIDE
    assert between(lines, "a", "b") == PARTIAL, "the zone is a part of both"


def test_a_circle_is_one_area_and_does_not_hang() -> None:
    lines = {"a": {"within": "b"}, "b": {"within": "c"}, "c": {"within": "a"}, "d": {"within": "d"}}
    assert all(between(lines, one, other) == INSIDE for one in "abc" for other in "abc")
    assert between(lines, "d", "a") == OUTSIDE
    (told,) = territories(lines).findings.to_dict("records")
    assert (told["kind"], told["detail"]) == ("territories_in_a_circle", "a, b, c")


def test_a_line_without_an_id_and_one_of_nature_are_told() -> None:
    table = pd.DataFrame({"territory_id": ["z", " ", "nature"], "name": ["Z", "No id", "Woods"]}, index=[2, 3, 4])
    made = read(table, [])
    assert list(made.table["territory_id"]) == ["z"]
    told = made.findings.astype(object).where(made.findings.notna(), None)
    assert told[["kind", "source_row", "column_name", "declared"]].to_numpy().tolist() == [
        ["missing_value", 3, "territory_id", None],
        ["bad_territory_id", None, None, "nature"],
    ]


def test_an_id_that_is_not_listed_is_a_finding_and_relates_to_nothing() -> None:
    made = territories({"a": {"within": "nowhere", "overlaps": "a2", "members": "b;gone"}, "b": {}})
    found = made.findings
    assert set(found["kind"]) == {"unknown_container"}
    assert list(found["declared"]) == ["a2", "gone", "nowhere"]
    assert set(found["territory_id"]) == {"a"}
    assert set(made.relation["place_id"]) | set(made.relation["territory_id"]) == {"a", "b"}


def test_a_surveyed_folder_that_is_not_listed_stands_alone_with_a_warning() -> None:
    made = territories({"bascharage": {}}, ("bascharag", "bascharage"))
    (finding,) = made.findings.to_dict("records")
    assert (finding["kind"], finding["declared"], finding["suggested"]) == (
        "unknown_territory",
        "bascharag",
        "bascharage",
    )
    assert set(made.table["territory_id"]) == {"bascharag", "bascharage"}
    alone = made.relation[made.relation["place_id"] == "bascharag"]
    assert alone.values.tolist() == [["bascharag", "bascharag", INSIDE]]


def test_without_a_table_every_folder_stands_alone() -> None:
    made = read(pd.DataFrame(), ["z", "y"])
    assert list(made.table["territory_id"]) == ["y", "z"]
    assert set(made.relation["relation"]) == {INSIDE}
    assert len(read(pd.DataFrame(), []).relation) == 0


def test_the_first_line_of_an_id_stands_and_blanks_are_no_matter() -> None:
    made = territories({" a ": {"within": " b ;; "}, "b": {}})
    assert ["a", "b", INSIDE] in made.relation.values.tolist()


# --- against sets of points ------------------------------------------------------------------------------------------

ids = st.sampled_from("abcdefg")
lists = st.lists(ids, max_size=3).map(";".join)
hierarchies = st.dictionaries(
    ids, st.fixed_dictionaries({"within": lists, "overlaps": lists, "members": lists}), min_size=1
)


def naive(lines: Lines) -> dict[tuple[str, str], str]:
    """The contract's sentences one by one: containment by walking up, a shared part by trying every pair below."""
    listed = {
        name: {column: [o for o in text.split(";") if o in lines] for column, text in columns.items()}
        for name, columns in lines.items()
    }

    inside = {(p, p) for p in lines} | {(p, t) for p in lines for t in listed[p]["within"]}
    inside |= {(member, owner) for owner in lines for member in listed[owner]["members"]}
    known = 0
    while len(inside) > known:
        known = len(inside)
        inside |= {(p, outer) for p, t in inside for inner, outer in inside if inner == t}
        for owner in lines:  # a set lies wholly in what holds all its members, where all are known
            members = listed[owner]["members"]
            if members and set(lines[owner]["members"].split(";")) - {""} <= set(lines):
                inside |= {(owner, t) for t in lines if all((member, t) in inside for member in members)}

    def is_within(place: str, territory: str) -> bool:
        return (place, territory) in inside

    def overlap(one: str, other: str) -> bool:
        return other in listed[one]["overlaps"] or one in listed[other]["overlaps"]

    def share_a_part(one: str, other: str) -> bool:
        parts = [(p, q) for p in lines if is_within(p, one) for q in lines if is_within(q, other)]
        return any(overlap(p, q) or is_within(p, other) or is_within(q, one) for p, q in parts)

    found = {}
    for place in lines:
        for territory in lines:
            if is_within(place, territory):
                found[place, territory] = INSIDE
            elif share_a_part(place, territory):
                found[place, territory] = PARTIAL
    return found


@given(hierarchies)
def test_the_relation_is_that_of_the_contracts_sentences(lines: Lines) -> None:
    assert relation_of(lines) == naive(lines)


@given(hierarchies)
def test_sharing_a_part_is_mutual_and_inside_is_transitive(lines: Lines) -> None:
    pairs = relation_of(lines)
    for (place, territory), relation in pairs.items():
        assert (territory, place) in pairs, "who shares a part with another shares it both ways"
        for (inner, outer), further in pairs.items():
            if relation == further == INSIDE and inner == territory:
                assert pairs[place, outer] == INSIDE


def test_an_id_that_is_none_and_a_line_that_stands_twice_are_told_and_left_out() -> None:
    table = pd.DataFrame(
        [("../up", "Up", "zone"), ("<b>", "Bold", "zone"), ("z", "First", "zone"), ("z", "Second", "zone")],
        columns=["territory_id", "name", "kind"],
    )
    found = read(table, [])
    assert found.table[["territory_id", "name"]].to_numpy().tolist() == [["z", "First"]]
    assert found.findings[["kind", "declared"]].to_numpy().tolist() == [
        ["bad_territory_id", "../up"],
        ["bad_territory_id", "<b>"],
        ["territory_twice", "z"],
    ]


def test_a_set_lies_inside_what_holds_all_its_members() -> None:
    table = pd.DataFrame(
        {
            "territory_id": ["lu", "k", "c1", "c2", "c3", "both", "wide"],
            "within": ["", "lu", "k", "k", "lu", "", ""],
            "members": ["", "", "", "", "", "c1;c2", "c1;c3"],
        }
    )
    relation = read(table, []).relation.set_index(["place_id", "territory_id"])["relation"]
    assert relation["both", "k"] == relation["both", "lu"] == relation["wide", "lu"] == "inside"
    assert relation["wide", "k"] == "partial"
