"""Landing, campaign by campaign: what is read once is kept, and read again only where something of it changed.

A campaign is one survey of one territory for one reference year. Nothing crosses two of them on the way into the landed
tables (copies of a file count within a territory and year), so each is landed by itself, and the tables of all are its
rows one below the other. It is kept under a key of everything that its rows depend on: path and sha256 of each of its
files (`mapping.yaml` is one of them), the reader's own source, the nomenclatures, and the installed packages.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from metabolism import fingerprint
from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys import landed, landing
from metabolism.surveys.received import ReceivedFile, sha256_of
from metabolism.tables import arrow_table, from_arrow

SCHEMAS = {**landed.SCHEMAS, "answers": landed.ANSWERS, "files": landed.FILES, "findings": landed.FINDINGS}
_ENDING = ".campaign"
_NEVER_KEPT = ""


@dataclass(frozen=True)
class Campaign:
    """The files of one territory and year; of neither (`territory_id` None): those that stand in no campaign's folder."""

    territory_id: str | None
    year: int | None
    files: tuple[ReceivedFile, ...]

    @property
    def name(self) -> str:
        """`<territory>/<year>`; empty where the files are of no campaign."""
        return f"{self.territory_id}/{self.year}" if self.territory_id else ""

    def key(self, reader: str) -> str:
        """Changes with every file's path and content, and with the reader."""
        told = [text for file in self.files for text in (file.source_file, file.sha256)]
        return fingerprint.of_texts(reader, self.name, *told) if self.territory_id else _NEVER_KEPT

    def still_stands(self) -> bool:
        """Whether its files are on disk what they were when they were listed."""
        try:
            return all(sha256_of(file.path) == file.sha256 for file in self.files)
        except OSError:
            return False


def campaigns(files: Iterable[ReceivedFile]) -> list[Campaign]:
    """The campaigns in the order of their first file."""
    found: dict[tuple[str | None, int | None], list[ReceivedFile]] = {}
    for file in files:
        found.setdefault((file.territory_id, file.year), []).append(file)
    return [Campaign(*place, tuple(members)) for place, members in found.items()]


def reader_version(seeds: Path) -> str:
    """Of everything but its files that a campaign's rows depend on: the source of the reader and of what it imports, the
    nomenclatures, the installed packages. Computed, since a number that people raise is forgotten."""
    package = Path(__file__).resolve().parent.parent
    source = [*fingerprint.sources(package, "*.py"), *fingerprint.sources(package / "surveys")]
    return fingerprint.of_texts(
        fingerprint.of_files(package, source),
        fingerprint.of_files(seeds, fingerprint.sources(seeds)),
        fingerprint.of_environment(),
    )


@dataclass(frozen=True)
class Kept:
    """Campaigns on disk, a file each below `folder`: `<territory>/<year>.campaign`.

    A line of JSON (key, sha256 of what follows, bytes of each table), then the tables as Arrow streams: one file is
    replaced in one step, and reading it takes a tenth of what Parquet takes for tables of a few rows.
    """

    folder: Path

    def load(self, campaign: Campaign, key: str) -> dict[str, pa.Table] | None:
        """Its tables; None where nothing is kept under this key, or what is kept is not whole."""
        try:
            line, _, body = self._path(campaign.name).read_bytes().partition(b"\n")
            about = json.loads(line)
            if about["key"] != key or about["sha256"] != hashlib.sha256(body).hexdigest():
                return None
            tables, begin = {}, 0
            for name, n_bytes in about["tables"]:
                with pa.ipc.open_stream(pa.py_buffer(body[begin : begin + n_bytes])) as stream:
                    tables[name] = stream.read_all()
                begin += n_bytes
        except (OSError, ValueError, KeyError, TypeError):
            return None
        wanted = {name: pa.schema(list(columns.items())) for name, columns in SCHEMAS.items()}
        return tables if {name: table.schema for name, table in tables.items()} == wanted else None

    def save(self, campaign: Campaign, key: str, tables: dict[str, pa.Table]) -> None:
        """Written beside its target and moved there: whole or not at all."""
        streams = {name: _stream(table) for name, table in tables.items()}
        body = b"".join(streams.values())
        sizes = [(name, len(stream)) for name, stream in streams.items()]
        about = {"key": key, "sha256": hashlib.sha256(body).hexdigest(), "tables": sizes}
        path = self._path(campaign.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        beside.write_bytes(json.dumps(about).encode() + b"\n" + body)
        beside.replace(path)

    def keep_only(self, names: Iterable[str]) -> list[str]:
        """Removes all campaigns but those named, and says which: what left `raw/` leaves the lake."""
        wanted = {self._path(name) for name in names}
        gone = sorted(path for path in self.folder.glob("*/*") if path not in wanted)
        for path in gone:
            path.unlink()
        return [path.relative_to(self.folder).with_suffix("").as_posix() for path in gone if path.suffix == _ENDING]

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{_ENDING}"


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


@dataclass
class Landed:
    """The landed tables of all campaigns, by name, and which campaigns were read for it."""

    tables: dict[str, pd.DataFrame]
    read: list[str] = field(default_factory=list)


def land_campaigns(
    files: list[ReceivedFile],
    nomenclatures: Nomenclatures,
    kept: Kept,
    reader: str,
    again: Callable[[Campaign], bool] = lambda _: False,
    progress: Callable[[str], None] = lambda _: None,
) -> Landed:
    """The tables of all campaigns: what is kept under its key as it is, the others read and then kept.

    `reader`: `reader_version`. `again`: campaigns that are read whatever is kept.
    """
    parts: list[dict[str, pa.Table]] = []
    result = Landed({})
    for campaign in campaigns(files):
        key = campaign.key(reader)
        tables = None if again(campaign) or key == _NEVER_KEPT else kept.load(campaign, key)
        if tables is None:
            tables = _read(campaign, nomenclatures, progress)
            if key != _NEVER_KEPT:
                result.read.append(campaign.name)
                # A file that was replaced while it was read is not what its key says.
                if campaign.still_stands():
                    kept.save(campaign, key, tables)
        parts.append(tables)
    result.tables = {name: _together(name, [tables[name] for tables in parts]) for name in SCHEMAS}
    return result


def _read(campaign: Campaign, nomenclatures: Nomenclatures, progress: Callable[[str], None]) -> dict[str, pa.Table]:
    frames = landed.frames(landing.land(list(campaign.files), nomenclatures, progress=progress))
    return {name: arrow_table(frames[name], columns) for name, columns in SCHEMAS.items()}


def _together(name: str, tables: list[pa.Table]) -> pd.DataFrame:
    empty = pa.schema(list(SCHEMAS[name].items())).empty_table()
    return from_arrow(pa.concat_tables([empty, *tables]))
