"""From the bytes of one file to tables of cells: separators, quotation marks, workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from metabolism.surveys.encodings import NotText, decode
from metabolism.surveys.numbers import cell_text

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}
TEXTS = {".csv"}
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_LARGEST_CELL = 1 << 24
_LONGEST_QUOTED_LINES = 100
"""A quotation mark that is not closed within so many lines is a stray one."""


@dataclass(frozen=True)
class RawTable:
    """Cells under a header. `cells` is indexed by source row (sheet row, or record number with the header as 1);
    its columns are positions. Blank rows are left out: they were not received."""

    name: str
    header: list[str]
    cells: pd.DataFrame

    def column(self, name: str) -> pd.Series:
        """The first column of this header."""
        return self.cells[self.header.index(name)]


class UnreadableFile(Exception):
    """The file could not be read at all; the text says why, for its author."""


def read_tables(
    content: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
) -> list[RawTable]:
    """All tables of one file: one for a CSV (named as the file), one a sheet for a workbook.

    Raises `UnreadableFile` where the content is not what the name's ending says.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix in WORKBOOKS:
        return _workbook(content)
    if suffix in TEXTS:
        return [_text_table(content, name, encoding, delimiter)]
    raise UnreadableFile(f"files ending in «{suffix or 'nothing'}» are not read")


def _workbook(content: bytes) -> list[RawTable]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _table(sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)) for sheet in book.sheet_names
        ]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        said = str(error).strip() or type(error).__name__
        raise UnreadableFile(f"not a workbook, or a damaged one ({said.splitlines()[0]})") from error


def _text_table(content: bytes, name: str, encoding: str | None, delimiter: str | None) -> RawTable:
    if content.startswith(_WORKBOOK_STARTS):
        raise UnreadableFile("it is a workbook under the name of a .csv file")
    try:
        text = decode(content, encoding)
    except NotText as error:
        raise UnreadableFile(str(error)) from error
    return _table(name, _records(text, delimiter or sniff_delimiter(text)))


def sniff_delimiter(text: str) -> str:
    """The separator of the first line that has one, outside quotation marks."""
    for line in io.StringIO(text):
        outside = "".join(line.split('"')[::2])
        counts = {delimiter: outside.count(delimiter) for delimiter in (";", "\t", ",")}
        best = max(counts, key=lambda delimiter: counts[delimiter])
        if counts[best]:
            return best
    return ","


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_LARGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return list(_records_with_stray_quotes(text, delimiter))


def _records_with_stray_quotes(text: str, delimiter: str) -> Iterator[list[str]]:
    """A stray quotation mark would swallow the lines after it: the line where it stands is read literally, and the
    others as they are meant. A cell over several lines is taken where its record has as many cells as the first."""
    lines = list(io.StringIO(text, newline=""))
    width = at = 0
    while at < len(lines):
        record, taken = _record_at(lines, at, delimiter, width)
        width = width or len(record)
        yield record
        at += taken


def _record_at(lines: list[str], at: int, delimiter: str, width: int) -> tuple[list[str], int]:
    """The record that begins with this line, and how many lines it takes."""
    if '"' in lines[at]:
        for taken in range(1, min(_LONGEST_QUOTED_LINES, len(lines) - at) + 1):
            record = _one_record("".join(lines[at : at + taken]), delimiter)
            if record and (taken == 1 or len(record) == width):
                return record, taken
    return [cell.strip('"') for cell in lines[at].rstrip("\r\n").split(delimiter)], 1


def _one_record(text: str, delimiter: str) -> list[str] | None:
    """The one record that this text is, or None where its quotation marks do not close or stand inside a cell."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _table(name: str, records: Sequence[Sequence[object]]) -> RawTable:
    filled = [any(map(_is_filled, record)) for record in records]
    if not any(filled):
        return RawTable(name, [], pd.DataFrame())
    width = max(len(record) for record in records)
    first = filled.index(True)
    header = [cell_text(cell) for cell in records[first]]
    rows = [number for number, is_filled in enumerate(filled, start=1) if is_filled][1:]
    index = pd.Index(rows, dtype="int64")
    cells = pd.DataFrame([records[row - 1] for row in rows], index=index, dtype=object)
    cells = cells.reindex(columns=range(width)).fillna("")
    return RawTable(name, header + [""] * (width - len(header)), cells)


def _is_filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
