"""Dagster's own records of a run, in SQLite, written without waiting for the disk at every event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def quickly_written() -> Iterator[None]:
    """A run tells Dagster some 900 events; its storage opens the database for each anew, and waits for the disk twice:
    at the commit and, since that was the last connection, as it is closed. Beside a busy disk that is a minute.

    While this lasts, one more connection stays open to each database, and a commit is handed to the system, which is
    enough against a process that is killed: after a power cut the last events may lack, never the database (SQLite,
    `synchronous=NORMAL` with a write-ahead log).
    """
    held: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma synchronous = normal")
            path = str(connection.execute("pragma database_list").fetchone()[2])
            if path and path not in held:
                held[path] = sqlite3.connect(path, check_same_thread=False)
                held[path].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for connection in held.values():
            with closing(connection):
                pass
