"""From the files received to landed tables: one a sheet, with the files' counts and the findings.

rows received = accepted + quarantined + out of scope, for every file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import pandas as pd

from metabolism import findings as catalogue
from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys import mapping
from metabolism.surveys.contract import SHEETS
from metabolism.surveys.headers import ragged_rows, under_contract_names
from metabolism.surveys.labels import sheet_id
from metabolism.surveys.mapping import MappingPlan, MappingRefused
from metabolism.surveys.meaning import add_meaning
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.received import MAPPING, ReceivedFile, answered_twice
from metabolism.surveys.sheet import Part, Source, check_sheet
from metabolism.surveys.tables import TEXTS, WORKBOOKS, RawTable, UnreadableFile, read_tables
from metabolism.text import nearest

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
    files: list[dict[str, Any]] = field(default_factory=list)
    findings: list[pd.DataFrame] = field(default_factory=list)
    _parts: dict[str, list[Part]] = field(default_factory=lambda: {sheet: [] for sheet in SHEETS})
    _notes: list[dict[str, object]] = field(default_factory=list)
    _n_tables: int = 0

    def new_table(self) -> int:
        """A number for one more table."""
        self._n_tables += 1
        return self._n_tables

    def find(self, file: ReceivedFile, kind: str, **values: object) -> None:
        """Notes a finding about a file."""
        about = {"source_file": file.source_file, "source_sha256": file.sha256}
        self.add_findings([{**about, "territory_id": file.territory_id, "year": file.year, "kind": kind, **values}])

    def add_findings(self, findings: list[dict[str, object]]) -> None:
        self._notes += findings

    def count(
        self, file: ReceivedFile, received: int, quarantined: int = 0, out_of_scope: int = 0, **values: object
    ) -> None:
        """Counts the rows of a file; those that the check of their sheet quarantines are added by `check`."""
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

    def add(self, sheet: str, part: Part) -> None:
        """Takes the rows of a table; they are checked with those of all other files."""
        self._parts[sheet].append(part)

    def check(self, nomenclatures: Nomenclatures) -> None:
        """Checks what was added since the last check: types, meaning, and the counts of what is quarantined."""
        refused = []
        for sheet, parts in self._parts.items():
            if parts:
                checked = check_sheet(sheet, parts)
                add_meaning(checked, nomenclatures)
                self.rows[sheet].append(checked.rows)
                self.findings.append(checked.findings)
                refused.append(checked.rows.loc[~checked.rows["accepted"], ["source_file", "table", "source_row"]])
                parts.clear()
        if self._notes:
            self.findings.append(catalogue.complete(pd.DataFrame(self._notes)))
            self._notes.clear()
        if refused:
            self._quarantine(pd.concat(refused).drop_duplicates()["source_file"].value_counts().to_dict())

    def _quarantine(self, rows: dict[str, int]) -> None:
        for file in self.files:
            more = rows.get(str(file["source_file"]), 0)
            file["rows_accepted"] -= more
            file["rows_quarantined"] += more


def land(
    files: list[ReceivedFile], nomenclatures: Nomenclatures, progress: Callable[[str], None] = lambda _: None
) -> Landing:
    """Reads every file once. A file that cannot be read is a finding and blocks nothing but itself."""
    landing = Landing()
    folders: dict[str, list[ReceivedFile]] = {}
    for file in files:
        folders.setdefault(file.folder, []).append(file)
    mapped = {folder: _MappedFolder.of(members, landing) for folder, members in folders.items()}
    copies = _copies(files, mapped)
    for folder, members in folders.items():
        progress(f"{folder}: {len(members)} files")
        for file in members:
            _land_file(file, copies.get(file.source_file), mapped[folder], landing)
        landing.check(nomenclatures)
    return landing


def _copies(files: list[ReceivedFile], mapped: dict[str, _MappedFolder | None]) -> dict[str, str]:
    """Which files are copies, of which path: the first stands, but never one that its name keeps from being read."""

    def is_unreadable_by_name(file: ReceivedFile) -> bool:
        folder = mapped[file.folder]
        return not (_is_workbook(file) or sheet_id(_sheet_of_csv(file.name)) or (folder and folder.claims(file)))

    delivered = [file for file in files if file.name != MAPPING and file.territory_id is not None]
    return answered_twice(sorted(delivered, key=is_unreadable_by_name))


def _land_file(file: ReceivedFile, copy_of: str | None, mapped: _MappedFolder | None, landing: Landing) -> None:
    if file.name == MAPPING:
        return
    if file.territory_id is None:
        lost = _rows_of(file)
        landing.count(file, lost, lost)
        landing.find(file, "misplaced_file", declared=file.source_file)
    elif copy_of:
        landing.count(file, 0, copy_of=copy_of)
        landing.find(file, "duplicate_file", declared=file.source_file, suggested=copy_of)
    elif mapped and mapped.claims(file):
        mapped.land(file, landing)
    else:
        _land_questionnaire(file, landing)


def _rows_of(file: ReceivedFile) -> int:
    """Rows of a file of which nothing is used: of its known sheets, else of the one table that a CSV is."""
    try:
        tables = read_tables(file.path.read_bytes(), file.name)
    except UnreadableFile:
        return 0
    return sum(len(table.cells) for table in tables if not _is_workbook(file) or sheet_id(table.name))


# --- questionnaires --------------------------------------------------------------------------------------------------


def _land_questionnaire(file: ReceivedFile, landing: Landing) -> None:
    try:
        tables = read_tables(file.path.read_bytes(), file.name)
    except UnreadableFile as error:
        landing.count(file, 0)
        kind = "unreadable_file" if PurePath(file.name).suffix.lower() in WORKBOOKS | TEXTS else "unrecognised_file"
        landing.find(file, kind, detail=str(error))
        return
    sheets = list(_recognised(file, tables, landing))
    for sheet, table in sheets:
        source = _source(file, table.name if _is_workbook(file) else sheet, file.source_file, file.name)
        part, found = under_contract_names(sheet, table, source, landing.new_table())
        landing.add(sheet, part)
        landing.add_findings(found + ragged_rows(table, source))
    if sheets:
        landing.count(file, sum(len(table.cells) for _, table in sheets))
    else:
        lost = 0 if _is_workbook(file) else len(tables[0].cells)
        landing.count(file, lost, lost)
        landing.find(file, "no_sheet" if _is_workbook(file) else "unrecognised_file", detail=", ".join(SHEETS))


def _recognised(file: ReceivedFile, tables: list[RawTable], landing: Landing) -> Iterator[tuple[str, RawTable]]:
    for table in tables:
        sheet = sheet_id(table.name if _is_workbook(file) else _sheet_of_csv(file.name))
        if sheet and table.header:
            yield sheet, table
        elif sheet:
            yield sheet, RawTable(table.name, list(SHEETS[sheet]), pd.DataFrame(columns=range(len(SHEETS[sheet]))))
        elif _is_workbook(file):
            landing.find(file, "unknown_sheet", declared=table.name, source_sheet=table.name)


def _sheet_of_csv(name: str) -> str:
    """`answers.flows.csv` → `flows`."""
    parts = name.rsplit(".", 2)
    return parts[1] if len(parts) == 3 else ""


def _is_workbook(file: ReceivedFile) -> bool:
    return PurePath(file.name).suffix.lower() in WORKBOOKS


def _source(file: ReceivedFile, sheet: str | None, answer_id: str, answer_name: str) -> Source:
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
    _records: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The establishments of the files landed so far: the first filled cell of each column."""

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
        if folder.plan and not folder.refused and not named:
            landing.find(found[0], "mapping_names_nothing", detail=", ".join(folder.patterns))
        folder.answer_name = max(named, default=MAPPING)
        return folder

    def claims(self, file: ReceivedFile) -> bool:
        if file.name == MAPPING:
            return False
        if self.refused and not self.patterns:
            return sheet_id(_sheet_of_csv(file.name)) is None
        return mapping.matches(file.name, self.patterns)

    def _check_all(self, members: list[ReceivedFile]) -> None:
        """A column that one of the files lacks refuses the mapping as a whole, before any row is taken."""
        assert self.plan is not None
        for file in filter(self.claims, members):
            try:
                self._read[file.name] = self._table(file)
                if self._read[file.name].header:
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

    def land(self, file: ReceivedFile, landing: Landing) -> None:
        try:
            table = self._read.pop(file.name, None) or self._table(file)
        except UnreadableFile as error:
            landing.count(file, 0)
            landing.find(file, "unreadable_file", detail=str(error))
            return
        except MappingRefused:
            landing.count(file, 0)
            return
        if self.refused or self.plan is None:
            landing.count(file, len(table.cells), len(table.cells))
        elif table.header:
            landing.add_findings(ragged_rows(table, self._source(file, table, None)))
            self._land_rows(self.plan, file, table, landing)
        else:
            landing.count(file, 0)

    def _land_rows(self, plan: MappingPlan, file: ReceivedFile, table: RawTable, landing: Landing) -> None:
        keep = mapping.in_scope(plan, table, int(file.year or 0))
        number = landing.new_table()
        for entry in plan.entries:
            cells = mapping.entry_cells(entry, table, keep, plan.decimal)
            source = self._source(file, table, entry.section)
            if entry.section == "establishment":
                cells, contradictions = self._one_record_each(cells)
                landing.add_findings(_contradictory(cells, contradictions, source))
            kept: dict[str, object] = {"repeat": entry.repeat} if entry.section == "flows" else {}
            landing.add(entry.section, Part(source, cells, kept=kept, table=number))
        landing.count(file, len(table.cells), 0, int((~keep).sum()))

    def _source(self, file: ReceivedFile, table: RawTable, section: str | None) -> Source:
        return _source(file, table.name if _is_workbook(file) else section, self.file.source_file, self.answer_name)

    def _one_record_each(self, cells: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, pd.Series]]:
        """One record an establishment: the first filled cell of each column, in this file or one before it; and by
        column, what another row of the establishment says instead. A row that names no establishment stands by itself.
        """
        text = cells.apply(plain_text)
        whose = text["establishment_id"]
        named = whose != ""
        filled = cells.astype(object).where(text != "")[named]
        taken = filled.groupby(whose[named], sort=False).first()
        if len(self._records):
            taken = self._records.reindex(taken.index).combine_first(taken).reindex(columns=taken.columns)
        self._records = (
            taken.combine_first(self._records).reindex(columns=taken.columns) if len(self._records) else taken
        )
        records = cells[~named | ~whose.duplicated()].astype(object)
        contradictions = {}
        for column in cells.columns:
            of_record = whose[records.index].map(taken[column])
            records[column] = of_record.where(of_record.notna(), "").where(named[records.index], records[column])
            says = text.loc[named, column]
            differs = (says != "") & (says != whose[named].map(plain_text(taken[column])))
            if differs.any():
                contradictions[str(column)] = says[differs].groupby(whose[named][differs], sort=False).first()
        return records, contradictions


def _contradictory(cells: pd.DataFrame, others: dict[str, pd.Series], source: Source) -> list[dict[str, object]]:
    """A finding for each record whose establishment says something `others` in another row."""
    found: list[dict[str, object]] = []
    if not others:
        return found
    whose = plain_text(cells["establishment_id"])
    for column, says in others.items():
        about = {"kind": "contradiction", "column_name": column, **source.of_finding()}
        table = pd.DataFrame({"id": whose, "taken": plain_text(cells[column]), "other": whose.map(says)})
        for row, establishment, taken, other in table.dropna().itertuples(name=None):
            record = {"source_row": row, "establishment_id": establishment, "declared": taken, "suggested": other}
            found.append({**about, **record})
    return found
