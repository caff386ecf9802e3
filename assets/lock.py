"""One run at a time in one data folder, whoever started it: the command, the UI or a schedule."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import TextIO

from metabolism.errors import CirculezError
from metabolism.layout import DataFolder

_HELD: dict[Path, TextIO] = {}


def hold(data: DataFolder) -> None:
    """Takes the folder for this process until it ends, however it ends; raises where another process has it."""
    if data.root in _HELD:
        return
    data.lake.mkdir(parents=True, exist_ok=True)
    lock = (data.lake / ".lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CirculezError(
            f"Another run is at work in {data.root}.", "Wait until it has ended, then run again."
        ) from None
    _HELD[data.root] = lock


def let_go(data: DataFolder) -> None:
    """Gives the folder back before the process ends."""
    if lock := _HELD.pop(data.root, None):
        lock.close()
