"""The indicators by theme: value and interval, what the country has, and what changed since the year before."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from metabolism.report import dots, figures, records
from metabolism.report.figures import Figure, Written
from metabolism.report.labels import Labels
from metabolism.report.language import Language, marked
from metabolism.report.nomenclature import spoken
from metabolism.report.years import Row, Selection
from metabolism.uncertainty import Z_95

# how a change is called: by its direction and by which direction is good
CHANGES = {
    (True, "up"): marked("rose, which is good"),
    (True, "down"): marked("rose, which is not good"),
    (True, "none"): marked("rose"),
    (False, "up"): marked("fell, which is not good"),
    (False, "down"): marked("fell, which is good"),
    (False, "none"): marked("fell"),
}


@dataclass(frozen=True)
class Change:
    """From the year before to this one. `verdict`: in words, whether it is more than chance. `tone`: good, bad or ''."""

    written: Written
    verdict: str
    tone: str


@dataclass(frozen=True)
class Indicator:
    anchor: str
    label: str
    written: Written
    reason: str
    establishments: int | None
    formula: str
    dots: dots.Dots | None
    reference: str
    reference_note: str
    change: Change | None


@dataclass(frozen=True)
class Theme:
    label: str
    indicators: tuple[Indicator, ...]


def section(selected: Selection, catalogue: pd.DataFrame, labels: Labels) -> tuple[Theme, ...]:
    """Indicators in the order of the catalogue, else of their theme and id."""
    known = {records.text(row.get("indicator_id")): row for row in records.rows(catalogue)}
    rows = [_with_catalogue(row, known) for row in selected.rows if records.text(row.get("indicator_id"))]
    order = {key: place for place, key in enumerate(known)}
    themes = list(dict.fromkeys(_theme(row) for row in sorted(rows, key=lambda row: _order(row, order))))
    rows.sort(key=lambda row: (themes.index(_theme(row)), _order(row, order)))
    grouped = groupby(enumerate(rows, start=1), key=lambda pair: _theme(pair[1]))
    return tuple(
        Theme(labels.theme(theme) if theme else "", tuple(_indicator(row, number, labels) for number, row in pairs))
        for theme, pairs in grouped
    )


def _theme(row: Row) -> str:
    return records.text(row.get("theme")) or records.text(row.get("theme_id"))


def _order(row: Row, order: dict[str, int]) -> tuple[int, str, str]:
    key = records.text(row.get("indicator_id"))
    return (order.get(key, len(order)), _theme(row), key)


def _with_catalogue(row: Row, known: dict[str, Row]) -> Row:
    """What the row leaves empty is taken from the catalogue."""
    filled = {key: value for key, value in row.items() if not records.is_null(value)}
    return {**row, **known.get(records.text(row.get("indicator_id")), {}), **filled}


def _indicator(row: Row, number: int, labels: Labels) -> Indicator:
    language, unit = labels.language, records.text(row.get("unit"))
    figure = Figure(*(records.number(row.get(column)) for column in ("value", "sd", "low", "high")))
    if figure.low is None and figure.high is None and figure.sd is not None:
        figure = Figure.around(figure.value, figure.sd)
    reference, before = records.number(row.get("reference_value")), records.number(row.get("previous_value"))
    return Indicator(
        anchor=f"indicator-{number}",
        label=language.text(row, "label") or spoken(records.text(row.get("indicator_id"))),
        written=figures.write(figure, language, unit),
        reason=language.text(row, "reason"),
        establishments=records.integer(row.get("n_establishments")),
        formula=language.text(row, "formula"),
        dots=dots.dots(figure, reference, before),
        reference="" if reference is None else figures.write(Figure(reference), language, unit).value,
        reference_note=", ".join(_reference_note(row, labels)) if reference is not None else "",
        change=_change(row, unit, labels),
    )


def _reference_note(row: Row, labels: Labels) -> Iterable[str]:
    """Whose figure it is, of which year, and who published it."""
    place = records.text(row.get("reference_territory_id"))
    year = records.integer(row.get("reference_year"))
    source = labels.language.text(row, "reference_source")
    yield from (one for one in (labels.country(place) if place else "", str(year) if year else "", source) if one)


def _signed_change(figure: Figure, unit: str, language: Language) -> Written:
    """A share changes by percentage points, not by percent."""
    if unit in ("share", "percent", "%"):
        figure, unit = figure.times(100) if unit == "share" else figure, "point"
    return figures.signed(figures.write(figure, language, unit), figure)


def _change(row: Row, unit: str, labels: Labels) -> Change | None:
    """None where there is no year before to compare with."""
    language = labels.language
    change, sd = records.number(row.get("change")), records.number(row.get("change_sd"))
    if change is None:
        return None
    written = _signed_change(Figure.around(change, sd), unit, language)
    direction = records.text(row.get("direction"))
    direction = direction if direction in ("up", "down") else "none"
    if sd is None or abs(change) <= Z_95 * sd:
        words = language.gettext("no certain change") if sd is not None else ""
        return Change(written, words, "")
    tone = {"none": ""}.get(direction, "good" if (change > 0) == (direction == "up") else "bad")
    return Change(written, language.message(CHANGES[change > 0, direction]), tone)
