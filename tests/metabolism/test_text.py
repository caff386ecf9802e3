"""How names are compared, and how they become ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.text import folded, identifier, nearest, slug

anything = st.text()


@pytest.mark.parametrize(
    "spelling", ["Établissement", "  ETABLISSEMENT ", "E\u0301tablissement", "établissement\u00a0"]
)
def test_two_spellings_of_one_word_are_equal(spelling: str) -> None:
    assert folded(spelling) == "etablissement"


def test_sharp_s_and_full_width_digits_fold() -> None:
    assert folded("Straße") == folded("STRASSE") == "strasse"
    assert folded("ＥＷＣ １５") == "ewc 15"


@given(anything)
def test_folding_drops_blanks_around_and_doubles(text: str) -> None:
    assert folded(f"  {text}\t") == folded(text)
    assert re.search(r"^\s|\s$|\s\s", folded(text)) is None


@pytest.mark.parametrize(
    "spelling",
    ["establishment_id", "Establishment ID", " establishment-id *", "ESTABLISHMENT__ID", "establishment\nid"],
)
def test_headers_compare_by_their_identifier(spelling: str) -> None:
    assert identifier(spelling) == "establishment_id"


@pytest.mark.parametrize(
    ("name", "territory_id"),
    [
        ("Esch-sur-Alzette", "esch-sur-alzette"),
        ("Kirchberg / Cloche d'Or", "kirchberg-cloche-d-or"),
        ("Weißenburg", "weissenburg"),
        ("WEIẞENBURG", "weissenburg"),
        ("Pétange  (LU)", "petange-lu"),
        ("Saint–Étienne № 5", "saintetienne-no-5"),  # an en dash is no ASCII, № is No by NFKD
        ("ﬁn", "fin"),
        ("東京", ""),
        ("", ""),
    ],
)
def test_a_name_becomes_a_territory_id(name: str, territory_id: str) -> None:
    assert slug(name) == territory_id


@given(anything)
def test_a_slug_is_stable_and_is_a_territory_id(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", made)
    assert slug(made) == made


@pytest.mark.parametrize(
    ("word", "near"),
    [("quantitiy", "quantity"), ("Quantité", "quantity"), ("units", "unit"), ("xyz", None), ("", None)],
)
def test_the_nearest_name_is_suggested(word: str, near: str | None) -> None:
    assert nearest(word, ["quantity", "unit", "period"]) == near


@given(anything, st.lists(anything))
def test_a_suggestion_is_an_existing_name(word: str, names: list[str]) -> None:
    assert nearest(word, names) in [None, *names]


@given(st.lists(st.text(min_size=1), min_size=1, unique_by=folded))
def test_a_name_is_nearest_to_itself(names: list[str]) -> None:
    if folded(names[0]):
        assert nearest(names[0], names) == names[0]
