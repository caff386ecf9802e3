"""From the files received to landed tables: one a sheet, with the files' counts and the findings.

rows received = accepted + quarantined + out of scope, for every file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePath

import pandas as pd

from metabolism import findings as catalogue
from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys import mapping
from metabolism.surveys.contract import SHEETS
from metabolism.surveys.mapping import MappingPlan, MappingRefused
from metabolism.surveys.meaning import add_meaning
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.received import MAPPING, ReceivedFile, answered_twice
from metabolism.surveys.sheet import CheckedSheet, Source, check_sheet
from metabolism.surveys.tables import TEXTS, WORKBOOKS, RawTable, UnreadableFile, read_tables
from metabolism.text import identifier, nearest

FILE_COLUMNS = [
    "source_file",
    "source_sha256",
    "territory_id",
    "year",
    "rows_received",
    "rows_accepted",
    "rows_quarantined",
    "rows_out_of_scope",
    "copy_of",
]


@dataclass
class Landing:
    """What a set of files became. `rows` by sheet; `files` one row a file; `findings` without words yet."""

    rows: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {sheet: [] for sheet in SHEETS})
    files: list[dict[str, object]] = field(default_factory=list)
    findings: list[pd.DataFrame] = field(default_factory=list)

    def find(self, file: ReceivedFile, kind: str, **values: object) -> None:
        about = {"source_file": file.source_file, "source_sha256": file.sha256}
        row = {**about, "territory_id": file.territory_id, "year": file.year, "kind": kind, **values}
        self.findings.append(catalogue.complete(pd.DataFrame([row])))

    def count(self, file: ReceivedFile, received: int, quarantined: int, out_of_scope: int = 0, **values: object) -> None:
        self.files.append(
            {
                "source_file": file.source_file,
                "source_sha256": file.sha256,
                "territory_id": file.territory_id,
                "year": file.year,
                "rows_received": received,
                "rows_accepted": received - quarantined - out_of_scope,
                "rows_quarantined": quarantined,
                "rows_out_of_scope": out_of_scope,
                **values,
            }
        )

    def add(self, checked: CheckedSheet) -> None:
        source = checked.source
        self.findings.append(checked.findings)
        about = {
            "source_file": source.source_file,
            "source_sha256": source.source_sha256,
            "source_sheet": source.source_sheet,
            "territory_id": source.territory_id,
            "year": source.year,
            "answer_id": source.answer_id,
            "answer_name": source.answer_name,
        }
        self.rows[checked.sheet].append(checked.rows.assign(**about))


def land(
    files: list[ReceivedFile], nomenclatures: Nomenclatures, progress: Callable[[str], None] = lambda _: None
) -> Landing:
    """Reads every file once. A file that cannot be read is a finding and blocks nothing but itself."""
    landing = Landing()
    copies = answered_twice(files)
    for folder, in_folder in groupby(files, key=lambda file: file.folder):
        members = list(in_folder)
        progress(f"{folder}: {len(members)} files")
        mapped = _MappedFolder.of(members, landing)
        for file in members:
            if file.name == MAPPING:
                continue
            if file.territory_id is None:
                landing.count(file, 0, 0)
                landing.find(file, "misplaced_file")
            elif file.source_file in copies:
                landing.count(file, 0, 0, copy_of=copies[file.source_file])
                landing.find(file, "duplicate_file", suggested=copies[file.source_file])
            elif mapped and mapped.claims(file):
                mapped.land(file, landing, nomenclatures)
            else:
                _land_questionnaire(file, landing, nomenclatures)
    return landing


# --- questionnaires --------------------------------------------------------------------------------------------------


def _land_questionnaire(file: ReceivedFile, landing: Landing, nomenclatures: Nomenclatures) -> None:
    try:
        tables = read_tables(file.path.read_bytes(), file.name)
    except UnreadableFile as error:
        landing.count(file, 0, 0)
        kind = "unreadable_file" if PurePath(file.name).suffix.lower() in WORKBOOKS | TEXTS else "unrecognised_file"
        landing.find(file, kind, detail=str(error))
        return
    received = quarantined = 0
    sheets = list(_recognised(file, tables, landing))
    for sheet, table in sheets:
        source = _source(file, table.name if _is_workbook(file) else sheet, file.source_file, file.name)
        checked = check_sheet(sheet, _by_contract_names(sheet, table), source)
        _note_columns(checked, table)
        add_meaning(checked, nomenclatures)
        landing.add(checked)
        received += len(checked.rows)
        quarantined += int((~checked.rows["accepted"]).sum())
    if not sheets:
        received = quarantined = 0 if _is_workbook(file) else len(tables[0].cells)
        kind = "no_sheet" if _is_workbook(file) else "unrecognised_file"
        landing.find(file, kind, detail=", ".join(SHEETS))
    landing.count(file, received, quarantined)


def _recognised(file: ReceivedFile, tables: list[RawTable], landing: Landing) -> Iterator[tuple[str, RawTable]]:
    for table in tables:
        name = table.name if _is_workbook(file) else _sheet_of_csv(file.name)
        sheet = identifier(name)
        if sheet in SHEETS and table.header:
            yield sheet, table
        elif sheet not in SHEETS and _is_workbook(file):
            landing.find(file, "unknown_sheet", declared=table.name, source_sheet=table.name)
        elif sheet in SHEETS:
            yield sheet, RawTable(table.name, list(SHEETS[sheet]), pd.DataFrame(columns=range(len(SHEETS[sheet]))))


def _sheet_of_csv(name: str) -> str:
    """`answers.flows.csv` → `flows`."""
    parts = name.rsplit(".", 2)
    return parts[1] if len(parts) == 3 else ""


def _is_workbook(file: ReceivedFile) -> bool:
    return PurePath(file.name).suffix.lower() in WORKBOOKS


def _by_contract_names(sheet: str, table: RawTable) -> pd.DataFrame:
    known: dict[str, int] = {}
    for position, header in enumerate(table.header):
        name = identifier(header)
        if name in SHEETS[sheet]:
            known.setdefault(name, position)
    return table.cells[list(known.values())].set_axis(list(known), axis=1)


def _note_columns(checked: CheckedSheet, table: RawTable) -> None:
    seen: set[str] = set()
    for header in filter(None, table.header):
        name = identifier(header)
        if name not in SHEETS[checked.sheet]:
            guess = nearest(name, SHEETS[checked.sheet])
            checked.note("unknown_column", declared=header, column_name=header, suggested=guess)
        elif name in seen:
            checked.note("duplicate_column", declared=header, column_name=header)
        seen.add(name)


def _source(file: ReceivedFile, sheet: str, answer_id: str, answer_name: str) -> Source:
    if file.territory_id is None or file.year is None:
        raise ValueError(f"{file.source_file} has no territory or year")
    return Source(file.source_file, file.sha256, sheet, file.territory_id, file.year, answer_id, answer_name)


# --- registers and exports -------------------------------------------------------------------------------------------


@dataclass
class _MappedFolder:
    """A folder with a mapping: the files that it names are one answer, read through it, or refused with it."""

    file: ReceivedFile
    patterns: tuple[str, ...]
    plan: MappingPlan | None
    answer_name: str
    refused: MappingRefused | None = None
    _read: dict[str, RawTable] = field(default_factory=dict)

    @staticmethod
    def of(members: list[ReceivedFile], landing: Landing) -> _MappedFolder | None:
        found = [file for file in members if file.name == MAPPING]
        if not found or found[0].territory_id is None:
            return None
        text = found[0].path.read_text(encoding="utf-8-sig", errors="replace")
        folder = _MappedFolder(found[0], mapping.file_patterns(text), None, "")
        try:
            folder.plan = mapping.parse(text)
            folder.patterns = folder.plan.files
            folder._check_all(members)
        except MappingRefused as refusal:
            folder.refused = refusal
            landing.find(found[0], "mapping_refused", detail=refusal.detail, suggested=refusal.suggested)
        named = [member.name for member in members if folder.claims(member)]
        folder.answer_name = max(named, default=MAPPING)
        return folder

    def claims(self, file: ReceivedFile) -> bool:
        if file.name == MAPPING:
            return False
        if self.refused and not self.patterns:
            return _sheet_of_csv(file.name) not in SHEETS
        return mapping.matches(file.name, self.patterns)

    def _check_all(self, members: list[ReceivedFile]) -> None:
        """A column that one of the files lacks refuses the mapping as a whole, before any row is taken."""
        assert self.plan is not None
        for file in filter(self.claims, members):
            try:
                self._read[file.name] = self._table(file)
                mapping.check_columns(self.plan, self._read[file.name].header)
            except UnreadableFile:
                continue

    def _table(self, file: ReceivedFile) -> RawTable:
        options = {"encoding": self.plan.encoding, "delimiter": self.plan.delimiter} if self.plan else {}
        tables = read_tables(file.path.read_bytes(), file.name, **options)
        wanted = self.plan.sheet if self.plan else None
        if not wanted or not _is_workbook(file):
            return tables[0]
        chosen = [table for table in tables if table.name == wanted]
        if not chosen:
            names = [table.name for table in tables]
            raise MappingRefused(f"{file.name} has no sheet «{wanted}»", nearest(wanted, names))
        return chosen[0]

    def land(self, file: ReceivedFile, landing: Landing, nomenclatures: Nomenclatures) -> None:
        try:
            table = self._read.pop(file.name, None) or self._table(file)
        except UnreadableFile as error:
            landing.count(file, 0, 0)
            landing.find(file, "unreadable_file", detail=str(error))
            return
        except MappingRefused:
            landing.count(file, 0, 0)
            return
        if self.refused or self.plan is None:
            landing.count(file, len(table.cells), len(table.cells))
            return
        keep = mapping.in_scope(self.plan, table, int(file.year or 0))
        quarantined: set[int] = set()
        for entry in self.plan.entries:
            cells = mapping.entry_cells(entry, table, keep, self.plan.decimal)
            sheet = table.name if _is_workbook(file) else entry.section
            source = _source(file, sheet, self.file.source_file, self.answer_name)
            if entry.section == "establishment":
                cells, contradictions = _one_record_each(cells)
            checked = check_sheet(entry.section, cells, source)
            if entry.section == "establishment":
                _note_contradictions(checked, contradictions)
            if entry.section == "flows":
                checked.rows["repeat"] = entry.repeat
            add_meaning(checked, nomenclatures)
            landing.add(checked)
            quarantined |= set(checked.rows.loc[~checked.rows["accepted"], "source_row"])
        landing.count(file, len(table.cells), len(quarantined), int((~keep).sum()))


def _one_record_each(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, str, str]]]:
    """One record an establishment: the first filled cell of each column, and the contradictions between its rows
    as (establishment, column, taken, other)."""
    text = cells.apply(plain_text)
    filled = text.where(text != "")
    key = text["establishment_id"] if "establishment_id" in text else pd.Series("", index=cells.index)
    first_rows = ~key.duplicated()
    records = cells[first_rows].copy()
    contradictions: list[tuple[str, str, str, str]] = []
    for column in filled.columns:
        values = filled[column].groupby(key).agg(["first", "last", "nunique"])
        records[column] = key[first_rows].map(values["first"]).fillna("")
        for establishment, row in values[(values["nunique"] > 1) & (values.index != "")].iterrows():
            others = filled.loc[(key == establishment) & (filled[column] != row["first"]), column].dropna()
            contradictions.append((str(establishment), str(column), row["first"], others.iloc[0]))
    return records, contradictions


def _note_contradictions(checked: CheckedSheet, contradictions: list[tuple[str, str, str, str]]) -> None:
    for establishment, column, taken, other in contradictions:
        here = checked.rows["establishment_id"] == establishment
        checked.find(here, "contradiction", column, declared=taken, suggested=other)
