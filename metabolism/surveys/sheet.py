"""One sheet of one file, checked row by row: typed columns, and a finding for what breaks the contract."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from metabolism import findings as catalogue
from metabolism.surveys import numbers
from metabolism.surveys.contract import SHEETS, Column
from metabolism.surveys.numbers import plain_text
from metabolism.text import folded, nearest

NUMERIC = ("number", "whole")


@dataclass(frozen=True)
class Source:
    """Where rows come from: they keep it to the end."""

    source_file: str
    source_sha256: str
    source_sheet: str
    territory_id: str
    year: int | None
    answer_id: str
    answer_name: str


@dataclass
class CheckedSheet:
    """`rows` has every row received, `accepted` or not; `findings` has the columns of `metabolism.findings`."""

    sheet: str
    source: Source
    rows: pd.DataFrame
    _found: list[pd.DataFrame] = field(default_factory=list)

    @property
    def findings(self) -> pd.DataFrame:
        return pd.concat([catalogue.empty(), *self._found], ignore_index=True) if self._found else catalogue.empty()

    def find(self, where: pd.Series, kind: str, column: str | None, **values: object) -> None:
        """Notes a finding for each row where `where` holds; a blocking one quarantines the row."""
        if not where.any():
            return
        at = self.rows.index[where.to_numpy(bool)]
        ids = self.rows.loc[at, "establishment_id"]
        found = pd.DataFrame({"source_row": self.rows.loc[at, "source_row"], "establishment_id": ids.where(ids != "")})
        found = found.assign(kind=kind, column_name=column, **self._of_source())
        for name, value in values.items():
            found[name] = value.loc[at] if isinstance(value, pd.Series) else value
        self._found.append(catalogue.complete(found))
        if catalogue.RULES[kind].severity == "blocking":
            self.rows.loc[at, "accepted"] = False

    def note(self, kind: str, **values: object) -> None:
        """Notes a finding about the sheet as a whole."""
        row = pd.DataFrame([{"kind": kind, **self._of_source(), **values}])
        self._found.append(catalogue.complete(row))

    def _of_source(self) -> dict[str, object]:
        names = ("source_file", "source_sha256", "source_sheet", "territory_id", "year")
        return {name: getattr(self.source, name) for name in names}


def check_sheet(sheet: str, cells: pd.DataFrame, source: Source) -> CheckedSheet:
    """Types the columns of one sheet by the contract.

    `cells`: columns named by contract ids, indexed by source row; text or a workbook's values. Missing optional
    columns are empty. Returns all rows, `accepted` false where a required value is missing or unreadable.
    """
    columns = SHEETS[sheet]
    ids = plain_text(cells["establishment_id"]) if "establishment_id" in cells else pd.Series("", index=cells.index)
    rows = pd.DataFrame(
        {"source_row": cells.index.to_numpy(), "accepted": True, "establishment_id": ids.to_numpy()},
        index=pd.RangeIndex(len(cells)),
    )
    checked = CheckedSheet(sheet, source, rows)
    cells = cells.set_axis(rows.index)
    for column in columns.values():
        missing = column.name not in cells
        if missing and column.required:
            checked.note("missing_column", column_name=column.name, suggested=nearest(column.name, cells.columns))
            rows["accepted"] = False
        given = pd.Series("", index=rows.index, dtype=object) if missing else cells[column.name]
        rows[column.name] = _typed(checked, column, given, present=not missing)
    return checked


def _typed(checked: CheckedSheet, column: Column, given: pd.Series, *, present: bool) -> pd.Series:
    text = plain_text(given)
    if column.required and present:
        checked.find(text == "", "missing_value", column.name)
    if column.kind in NUMERIC:
        return _numbers(checked, column, given, text)
    if column.kind == "date":
        dates, problem = numbers.parse_dates(given)
        checked.find(problem != "", "unreadable_value", column.name, declared=text, detail="2025-12-31")
        return dates
    if column.kind == "choice":
        return _choices(checked, column, text)
    if column.kind == "choices":
        return _choice_lists(checked, column, text)
    return text.mask(text == "", column.default)


def _numbers(checked: CheckedSheet, column: Column, given: pd.Series, text: pd.Series) -> pd.Series:
    values, problem = numbers.parse_numbers(given)
    unreadable = problem == numbers.NOT_A_NUMBER
    ambiguous = problem == numbers.AMBIGUOUS
    outside = pd.Series(False, index=values.index)
    if column.low is not None:
        outside |= values < column.low
    if column.high is not None:
        outside |= values > column.high
    if column.required:
        checked.find(unreadable, "not_a_number", column.name, declared=text)
        checked.find(outside, "unknown_choice", column.name, declared=text, detail=_range(column))
    else:
        checked.find(unreadable | outside, "unreadable_value", column.name, declared=text, detail=_range(column))
    readings = text.where(ambiguous, "0").map(lambda t: " / ".join(numbers.both_readings(t)))
    checked.find(ambiguous, "ambiguous_number", column.name, declared=text, detail=readings)
    return values.mask(outside)


def _range(column: Column) -> str:
    low = "" if column.low is None else f"{column.low:g}"
    high = "" if column.high is None else f"{column.high:g}"
    return f"{low}…{high}" if low or high else "1234.5"


def _choices(checked: CheckedSheet, column: Column, text: pd.Series) -> pd.Series:
    words = {word: folded(word).replace(" ", "_") for word in text.unique()}
    value = text.map(words)
    unknown = (value != "") & ~value.isin(column.choices)
    kind = "unknown_choice" if column.required else "unreadable_value"
    suggested = text.where(unknown, "").map({w: nearest(w, column.choices) for w in text[unknown].unique()})
    checked.find(unknown, kind, column.name, declared=text, detail=", ".join(column.choices), suggested=suggested)
    return value.mask(unknown | (value == ""), column.default)


def _choice_lists(checked: CheckedSheet, column: Column, text: pd.Series) -> pd.Series:
    """Families separated by `;`: kept as `water;waste`, in the contract's order."""
    read: dict[str, str | None] = {}
    unknown_words: dict[str, str] = {}
    for words in text.unique():
        parts = {folded(part) for part in words.replace(",", ";").split(";")} - {""}
        read[words] = ";".join(choice for choice in column.choices if choice in parts) or None
        if unknown := parts - set(column.choices):
            unknown_words[words] = ", ".join(sorted(unknown))
    where = text.isin(list(unknown_words))
    detail = ", ".join(column.choices)
    checked.find(where, "unreadable_value", column.name, declared=text.map(unknown_words), detail=detail)
    return text.map(read).astype(object).where(lambda s: s.notna(), None)


