"""What the figures rest on: who answered, what was received, and what was found in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from metabolism.report import figures, records
from metabolism.report.kinds import KINDS
from metabolism.report.language import Language, marked

MOST_LISTED = 50

SEVERITIES = {
    "blocking": (
        marked("Blocking"),
        marked("These rows or files could not be used: they are in no figure until they are corrected."),
    ),
    "warning": (
        marked("Warnings"),
        marked("Worth a question to the establishment; each message says what happened to the figure meanwhile."),
    ),
    "info": (marked("For information"), marked("What was read, assumed or converted, and may be checked.")),
}


@dataclass(frozen=True)
class Finding:
    message: str
    where: str
    establishment: str
    suggested: str


@dataclass(frozen=True)
class Kind:
    """Findings of one kind; `more` is how many are not listed."""

    heading: str
    count: int
    findings: tuple[Finding, ...]
    more: int


@dataclass(frozen=True)
class Severity:
    name: str
    heading: str
    meaning: str
    count: int
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class File:
    """A file received and what became of its rows."""

    path: str
    year: int | None
    received: int
    accepted: int
    quarantined: int
    out_of_scope: int
    superseded_by: str


@dataclass(frozen=True)
class Establishment:
    name: str
    identifier: str
    nace: str
    employees: str
    answered: bool


@dataclass(frozen=True)
class Respondents:
    """The establishments of a year, by name; those of a register that did not answer apart."""

    answered: tuple[Establishment, ...]
    silent: tuple[Establishment, ...]

    @property
    def known(self) -> int:
        return len(self.answered) + len(self.silent)


def newest_year(tables: Sequence[pd.DataFrame]) -> int | None:
    """The newest year of the first table that has one."""
    for table in tables:
        years = [year for row in records.rows(table) if (year := records.integer(row.get("year"))) is not None]
        if years:
            return max(years)
    return None


def current(table: pd.DataFrame, year: int | None) -> tuple[list[dict[str, object]], int]:
    """The rows of `year`, of later years and of none, and how many older ones there are besides."""
    rows = records.rows(table)
    kept = [row for row in rows if year is None or (records.integer(row.get("year")) or year) >= year]
    return kept, len(rows) - len(kept)


def respondents(establishments: pd.DataFrame, year: int | None, language: Language) -> Respondents:
    rows = [row for row in records.rows(establishments) if records.integer(row.get("year")) in (None, year)]
    found = (_establishment(row, language) for row in rows)
    everyone = sorted(found, key=lambda one: (one.name.casefold(), one.identifier, repr(one)))
    return Respondents(
        tuple(one for one in everyone if one.answered),
        tuple(one for one in everyone if not one.answered),
    )


def _establishment(row: dict[str, object], language: Language) -> Establishment:
    identifier = records.text(row.get("establishment_id"))
    employees = records.number(row.get("employees"))
    return Establishment(
        name=records.text(row.get("name")) or identifier,
        identifier=identifier,
        nace=records.text(row.get("nace")),
        employees=figures.write(figures.Figure(employees, 0.0), language).value,
        answered=records.truth(row.get("answered")),
    )


def files(table: pd.DataFrame, year: int | None) -> tuple[tuple[File, ...], int]:
    """The files of the year, by path, and how many belong to earlier years."""
    rows, earlier = current(table, year)
    return tuple(sorted(map(_file, rows), key=lambda file: (file.path, repr(file)))), earlier


def _file(row: dict[str, object]) -> File:
    received, accepted, quarantined, out_of_scope = (
        records.integer(row.get(f"rows_{column}")) or 0
        for column in ("received", "accepted", "quarantined", "out_of_scope")
    )
    return File(
        path=records.text(row.get("source_file")),
        year=records.integer(row.get("year")),
        received=received,
        accepted=accepted,
        quarantined=quarantined,
        out_of_scope=out_of_scope,
        superseded_by=records.text(row.get("superseded_by")),
    )


def names(establishments: pd.DataFrame) -> dict[str, str]:
    """The name of each establishment, of its newest year."""
    rows = records.rows(establishments)
    rows.sort(key=lambda row: (records.integer(row.get("year")) or 0, repr(row)))
    known = ((records.text(row.get("establishment_id")), records.text(row.get("name"))) for row in rows)
    return {identifier: name for identifier, name in known if name}


def findings(
    table: pd.DataFrame, year: int | None, names: Mapping[str, str], language: Language
) -> tuple[tuple[Severity, ...], int]:
    """The findings of the year by severity and kind, the gravest first, and how many are of earlier years."""
    rows, earlier = current(table, year)
    ordered = sorted(rows, key=_finding_order)
    grouped = groupby(ordered, key=lambda row: records.text(row.get("severity")))
    return tuple(_severity(name, list(group), names, language) for name, group in grouped), earlier


def _finding_order(row: dict[str, object]) -> tuple[int, str, str, str, str, int, str, str]:
    severity = records.text(row.get("severity"))
    rank = list(SEVERITIES).index(severity) if severity in SEVERITIES else len(SEVERITIES)
    kind, file, sheet, finding = (
        records.text(row.get(column)) for column in ("kind", "source_file", "source_sheet", "finding_id")
    )
    return (
        rank,
        severity,
        kind,
        file,
        sheet,
        records.integer(row.get("source_row")) or 0,
        finding,
        repr(sorted(row.items())),
    )


def _severity(name: str, rows: list[dict[str, object]], names: Mapping[str, str], language: Language) -> Severity:
    heading, meaning = SEVERITIES.get(name, (marked("Other"), ""))
    grouped = groupby(rows, key=lambda row: records.text(row.get("kind")))
    kinds = tuple(_kind(kind, list(group), names, language) for kind, group in grouped)
    return Severity(name, language.message(heading), language.message(meaning) if meaning else "", len(rows), kinds)


def _kind(kind: str, rows: list[dict[str, object]], names: Mapping[str, str], language: Language) -> Kind:
    heading = language.message(KINDS.get(kind, marked("Other")))
    listed = tuple(_finding(row, names, language) for row in rows[:MOST_LISTED])
    return Kind(heading, len(rows), listed, len(rows) - len(listed))


def _finding(row: dict[str, object], names: Mapping[str, str], language: Language) -> Finding:
    """The message in plain words; where there is none, what was declared."""
    declared, suggested = (records.text(row.get(column)) for column in ("declared", "suggested"))
    message = language.text(row, "message") or _bare(declared, language)
    establishment = records.text(row.get("establishment_id"))
    return Finding(
        message=message,
        where=_where(row, message, language),
        establishment=names.get(establishment, establishment),
        suggested="" if suggested in message else suggested,
    )


def _bare(declared: str, language: Language) -> str:
    if not declared:
        return language.gettext("No further detail.")
    return language.gettext("Declared: %(declared)s", declared=declared)


def _where(row: dict[str, object], message: str, language: Language) -> str:
    """File, sheet, row and column, as far as they are known and the message does not say them itself."""
    file, sheet, column = (records.text(row.get(key)) for key in ("source_file", "source_sheet", "column_name"))
    line = records.integer(row.get("source_row"))
    places = (
        file,
        sheet and language.gettext("sheet %(sheet)s", sheet=sheet),
        "" if line is None else language.gettext("row %(row)s", row=line),
        column and language.gettext("column %(column)s", column=column),
    )
    return ", ".join(place for place in places if place and place.casefold() not in message.casefold())
