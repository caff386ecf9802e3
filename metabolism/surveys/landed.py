"""The landed tables: what the lake holds for each sheet, with its types."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa

from metabolism import findings as catalogue
from metabolism.surveys.contract import SHEETS, Column
from metabolism.surveys.landing import FILE_COLUMNS, Landing
from metabolism.tables import BOOL, FLOAT, INT, TEXT

SOURCE = {
    "source_file": TEXT,
    "source_sha256": TEXT,
    "source_sheet": TEXT,
    "source_row": INT,
    "territory_id": TEXT,
    "year": INT,
    "answer_id": TEXT,
    "answer_name": TEXT,
    "accepted": BOOL,
}
_MEANING: dict[str, dict[str, pa.DataType]] = {
    "flows": {
        "entry": INT,
        "repeat": TEXT,
        "resource_id": TEXT,
        "family": TEXT,
        "canonical_unit": TEXT,
        "value": FLOAT,
        "uncertainty": FLOAT,
        "sd": FLOAT,
        "own_sd": FLOAT,
        "conversion_sd": FLOAT,
        "conversion_line": TEXT,
        "price_per_unit": FLOAT,
    },
    "stocks": {
        "resource_id": TEXT,
        "family": TEXT,
        "canonical_unit": TEXT,
        "opening_value": FLOAT,
        "closing_value": FLOAT,
    },
    "services": {"service_id": TEXT},
    "issues": {"theme_id": TEXT, "barrier_id": TEXT},
    "facts": {"fact_id": TEXT},
    "haves_wants": {"resource_id": TEXT, "service_id": TEXT, "fact_id": TEXT, "canonical_unit": TEXT, "value": FLOAT},
}
_TYPES = {"number": FLOAT, "whole": INT}


def typed(columns: Mapping[str, Column]) -> dict[str, pa.DataType]:
    """The types of the contract's columns on disk."""
    return {column.name: _TYPES.get(column.kind, TEXT) for column in columns.values()}


SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    sheet: {
        **SOURCE,
        **typed(columns),
        **_MEANING.get(sheet, {}),
        "extra": TEXT,
    }
    for sheet, columns in SHEETS.items()
}
"""`extra`: what stands under columns that the questionnaire has not, as a JSON object of texts by header."""
ANSWERS: dict[str, pa.DataType] = {
    "sheet": TEXT,
    "territory_id": TEXT,
    "year": INT,
    "establishment_id": TEXT,
    "answer_id": TEXT,
    "answer_name": TEXT,
    "source_file": TEXT,
}
FILES: dict[str, pa.DataType] = {
    **{name: INT if name == "year" or name.startswith("rows_") else TEXT for name in FILE_COLUMNS},
    "received_at": TEXT,
}
FINDINGS: dict[str, pa.DataType] = {name: INT if name in ("year", "source_row") else TEXT for name in catalogue.COLUMNS}


def frames(landing: Landing) -> dict[str, pd.DataFrame]:
    """The landed tables by name: a sheet each, `files` and `findings`; in a stable order.

    `entry` numbers the declarations that a mapping makes from one row.
    """
    tables = {sheet: _joined(parts, SCHEMAS[sheet]) for sheet, parts in landing.rows.items()}
    flows = tables["flows"]
    flows["entry"] = flows.groupby(["source_file", "source_sheet", "source_row"], sort=False).cumcount()
    flows["repeat"] = flows["repeat"].astype(object).fillna("add")
    answers = pd.concat([_answers(sheet, rows) for sheet, rows in tables.items()], ignore_index=True)
    files = pd.DataFrame(landing.files, columns=FILE_COLUMNS).sort_values("source_file", ignore_index=True)
    return {**tables, "answers": answers, "files": files, "findings": _joined(landing.findings, FINDINGS)}


def _answers(sheet: str, rows: pd.DataFrame) -> pd.DataFrame:
    named = rows[rows["establishment_id"].astype(object).fillna("") != ""]
    return named[list(ANSWERS)[1:]].drop_duplicates().assign(sheet=sheet)


def _joined(parts: list[pd.DataFrame], schema: dict[str, pa.DataType]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in schema})
    return pd.concat([part.reindex(columns=list(schema)) for part in filled], ignore_index=True)
