"""Dagster's own records of a run, in SQLite, written without waiting for the disk at every event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite import sqlite_event_log
from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def quickly_written() -> Iterator[None]:
    """A run tells Dagster some 900 events. For each its storage makes an engine, compiles its statements, opens the database
    and waits for the disk twice: at the commit and, since that was the last connection, as it is closed. That is 3 s of
    work, and beside a busy disk a minute.

    While this lasts there is one engine a database, one more connection to it stays open, and a commit is handed to the
    system. That is enough against a process that is killed; after a power cut the last events may lack, never the
    database (SQLite, `synchronous=NORMAL` with a write-ahead log). What is recorded is the same.
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
        with _one_engine_a_database():
            yield
    finally:
        event.remove(Engine, "connect", opened)
        with ExitStack() as closed:
            for connection in held.values():
                closed.enter_context(closing(connection))


@contextmanager
def _one_engine_a_database() -> Iterator[None]:
    """Dagster has no setting for it: its module's own name is replaced for a while; one that has no such name is left."""
    make: Callable[..., Engine] | None = getattr(sqlite_event_log, "create_engine", None)
    if make is None:
        yield
        return
    made: dict[str, Engine] = {}

    def once(address: str, **options: Any) -> Engine:
        if address not in made:
            made[address] = make(address, **options)
        return made[address]

    sqlite_event_log.create_engine = once  # type: ignore[assignment, attr-defined]
    try:
        yield
    finally:
        sqlite_event_log.create_engine = make  # type: ignore[attr-defined]
