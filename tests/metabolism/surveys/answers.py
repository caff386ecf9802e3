"""Small answers, written and landed in a folder that goes away: what each test's files became."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter

from metabolism import findings as catalogue
from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import landed, landing, received

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
NOMENCLATURES = nomenclatures.load(SEEDS)
FOLDER = "z/2025"

FLOW = {
    "establishment_id": "e1",
    "direction": "in",
    "resource": "water.drinking",
    "quantity": "10",
    "unit": "m3",
    "period": "year",
}
ESTABLISHMENT = {"establishment_id": "e1", "name": "One", "nace": "38.21"}


@dataclass(frozen=True)
class Landed:
    """The landed tables by name."""

    tables: dict[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    @property
    def kinds(self) -> list[str]:
        return sorted(self.tables["findings"]["kind"])

    def found(self, kind: str) -> pd.DataFrame:
        findings = self.tables["findings"]
        return findings[findings["kind"] == kind].reset_index(drop=True)

    def the(self, kind: str) -> pd.Series:
        """The one finding of this kind."""
        found = self.found(kind)
        assert len(found) == 1, f"{len(found)} findings of {kind}; there are {self.kinds}"
        return found.iloc[0]

    def counts(self, source_file: str) -> tuple[int, int, int, int]:
        """Rows received, accepted, quarantined and out of scope."""
        files = self.tables["files"].set_index("source_file")
        return tuple(int(n) for n in files.loc[f"surveys/{source_file}", _COUNTS])


_COUNTS = ["rows_received", "rows_accepted", "rows_quarantined", "rows_out_of_scope"]


def land(files: Mapping[str, bytes | str]) -> Landed:
    """Lands files given by their path below `raw/surveys`."""
    with tempfile.TemporaryDirectory() as folder:
        data = write(Path(folder), {f"surveys/{path}": content for path, content in files.items()})
        return Landed(landed.frames(landing.land(received.survey_files(data), NOMENCLATURES)))


def write(root: Path, files: Mapping[str, bytes | str]) -> DataFolder:
    """Writes files given by their path below `raw`."""
    data = DataFolder(root)
    for name, content in files.items():
        path = data.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return data


def csv_of(rows: Iterable[Mapping[str, object]], separator: str = ",") -> str:
    """Rows under the headers of all of them, each cell quoted."""
    table = pd.DataFrame(list(rows)).fillna("")
    return str(table.to_csv(index=False, sep=separator, quoting=1))


def flows(*changes: Mapping[str, object]) -> str:
    """A sheet `flows` as CSV: a row for each change to a row without fault."""
    return csv_of({**FLOW, **change} for change in changes)


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """An .xlsx of cells as they are given; None leaves a cell empty."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    if hasattr(cell, "isoformat"):
                        sheet.write_datetime(number, position, cell, day)
                    elif cell is not None:
                        sheet.write(number, position, cell)
    return buffer.getvalue()


def messages(answer: Landed) -> list[str]:
    return list(catalogue.worded(answer["findings"])["message_en"])
