"""Cells of a data frame as plain Python values. A null, in whatever dress pandas gives it, is None from here
on.
"""

import math
import re
import unicodedata

import numpy as np
import pandas as pd


def rows(table: pd.DataFrame) -> list[dict[str, object]]:
    """The rows of a table as dictionaries; a frame without rows may also be without columns."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def is_null(cell: object) -> bool:
    """A list is no null, even an empty one."""
    return cell is None or (pd.api.types.is_scalar(cell) and bool(pd.isna(cell)))


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
    found = str(cell)
    if not found.isprintable():  # most are, which spares looking at every sign
        found = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Cs") else sign for sign in found)
    return re.sub(" {2,}", " ", found).strip()


def items(cell: object) -> tuple[object, ...]:
    """The things of a list, in whatever dress Parquet gives it; a lone thing is a list of one, a null one of none."""
    if is_null(cell):
        return ()
    if isinstance(cell, np.ndarray | list | tuple):
        return tuple(cell)
    return (cell,)


def texts(cell: object) -> tuple[str, ...]:
    """A list of texts; a lone text is a list of one. A struct is read as its values, side by side."""
    found = (", ".join(texts(list(one.values()))) if isinstance(one, dict) else text(one) for one in items(cell))
    return tuple(one for one in found if one)


def identifiers(cell: object) -> tuple[str, ...]:
    """A list of ids; a text may hold several, parted by `;`."""
    return tuple(one.strip() for found in texts(cell) for one in found.split(";") if one.strip())


def fields(cell: object) -> list[dict[str, object]]:
    """A list of structs as dictionaries; what is no struct is left out."""
    return [{str(key): value for key, value in one.items()} for one in items(cell) if isinstance(one, dict)]


def truth(cell: object) -> bool:
    """A yes or no; null is no."""
    return not is_null(cell) and bool(cell)
