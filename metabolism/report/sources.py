"""The open data that stood beside the declarations: what was available, of when, and what was missing."""

from dataclasses import dataclass

import pandas as pd

from metabolism.report import records
from metabolism.report.language import Language, marked

STATUSES = {
    "received": marked("available"),
    "available": marked("available"),
    "unchanged": marked("available"),
    "ok": marked("available"),
    "missing": marked("not available"),
    "not_available": marked("not available"),
    "not available": marked("not available"),
    "failed": marked("not available"),
    "refused": marked("not usable"),
    "stale": marked("out of date"),
}


@dataclass(frozen=True)
class Source:
    title: str
    publisher: str
    used_for: str
    reference_year: str
    received: str
    licence: str
    status: str
    reason: str
    synthetic: bool


def section(table: pd.DataFrame, language: Language) -> tuple[Source, ...]:
    found = (_source(row, language) for row in records.rows(table))
    return tuple(sorted(found, key=lambda one: (one.title.casefold(), repr(one))))


def _source(row: dict[str, object], language: Language) -> Source:
    status = records.text(row.get("status"))
    year = records.integer(row.get("reference_year"))
    return Source(
        title=language.text(row, "title") or records.text(row.get("source_id")) or records.text(row.get("source")),
        publisher=records.text(row.get("publisher")) or records.text(row.get("provider")),
        used_for=language.text(row, "used_for"),
        reference_year="" if year is None else str(year),
        received=language.date(records.text(row.get("received")) or records.text(row.get("retrieved"))),
        licence=records.text(row.get("licence")),
        status=language.message(STATUSES[status]) if status in STATUSES else status,
        reason=language.text(row, "reason"),
        synthetic=records.truth(row.get("synthetic")),
    )
