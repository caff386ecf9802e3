"""Numbers and dates as people and programs write them.

Columns are read by their distinct spellings: a register of many rows has few of them.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

_BLANKS = "".join(chr(c) for c in range(0x3000 + 1) if unicodedata.category(chr(c)) == "Zs")
_TO_BLANK = str.maketrans({**dict.fromkeys(_BLANKS, " "), "\t": " "})
_TO_PLAIN_SIGNS = str.maketrans({"’": "'", "‘": "'", "´": "'", "−": "-", "–": "-"})

# Blanks and apostrophes only ever separate thousands. In this order: `1.234` is ambiguous before it is `single`.
_SPELLING = re.compile(
    r"(?P<plain>[+-]?\d+(?:[eE][+-]?\d{1,3})?)"
    r"|(?P<blank>[+-]?\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?)"
    r"|(?P<both_point>[+-]?\d{1,3}(?:,\d{3})+\.\d+)"
    r"|(?P<both_comma>[+-]?\d{1,3}(?:\.\d{3})+,\d+)"
    r"|(?P<repeated_comma>[+-]?\d{1,3}(?:,\d{3}){2,})"
    r"|(?P<repeated_point>[+-]?\d{1,3}(?:\.\d{3}){2,})"
    r"|(?P<ambiguous>[+-]?[1-9]\d{0,2}[.,]\d{3})"
    r"|(?P<single>[+-]?(?:\d+[.,]\d*|[.,]\d+)(?:[eE][+-]?\d{1,3})?)",
    re.ASCII,
)
_POINT_KINDS = {"both_point", "repeated_comma"}
_COMMA_KINDS = {"both_comma", "repeated_point"}

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T].*)?", re.ASCII | re.DOTALL)
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})(?P<sep>[./])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})", re.ASCII)

OK, NOT_A_NUMBER, AMBIGUOUS, NOT_A_DATE = "", "not_a_number", "ambiguous_number", "not_a_date"


def plain(text: str) -> str:
    """A text without blanks around it, and every kind of blank as a blank."""
    return (text if text.isascii() and "\t" not in text else text.translate(_TO_BLANK)).strip()


def plain_text(values: pd.Series) -> pd.Series:
    """Cells as `plain` text: numbers without a trailing `.0`, dates as ISO, times as `HH:MM`, empty cells as ``""``."""
    seen: dict[str, str] = {}
    texts = []
    for cell in values.tolist():
        if isinstance(cell, str):
            text = seen.get(cell)
            texts.append(seen.setdefault(cell, plain(cell)) if text is None else text)
        else:
            texts.append(cell_text(cell))
    return _objects(texts, values.index)


def _objects(cells: Iterable[object], index: pd.Index) -> pd.Series:
    """A column of objects: no type is guessed from what they are."""
    column = np.empty(len(index), dtype=object)
    column[:] = list(cells)
    return pd.Series(column, index=index, dtype=object)


def cell_text(cell: object) -> str:
    """One cell as `plain_text` writes it."""
    if isinstance(cell, str):
        return plain(cell)
    if cell is None or cell is pd.NaT or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.time):
        return cell.isoformat("auto" if cell.second or cell.microsecond else "minutes")
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return plain(str(cell))


def parse_numbers(
    values: pd.Series, decimal: str | None = None, *, tables: pd.Series | None = None
) -> tuple[pd.Series, pd.Series]:
    """Numbers of one column, and what is wrong with each cell.

    `values`: text, or numbers of a workbook's cells. `decimal` (`.` or `,`) decides spellings like `1.234`; without it
    the rest of the column does: one cell that can only be read one way settles the separator of all. `tables` tells
    apart the tables that the cells come from: each has its own separator.
    Returns floats (NaN where empty or wrong) and a problem per cell (`""`, `not_a_number`, `ambiguous_number`).
    """
    cells = [cell if _is_number(cell) else cell_text(cell) for cell in values.tolist()]
    spelled = {text: text.translate(_TO_PLAIN_SIGNS) for text in {cell for cell in cells if isinstance(cell, str)}}
    kinds = {text: _kind(signed) for text, signed in spelled.items() if text}
    read = {text: _read(signed, kinds.get(text, "empty"), decimal) for text, signed in spelled.items()}
    readings = [read[cell] if isinstance(cell, str) else _cell_number(cell) for cell in cells]
    if decimal is None and "ambiguous" in kinds.values():
        whose = [0] * len(cells) if tables is None else tables.tolist()
        _settle(readings, cells, whose, spelled, kinds)
    numbers = pd.Series([number for number, _ in readings], index=values.index, dtype=float)
    return numbers, _objects((problem for _, problem in readings), values.index)


def _settle(
    readings: list[tuple[float, str]],
    cells: list[Any],
    whose: list[int],
    spelled: dict[str, str],
    kinds: dict[str, str],
) -> None:
    """Reads the ambiguous spellings again, by the separator of their own table where its other cells agree on one."""
    seen: dict[int, dict[str, str]] = {}
    for cell, table in zip(cells, whose, strict=True):
        if isinstance(cell, str) and cell:
            seen.setdefault(table, {})[spelled[cell]] = kinds[cell]
    decided = {table: _decimal_of(of_table) for table, of_table in seen.items()}
    for position, (cell, table) in enumerate(zip(cells, whose, strict=True)):
        if isinstance(cell, str) and kinds.get(cell) == "ambiguous":
            readings[position] = _read(spelled[cell], "ambiguous", decided[table])


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float | np.integer | np.floating) and not isinstance(cell, bool)


def _cell_number(cell: Any) -> tuple[float, str]:
    try:
        number = float(cell)
    except OverflowError:
        return math.nan, NOT_A_NUMBER
    return (math.nan, NOT_A_NUMBER) if math.isinf(number) else (number, OK)


def _kind(text: str) -> str:
    spelling = _SPELLING.fullmatch(text)
    return str(spelling.lastgroup) if spelling else "other"


def _decimal_of(kinds: dict[str, str]) -> str | None:
    """The column's decimal separator where its unambiguous cells agree on one."""
    one_way = [text for text, kind in kinds.items() if kind in ("single", "blank")]
    point = not _POINT_KINDS.isdisjoint(kinds.values()) or any("." in text for text in one_way)
    comma = not _COMMA_KINDS.isdisjoint(kinds.values()) or any("," in text for text in one_way)
    if point == comma:
        return None
    return "." if point else ","


def _read(text: str, kind: str, decided: str | None) -> tuple[float, str]:
    """A spelling's number, by its own separator, else by the column's."""
    if kind == "empty":
        return math.nan, OK
    if kind == "other":
        return math.nan, NOT_A_NUMBER
    if kind == "ambiguous":
        if not decided:
            return math.nan, AMBIGUOUS
        separator = decided
    elif kind in ("single", "blank"):
        separator = "," if "," in text else "."
    else:
        separator = "," if kind in _COMMA_KINDS else "."
    thousands = "." if separator == "," else ","
    bare = text.replace(" ", "").replace("'", "").replace(thousands, "").replace(separator, ".")
    number = float(bare)
    return (math.nan, NOT_A_NUMBER) if math.isinf(number) else (number, OK)


def both_readings(text: str) -> tuple[str, str]:
    """The two readings of an ambiguous spelling: as a decimal, and as thousands."""
    signed = text.translate(_TO_PLAIN_SIGNS)
    return signed.replace(",", "."), signed.replace(",", "").replace(".", "")


def parse_dates(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """ISO text of dates written `2025-12-31`, `31.12.2025` or `31/12/2025` (None where empty or wrong), and what is
    wrong with each cell."""
    text = plain_text(values)
    read = {spelling: _date(spelling) for spelling in dict.fromkeys(text)}
    dates = _objects((read[spelling] for spelling in text), values.index)
    wrong = (NOT_A_DATE if spelling and read[spelling] is None else OK for spelling in text)
    return dates, _objects(wrong, values.index)


def _date(text: str) -> str | None:
    parts = _ISO.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if parts is None:
        return None
    try:
        return datetime.date(int(parts["y"]), int(parts["m"]), int(parts["d"])).isoformat()
    except ValueError:
        return None
