"""What Great Expectations found in rows, kept beside them: its import alone takes seconds, and the same rows give the
same outcome."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa

from assets import expectations, fresh
from metabolism import fingerprint
from metabolism.tables import FLOAT, TEXT, arrow_table, write_text

_ADDED = {"plausible_maximum": FLOAT, "plausible_reason": TEXT, expectations.SHARE: FLOAT}


def examined(
    rows: pd.DataFrame, columns: Mapping[str, pa.DataType], path: Path, *, again: bool = False
) -> list[expectations.Outcome]:
    """The outcome of the suite over `rows`, from `path` where it was found in these very rows by this very software.

    `rows`: accepted rows of `flows` with their plausible maximum; `columns`: their types on disk.
    """
    rows = rows.reset_index(drop=True)
    key = fingerprint.of_texts(fresh.software(), _content(rows, {**columns, **_ADDED}))
    outcomes = None if again else _read(path, key, rows)
    if outcomes is None:
        path.unlink(missing_ok=True)
        outcomes = expectations.examine(rows)
        _write(path, key, outcomes)
    return outcomes


def _content(rows: pd.DataFrame, columns: Mapping[str, pa.DataType]) -> str:
    table = arrow_table(rows, columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(sink.getvalue()).hexdigest()


def _read(path: Path, key: str, rows: pd.DataFrame) -> list[expectations.Outcome] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        return [
            expectations.Outcome(name, passed, severity, n_checked, rows.loc[failed, :])
            for name, passed, severity, n_checked, failed in kept["outcomes"]
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, key: str, outcomes: list[expectations.Outcome]) -> None:
    told = [(o.name, o.passed, o.severity, o.n_checked, [int(i) for i in o.rows.index]) for o in outcomes]
    write_text(json.dumps({"key": key, "outcomes": told}), path)
