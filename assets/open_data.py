"""Open data: received from a mirror folder or from its provider, and landed. No run stops for want of it."""

import datetime
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from assets.download import NotFetched, fetch, https_session
from assets.folder import Folder
from assets.lock import hold
from assets.project import SEEDS
from assets.receive import OWNER
from metabolism.layout import DataFolder
from metabolism.opendata import communes, eurostat, registry
from metabolism.opendata.registry import Copy, Source, UnreadableOpenData
from metabolism.surveys.received import sha256_of
from metabolism.tables import INT, TEXT, read_table, write_table

MIRROR, FETCH = "CIRCULEZ_MIRROR", "CIRCULEZ_FETCH"
AVAILABLE, NOT_AVAILABLE = "available", "not available"
RECEIVED = {"source_id": TEXT, "source_file": TEXT, "source_sha256": TEXT, "retrieved": TEXT, "reason": TEXT}
STATUS = {"source_id": TEXT, "status": TEXT, "reason": TEXT, "source_file": TEXT, "source_sha256": TEXT,
          "retrieved": TEXT, "n_rows": INT}  # fmt: skip
_PROVENANCE = {"source_id": TEXT, "source_file": TEXT, "source_sha256": TEXT}


@dataclass(frozen=True)
class Table:
    """A landed table: the source that it is read from, its reader, and the columns that the reader gives."""

    source_id: str
    read: Callable[[Path], pd.DataFrame]
    columns: Mapping[str, Any]
    description: str

    @property
    def schema(self) -> dict[str, Any]:
        return _PROVENANCE | dict(self.columns)


TABLES = {
    "open_waste": Table(
        "eurostat_waste",
        eurostat.read_waste,
        eurostat.WASTE_SCHEMA,
        "Eurostat's waste by country, activity and category, parents beside their children; empty where not available.",
    ),
    "recycling_rates": Table(
        "eurostat_packaging_recycling",
        eurostat.read_recycling_rates,
        eurostat.RECYCLING_SCHEMA,
        "Eurostat's recycling rates of packaging by country; empty where not available.",
    ),
    "communes": Table(
        "lu_communes",
        communes.read_communes,
        communes.SCHEMA,
        "Communes of Luxembourg: code, name, canton; empty where not available.",
    ),
}
_READERS = {table.source_id: table.read for table in TABLES.values()}


@dg.asset(
    key=["received", "open_data"],
    group_name="receive",
    kinds={"file"},
    owners=[OWNER],
    description="Which copy of each source of open_sources.csv is used: the newest in raw/open, else one from the mirror"
    f" ({MIRROR}), else, where {FETCH}=1, one from the provider's address; and why there is none.",
)
def received_open_data(context: dg.AssetExecutionContext, folder: Folder) -> dg.MaterializeResult[Any]:
    data = folder.data
    hold(data)
    rows = [_received(data, source) for source in registry.read_registry(SEEDS)]
    for row in rows:
        context.log.info(f"open data {row['source_id']}: {row['source_file'] or row['reason']}")
    table = pd.DataFrame(rows, columns=list(RECEIVED))
    write_table(table, data.received / "open_data.parquet", RECEIVED)
    n_received = int(table["source_file"].notna().sum())
    return dg.MaterializeResult(metadata={"dagster/row_count": len(table), "received": n_received})


def _received(data: DataFolder, source: Source) -> dict[str, str | None]:
    copy, reason = registry.newest_copy(data, source), None
    if copy is None:
        copy, reason = receive(data, source)
    found = {"source_id": source.source_id, "source_file": None, "source_sha256": None, "retrieved": None}
    if copy is None:
        return found | {"reason": reason}
    file, sha256 = data.relative(copy.path), sha256_of(copy.path)
    return found | {"source_file": file, "source_sha256": sha256, "retrieved": copy.retrieved, "reason": None}


def receive(data: DataFolder, source: Source) -> tuple[Copy | None, str]:
    """A copy from the mirror, else from the provider where that is asked for; or none, and why."""
    tried = []
    for way in (_from_mirror, _from_provider):
        try:
            return way(data, source), ""
        except (NotReceived, NotFetched, UnreadableOpenData, OSError) as error:
            # A message of the system names paths of this machine: its kind is enough
            tried.append(type(error).__name__ if isinstance(error, OSError) else str(error))
    return None, "; ".join(["no copy in raw/open", *tried])


class NotReceived(Exception):
    """Why a way gives no copy of a source."""


def _from_mirror(data: DataFolder, source: Source) -> Copy:
    mirror = os.environ.get(MIRROR)
    if not mirror:
        raise NotReceived(f"no mirror is named ({MIRROR})")
    found = Path(mirror).expanduser() / source.mirror_file
    if not found.is_file():
        raise NotReceived(f"the mirror has no file {source.mirror_file}")
    _refuse_unreadable(source, found)
    return registry.keep_copy(found, data, source, registry.date_of(found))


def _from_provider(data: DataFolder, source: Source) -> Copy:
    if os.environ.get(FETCH) != "1":
        raise NotReceived(f"fetching from the provider is not asked for ({FETCH}=1)")
    if not source.fetch_address:
        raise NotReceived("the provider gives no lasting address")
    with tempfile.TemporaryDirectory() as scratch, https_session() as session:
        found = Path(scratch) / source.file_name
        fetch(source.fetch_address, found, session)
        _refuse_unreadable(source, found)
        # When a file was received is a fact of the world, as in receipts.csv; every later run reads it off the folder
        return registry.keep_copy(found, data, source, datetime.datetime.now(datetime.UTC).date().isoformat())


def _refuse_unreadable(source: Source, path: Path) -> None:
    """Raises UnreadableOpenData: what is kept in raw/open stays for good, so a damaged file does not get there."""
    if read := _READERS.get(source.source_id):
        read(path)


def _specs() -> list[dg.AssetSpec]:
    described = {name: (table.description, table.schema) for name, table in TABLES.items()}
    described["open_sources"] = (
        "Each source of open data: available or not and why, which file, how many rows.",
        STATUS,
    )
    return [
        dg.AssetSpec(
            ["landed", name],
            # After the receipts too: a file is not used before it has one
            deps=[received_open_data.key, ["received", "files"]],
            group_name="land",
            kinds={"parquet", "pandas"},
            owners=[OWNER],
            description=description,
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    [dg.TableColumn(column, str(kind)) for column, kind in schema.items()]
                )
            },
        )
        for name, (description, schema) in described.items()
    ]


@dg.multi_asset(name="landed_open_data", specs=_specs())
def landed_open_data(folder: Folder) -> Iterator[Any]:
    data = folder.data
    status = _status(read_table(data.received / "open_data.parquet"))
    for name, table in TABLES.items():
        rows = _landed(data, table, status)
        write_table(rows, data.landed / f"{name}.parquet", table.schema)
        yield dg.MaterializeResult(asset_key=["landed", name], metadata={"dagster/row_count": len(rows)})
    write_table(status.reset_index(), data.landed / "open_sources.parquet", STATUS)
    available = int((status["status"] == AVAILABLE).sum())
    yield dg.MaterializeResult(
        asset_key=["landed", "open_sources"],
        metadata={"dagster/row_count": len(status), "available": available},
    )


def _status(received: pd.DataFrame) -> pd.DataFrame:
    """By source id: whether a copy is there; its rows are counted as it is read."""
    status = received.set_index("source_id").astype(object)
    status["status"] = [AVAILABLE if file else NOT_AVAILABLE for file in status["source_file"].notna()]
    return status.assign(n_rows=None)


def _landed(data: DataFolder, table: Table, status: pd.DataFrame) -> pd.DataFrame:
    """The rows of one table; none where its source is not available or cannot be read, which `status` then says."""
    here = status.loc[table.source_id]
    if here["status"] != AVAILABLE:
        return pd.DataFrame(columns=list(table.schema))
    try:
        rows = table.read(data.raw / here["source_file"])
    except UnreadableOpenData as error:
        status.loc[table.source_id, ["status", "reason"]] = NOT_AVAILABLE, str(error)
        return pd.DataFrame(columns=list(table.schema))
    status.loc[table.source_id, "n_rows"] = len(rows)
    provenance = {name: here[name] for name in ("source_file", "source_sha256")}
    return rows.assign(source_id=table.source_id, **provenance)
