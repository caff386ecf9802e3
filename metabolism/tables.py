"""Tables on disk: typed Parquet, written whole or not at all, the same bytes for the same rows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TEXT, FLOAT, INT, BOOL = pa.string(), pa.float64(), pa.int64(), pa.bool_()


def write_table(frame: pd.DataFrame, path: Path, columns: Mapping[str, pa.DataType]) -> None:
    """Writes exactly `columns`, in their order and types; a column that the frame lacks is null.

    Written beside its target and moved there: a reader sees the old table or the new one.
    """
    table = arrow_table(frame, columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".writing")
    pq.write_table(table, beside, compression="zstd")
    beside.replace(path)


def write_text(text: str, path: Path) -> None:
    """Writes UTF-8 text beside its target, as a file that is passed over everywhere, and moves it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8", newline="")
    beside.replace(path)


def arrow_table(frame: pd.DataFrame, columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Exactly `columns`, in their order and types; a column that the frame lacks, and an empty text, is null."""
    arrays = [pa.array(_column(frame, name, kind), type=kind, from_pandas=True) for name, kind in columns.items()]
    return pa.table(arrays, schema=pa.schema(list(columns.items())))


def _column(frame: pd.DataFrame, name: str, kind: pa.DataType) -> pd.Series:
    if name not in frame:
        return pd.Series([None] * len(frame), dtype=object)
    values = frame[name]
    if kind == TEXT:
        return values.astype(object).where(values.notna() & (values != ""), None)
    if kind == INT:
        return values.astype("Int64")
    # Columns of lists, and a table without rows, come in whatever type pandas gave them
    return values.astype(object) if pa.types.is_list(kind) or not len(values) else values


def read_table(path: Path) -> pd.DataFrame:
    """A Parquet file as pandas, integers that may be null as `Int64`."""
    return from_arrow(pq.read_table(path))


def from_arrow(table: pa.Table) -> pd.DataFrame:
    """As pandas, integers that may be null as `Int64`."""
    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype()}
    return table.to_pandas(types_mapper=nullable.get)
