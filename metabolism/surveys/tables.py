"""From the bytes of one file to tables of cells: encodings, separators, workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}
TEXTS = {".csv"}


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


def read_tables(content: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None) -> list[RawTable]:
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
        return [_table(sheet, book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)) for sheet in book.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(f"not a workbook, or a damaged one ({str(error).splitlines()[0]})") from error


def _text_table(content: bytes, name: str, encoding: str | None, delimiter: str | None) -> RawTable:
    text = decode(content, encoding)
    return _table(name, _records(text, delimiter or sniff_delimiter(text)))


def decode(content: bytes, encoding: str | None = None) -> str:
    """Text of a CSV: UTF-8 with or without BOM, UTF-16, else Windows-1252 or MacRoman, whichever reads better."""
    if encoding:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise UnreadableFile(f"it is not text in the encoding {encoding}") from error
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_or_refuse(content, "utf-16")
    if content[:200].count(b"\0") > len(content[:200]) // 4:
        return _decode_or_refuse(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _legacy(content)
    if "\0" in text:
        raise UnreadableFile("it is not text")
    return text


def _decode_or_refuse(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("it is not text in any encoding that is known here") from error


def _legacy(content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=["cp1252", "mac_roman"]).best()
    if best is None:
        raise UnreadableFile("it is not text in any encoding that is known here")
    return str(best)


def sniff_delimiter(text: str) -> str:
    """The separator of the first line that has one, outside quotation marks."""
    for line in text.splitlines():
        outside = "".join(line.split('"')[::2])
        counts = {delimiter: outside.count(delimiter) for delimiter in (";", "\t", ",")}
        best = max(counts, key=lambda delimiter: counts[delimiter])
        if counts[best]:
            return best
    return ","


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(1 << 24)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        # A stray quotation mark would swallow the lines after it: read them literally instead.
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return [[cell.strip('"') for cell in record] for record in records]


def _table(name: str, records: Sequence[Sequence[object]]) -> RawTable:
    if not records:
        return RawTable(name, [], pd.DataFrame())
    cells = pd.DataFrame(records, dtype=object, index=pd.RangeIndex(1, len(records) + 1)).fillna("")
    filled = cells.map(_is_filled).any(axis=1)
    cells = cells[filled]
    if cells.empty:
        return RawTable(name, [], pd.DataFrame())
    header = [str(cell).strip() for cell in cells.iloc[0]]
    return RawTable(name, header, cells.iloc[1:])


def _is_filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
