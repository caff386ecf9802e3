"""Tables of cells as bytes: workbooks and CSV files as people and programs write them, the same bytes for the same cells."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Mapping, Sequence

from metabolism.surveys.contract import SHEETS
from metabolism.surveys.labels import COLUMN_LABELS, SHEET_LABELS

Cells = Mapping[str, object]
_SAVED = datetime.datetime(2026, 3, 2, 9, 0)
_LANGUAGES = {"en": 0, "fr": 1, "de": 2}
_NO_BREAK_SPACE = "\u00a0"


def columns_of(sheet: str, rows: Sequence[Cells]) -> list[str]:
    """The columns of a sheet that a file needs: those that are required, and those with something in them."""
    used = {name for row in rows for name in row}
    return [name for name, column in SHEETS[sheet].items() if column.required or name in used]


def workbook(sheets: Mapping[str, Sequence[Cells]], language: str) -> bytes:
    """One workbook with a sheet for each that has rows, under ids or the labels of a language."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "Synthetic answer", "created": _SAVED})
    for sheet, rows in sheets.items():
        if rows:
            page = book.add_worksheet(_label(SHEET_LABELS, sheet, language))
            columns = columns_of(sheet, rows)
            page.write_row(0, 0, [_label(COLUMN_LABELS, column, language) for column in columns])
            for number, row in enumerate(rows, start=1):
                for position, column in enumerate(columns):
                    _write(page, number, position, row.get(column))
    book.close()
    return target.getvalue()


def plain_workbook(sheet: str, columns: Sequence[str], rows: Sequence[Cells]) -> bytes:
    """A workbook of one sheet under any headers: an export."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "Synthetic export", "created": _SAVED})
    page = book.add_worksheet(sheet)
    page.write_row(0, 0, columns)
    for number, row in enumerate(rows, start=1):
        for position, column in enumerate(columns):
            _write(page, number, position, row.get(column))
    book.close()
    return target.getvalue()


def _write(page: object, row: int, column: int, cell: object) -> None:
    if isinstance(cell, int | float):
        page.write_number(row, column, cell)  # type: ignore[attr-defined]
    elif cell not in ("", None):
        page.write_string(row, column, str(cell))  # type: ignore[attr-defined]


def _label(labels: Mapping[str, tuple[str, str, str]], name: str, language: str) -> str:
    return labels[name][_LANGUAGES[language]] if language in _LANGUAGES else name


def sheet_csv(sheet: str, rows: Sequence[Cells], style: str, language: str = "id") -> bytes:
    """One sheet as CSV in a style: `plain`, `bom`, `tabs`, `german` or `french`."""
    columns = columns_of(sheet, rows)
    header = [_label(COLUMN_LABELS, column, language) for column in columns]
    return text_csv(header, [[row.get(column) for column in columns] for row in rows], style)


def text_csv(header: Sequence[str], rows: Sequence[Sequence[object]], style: str) -> bytes:
    """Bytes of a CSV: separator, decimal sign, thousands and encoding by its style."""
    delimiter, encoding = {
        "plain": (",", "utf-8"),
        "bom": (",", "utf-8-sig"),
        "tabs": ("\t", "utf-8"),
        "german": (";", "utf-8"),
        "french": (";", "cp1252"),
        "ledger": (";", "cp1252"),
    }[style]
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[_text(cell, style) for cell in row] for row in rows])
    return target.getvalue().encode(encoding)


def _text(cell: object, style: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return _number(cell, style)
    if isinstance(cell, int) and style in ("french", "tabs"):
        return _number(float(cell), style)
    if style in ("french", "german") and isinstance(cell, str) and len(cell) == 10 and cell[4:8:3] == "--":
        return f"{cell[8:]}/{cell[5:7]}/{cell[:4]}" if style == "french" else f"{cell[8:]}.{cell[5:7]}.{cell[:4]}"
    return str(cell)


def _number(value: float, style: str) -> str:
    text = f"{value:.10g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.10f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    if style in ("french", "tabs") and abs(value) >= 1000:
        whole = f"{int(whole):,}".replace(",", _NO_BREAK_SPACE if style == "french" else "'")
    sign = "," if style in ("french", "german", "ledger") else "."
    return f"{whole}{sign}{decimals}" if decimals else whole
