"""Tables on disk: exactly the columns that were promised, and the same bytes for the same rows."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from metabolism.tables import BOOL, FLOAT, INT, TEXT, read_table, write_table

SCHEMA = {"name": TEXT, "n": INT, "value": FLOAT, "accepted": BOOL}
ROWS = pd.DataFrame(
    {"value": [1.5, None], "accepted": [True, False], "name": ["é", ""], "n": [3, None], "not promised": ["x", "y"]}
)


def test_what_is_written_is_read_back_in_the_promised_columns_and_types(tmp_path: Path) -> None:
    path = tmp_path / "made" / "t.parquet"
    write_table(ROWS, path, SCHEMA)
    schema = pq.read_schema(path)
    assert dict(zip(schema.names, schema.types, strict=True)) == SCHEMA
    table = read_table(path)
    assert table["name"].tolist()[0] == "é"
    assert table["name"].isna().tolist() == [False, True], "an empty text is null"
    assert table["n"].tolist() == [3, pd.NA]
    assert table["n"].dtype == pd.Int64Dtype()
    assert table["value"].tolist()[0] == 1.5
    assert table["accepted"].tolist() == [True, False]


def test_a_column_that_the_rows_lack_is_null(tmp_path: Path) -> None:
    write_table(ROWS[["name"]], tmp_path / "t.parquet", SCHEMA)
    table = read_table(tmp_path / "t.parquet")
    assert table[["n", "value", "accepted"]].isna().all(axis=None)
    assert len(table) == 2


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    write_table(pd.DataFrame(), tmp_path / "t.parquet", SCHEMA)
    assert list(read_table(tmp_path / "t.parquet").columns) == list(SCHEMA)


def test_the_same_rows_give_the_same_bytes_and_leave_nothing_beside(tmp_path: Path) -> None:
    digests = set()
    for _ in range(2):
        write_table(ROWS, tmp_path / "t.parquet", SCHEMA)
        digests.add(hashlib.sha256((tmp_path / "t.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
