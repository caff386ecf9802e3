"""Models of the dbt project as plain SQL, where a test needs many runs of a few of them and dbt would take seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import jinja2
import pandas as pd

from assets.project import DBT_PROJECT


def build(tables: Mapping[str, pd.DataFrame], models: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A database with `tables`, and with `models` (names, each after those that it reads) made of them."""
    environment = jinja2.Environment()
    engine = environment.from_string((DBT_PROJECT / "macros" / "engine.sql").read_text()).module
    words = {name.removeprefix("duckdb__"): macro for name, macro in vars(engine).items() if "duckdb__" in name}
    words |= {"ref": lambda model: model, "source": lambda _, table: table}
    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register("given", table)
        connection.execute(f"create table {name} as select * from given")
        connection.unregister("given")
    for name in models:
        (path,) = (DBT_PROJECT / "models").rglob(f"{name}.sql")
        sql = environment.from_string(path.read_text()).render(words)
        connection.execute(f"create table {name} as {sql}")
    return connection
