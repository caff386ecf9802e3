"""The languages of the page: every message translated, and each language's own signs."""

import re

import pytest
from babel.messages.catalog import Message

from metabolism.findings import RULES
from metabolism.report import catalogue, kinds, language, nomenclature
from metabolism.report.language import LANGUAGES, NO_BREAK, NO_BREAK_HYPHEN, THIN, of, typeset

TRANSLATED = LANGUAGES[1:]


def forms(message: Message | str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(message)


def holes(text: str) -> list[str]:
    """Placeholders, literal percent signs and tags."""
    return sorted(re.findall(r"%\(\w+\)s|%%|</?bdi>", text))


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(code: str) -> None:
    used = {message.id for message in catalogue.messages() if message.id}
    known = {message.id: message for message in catalogue.translations(code) if message.id}
    assert len(used) > 300
    assert sorted(map(str, used - known.keys())) == [], "run: python -m metabolism.report.catalogue"
    assert sorted(map(str, known.keys() - used)) == []
    assert [key for key, message in known.items() if not all(forms(message.string))] == []
    assert [key for key, message in known.items() if message.fuzzy] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_translations_have_the_same_holes_as_the_message(code: str) -> None:
    for message in catalogue.translations(code):
        if message.id:
            allowed = [holes(form) for form in forms(message.id)]
            for form in forms(message.string):
                assert holes(form) in allowed, form
            if not isinstance(message.id, str):
                assert len(forms(message.string)) == catalogue.translations(code).num_plurals
                assert holes(forms(message.string)[-1]) == holes(message.id[1])


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_literal_percent_sign_is_doubled(code: str) -> None:
    for message in catalogue.translations(code):
        for form in (*forms(message.id), *forms(message.string)):
            assert not re.search(r"%(?![(%])", form.replace("%%", "")), form


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogue_on_disk_is_what_bringing_it_up_to_date_would_write(code: str) -> None:
    assert catalogue.updated(code) == language.po_file(code).read_bytes()


def test_every_kind_of_finding_has_a_heading() -> None:
    assert sorted(RULES.keys() - kinds.KINDS.keys()) == []


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="«lb» is no language of the report: take one of en, fr, de"):
        of("lb")


@pytest.mark.parametrize(("code", "written"), [("en", "1 March 2025"), ("fr", "1er mars 2025"), ("de", "1. März 2025")])
def test_dates_are_written_out(code: str, written: str) -> None:
    assert of(code).date("2025-03-01") == written
    assert of(code).date("2025-03-01T10:00:00+00:00") == written
    assert of(code).date("in spring") == "in spring"
    assert of(code).date("") == ""


def test_spaces_and_signs_are_those_of_the_language() -> None:
    assert typeset("5 % : oui ; non ! d'où « la »", "fr") == (
        f"5{THIN}%{NO_BREAK}: oui{THIN}; non{THIN}! d’où «{NO_BREAK}la{NO_BREAK}»"
    )
    assert typeset("95-%-Intervall, 5 %", "de") == f"95{NO_BREAK_HYPHEN}%{NO_BREAK_HYPHEN}Intervall, 5{THIN}%"
    assert typeset("it's 5 %: yes; %(count)s", "en") == f"it's 5{THIN}%: yes; %(count)s"


@pytest.mark.parametrize(("number", "written"), [(0, "0 jour"), (1, "1 jour"), (2, "2 jours")])
def test_plurals_follow_the_language(number: int, written: str) -> None:
    assert of("fr").plural("%(days)s day", "%(days)s days", number) % {"days": number} == written


def test_words_of_a_row_fall_back_to_english_and_never_to_another_language() -> None:
    row = {"reason": "plain", "reason_fr": "", "reason_de": "deutsch", "basis": ["a", "b"], "basis_fr": ["c"]}
    assert [of(code).text(row, "reason") for code in LANGUAGES] == ["plain", "plain", "deutsch"]
    assert [of(code).texts(row, "basis") for code in LANGUAGES] == [("a", "b"), ("c",), ("a", "b")]


def test_countries_have_names() -> None:
    assert [of(code).country("de") for code in LANGUAGES] == ["Germany", "Allemagne", "Deutschland"]
    assert of("en").country("zz") == of("en").country("nature") == ""


def test_a_waste_is_called_by_its_code_and_a_short_name() -> None:
    label = "Waste 150101"  # what the published table says of a code: no more than the code
    assert nomenclature.waste_label("waste.150101", label, of("fr")).startswith("15\u00a001\u00a001 emballages")
    assert nomenclature.waste_label("waste.1501", "Waste 1501", of("de")) == "15\u00a001"
    assert nomenclature.waste_label("waste.150101", "Card boxes", of("en")) == "15\u00a001\u00a001 Card boxes"
