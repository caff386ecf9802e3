"""One sheet of one file, checked row by row: typed columns, and a finding for what breaks the contract."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    source_sheet: str | None
    territory_id: str
    year: int | None
    answer_id: str
    answer_name: str

    def of_finding(self) -> dict[str, object]:
        """What a finding says of its source."""
        names = ("source_file", "source_sha256", "source_sheet", "territory_id", "year")
        return {name: getattr(self, name) for name in names}


@dataclass
class CheckedSheet:
    """`rows` has every row received, `accepted` or not; `findings` has the columns of `metabolism.findings`."""

    sheet: str
    source: Source
    rows: pd.DataFrame
    _found: list[pd.DataFrame] = field(default_factory=list)

    @property
    def findings(self) -> pd.DataFrame:
        return catalogue.complete(pd.concat(self._found, ignore_index=True)) if self._found else catalogue.empty()

    def find(self, where: pd.Series, kind: str, column: str | None, **values: object) -> None:
        """Notes a finding for each row where `where` holds; a blocking one quarantines the row."""
        if not where.any():
            return
        at = self.rows.index[where.to_numpy(bool)]
        ids = self.rows.loc[at, "establishment_id"]
        found = pd.DataFrame({"source_row": self.rows.loc[at, "source_row"], "establishment_id": ids.where(ids != "")})
        found = found.assign(kind=kind, column_name=column, **self.source.of_finding())
        for name, value in values.items():
            found[name] = value.loc[at] if isinstance(value, pd.Series) else value
        self._found.append(found)
        if catalogue.RULES[kind].severity == "blocking":
            self.rows.loc[at, "accepted"] = False

    def note(self, kind: str, **values: object) -> None:
        """Notes a finding about the sheet as a whole."""
        self._found.append(pd.DataFrame([{"kind": kind, **self.source.of_finding(), **values}]))


def check_sheet(sheet: str, cells: pd.DataFrame, source: Source, unknown_headers: Sequence[str] = ()) -> CheckedSheet:
    """Types the columns of one sheet by the contract.

    `cells`: columns named by contract ids, indexed by source row; text or a workbook's values. Missing optional
    columns are empty. Returns all rows, `accepted` false where a required value is missing or unreadable.
    `unknown_headers`: what else the sheet's header has; a missing column may be one of them, mistyped.
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
        if column.name in cells:
            rows[column.name] = _typed(checked, column, cells[column.name])
        else:
            rows[column.name] = _absent(column, rows.index)
            if column.required:
                checked.note("missing_column", column_name=column.name, suggested=nearest(column.name, unknown_headers))
                rows["accepted"] = False
    return checked


def _absent(column: Column, index: pd.Index) -> pd.Series:
    if column.kind in NUMERIC:
        return pd.Series(math.nan, index=index)
    return pd.Series(column.default, index=index, dtype=object)


def _typed(checked: CheckedSheet, column: Column, given: pd.Series) -> pd.Series:
    text = plain_text(given)
    if column.required:
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
    values, problem = _decided_by_range(column, text, values, problem)
    unreadable = problem == numbers.NOT_A_NUMBER
    ambiguous = problem == numbers.AMBIGUOUS
    outside = ~_within(column, values) & values.notna()
    if column.required:
        checked.find(unreadable, "not_a_number", column.name, declared=text)
        checked.find(outside, "unknown_choice", column.name, declared=text, detail=_range(column))
    else:
        checked.find(unreadable | outside, "unreadable_value", column.name, declared=text, detail=_range(column))
    readings = text.where(ambiguous, "0").map(lambda t: " / ".join(numbers.both_readings(t)))
    checked.find(ambiguous, "ambiguous_number", column.name, declared=text, detail=readings)
    return values.mask(outside)


def _decided_by_range(
    column: Column, text: pd.Series, values: pd.Series, problem: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """An ambiguous spelling of which one reading alone is possible, such as the longitude `6.123`, is not ambiguous."""
    open_way = problem == numbers.AMBIGUOUS
    if column.high is None or not open_way.any():
        return values, problem
    readings = text[open_way].map(numbers.both_readings)
    as_decimal, as_thousands = readings.str[0].astype(float), readings.str[1].astype(float)
    one_alone = _within(column, as_decimal) ^ _within(column, as_thousands)
    decided = as_decimal.where(_within(column, as_decimal), as_thousands)[one_alone]
    values = values.mask(values.index.isin(decided.index), decided.reindex(values.index))
    return values, problem.mask(problem.index.isin(decided.index), numbers.OK)


def _within(column: Column, values: pd.Series) -> pd.Series:
    low = -math.inf if column.low is None else column.low
    high = math.inf if column.high is None else column.high
    return values.between(low, high)


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
