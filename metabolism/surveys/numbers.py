"""Numbers and dates as people and programs write them."""

from __future__ import annotations

import datetime
import unicodedata

import numpy as np
import pandas as pd

_BLANKS = "".join(chr(c) for c in range(0x3000 + 1) if unicodedata.category(chr(c)) == "Zs")
_TO_PLAIN = str.maketrans({**{b: " " for b in _BLANKS}, "\t": " ", "’": "'", "‘": "'", "´": "'", "−": "-", "–": "-"})

_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_PLAIN = rf"[+-]?\d+{_EXPONENT}"
_BLANK_GROUPED = r"[+-]?\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?"
_BOTH_POINT = r"[+-]?\d{1,3}(?:,\d{3})+\.\d+"
_BOTH_COMMA = r"[+-]?\d{1,3}(?:\.\d{3})+,\d+"
_REPEATED_COMMA = r"[+-]?\d{1,3}(?:,\d{3}){2,}"
_REPEATED_POINT = r"[+-]?\d{1,3}(?:\.\d{3}){2,}"
_SINGLE = rf"[+-]?(?:\d+[.,]\d*|[.,]\d+){_EXPONENT}"
_AMBIGUOUS = r"[+-]?[1-9]\d{0,2}[.,]\d{3}"

OK, NOT_A_NUMBER, AMBIGUOUS = "", "not_a_number", "ambiguous_number"


def plain_text(values: pd.Series) -> pd.Series:
    """Cells as stripped text: numbers without a trailing `.0`, dates as ISO, every kind of blank as a blank."""
    if isinstance(values.dtype, pd.StringDtype) or pd.api.types.infer_dtype(values, skipna=False) == "string":
        texts = values.astype(object)
    else:
        texts = values.map(_cell_text).astype(object)
    return texts.map(lambda text: text.translate(_TO_PLAIN).strip())


def _cell_text(cell: object) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    return str(cell)


def parse_numbers(values: pd.Series, decimal: str | None = None) -> tuple[pd.Series, pd.Series]:
    """Numbers of one column, and what is wrong with each cell.

    `values`: text, or numbers of a workbook's cells. `decimal` (`.` or `,`) decides spellings like `1.234`; without it
    the rest of the column does: one cell that can only be read one way settles the separator of all.
    Returns floats (NaN where empty or wrong) and a problem per cell (`""`, `not_a_number`, `ambiguous_number`).
    """
    text = plain_text(values)
    is_cell_number = values.map(lambda v: isinstance(v, int | float) and not isinstance(v, bool)).to_numpy(bool)
    kinds = _spellings(text)
    decided = decimal or _decimal_of(text, kinds, is_cell_number)
    ambiguous = (kinds == "ambiguous") & ~is_cell_number
    if decided:
        kinds = kinds.mask(ambiguous, "single")
    point = text.str.replace(r"[ ']", "", regex=True)
    separator = _decimal_separators(text, kinds, decided)
    cleaned = point.where(separator != ".", point.str.replace(",", "", regex=False))
    swapped = point.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    cleaned = cleaned.where(separator != ",", swapped)
    numbers = pd.to_numeric(cleaned.where(kinds.isin(_READABLE), None), errors="coerce").astype(float)
    numbers = numbers.where(np.isfinite(numbers))
    numbers = numbers.mask(is_cell_number, pd.to_numeric(values.where(is_cell_number, None), errors="coerce"))
    problem = pd.Series(OK, index=values.index, dtype=object)
    problem = problem.mask(numbers.isna() & (text != ""), NOT_A_NUMBER)
    if not decided:
        problem = problem.mask(ambiguous, AMBIGUOUS)
    return numbers.astype(float), problem


_READABLE = ["plain", "blank", "both_point", "both_comma", "repeated_comma", "repeated_point", "single"]


def _spellings(text: pd.Series) -> pd.Series:
    kinds = pd.Series("other", index=text.index, dtype=object)
    for kind, pattern in (
        ("plain", _PLAIN),
        ("blank", _BLANK_GROUPED),
        ("both_point", _BOTH_POINT),
        ("both_comma", _BOTH_COMMA),
        ("repeated_comma", _REPEATED_COMMA),
        ("repeated_point", _REPEATED_POINT),
        ("single", _SINGLE),
        ("ambiguous", _AMBIGUOUS),
    ):
        kinds = kinds.mask(text.str.fullmatch(pattern).astype(bool), kind)
    return kinds


def _decimal_of(text: pd.Series, kinds: pd.Series, is_cell_number: np.ndarray) -> str | None:
    """The column's decimal separator where its unambiguous cells agree on one."""
    shown = text[~is_cell_number]
    kind = kinds[~is_cell_number]
    one_way = kind.isin(["single", "blank"])
    point = kind.isin(["both_point", "repeated_comma"]).any() or shown[one_way].str.contains(".", regex=False).any()
    comma = kind.isin(["both_comma", "repeated_point"]).any() or shown[one_way].str.contains(",", regex=False).any()
    if point == comma:
        return None
    return "." if point else ","


def _decimal_separators(text: pd.Series, kinds: pd.Series, decided: str | None) -> pd.Series:
    """Which character is the decimal separator of each cell: its own spelling tells, else the column's."""
    own = pd.Series(".", index=text.index, dtype=object)
    own = own.mask(kinds.isin(["both_comma", "repeated_point"]), ",")
    has_comma = text.str.contains(",", regex=False)
    own = own.mask(kinds.isin(["single", "blank"]) & has_comma, ",")
    if decided:
        open_way = text.str.fullmatch(_AMBIGUOUS).astype(bool)
        own = own.mask(open_way, decided)
    return own


def both_readings(text: str) -> tuple[str, str]:
    """The two readings of an ambiguous spelling: as a decimal, and as thousands."""
    return text.replace(",", "."), text.replace(",", "").replace(".", "")


def parse_dates(values: pd.Series) -> tuple[pd.Series, pd.Series]:
    """ISO text of dates written `2025-12-31`, `31.12.2025` or `31/12/2025`, and what is wrong with each cell."""
    text = plain_text(values)
    iso = text.str.extract(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T].*)?$")
    day_first = text.str.extract(r"^(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})$")
    parts = iso.combine_first(day_first[["y", "m", "d"]])
    stamp = pd.to_datetime(parts["y"] + "-" + parts["m"] + "-" + parts["d"], errors="coerce", format="%Y-%m-%d")
    dates = stamp.dt.strftime("%Y-%m-%d").astype(object).where(stamp.notna(), None)
    problem = pd.Series(OK, index=values.index, dtype=object).mask(stamp.isna() & (text != ""), "not_a_date")
    return dates, problem
