"""From a table under its author's headers to a sheet under contract names; what is not the contract's is kept aside."""

from __future__ import annotations

import json

from metabolism.surveys.contract import SHEETS
from metabolism.surveys.labels import column_id
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.sheet import Part, Source
from metabolism.surveys.tables import RawTable
from metabolism.text import nearest


def under_contract_names(
    sheet: str, table: RawTable, source: Source, number: int = 0
) -> tuple[Part, list[dict[str, object]]]:
    """The table as a part of its sheet, and a finding for each header that is not the contract's or stands twice.

    What stands under such headers is kept in `extra`. `number` tells the table apart from others.
    """
    names = [column_id(sheet, header) if header else None for header in table.header]
    read = {name: position for position, name in reversed(list(enumerate(names))) if name}
    aside = {position: header for position, header in enumerate(table.header) if position not in read.values()}
    unknown = [header for position, header in aside.items() if header and names[position] is None]
    found: list[dict[str, object]] = []
    for position, header in aside.items():
        about = {**source.of_finding(), "declared": header, "column_name": header}
        if names[position]:
            found.append({"kind": "duplicate_column", **about})
        elif header:
            guess = nearest(header, set(SHEETS[sheet]) - set(read))
            found.append({"kind": "unknown_column", **about, "suggested": guess})
    cells = table.cells[list(read.values())].set_axis(list(read), axis=1)
    return Part(source, cells, unknown, {"extra": _kept_aside(table, aside)}, number), found


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


def ragged_rows(table: RawTable, source: Source) -> list[dict[str, object]]:
    """A finding for each row that has cells beyond the header: an unquoted separator may have shifted it."""
    width = max((position for position, header in enumerate(table.header, start=1) if header), default=0)
    beyond = table.cells[[position for position in table.cells.columns if position >= width]]
    if beyond.empty:
        return []
    texts = beyond.apply(plain_text)
    ragged = texts[(texts != "").any(axis=1)]
    about = {"kind": "ragged_row", **source.of_finding()}
    return [
        {**about, "source_row": row, "declared": " | ".join(filter(None, cells))}
        for row, *cells in ragged.itertuples(name=None)
    ]
