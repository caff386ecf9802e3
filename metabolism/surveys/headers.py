"""From a table under its author's headers to a sheet under contract names; what is not the contract's is kept aside."""

from __future__ import annotations

import json

import pandas as pd

from metabolism import findings as catalogue
from metabolism.surveys.contract import SHEETS
from metabolism.surveys.labels import column_id
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.sheet import CheckedSheet, Source, check_sheet
from metabolism.surveys.tables import RawTable
from metabolism.text import nearest


def check_table(sheet: str, table: RawTable, source: Source) -> CheckedSheet:
    """The sheet's rows under contract names; what stands under other headers is reported, and kept in `extra`."""
    names = [column_id(sheet, header) if header else None for header in table.header]
    read = {name: position for position, name in reversed(list(enumerate(names))) if name}
    aside = {position: header for position, header in enumerate(table.header) if position not in read.values()}
    unknown = [header for position, header in aside.items() if header and names[position] is None]
    cells = table.cells[list(read.values())].set_axis(list(read), axis=1)
    checked = check_sheet(sheet, cells, source, unknown)
    for header in unknown:
        guess = nearest(header, set(SHEETS[sheet]) - set(read))
        checked.note("unknown_column", declared=header, column_name=header, suggested=guess)
    for position, header in aside.items():
        if names[position]:
            checked.note("duplicate_column", declared=header, column_name=header)
    checked.rows["extra"] = _kept_aside(table, aside)
    return checked


def _kept_aside(table: RawTable, aside: dict[int, str]) -> list[str | None]:
    """The filled cells of these columns, a row's as one JSON object of texts by header."""
    names: dict[str, int] = {}
    for position, header in aside.items():
        name = header or f"column {position + 1}"
        names[name if name not in names else f"{name} (column {position + 1})"] = position
    texts = {name: plain_text(table.cells[position]) for name, position in names.items()}
    if not texts:
        return [None] * len(table.cells)
    rows = zip(*texts.values(), strict=True)
    kept = ({name: text for name, text in zip(texts, row, strict=True) if text} for row in rows)
    return [json.dumps(cells, ensure_ascii=False) if cells else None for cells in kept]


def ragged_rows(table: RawTable, source: Source) -> pd.DataFrame:
    """A finding for each row that has cells beyond the header: an unquoted separator may have shifted it."""
    width = max((position for position, header in enumerate(table.header, start=1) if header), default=0)
    beyond = table.cells[[position for position in table.cells.columns if position >= width]]
    if beyond.empty:
        return catalogue.empty()
    texts = beyond.apply(plain_text)
    ragged = texts[(texts != "").any(axis=1)]
    shown = [" | ".join(filter(None, row)) for row in ragged.itertuples(index=False, name=None)]
    found = pd.DataFrame({"source_row": ragged.index, "declared": shown})
    return catalogue.complete(found.assign(kind="ragged_row", **source.of_finding()))
