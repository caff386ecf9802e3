"""The tables at the top of `raw/` that people edit: territories, frames, postcodes, actors."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from metabolism import findings as catalogue
from metabolism.layout import DataFolder
from metabolism.surveys.contract import FRAME_REQUIRED, SHEETS
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.received import sha256_of
from metabolism.surveys.sheet import CheckedSheet, Source, check_sheet
from metabolism.surveys.tables import UnreadableFile, read_tables
from metabolism.text import identifier

FRAME_FOLDER_ENDINGS = (".csv", ".xlsx", ".xls", ".ods")


def read_register(path: Path, findings: list[pd.DataFrame], source_file: str) -> pd.DataFrame:
    """A table of text columns by id, indexed by source row; empty where the file is not there or cannot be read (then
    a finding is added)."""
    if not path.exists():
        return pd.DataFrame()
    try:
        table = read_tables(path.read_bytes(), path.name)[0]
    except UnreadableFile as error:
        row = {"source_file": source_file, "source_sha256": sha256_of(path), "kind": "unreadable_file"}
        findings.append(catalogue.complete(pd.DataFrame([{**row, "detail": str(error)}])))
        return pd.DataFrame()
    columns = table.cells.set_axis([identifier(header) for header in table.header], axis=1) if table.header else table.cells
    return columns.loc[:, ~columns.columns.duplicated()].apply(plain_text)


def read_frames(data: DataFolder, findings: list[pd.DataFrame]) -> pd.DataFrame:
    """All frames: the columns of `establishment` with `territory_id` (the file's name) and `source_file`.

    A row without id, name, NACE or employees is a finding and is left out.
    """
    paths = [p for p in sorted(data.frame.glob("*")) if p.suffix.lower() in FRAME_FOLDER_ENDINGS]
    frames = [_frame(path, data, findings) for path in paths]
    columns = ["source_file", "territory_id", *SHEETS["establishment"]]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns, dtype=object)


def _frame(path: Path, data: DataFolder, findings: list[pd.DataFrame]) -> pd.DataFrame:
    source_file = data.relative(path)
    cells = read_register(path, findings, source_file)
    source = Source(source_file, sha256_of(path), "frame", path.stem, None, source_file, path.name)
    checked = check_sheet("establishment", cells, source)
    _require_employees(checked, cells)
    findings.append(checked.findings)
    return checked.rows[checked.rows["accepted"]].assign(source_file=source_file, territory_id=path.stem)


def _require_employees(checked: CheckedSheet, cells: pd.DataFrame) -> None:
    for column in set(FRAME_REQUIRED) - {c.name for c in SHEETS["establishment"].values() if c.required}:
        if column not in cells:
            checked.note("missing_column", column_name=column)
            checked.rows["accepted"] = False
        else:
            checked.find(checked.rows[column].isna(), "missing_value", column)
