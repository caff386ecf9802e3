"""The registry of open data: identity cards, and the copies that stand in `raw/open/<source>/<yyyy-mm-dd>/`."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

import pandas as pd

from metabolism.layout import DataFolder


class UnreadableOpenData(Exception):
    """A file that is not what its source's card says; the message is shown as the reason."""


@dataclass(frozen=True)
class Source:
    """One line of `open_sources.csv`: the identity card of an open data set.

    `mirror_file`: its path below a mirror folder, with `/`; its name is also the file's name in `raw/open`.
    `fetch_address`: where the provider gives the file, over https; empty where there is no lasting address.
    """

    source_id: str
    title: str
    provider: str
    licence: str
    landing_page: str
    mirror_file: str
    fetch_address: str
    format: str
    update_rhythm: str
    used_for: str

    @property
    def file_name(self) -> str:
        return PurePosixPath(self.mirror_file).name


@dataclass(frozen=True)
class Copy:
    """A copy of a source in `raw/open`, and the date of its folder (ISO)."""

    path: Path
    retrieved: str


def read_registry(seeds: Path) -> list[Source]:
    """The cards of `open_sources.csv` in the folder `seeds`, by id."""
    table = pd.read_csv(seeds / "open_sources.csv", dtype=str, keep_default_na=False)
    names = [field.name for field in fields(Source)]
    return sorted((Source(*row) for row in table[names].itertuples(index=False, name=None)), key=lambda s: s.source_id)


def newest_copy(data: DataFolder, source: Source) -> Copy | None:
    """The copy with the latest date; a folder whose name is no date, or without the file, is passed over."""
    folder = data.open_data / source.source_id
    dated = sorted(path.name for path in folder.glob("*-*-*") if _is_date(path.name)) if folder.is_dir() else []
    for date in reversed(dated):
        path = folder / date / source.file_name
        if path.is_file():
            return Copy(path, date)
    return None


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def date_of(path: Path) -> str:
    """The day on which a file was last modified (UTC, ISO)."""
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date().isoformat()


def keep_copy(found: Path, data: DataFolder, source: Source, date: str) -> Copy:
    """Copies `found` to `raw/open/<source>/<date>/`: written aside and moved there; what stands there already stays."""
    target = data.open_data / source.source_id / date / source.file_name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.writing")
        shutil.copyfile(found, beside)
        beside.replace(target)
    return Copy(target, date)
