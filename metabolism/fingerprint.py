"""What a kept result depends on, as one text: the content of files, and the software that is installed."""

from __future__ import annotations

import functools
import hashlib
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from metabolism.surveys.received import sha256_of

_PASSED_OVER = ("__pycache__", "target", "logs", "dbt_packages")


def of_texts(*texts: str) -> str:
    """sha256 of texts, told apart: («a», «b») is not («ab», «»)."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)}:{text}".encode())
    return digest.hexdigest()


def of_files(root: Path, files: Iterable[Path]) -> str:
    """sha256 of the content of files and of their paths below `root`, whatever their order. Raises OSError."""
    pairs = sorted((path.relative_to(root).as_posix(), sha256_of(path)) for path in set(files))
    return of_texts(*(text for pair in pairs for text in pair))


def sources(folder: Path, pattern: str = "**/*") -> list[Path]:
    """Files that people write, below a folder: nothing that Python or dbt leaves there, no dot file."""
    return [
        path
        for path in folder.glob(pattern)
        if path.is_file()
        and not any(part.startswith(".") or part in _PASSED_OVER for part in path.relative_to(folder).parts)
    ]


@functools.cache
def of_environment() -> str:
    """Python and every installed package, by version. Read off their folders' names: reading what each says of itself
    takes ten times as long."""
    installed = {path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info")}
    return of_texts(sys.version, *sorted(installed))
