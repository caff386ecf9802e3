"""Shared activities as cards: an issue that several have, and a way to work on it together."""

from dataclasses import dataclass

from metabolism.report import figures, records
from metabolism.report.labels import Labels
from metabolism.report.language import Language, marked
from metabolism.report.years import Row, Selection, by_rank

MOST = 10
FORMATS = {
    "working_group": marked("Working group"),
    "workshop": marked("Workshop"),
    "campaign": marked("Campaign"),
    "conference": marked("Conference"),
    "platform": marked("Exchange platform"),
}


@dataclass(frozen=True)
class Activity:
    """One card. `priority` is how pressing the issue is on average, out of 5; `score` only ranks the cards."""

    anchor: str
    rank: int | None
    theme: str
    format: str
    members: tuple[str, ...]
    leaders: tuple[str, ...]
    informed: tuple[str, ...]
    partners: tuple[str, ...]
    barriers: tuple[str, ...]
    establishments: int
    employees: str
    priority: str
    score: str
    reasons: tuple[str, ...]
    next_step: str


@dataclass(frozen=True)
class ActivitySection:
    activities: tuple[Activity, ...]
    more: int


def section(selected: Selection, labels: Labels) -> ActivitySection:
    rows = by_rank(selected.rows)
    activities = tuple(_activity(row, number, labels) for number, row in enumerate(rows[:MOST], start=1))
    return ActivitySection(activities, len(rows) - len(activities))


def _activity(row: Row, number: int, labels: Labels) -> Activity:
    language = labels.language
    form = records.text(row.get("format"))
    members = labels.all_parties(row.get("members"))
    employees = records.number(row.get("employees"))
    return Activity(
        anchor=f"activity-{number}",
        rank=records.integer(row.get("rank")),
        theme=labels.theme(row.get("theme_id")),
        format=language.message(FORMATS[form]) if form in FORMATS else form,
        members=members,
        leaders=labels.all_parties(row.get("leaders")),
        informed=labels.all_parties(row.get("informed")),
        partners=labels.all_parties(row.get("partners")),
        barriers=tuple(labels.barrier(key) for key in records.identifiers(row.get("barriers"))),
        establishments=records.integer(row.get("n_establishments")) or len(members),
        employees="" if employees is None else figures.number(employees, 0, language),
        priority=_rounded(row, "mean_priority", language),
        score=_rounded(row, "score", language),
        reasons=language.texts(row, "reasons"),
        next_step=language.text(row, "next_step"),
    )


def _rounded(row: Row, column: str, language: Language) -> str:
    value = records.number(row.get(column))
    return "" if value is None else figures.number(value, -1 if abs(value) < 100 else 0, language)
