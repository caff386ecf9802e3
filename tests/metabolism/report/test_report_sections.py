"""What a person reads in each section, in each language, and what it says where there is nothing."""

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from metabolism.report import TerritoryTables, catalogue, file_name, render
from metabolism.report.language import LANGUAGES, NO_BREAK, NO_BREAK_HYPHEN, THIN
from metabolism.tables import read_table
from tests.metabolism.report import sample
from tests.metabolism.report.test_report_page import HOSTILE, Page

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"
SECTIONS = [
    "messages",
    "facts",
    "family-1",
    "dependency",
    "indicators",
    "exchanges",
    "pools",
    "activities",
    "pilots",
    "quality",
    "sources",
    "reading",
    "invented",
]
SYNTHETIC = {
    "en": "Synthetic data: fictional companies, invented figures",
    "fr": f"Données synthétiques{NO_BREAK}: entreprises fictives, chiffres inventés",
    "de": "Synthetische Daten: fiktive Unternehmen, erfundene Zahlen",
}


@pytest.fixture
def zone(territory) -> TerritoryTables:
    """Everything filled, with the real nomenclature and nothing that has no translation."""
    resources = pd.read_csv(SEEDS / "resources.csv", dtype=str)
    people = [
        {"establishment_id": key, "name": name, "nace": "17.12", "employees": 40.0, "answered": place < 9, "year": 2025}
        for place, (key, name) in enumerate(sample.NAMES.items())
    ]
    return territory(resources=resources, quality=[], establishments=people, **sample.extras())


def text(tables: TerritoryTables, language: str = "en") -> str:
    return Page(render(tables, language)).text.replace(THIN, " ").replace(NO_BREAK, " ").replace(NO_BREAK_HYPHEN, "-")


def section(tables: TerritoryTables, name: str, language: str = "en") -> str:
    """The visible words of one section."""
    html = render(tables, language)
    start = html.index(f'<section id="{name}"')
    following = [html.find(f'<section id="{other}"', start + 1) for other in SECTIONS]
    end = min((place for place in following if place > start), default=html.index("</main>"))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[start:end]))
    for sign in (THIN, NO_BREAK):
        words = words.replace(sign, " ")
    return re.sub(" +", " ", words.replace(NO_BREAK_HYPHEN, "-").replace("&#39;", "'"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sections_stand_in_their_order(zone: TerritoryTables, language: str) -> None:
    html = render(zone, language)
    places = [html.index(f'<section id="{name}"') for name in SECTIONS]
    assert places == sorted(places)
    assert html.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_links_to_its_other_languages_by_relative_name(zone: TerritoryTables, language: str) -> None:
    html = render(zone, language)
    links = re.findall(r'<a href="([^"#]+)" hreflang="(\w\w)"', html)
    assert links == [(file_name("z", other), other) for other in LANGUAGES if other != language]
    assert [file_name("z", code) for code in LANGUAGES] == ["z.html", "z.fr.html", "z.de.html"]


@pytest.mark.parametrize("language", ["fr", "de"])
def test_no_english_is_left_on_the_other_pages(zone: TerritoryTables, metabolism_rows, language: str) -> None:
    pages = [
        zone,
        replace(zone, metabolism=pd.DataFrame(metabolism_rows() + metabolism_rows(2024, 0.5))),
        TerritoryTables("z", "Z", "zone", True, *[pd.DataFrame()] * 5),
    ]
    shown = " ".join(Page(render(page, language)).text for page in pages)
    translations = [message for message in catalogue.translations(language) if message.id]
    own = " ".join(form for m in translations for form in (m.string if isinstance(m.string, tuple) else (m.string,)))
    labels = " ".join(pd.read_csv(SEEDS / "resources.csv", dtype=str)[f"label_{language}"].dropna())
    for message in translations:
        for form in message.id if isinstance(message.id, tuple) else (message.id,):
            for piece in re.split(r"%\(\w+\)s|%%|</?bdi>", form):
                word = piece.strip(" .,:;()")
                pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
                if len(word) > 2 and not re.search(pattern, own) and not re.search(pattern, labels):
                    assert not re.search(pattern, shown), word


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "9 of 12 establishments answered; 75 % of the employees work there."),
        ("fr", "9 établissements sur 12 ont répondu ; 75 % des salariés y travaillent."),
        ("de", "9 von 12 Betrieben haben geantwortet; 75 % der Beschäftigten arbeiten dort."),
    ],
)
def test_the_messages_begin_with_who_answered(zone: TerritoryTables, language: str, expected: str) -> None:
    assert expected in section(zone, "messages", language)


def test_the_messages_are_three_to_five_sentences_from_the_data(zone: TerritoryTables) -> None:
    html = render(zone)
    assert 3 <= html.count("<li><bdi>", html.index('class="messages"'), html.index('id="facts"')) <= 5
    words = section(zone, "messages")
    assert "the largest inflow is Non-metallic minerals, with 2,500 t a year (95 % interval: 2,250–2,750)" in words
    assert "100 % of it from outside" in words
    assert "The most critical dependence is Sand: 2,500 t a year (95 % interval: 2,250–2,750)" in words
    assert "mainly Germany 70 %, France 20 %, Belgium 6 %, 1 other, 6 days of stock." in words
    assert (
        "Cartonnage Inventé &amp; Fils could give Papeterie Imaginaire 15 01 01 paper and cardboard packaging" in words
    )
    assert "it would save both together 52,000 € a year (95 % interval: 34,000–70,000)" in words
    assert "Waste collection: 4 establishments could buy it together, which would save 8,300 €" in words


def test_an_interval_that_the_dependency_lacks_is_taken_from_the_same_quantity_of_the_balance(zone) -> None:
    assert "2,500 t 2,250–2,750" in section(zone, "dependency")
    other = [row | {"consumption": (row["consumption"] or 0) * 0.5} for row in sample.dependency()]
    assert "1,250 t interval not known" in section(replace(zone, dependency=pd.DataFrame(other)), "dependency")


def test_what_comes_by_a_network_is_said_to_and_is_never_from_inside(zone: TerritoryTables) -> None:
    rows = [row | {"local_share": 0.4, "undetermined_share": 0.6} for row in sample.dependency()]
    networked = [row for row in rows if row["is_network"]]
    words = section(replace(zone, dependency=pd.DataFrame(networked)), "dependency")
    assert words.count("100 % by the network") == 2 * len(networked)  # in the figure's description and in words
    assert "% from inside" not in words
    for language in LANGUAGES:
        assert not re.search(r"\b(local|lokal)(e|es|er)?\b", text(zone, language))


def test_shares_and_origins_are_written_and_drawn(zone: TerritoryTables) -> None:
    words = section(zone, "dependency")
    assert "25 % from inside, 40 % from outside and 35 % from an origin not known precisely" in words
    assert "few origins (0.53)" in words
    assert "very high (0.85)" in words
    drawn = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="0" width="([\d.]+)" height="10"/>', render(zone))
    assert ("inside", "0.00", "25.00") in drawn
    assert ("outside", "25.00", "40.00") in drawn
    assert ("unknown", "65.00", "35.00") in drawn


def test_many_resources_are_folded_but_all_there(zone: TerritoryTables) -> None:
    base = sample.dependency()[2]
    many = [base | {"resource_id": f"material.kind{number}"} for number in range(20)]
    html = render(replace(zone, dependency=pd.DataFrame(many)))
    assert "5 more resources" in html
    assert all(f"Kind{number}<" in html for number in range(20))


def test_indicators_have_value_interval_reference_and_change(zone: TerritoryTables) -> None:
    words = section(zone, "indicators")
    assert "Waste per employee waste out, less what came in as waste, over employees from 9 establishments" in words
    assert "1.84 t per employee 1.63–2.06" in words
    assert "2.1 t per employee Luxembourg, 2022, Eurostat env_wasgen" in words
    assert "−0.56 t per employee −0.87 to −0.25 fell, which is good" in words
    assert "+2 percentage points −8 to 12 no certain change" in words
    assert "from 22, no upper bound" in words
    assert "not known no establishment answered on commuting" in words
    assert "aucun établissement n’a répondu sur les trajets" in section(zone, "indicators", "fr")


@pytest.mark.parametrize(
    ("direction", "change", "words"),
    [
        ("up", 4.0, "rose, which is good"),
        ("up", -4.0, "fell, which is not good"),
        ("down", 4.0, "rose, which is not good"),
        ("none", 4.0, "rose"),
        ("none", -4.0, "fell"),
        ("up", 1.0, "no certain change"),
        (None, 4.0, "rose"),
    ],
)
def test_a_change_is_called_good_only_where_it_is_certain_and_good(zone, direction, change: float, words: str) -> None:
    row = sample.indicators()[0] | {"direction": direction, "change": change, "change_sd": 1.0}
    found = section(replace(zone, indicators=pd.DataFrame([row])), "indicators")
    assert words in found
    assert ("good" in found) == ("good" in words)


def test_what_an_indicator_lacks_is_taken_from_the_catalogue(zone: TerritoryTables) -> None:
    row = {"territory_id": "z", "year": 2025, "indicator_id": "i1", "value": 3.0, "unit": "t"}
    known = {"indicator_id": "i1", "theme": "waste", "label_en": "Named", "label_de": "Benannt", "direction": "up"}
    tables = replace(zone, indicators=pd.DataFrame([row]), indicator_catalogue=pd.DataFrame([known]))
    assert "Waste management Named" in section(tables, "indicators")
    assert "Abfallwirtschaft Benannt" in section(tables, "indicators", "de")


def test_ten_exchanges_are_cards_with_all_that_is_known(zone: TerritoryTables) -> None:
    html = render(zone)
    assert html.count('id="exchange-') == 10
    words = section(zone, "exchanges")
    assert "The 10 best exchanges" in words
    assert "11 were found in all." in words
    assert "1,910 t 1,840–2,000" in words
    assert "52,000 € 34,000–70,000" in words
    assert "Cartonnage Inventé &amp; Fils : 20,000 €" in words
    assert "12 % of what the receiver uses" in words
    assert "transport, to be shared : −1,200 €" in words
    assert "118 t CO₂e" in words
    assert "0.3 km" in words
    assert "Likely to pay" in words
    assert "Chance that it pays: 97 %." in words
    assert "with 1,800 t a year" in words
    assert "the receiver's contract runs until June" in words
    assert "Next step Bring both to one table; ask for a sample." in words
    assert "recycling → recycling" in words


def test_what_an_exchange_lacks_has_a_reason(zone: TerritoryTables) -> None:
    row = sample.exchanges()[8]
    words = section(replace(zone, exchanges=pd.DataFrame([row])), "exchanges")
    assert "The best exchange" in words
    assert "not known a price or a distance is missing" in words
    assert "not known no factor is known for it" in words
    assert "not known one of the two has no address" in words
    assert "Not judged" in words
    assert "Whether it pays cannot be said." in words


def test_pools_activities_and_pilots_say_who_and_what(zone: TerritoryTables) -> None:
    pools = section(zone, "pools", "de")
    assert "8.300 € 4.200–12.400" in pools
    assert "30. Juni 2026" in pools
    assert "Cartonnage Inventé &amp; Fils spart 4.100 €" in pools
    assert "Ein gemeinsames Angebot für alle vier einholen." in pools
    assert "was der Dienst heute kostet, wurde nicht angegeben" in pools
    assert "Garage Utopie (hat nicht angegeben, was er zahlt, sagt vielleicht)" in pools
    assert "Laiterie Fantôme (zu weit entfernt)" in pools
    activities = section(zone, "activities", "fr")
    assert "Souhaitent être tenus informés Garage Utopie" in activities
    assert "Groupe de travail" in activities
    assert "4,3 sur 5" in activities
    assert "Chemins de fer" in activities
    assert "Personne ne s’est encore proposé comme porteur." in activities
    pilots = section(zone, "pilots")
    assert "52.0 trips 46.1–57.9" in pilots
    assert "−21 trips −28 to −14 −40.4 %" in pilots
    assert "−84 trips −112 to −56" in pilots
    assert "More than chance: the 95 % interval leaves out nought." in pilots
    assert "an uncertainty is missing" in pilots
    assert "repeats Une benne à carton pour trois" in pilots
    assert "1 March 2025 to 31 August 2025" in pilots


def test_an_effect_within_chance_is_said_to_be(zone: TerritoryTables) -> None:
    row = sample.pilots()[0] | {"effect_sd": 30.0, "significant": False}
    words = section(replace(zone, pilots=pd.DataFrame([row])), "pilots")
    assert "May be chance: nought lies within the 95 % interval." in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_that_shows_data_says_that_they_are_synthetic(zone: TerritoryTables, language: str) -> None:
    synthetic = replace(zone, synthetic=True)
    marked = [name for name in SECTIONS if name not in ("sources", "reading")]
    for name in marked:
        assert SYNTHETIC[language].replace(NO_BREAK, " ") in section(synthetic, name, language), name
        assert SYNTHETIC[language].replace(NO_BREAK, " ") not in section(zone, name, language)
    html = render(synthetic, language)
    cards = html.count('<article class="synergy"')
    assert cards == 16
    assert len(re.findall(r'<p class="top">.*?<span class="tag">', html)) == cards
    assert html.count("<table") - 1 <= html.count('class="mark"')


def test_the_open_data_that_were_there_are_listed(zone: TerritoryTables) -> None:
    words = section(zone, "sources", "de")
    assert "Abfallaufkommen nach Wirtschaftszweig CC BY 4.0 Eurostat 2022 2. Oktober 2026" in words
    assert "lu_communes synthetisch nicht bekannt" in words
    assert "nicht verfügbar" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_territory_says_in_each_section_why_it_is_empty(language: str) -> None:
    nothing = TerritoryTables("z", "Z", "zone", False, *[pd.DataFrame()] * 5)
    html = render(nothing, language)
    assert html.count('class="empty"') == 12
    assert not re.search(r"\b(nan|None|NaT)\b", Page(html).text)


def test_empty_tables_with_columns_are_as_good_as_none(zone: TerritoryTables) -> None:
    emptied = {
        one.name: getattr(zone, one.name).iloc[:0]
        for one in fields(zone)
        if isinstance(getattr(zone, one.name), pd.DataFrame)
    }
    assert render(replace(zone, **emptied)).count('class="empty"') == 12


@pytest.mark.parametrize("null", [None, float("nan"), pd.NA])
@pytest.mark.parametrize(
    "table", ["dependency", "indicators", "exchanges", "pools", "activities", "pilots", "open_sources"]
)
def test_nulls_in_any_column_are_words_and_never_a_crash(zone: TerritoryTables, table: str, null: object) -> None:
    first: dict[str, Any] = getattr(zone, table).iloc[0].to_dict()
    kept = {"territory_id", "year", "resource_id", "indicator_id"}
    everything = {key: (value if key in kept else null) for key, value in first.items()}
    each = [first | {key: null} for key in first if key not in kept]
    for rows in ([everything], each):
        page = Page(render(replace(zone, **{table: pd.DataFrame(rows)}), "fr"))
        assert not re.search(r"\b(nan|None|NaT)\b|<NA>", page.text)


def test_hostile_words_in_any_table_are_shown_and_do_nothing(zone: TerritoryTables) -> None:
    def poisoned(table: pd.DataFrame) -> pd.DataFrame:
        def poison(cell: object) -> object:
            if isinstance(cell, str):
                return HOSTILE
            return (
                [poison(one) for one in cell] if isinstance(cell, list) and cell and isinstance(cell[0], str) else cell
            )

        return table.map(poison)

    tables = ("dependency", "indicators", "exchanges", "pools", "activities", "pilots", "open_sources", "themes")
    evil = replace(
        zone,
        territory_id=HOSTILE,
        name=HOSTILE,
        **{name: poisoned(getattr(zone, name)) for name in tables},
    )
    for language in LANGUAGES:
        html = render(evil, language)
        assert not re.search(r"<script|<img|\u202e", html)
        assert {"script", "img"}.isdisjoint(Page(html).tags)
        assert all(re.match(r"#|[\w./%~-]+$", link) for link in re.findall(r'href="([^"]*)"', html))


def test_long_names_and_a_single_company_work(territory, flow_row) -> None:
    rows = [flow_row("material", "import", 4.0, 1.0), flow_row("material", "in", 4.0, 1.0)]
    people = [
        {"establishment_id": "e", "name": "N" * 300, "nace": "10", "employees": 1, "answered": True, "year": 2025}
    ]
    words = text(territory(metabolism=rows, establishments=people, quality=[], files=[]))
    assert "1 of 1 establishment answered" in words
    assert "N" * 300 in words


def test_earlier_years_are_folded_below_the_latest(zone: TerritoryTables, metabolism_rows) -> None:
    two = replace(zone, metabolism=pd.DataFrame(metabolism_rows() + metabolism_rows(2024, 0.5)))
    html = render(two)
    assert html.count('<details class="past">') == 5
    assert "Materials in 2024: the whole table" in html
    assert "<details" not in render(zone)
    assert "<script" not in html


def test_a_section_of_another_year_says_so(zone: TerritoryTables) -> None:
    older = replace(zone, pools=pd.DataFrame(sample.pools(2023)))
    assert "These figures are of 2023: for the year of this page there are none." in section(older, "pools")
    assert "These figures are of" not in section(zone, "pools")


def test_of_several_years_the_page_s_own_is_shown(zone: TerritoryTables) -> None:
    both = pd.DataFrame(sample.exchanges(2024) + sample.exchanges(2025)[:2] + sample.exchanges(2026)[:3])
    assert render(replace(zone, exchanges=both)).count('id="exchange-') == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_page_is_the_same_bytes_whatever_the_order_of_its_tables(zone: TerritoryTables, language: str) -> None:
    def shuffled(value: object) -> object:
        if isinstance(value, pd.DataFrame):
            return value.sample(frac=1.0, random_state=3).reset_index(drop=True)
        return dict(reversed(value.items())) if isinstance(value, dict) else value

    again = TerritoryTables(**{one.name: shuffled(getattr(zone, one.name)) for one in fields(zone)})
    assert render(zone, language).encode() == render(again, language).encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_page_is_well_made_and_loads_nothing(zone: TerritoryTables, language: str) -> None:
    html = render(replace(zone, synthetic=True), language)
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.headings.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in zip(page.headings, page.headings[1:], strict=False))
    assert page.tags.count("caption") == page.tags.count("table")
    assert html.count('role="img"') == html.count("<svg")
    assert not re.search(r"http|<script|<link|<img|<iframe|@import|@font-face|javascript:|\son\w+=|src=", html, re.I)


def test_tables_that_come_from_parquet_make_the_same_page(zone: TerritoryTables, tmp_path: Path) -> None:
    """Lists are arrays there, structs dictionaries, nulls of several kinds."""

    def stored(value: object) -> object:
        if not isinstance(value, pd.DataFrame):
            return value
        value.to_parquet(tmp_path / "table.parquet")
        return read_table(tmp_path / "table.parquet")

    again = TerritoryTables(**{one.name: stored(getattr(zone, one.name)) for one in fields(zone)})
    assert render(again, "de") == render(zone, "de")


def test_names_may_come_as_a_table_and_an_unknown_one_is_its_id(zone: TerritoryTables) -> None:
    table = pd.DataFrame({"establishment_id": ["cartonnage"], "name": ["From the table"]})
    tables = replace(zone, names=table, establishments=pd.DataFrame())
    words = section(tables, "exchanges")
    assert "From the table" in words
    assert "papeterie" in words
