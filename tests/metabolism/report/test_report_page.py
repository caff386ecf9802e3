"""The page as a whole: what it says, and what it must never say."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from metabolism.report import TerritoryTables, render
from metabolism.report.bands import GREY, PALE_GREY
from metabolism.report.language import THIN
from metabolism.report.nomenclature import BASE_COLOURS, WHEEL

SYNTHETIC = "Synthetic data: fictional companies, invented figures"
PARTS = {"#2f7d4f", "#c4713f", "#4474a6", "#868c94"}  # inside, outside, by the network, not known
VOID = {"meta", "br", "hr", "img", "input", "link", "rect", "path", "circle", "col"}
HOSTILE = '<script>alert("x")</script>\'"><img src=x onerror=alert(1)>&amp;\u202eevil'


class Page(HTMLParser):
    """The visible text, the headings, the ids and the tags of a page; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for key, value in attributes if key == "id"]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", " ".join(self.words))


def test_figures_stand_on_the_page_rounded_and_with_their_interval(territory) -> None:
    text = Page(render(territory())).text
    assert f"2,600{THIN}t" in text
    assert "2,350–2,850" in text
    assert "24.5 23.3–25.8 declared 25.4" in text
    assert "from 3.0, no upper bound" in text
    assert f"75{THIN}%" in text
    assert "24.529" not in text


def test_the_same_tables_in_any_order_give_the_same_bytes(rich: TerritoryTables) -> None:
    def shuffled(table: pd.DataFrame) -> pd.DataFrame:
        return table.sample(frac=1.0, random_state=7).reset_index(drop=True)

    frames = ("metabolism", "resources", "quality", "files", "establishments")
    again = TerritoryTables(
        rich.territory_id,
        rich.name,
        rich.kind,
        rich.synthetic,
        **{one: shuffled(getattr(rich, one)) for one in frames},
    )
    assert render(rich).encode() == render(rich).encode() == render(again).encode()


def test_hostile_text_is_shown_and_does_nothing(territory, flow_row, finding_rows) -> None:
    finding = finding_rows(1)[0] | dict.fromkeys(
        (
            "message_en",
            "source_file",
            "source_sheet",
            "kind",
            "severity",
            "column_name",
            "suggested",
            "establishment_id",
        ),
        HOSTILE,
    )
    establishment = {
        "establishment_id": HOSTILE,
        "name": HOSTILE,
        "nace": HOSTILE,
        "employees": 3,
        "answered": True,
        "year": 2025,
    }
    file = {
        "source_file": HOSTILE,
        "year": 2025,
        "rows_received": 1,
        "rows_accepted": 1,
        "superseded_by": HOSTILE,
    }
    evil = f"material.{HOSTILE}"
    resources = pd.DataFrame([{"resource_id": evil, "parent_id": "material", "unit": "t", "label_en": HOSTILE}])
    rows = [flow_row("material", "import", 4.0, 1.0), flow_row(evil, "import", 3.0, 1.0, unit=HOSTILE)]
    html = render(
        territory(
            name=HOSTILE,
            kind=HOSTILE,
            metabolism=rows,
            resources=resources,
            quality=[finding],
            files=[file],
            establishments=[establishment],
            synthetic=True,
        )
    )
    page = Page(html)
    assert "<script" not in html
    assert "<img" not in html
    assert "\u202e" not in html
    assert {"script", "img"}.isdisjoint(page.tags)
    assert '<script>alert("x")</script>' in page.text


def test_nothing_is_loaded_or_run(rich: TerritoryTables) -> None:
    html = render(rich)
    assert not re.search(r"http|<script|<link|<img|<iframe|@import|@font-face|javascript:|\son\w+=|src=", html, re.I)
    assert set(re.findall(r"url\((.)", html)) == {"#"}
    assert {one for one in re.findall(r'href="([^"]*)"', html) if one[0] != "#"} == {"z.fr.html", "z.de.html"}


@pytest.mark.parametrize("null", [None, float("nan"), float("inf"), pd.NA])
def test_nulls_are_words(territory, flow_row, null: object) -> None:
    blank = dict.fromkeys(("value", "sd", "low", "high", "n_establishments", "declared_value", "coverage"), null)
    rows = [flow_row("material", side, 1.0, 1.0) | blank for side in ("import", "in")]
    page = Page(render(territory(metabolism=rows, establishments=[], files=[], quality=[])))
    assert "not known" in page.text
    assert "no register" in page.text
    assert not re.search(r"\b(nan|None|inf|null|NaT)\b|<NA>", page.text)


def test_no_null_is_visible_on_a_full_page(rich: TerritoryTables) -> None:
    html = render(rich)
    assert not re.search(r"\b(nan|None|inf|null|NaT)\b", Page(html).text)
    assert not re.search(r'="[^"]*\b(nan|None|inf)\b', html)


def test_synthetic_data_says_so_at_the_top_in_each_figure_and_in_print(territory) -> None:
    html = render(territory(synthetic=True))
    captions = re.findall(r"<figcaption>.*?</figcaption>", html, re.S)
    assert len(captions) == 4
    assert all(SYNTHETIC in caption for caption in captions)
    assert html.index(SYNTHETIC, html.index("<body>")) < html.index("<h1>")
    assert f'@page {{ @bottom-left {{ content: "{SYNTHETIC}"' in html
    assert SYNTHETIC in html[html.index("<footer>") :]
    assert SYNTHETIC not in render(territory())


def test_a_territory_without_flows_says_so(territory) -> None:
    empty = territory(metabolism=[], quality=[], files=[], establishments=[])
    assert "No flow of Zone Bommelscheuer is known yet" in Page(render(empty)).text.replace("  ", " ")
    assert "No flow of" in render(territory(metabolism=[]))


def test_years_are_compared_where_there_are_several(territory, metabolism_rows) -> None:
    html = render(territory(metabolism=metabolism_rows() + metabolism_rows(2024, 0.5)))
    assert "Materials from year to year" in html
    assert "1,300" in html
    assert "from year to year" not in render(territory())


def test_long_lists_of_findings_are_cut_and_counted(rich: TerritoryTables) -> None:
    text = Page(render(rich)).text
    assert text.count("is no number (message") == 50
    assert "and 10 more of this kind" in text


def test_a_finding_tells_where_it_stands(territory) -> None:
    assert "surveys/z/2025/e3.flows.csv, sheet flows, row 4, column quantity" in Page(render(territory())).text


def test_without_a_register_no_share_is_claimed(territory, metabolism_rows) -> None:
    rows = [row | {"coverage": None} for row in metabolism_rows()]
    text = Page(render(territory(metabolism=rows))).text
    assert "no register" in text
    assert "on the register" not in text


def test_the_page_is_well_made(rich: TerritoryTables) -> None:
    html = render(rich)
    page = Page(html)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(lower - upper <= 1 for upper, lower in zip(page.headings, page.headings[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert page.tags.count("caption") == page.tags.count("table")
    assert all("scope=" in cell for cell in re.findall(r"<th\b[^>]*>", html))
    drawn = re.findall(r"<svg\b[^>]*>\s*<title[^>]*>[^<]+</title>\s*<desc[^>]*>[^<]+</desc>", html)
    assert len(drawn) == html.count("<svg")
    assert html.count('role="img"') == html.count("<svg")


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "colour", sorted({*BASE_COLOURS.values(), *WHEEL, *PARTS, GREY, PALE_GREY, "#3b8996", "#c4713f"})
)
def test_bands_stand_out_from_the_paper(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 3


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("#4d5866", "#f3f5f6"),
        ("#5f6975", "#f3f5f6"),
        ("#0b6170", "#ffffff"),
        ("#a3470f", "#f3f5f6"),
        ("#1b1300", "#ffd84a"),
        ("#8a1c00", "#ffffff"),
        ("#14532d", "#dcefe1"),
        ("#5f3d00", "#ffedc2"),
        ("#8a1c00", "#fae2da"),
        ("#1b2430", "#e4e8ec"),
        ("#14532d", "#ffffff"),
    ],
)
def test_text_stands_out_from_the_paper(ink: str, paper: str, territory) -> None:
    html = render(territory(synthetic=True))
    assert ink in html
    assert contrast(ink, paper) >= 4.5
