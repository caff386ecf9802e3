"""Which rows of a table a section shows: those of the page's year, else of the newest year that the table has."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metabolism.report import records

Row = dict[str, object]


@dataclass(frozen=True)
class Selection:
    """Rows of one year. `year` is None where the table has no rows or they have no year."""

    rows: tuple[Row, ...]
    year: int | None
    earlier: tuple[Row, ...] = ()

    def is_of(self, year: int | None) -> bool:
        return self.year is None or self.year == year


def newest(table: pd.DataFrame, year: int | None) -> Selection:
    """The rows of `year`, or where it has none of the newest year before it (or else after it), in an order of their
    own.
    """
    rows = sorted(records.rows(table), key=_sorting)
    years = {found for row in rows if (found := records.integer(row.get("year"))) is not None}
    if not years:
        return Selection(tuple(rows), None)
    before = {one for one in years if year is None or one <= year}
    taken = max(before or years)
    mine = tuple(row for row in rows if records.integer(row.get("year")) in (taken, None))
    earlier = tuple(row for row in rows if (records.integer(row.get("year")) or taken) < taken)
    return Selection(mine, taken, earlier)


def by_rank(rows: tuple[Row, ...]) -> list[Row]:
    """The first rank first; rows without a rank last."""
    return sorted(
        rows, key=lambda row: (records.integer(row.get("rank")) is None, records.integer(row.get("rank")) or 0)
    )


def _sorting(row: Row) -> list[tuple[str, str]]:
    """By what tells rows apart, which no list in them does."""
    return sorted((key, str(value)) for key, value in row.items() if not isinstance(value, list | tuple | np.ndarray))
