"""Cells of a data frame as plain Python values. A null, in whatever dress pandas gives it, is None from here
on.
"""

import math
import re
import unicodedata

import pandas as pd


def rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of a table as dictionaries; a frame without rows may also be without columns."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def is_null(cell: object) -> bool:
    return cell is None or bool(pd.isna(cell))


def number(cell: object) -> float | None:
    """A finite number, or None: infinity is no quantity that one could show."""
    if is_null(cell):
        return None
    found = float(str(cell))
    return found if math.isfinite(found) else None


def integer(cell: object) -> int | None:
    """A whole number. Pandas makes floats of a column of integers that has a null in it."""
    found = number(cell)
    return None if found is None else round(found)


def text(cell: object) -> str:
    """A text on one line, '' where null; control and direction characters become blanks: no name reorders the
    page.
    """
    if is_null(cell):
        return ""
    kept = (" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in str(cell))
    return re.sub(" {2,}", " ", "".join(kept)).strip()


def truth(cell: object) -> bool:
    """A yes or no; null is no."""
    return not is_null(cell) and bool(cell)
