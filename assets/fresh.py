"""What stands from an earlier run and need not be made again.

A stage keeps, once it has ended well, the key of what it read (content of files, source of the software, installed
packages), the sha256 of each file that it made, and what it told Dagster. The next run makes it again unless all of
these are as they were; else its assets are materialised and its checks told as they were, with the run that made them.

Belongs here: when a stage is left out. What campaigns of a landing are read again is `metabolism.surveys.campaigns`.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg

from assets.project import DBT_PROJECT, PROJECT
from metabolism import fingerprint
from metabolism.layout import DataFolder
from metabolism.surveys.received import sha256_of
from metabolism.tables import write_text

FULL, TERRITORY, YEAR = "circulez/full", "circulez/territory", "circulez/year"
"""Tags of a run: all is made again; surveys of this territory, this year, are read again."""
UNCHANGED = "unchanged since run"
_NO_VALUE: Any = dg.MaterializeResult[Any]().value
Make = TypeVar("Make", bound=Callable[..., Any])


@dataclass(frozen=True)
class Asked:
    """What a run was asked to do again."""

    full: bool = False
    territory: str | None = None
    year: int | None = None

    @staticmethod
    def of(context: dg.AssetExecutionContext) -> Asked:
        tags = context.run.tags
        year = tags.get(YEAR, "")
        return Asked(tags.get(FULL) == "yes", tags.get(TERRITORY), int(year) if year.isdecimal() else None)

    def tags(self) -> dict[str, str]:
        told = {FULL: "yes" if self.full else None, TERRITORY: self.territory, YEAR: self.year}
        return {name: str(value) for name, value in told.items() if value is not None}

    @property
    def narrowed(self) -> bool:
        return self.territory is not None or self.year is not None

    def reads_again(self, territory_id: str | None, year: int | None) -> bool:
        """Whether a campaign is read whatever is kept of it."""
        fits = self.territory in (None, territory_id) and self.year in (None, year)
        return self.full or (self.narrowed and fits)


@dataclass(frozen=True)
class Stage:
    """A step that may be left out. `reads` and `makes`: patterns of files below the data folder; what it reads besides
    is the software's source. Patterns of whole folders of the lake: what a stage comes to read later is in them already.
    What it makes itself is not of its reads."""

    name: str
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    passes_over: tuple[str, ...] = ()
    """What stands in those folders and is made beside it, before or after it."""
    alters: tuple[str, ...] = ()
    """Other stages whose file this one goes on writing into: the warehouse."""
    reads_surveys: bool = False
    """Not left out where surveys are to be read again."""
    stood_still: Callable[[DataFolder], bool] = lambda _: True
    """Asked at its end: whether what it read beside `reads` stood still."""


def _below(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    return sorted({path for pattern in patterns for path in root.glob(pattern) if path.is_file()})


@functools.cache
def software() -> str:
    """The source of what makes things, and the installed packages; nobody has to raise a number."""
    folders = [PROJECT / "metabolism", PROJECT / "assets", DBT_PROJECT]
    parts = [fingerprint.of_files(folder, fingerprint.sources(folder)) for folder in folders]
    return fingerprint.of_texts(*parts, fingerprint.of_environment())


@dataclass(frozen=True)
class Record:
    """What is kept of a stage that ended well."""

    key: str
    run_id: str
    files: dict[str, str]
    events: list[dict[str, Any]]

    @staticmethod
    def path(data: DataFolder, name: str) -> Path:
        return data.lake / "stages" / f"{name}.json"

    @staticmethod
    def read(data: DataFolder, name: str) -> Record | None:
        """None where there is none, or what stands there is no record."""
        try:
            kept = json.loads(Record.path(data, name).read_text(encoding="utf-8"))
            return Record(str(kept["key"]), str(kept["run_id"]), dict(kept["files"]), list(kept["events"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, data: DataFolder, name: str) -> None:
        write_text(json.dumps(asdict(self)), Record.path(data, name))

    @staticmethod
    def forget(data: DataFolder, name: str) -> None:
        Record.path(data, name).unlink(missing_ok=True)


def _key(stage: Stage, data: DataFolder) -> str:
    not_read = set(_below(data.root, stage.makes + stage.passes_over))
    read = [path for path in _below(data.root, stage.reads) if path not in not_read]
    return fingerprint.of_texts(stage.name, software(), fingerprint.of_files(data.root, read))


def _made(stage: Stage, data: DataFolder) -> dict[str, str]:
    return {path.relative_to(data.root).as_posix(): sha256_of(path) for path in _below(data.root, stage.makes)}


def kept(stage: Stage) -> Callable[[Make], Make]:
    """Leaves the decorated asset function out where the stage stands as it was made; makes it otherwise.

    What it yields has to be yielded in the same way on a later run, so only plain events are kept: a stage that yields
    anything else is always made.
    """

    def decorate(make: Make) -> Make:
        @functools.wraps(make)
        def made_or_left(*arguments: Any, **resources: Any) -> Iterator[Any]:
            context = dg.AssetExecutionContext.get()
            data: DataFolder = resources["folder"].data
            yield from _made_or_left(stage, context, data, functools.partial(make, *arguments, **resources))

        # Dagster asks what an asset gives by its annotation: here it is always a stream of events
        made_or_left.__signature__ = inspect.signature(make).replace(  # type: ignore[attr-defined]
            return_annotation=Iterator[Any]
        )
        return made_or_left  # type: ignore[return-value]

    return decorate


def _made_or_left(
    stage: Stage, context: dg.AssetExecutionContext, data: DataFolder, make: Callable[[], Any]
) -> Iterator[Any]:
    asked, key = Asked.of(context), _key(stage, data)
    record = Record.read(data, stage.name)
    again = asked.full or context.is_subset or (stage.reads_surveys and asked.narrowed)
    if record and not again and record.key == key and record.files == _made(stage, data):
        context.log.info(f"{UNCHANGED} {record.run_id}")
        for event in record.events:
            yield _told(event, record.run_id)
        return
    for name in (stage.name, *stage.alters) if context.is_subset else (stage.name,):
        Record.forget(data, name)
    events: list[dict[str, Any] | None] = []
    result = make()
    for event in result if isinstance(result, Iterator) else [result]:
        events.append(None if context.is_subset else _plain(event))
        yield event
    plain = [event for event in events if event is not None]
    if len(plain) < len(events) or any(_failed(event) for event in plain):
        return
    if key != _key(stage, data) or not stage.stood_still(data):
        return
    _keep(stage, data, Record(key, context.run.run_id, _made(stage, data), plain))


def _keep(stage: Stage, data: DataFolder, record: Record) -> None:
    """Writes the record last: until then the stage counts as not made."""
    for name in stage.alters:
        other = Record.read(data, name)
        if other:
            both = {path: record.files[path] for path in other.files.keys() & record.files.keys()}
            Record(other.key, other.run_id, other.files | both, other.events).write(data, name)
    record.write(data, stage.name)


# --- what was told to Dagster ----------------------------------------------------------------------------------------


def _plain(event: Any) -> dict[str, Any] | None:
    """An event as JSON; None where something of it would be lost."""
    about: dict[str, Any]
    if isinstance(event, dg.Output):
        whole = event.value is None and not event.data_version and not event.tags
        about = {"output": event.output_name}
    elif isinstance(event, dg.MaterializeResult):
        whole = event.value is _NO_VALUE and not event.check_results and not event.data_version and not event.tags
        about = {"asset": list(event.asset_key.path) if event.asset_key else None}
    elif isinstance(event, dg.AssetCheckResult):
        whole = event.asset_key is not None and event.check_name is not None
        about = {
            "check": event.check_name,
            "asset": list(event.asset_key.path) if event.asset_key else None,
            "passed": bool(event.passed),
            "severity": event.severity.value,
            "description": event.description,
        }
    elif isinstance(event, dg.AssetObservation):
        whole = event.partition is None and not event.tags
        about = {"observed": list(event.asset_key.path), "description": event.description}
    else:
        return None
    metadata = {name: _coded(value) for name, value in (event.metadata or {}).items()}
    return {**about, "metadata": metadata} if whole and None not in metadata.values() else None


def _coded(value: Any) -> list[Any] | None:
    if isinstance(value, str | int | float | bool):
        return ["plain", value]
    if isinstance(value, dg.MetadataValue | dg.TableSchema | dg.TableColumnLineage):
        return ["dagster", dg.serialize_value(value)]  # type: ignore[arg-type]
    return None


def _decoded(metadata: Mapping[str, list[Any]]) -> dict[str, Any]:
    return {name: dg.deserialize_value(text) if how == "dagster" else text for name, (how, text) in metadata.items()}


def _failed(event: dict[str, Any]) -> bool:
    return "check" in event and not event["passed"] and event["severity"] == dg.AssetCheckSeverity.ERROR.value


def _told(event: dict[str, Any], run_id: str) -> Any:
    metadata = {**_decoded(event["metadata"]), UNCHANGED: dg.MetadataValue.dagster_run(run_id)}
    if "output" in event:
        return dg.Output(value=None, output_name=event["output"], metadata=metadata)
    if "observed" in event:
        return dg.AssetObservation(event["observed"], description=event["description"], metadata=metadata)
    if "check" in event:
        return dg.AssetCheckResult(
            asset_key=event["asset"],
            check_name=event["check"],
            passed=event["passed"],
            severity=dg.AssetCheckSeverity(event["severity"]),
            description=event["description"],
            metadata=metadata,
        )
    return dg.MaterializeResult(asset_key=event["asset"], metadata=metadata)
