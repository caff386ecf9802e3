"""The tables at the top of `raw/` that people edit: territories, frames, postcodes, actors, prices, pilots, control
totals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from metabolism import findings as catalogue
from metabolism.layout import DataFolder
from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys.contract import FRAME_REQUIRED, REGISTERS, SHEETS, Column
from metabolism.surveys.headers import under_contract_names
from metabolism.surveys.labels import column_id
from metabolism.surveys.meaning import converted
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.received import sha256_of
from metabolism.surveys.sheet import CheckedSheet, Part, Source, check_sheet
from metabolism.surveys.tables import RawTable, UnreadableFile, read_tables
from metabolism.territories import relations
from metabolism.text import identifier, nearest
from metabolism.uncertainty import Z_95

FRAME_FOLDER_ENDINGS = (".csv", ".xlsx", ".xls", ".ods")


TERRITORY_COLUMNS = tuple(relations.COLUMNS)
POSTCODE_COLUMNS = ("country", "postcode", "territory_id")
ACTOR_COLUMNS = ("actor_id", "name", "kind", "territories", "themes")


def read_register(
    path: Path,
    findings: list[pd.DataFrame],
    source_file: str,
    columns_known: tuple[str, ...] = (),
    required: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """A table of text columns by id, indexed by source row; empty where the file is not there or cannot be read (then
    a finding is added). Of `columns_known` the first is required, or those of `required`; a header that is none of them
    is a finding too."""
    table = _first_table(path, findings, source_file) if path.exists() else None
    if table is None:
        return pd.DataFrame()
    if columns_known and table.header:
        findings.append(_header_findings(path, table, source_file, columns_known, required))
    columns = table.cells.set_axis([identifier(header) for header in table.header], axis=1)
    columns = columns.loc[:, ~columns.columns.duplicated()]
    return pd.DataFrame({name: plain_text(columns[name]) for name in columns}, index=columns.index)


def read_typed(
    path: Path, findings: list[pd.DataFrame], source_file: str, columns: Mapping[str, Column]
) -> pd.DataFrame:
    """A table of typed columns by id, indexed by source row, of the rows that have what is required; the others are
    findings."""
    checked = _checked(path, findings, source_file, columns)
    if checked is None:
        return pd.DataFrame(columns=list(columns), dtype=object)
    findings.append(checked.findings)
    accepted = checked.rows[checked.rows["accepted"]]
    return accepted.set_index("source_row")[list(columns)]


def read_controls(path: Path, findings: list[pd.DataFrame], nomenclatures: Nomenclatures) -> pd.DataFrame:
    """Control totals: territory_id, year, resource_id, side, source and source_row, with `value` and `sd` in
    `canonical_unit` a year. A row that no unit or resource serves is a finding and is left out."""
    schema = [*REGISTERS["controls"], "source_row", "canonical_unit", "sd"]
    checked = _checked(path, findings, path.name, REGISTERS["controls"])
    if checked is None:
        return pd.DataFrame(columns=schema, dtype=object)
    rows = checked.rows
    rows["resource"] = rows["resource_id"]
    factor = converted(checked, nomenclatures)
    rows["value"] = rows["value"] * factor["factor"]
    pct = np.hypot(rows["uncertainty_pct"], factor["uncertainty_pct"].fillna(0.0))
    rows["sd"] = rows["value"] * pct / 100 / Z_95
    findings.append(checked.findings)
    return rows.loc[rows["accepted"], schema].reset_index(drop=True)


def _checked(
    path: Path, findings: list[pd.DataFrame], source_file: str, columns: Mapping[str, Column]
) -> CheckedSheet | None:
    """The rows of a table with typed columns; None where it is not there or cannot be read. What its header has wrong
    is added to the findings; what its rows have wrong is in the sheet."""
    table = _first_table(path, findings, source_file) if path.exists() else None
    if table is None or not table.header:
        return None
    findings.append(_header_findings(path, table, source_file, tuple(columns)))
    cells = table.cells.set_axis([identifier(header) for header in table.header], axis=1)
    cells = cells.loc[:, ~cells.columns.duplicated()]
    source = Source(source_file, sha256_of(path), path.stem, None, None, source_file, path.name)
    return check_sheet(path.stem, [Part(source, cells)], columns)


def _header_findings(
    path: Path, table: RawTable, source_file: str, known: tuple[str, ...], required: tuple[str, ...] | None = None
) -> pd.DataFrame:
    given = [identifier(header) for header in table.header]
    rows = [
        {"kind": "unknown_column", "column_name": header, "declared": header, "suggested": nearest(name, known)}
        for header, name in zip(table.header, given, strict=True)
        if name and name not in known
    ]
    rows += [
        {"kind": "missing_column", "column_name": name, "suggested": nearest(name, given)}
        for name in (known[:1] if required is None else required)
        if name not in given
    ]
    about = {"source_file": source_file, "source_sha256": sha256_of(path), "source_sheet": path.stem}
    return catalogue.complete(pd.DataFrame(rows).assign(**about)) if rows else catalogue.empty()


def _first_table(path: Path, findings: list[pd.DataFrame], source_file: str) -> RawTable | None:
    try:
        return read_tables(path.read_bytes(), path.name)[0]
    except UnreadableFile as error:
        row = {"source_file": source_file, "source_sha256": sha256_of(path), "kind": "unreadable_file"}
        findings.append(catalogue.complete(pd.DataFrame([{**row, "detail": str(error)}])))
        return None


def of_unknown_territories(path: Path, lines: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    """Findings: the lines of a table (indexed by source row) whose `territory_id` is none of `known`."""
    named = lines.get("territory_id", pd.Series(dtype=object)).dropna()
    strange = named[(named != "") & ~named.isin(list(known))]
    guess = {word: nearest(word, known) for word in strange.unique()}
    return about_lines(path, strange, "line_of_unknown_territory").assign(suggested=strange.map(guess).to_numpy())


def actors_that_are_establishments(path: Path, actors: pd.DataFrame, establishments: Collection[str]) -> pd.DataFrame:
    """Findings: the lines of actors.csv whose id is that of an establishment."""
    named = actors.get("actor_id", pd.Series(dtype=object)).dropna()
    return about_lines(path, named[named.isin(list(establishments))], "actor_is_establishment")


def about_lines(path: Path, cells: pd.Series, kind: str) -> pd.DataFrame:
    """A finding for each cell of a column (indexed by source row)."""
    if cells.empty:
        return catalogue.empty()
    found = pd.DataFrame({"source_row": cells.index, "declared": cells.to_numpy(), "column_name": cells.name})
    about = {"source_file": path.name, "source_sha256": sha256_of(path), "source_sheet": path.stem}
    return catalogue.complete(found.assign(kind=kind, **about))


def read_frames(data: DataFolder, findings: list[pd.DataFrame]) -> pd.DataFrame:
    """All frames: the columns of `establishment` with `territory_id` (the file's name) and `source_file`.

    A row without id, name, NACE or employees is a finding and is left out, and so is one of an id that the territory's
    frame lists already. Frames of several territories may list one establishment.
    """
    paths = [p for p in sorted(data.frame.glob("*")) if p.suffix.lower() in FRAME_FOLDER_ENDINGS]
    frames = [_frame(path, data, findings) for path in paths]
    columns = ["source_file", "territory_id", *SHEETS["establishment"]]
    filled = [frame for frame in frames if len(frame)]
    return _once_each(pd.concat(filled, ignore_index=True), findings) if filled else _no_rows(columns)


def _once_each(frame: pd.DataFrame, findings: list[pd.DataFrame]) -> pd.DataFrame:
    again = frame.duplicated(["territory_id", "establishment_id"])
    if again.any():
        twice = {"kind": "frame_twice", "column_name": "establishment_id", "declared": frame["establishment_id"]}
        findings.append(catalogue.complete(frame.assign(**twice)[again]))
    return frame[~again].reset_index(drop=True)


def _no_rows(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns, dtype=object)


def _frame(path: Path, data: DataFolder, findings: list[pd.DataFrame]) -> pd.DataFrame:
    source_file = data.relative(path)
    table = _first_table(path, findings, source_file)
    if table is None:
        return pd.DataFrame()
    source = Source(source_file, sha256_of(path), "frame", path.stem, None, source_file, path.name)
    part, found = under_contract_names("establishment", table, source)
    checked = check_sheet("establishment", [part])
    _require_employees(checked, table, source)
    findings += [checked.findings, catalogue.complete(pd.DataFrame(found))]
    return checked.rows[checked.rows["accepted"]].assign(source_file=source_file, territory_id=path.stem)


def _require_employees(checked: CheckedSheet, table: RawTable, source: Source) -> None:
    """What a frame needs beyond the sheet `establishment`."""
    given = {column_id("establishment", header) for header in table.header}
    for column in FRAME_REQUIRED:
        if SHEETS["establishment"][column].required:
            continue
        if column in given:
            checked.find(checked.rows[column].isna(), "missing_value", column)
        else:
            checked.note(source, "missing_column", column_name=column)
            checked.rows["accepted"] = False
