"""Pilots: what was tried, what it changed, whether that is more than chance, and what it would change everywhere."""

from dataclasses import dataclass

from metabolism.report import figures, records
from metabolism.report.figures import Figure, Written
from metabolism.report.labels import Labels
from metabolism.report.language import Language, marked
from metabolism.report.years import Row

KINDS = {
    "exchange": marked("Exchange"),
    "pooling": marked("Shared service"),
    "activity": marked("Shared activity"),
}
STATUSES = {
    "planned": marked("planned"),
    "running": marked("running"),
    "realised": marked("realised"),
    "abandoned": marked("abandoned"),
}
STAGES = {"pilot": marked("pilot"), "extended": marked("extended"), "systemic": marked("systemic")}


@dataclass(frozen=True)
class Pilot:
    anchor: str
    title: str
    kind: str
    theme: str
    status: str
    stage: str
    replicates: str
    period: str
    establishments: int | None
    participants: tuple[str, ...]
    indicator: str
    baseline: Written
    measured: Written
    effect: Written
    change: str
    significant: str
    tone: str
    whole_zone: Written
    verified: str
    lesson: str
    reason: str


def section(rows: tuple[Row, ...], labels: Labels) -> tuple[Pilot, ...]:
    """Those that ended or run first, in the order of their start."""
    order = list(STATUSES)

    def place(row: Row) -> tuple[int, str, str]:
        status = records.text(row.get("status"))
        rank = {"realised": 0, "running": 1, "planned": 2}.get(status, len(order))
        return (rank, records.text(row.get("start")), records.text(row.get("pilot_id")) + repr(row))

    titles = {records.text(row.get("pilot_id")): records.text(row.get("title")) for row in rows}
    return tuple(_pilot(row, number, titles, labels) for number, row in enumerate(sorted(rows, key=place), start=1))


def _pilot(row: Row, number: int, titles: dict[str, str], labels: Labels) -> Pilot:
    language, unit = labels.language, records.text(row.get("unit"))
    theme = records.text(row.get("theme_id")) or records.text(row.get("theme"))
    copied = records.text(row.get("replicates"))
    significant, tone = _significant(row, language)
    return Pilot(
        anchor=f"pilot-{number}",
        title=records.text(row.get("title")) or records.text(row.get("pilot_id")),
        kind=_word(KINDS, row, "kind", language),
        theme=labels.theme(theme) if theme else "",
        status=_word(STATUSES, row, "status", language),
        stage=_word(STAGES, row, "stage", language),
        replicates=titles.get(copied) or copied,
        period=_period(row, language),
        establishments=records.integer(row.get("n_establishments")),
        participants=labels.all_parties(row.get("participants")),
        indicator=records.text(row.get("indicator")),
        baseline=_figure(row, "baseline", "baseline_sd", unit, language),
        measured=_figure(row, "measured", "measured_sd", unit, language),
        effect=_signed(row, "effect", "effect_sd", "point" if unit == "%" else unit, language),
        change=_percent(records.number(row.get("change_pct")), language),
        significant=significant,
        tone=tone,
        whole_zone=_signed(row, "scale_value", "scale_sd", records.text(row.get("scale_unit")) or unit, language),
        verified=_verified(row, language),
        lesson=language.text(row, "lesson"),
        reason=language.text(row, "reason"),
    )


def _word(words: dict[str, str], row: Row, column: str, language: Language) -> str:
    found = records.text(row.get(column))
    return language.message(words[found]) if found in words else found


def _period(row: Row, language: Language) -> str:
    start, end = (language.date(records.text(row.get(column))) for column in ("start", "end"))
    if start and end:
        return language.gettext("%(start)s to %(end)s", start=start, end=end)
    if start:
        return language.gettext("since %(start)s", start=start)
    return language.gettext("until %(end)s", end=end) if end else ""


def _figure(row: Row, column: str, sd_column: str, unit: str, language: Language) -> Written:
    return figures.write(_read(row, column, sd_column), language, unit)


def _signed(row: Row, column: str, sd_column: str, unit: str, language: Language) -> Written:
    return figures.signed(_figure(row, column, sd_column, unit, language), _read(row, column, sd_column))


def _read(row: Row, column: str, sd_column: str) -> Figure:
    return Figure.around(records.number(row.get(column)), records.number(row.get(sd_column)))


def _percent(change: float | None, language: Language) -> str:
    figure = Figure(change)
    return "" if change is None else figures.signed(figures.write(figure, language, "percent"), figure).value


def _significant(row: Row, language: Language) -> tuple[str, str]:
    """In words, whether the effect is more than chance; and the tone of these words."""
    if records.number(row.get("effect")) is None:
        return "", ""
    if records.is_null(row.get("significant")) or records.number(row.get("effect_sd")) is None:
        return language.gettext("Nobody can say whether this is more than chance: an uncertainty is missing."), "unsure"
    if records.truth(row.get("significant")):
        return language.gettext("More than chance: the 95 %% interval leaves out nought."), "sure"
    return language.gettext("May be chance: nought lies within the 95 %% interval."), "unsure"


def _verified(row: Row, language: Language) -> str:
    by = records.text(row.get("verified_by"))
    if by:
        return language.gettext("Verified by %(name)s.", name=by)
    if records.truth(row.get("verified")):
        return language.gettext("Verified by a third party.")
    return language.gettext("Not verified by a third party.")
