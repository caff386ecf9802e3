"""The rows of one sheet, from any number of files, checked: typed columns, and a finding for what breaks the contract.

Files are small and many: what is done once for a column of all of them costs a tenth of doing it file by file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from metabolism import findings as catalogue
from metabolism.surveys import numbers
from metabolism.surveys.contract import SHEETS, Column
from metabolism.surveys.numbers import plain_text
from metabolism.text import folded, nearest

NUMERIC = ("number", "whole")
OF_FINDING = ("source_file", "source_sha256", "source_sheet", "territory_id", "year")


@dataclass(frozen=True)
class Source:
    """Where rows come from: they keep it to the end."""

    source_file: str
    source_sha256: str
    source_sheet: str | None
    territory_id: str | None
    year: int | None
    answer_id: str
    answer_name: str

    def of_finding(self) -> dict[str, object]:
        """What a finding says of its source."""
        return {name: getattr(self, name) for name in OF_FINDING}

    def of_row(self) -> dict[str, object]:
        """What a row keeps of its source."""
        return {name: getattr(self, name) for name in (*OF_FINDING, "answer_id", "answer_name")}


@dataclass
class Part:
    """The rows of one table of one file that belong to a sheet, not checked yet.

    `cells`: columns named by contract ids, indexed by source row; text or a workbook's values. `unknown_headers`: what
    else the table's header has; a missing column may be one of them, mistyped. `kept`: columns that are kept as they are.
    """

    source: Source
    cells: pd.DataFrame
    unknown_headers: Sequence[str] = ()
    kept: dict[str, object] = field(default_factory=dict)
    table: int = 0
    """Tells tables apart: the parts that a mapping makes of one table share it."""


@dataclass
class CheckedSheet:
    """`rows` has every row received, `accepted` or not, with its source; `findings` the columns of
    `metabolism.findings`."""

    sheet: str
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
        found = self.rows.loc[at, [*OF_FINDING, "source_row", "establishment_id"]]
        found["establishment_id"] = found["establishment_id"].where(found["establishment_id"] != "")
        found = found.assign(kind=kind, column_name=column)
        for name, value in values.items():
            found[name] = value.loc[at] if isinstance(value, pd.Series) else value
        self._found.append(found)
        if catalogue.RULES[kind].severity == "blocking":
            self.rows.loc[at, "accepted"] = False

    def note(self, source: Source, kind: str, **values: object) -> None:
        """Notes a finding about a table as a whole."""
        self._found.append(pd.DataFrame([{"kind": kind, **source.of_finding(), **values}]))


def check_sheet(sheet: str, parts: Sequence[Part], columns: Mapping[str, Column] | None = None) -> CheckedSheet:
    """Types the columns of one sheet by the contract, for the tables of any number of files at once.

    Missing optional columns are empty. Returns all rows, `accepted` false where a required value is missing or
    unreadable. `columns`: those of the contract's sheet, if nothing else is said.
    """
    sizes = np.array([len(part.cells) for part in parts], dtype=int)
    checked = CheckedSheet(sheet, _skeleton(parts, sizes))
    rows = checked.rows
    for column in (columns or SHEETS[sheet]).values():
        given = np.repeat([column.name in part.cells for part in parts], sizes).astype(bool)
        rows[column.name] = _typed(checked, column, _gathered(parts, column.name), pd.Series(given, index=rows.index))
        for part in parts if column.required else ():
            if column.name not in part.cells:
                guess = nearest(column.name, part.unknown_headers)
                checked.note(part.source, "missing_column", column_name=column.name, suggested=guess)
        if column.required:
            rows["accepted"] &= given
    return checked


def _skeleton(parts: Sequence[Part], sizes: np.ndarray) -> pd.DataFrame:
    """Where each row comes from, and what is kept beside the columns of the contract."""
    about = pd.DataFrame([part.source.of_row() | {"table": part.table} for part in parts]).astype({"year": "Int64"})
    rows = about.loc[np.repeat(np.arange(len(parts)), sizes)].reset_index(drop=True)
    rows["source_row"] = np.concatenate([part.cells.index.to_numpy() for part in parts]).astype("int64")
    rows["accepted"] = True
    rows["establishment_id"] = plain_text(_gathered(parts, "establishment_id"))
    for name in dict.fromkeys(name for part in parts for name in part.kept):
        columns = [np.broadcast_to(np.asarray(part.kept.get(name), dtype=object), len(part.cells)) for part in parts]
        rows[name] = np.concatenate(columns)
    return rows


def _gathered(parts: Sequence[Part], name: str) -> pd.Series:
    """One column of all parts, one below the other; empty where a part has it not."""
    columns = [part.cells[name].tolist() if name in part.cells else [""] * len(part.cells) for part in parts]
    values = np.empty(sum(map(len, columns)), dtype=object)
    values[:] = [cell for column in columns for cell in column]
    return pd.Series(values, dtype=object)


def _typed(checked: CheckedSheet, column: Column, cells: pd.Series, given: pd.Series) -> pd.Series:
    text = plain_text(cells)
    if column.required:
        checked.find((text == "") & given, "missing_value", column.name)
    if column.kind in NUMERIC:
        return _numbers(checked, column, cells, text)
    if column.kind == "date":
        dates, problem = numbers.parse_dates(cells)
        checked.find(problem != "", "unreadable_value", column.name, declared=text, detail="2025-12-31")
        return dates
    if column.kind == "choice":
        return _choices(checked, column, text)
    if column.kind == "choices":
        return _choice_lists(checked, column, text)
    return text.mask(text == "", column.default)


def _numbers(checked: CheckedSheet, column: Column, cells: pd.Series, text: pd.Series) -> pd.Series:
    values, problem = numbers.parse_numbers(cells, tables=checked.rows["table"])
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
    values = values.mask(outside)
    return values if column.default is None else values.fillna(float(column.default))


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
