"""Land: which campaign was read when. Campaigns (`<territory>/<year>`) are dynamic partitions of one asset."""

import functools
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import pandas as pd

from assets import fresh
from assets.folder import Folder
from assets.lock import hold
from assets.project import SEEDS
from assets.receive import OWNER, received_files
from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import campaigns, received
from metabolism.surveys.received import ReceivedFile
from metabolism.tables import INT, TEXT, read_table

KEY = dg.AssetKey(["landed", "campaigns"])
TOLD = {
    "territory_id": TEXT,
    "year": INT,
    **dict.fromkeys(("files", "rows_received", "rows_accepted", "rows_quarantined", "rows_out_of_scope"), INT),
}
"""What is told of a campaign, its partition included."""
PARTITIONS = dg.DynamicPartitionsDefinition(name="campaigns")
# Several in one run have been beta since 2023; a person who runs the command need not be told
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=dg.BetaWarning)


def kept_campaigns(data: DataFolder) -> campaigns.Kept:
    return campaigns.Kept(data.lake / "campaigns")


@dg.asset(
    key=KEY,
    deps=[received_files.key],
    partitions_def=PARTITIONS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="land",
    kinds={"file"},
    owners=[OWNER],
    description="One survey of one territory for one reference year, landed. The job `refresh` reads those of which a file"
    " is new or changed, and tells so here, with their rows; to have some read again whatever is kept of them, materialise"
    " their partitions, then run `refresh`.",
)
def landed_campaigns(context: dg.AssetExecutionContext, folder: Folder) -> None:
    data = folder.data
    hold(data)
    wanted = set(context.partition_keys)
    files = [file for file in received.survey_files(data) if _name(file.territory_id, file.year) in wanted]
    landed = _landed(data, files, lambda _: True, context.log.info)
    for name, rows in rows_of_campaigns(landed.tables["files"]).items():
        context.add_asset_metadata(rows, partition_key=name)
    if absent := wanted - set(landed.read):
        context.log.warning(f"No files of {', '.join(sorted(absent))} stand in {data.surveys}.")


def land(context: dg.AssetExecutionContext, data: DataFolder, files: list[ReceivedFile]) -> dict[str, pd.DataFrame]:
    """The landed tables of all campaigns; each campaign that had to be read is materialised as its partition."""
    asked = fresh.Asked.of(context)
    landed = _landed(data, files, lambda c: asked.reads_again(c.territory_id, c.year), context.log.info)
    present = {_name(file.territory_id, file.year) for file in files if file.territory_id}
    for name in kept_campaigns(data).keep_only(present):
        context.instance.delete_dynamic_partition(str(PARTITIONS.name), name)
    rows = rows_of_campaigns(landed.tables["files"])
    _materialise(context, {name: rows[name] for name in landed.read if name in rows})
    return landed.tables


def tell(context: dg.AssetExecutionContext, data: DataFolder) -> None:
    """Makes the partitions of all landed campaigns known where Dagster's own records do not have them: its state may be
    younger than the lake."""
    rows = rows_of_campaigns(read_table(data.landed / "files.parquet"))
    known = context.instance.get_materialized_partitions(KEY)
    _materialise(context, {name: {**rows[name], "read": "by an earlier run"} for name in rows.keys() - known})


def rows_of_campaigns(files: pd.DataFrame) -> dict[str, dict[str, int]]:
    """By campaign: its files, and their rows received, accepted, quarantined and out of scope."""
    placed = files[files["territory_id"].notna() & files["year"].notna()]
    counted = [name for name in files if name.startswith("rows_")]
    groups = placed.groupby(["territory_id", "year"])
    return {
        _name(*place): {"files": len(rows), **{name: int(rows[name].sum()) for name in counted}}
        for place, rows in groups
    }


def _landed(
    data: DataFolder,
    files: list[ReceivedFile],
    again: Callable[[campaigns.Campaign], bool],
    progress: Callable[[str], None],
) -> campaigns.Landed:
    words = nomenclatures.load_once(SEEDS)
    return campaigns.land_campaigns(files, words, kept_campaigns(data), _reader(), again, progress)


@functools.cache
def _reader() -> str:
    return campaigns.reader_version(SEEDS)


def _materialise(context: dg.AssetExecutionContext, told: Mapping[str, Mapping[str, Any]]) -> None:
    context.instance.add_dynamic_partitions(str(PARTITIONS.name), sorted(told))
    for name in sorted(told):
        context.log_event(dg.AssetMaterialization(KEY, partition=name, metadata=dict(told[name])))


def _name(territory_id: str | None, year: int | None) -> str:
    return f"{territory_id}/{year}"
