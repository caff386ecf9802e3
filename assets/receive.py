"""Receive: what stands in `raw/`, with a receipt for every delivered file."""

import datetime
from typing import Any

import dagster as dg
import pandas as pd

from assets.folder import Folder
from assets.lock import hold
from metabolism import findings as catalogue
from metabolism.errors import CirculezError
from metabolism.layout import DataFolder
from metabolism.surveys import received, withdrawals
from metabolism.surveys.registers import read_register
from metabolism.tables import INT, TEXT, read_table, write_table, write_text

OWNER = "team:circulez"
RECEIVED = {"source_file": TEXT, "source_sha256": TEXT, "territory_id": TEXT, "year": INT, "kind": TEXT}


@dg.asset(
    key=["received", "files"],
    deps=[["received", "open_data"]],
    group_name="receive",
    kinds={"file"},
    owners=[OWNER],
    description="Every file below raw/, with its sha256. A delivered file gets a line in raw/receipts.csv when it is"
    " first seen.",
)
def received_files(folder: Folder) -> dg.MaterializeResult[Any]:
    data = folder.data
    hold(data)
    found = received.inventory(data)
    refuse_a_mix(data, set(found["territory_id"].dropna()))
    receipts = received.read_receipts(data)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with_new = received.with_new_receipts(receipts, found, now)
    write_receipts(data, with_new)
    write_table(found, data.received / "files.parquet", RECEIVED)
    first_seen = with_new.drop(columns=received.WHOSE, errors="ignore").astype(object)
    write_table(first_seen, data.received / "receipts.parquet", dict.fromkeys(first_seen, TEXT))
    kinds = found["kind"].value_counts().to_dict()
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(found),
            "new": len(with_new) - len(receipts),
            **{f"{kind}_files": int(n) for kind, n in sorted(kinds.items())},
        }
    )


def write_receipts(data: DataFolder, receipts: pd.DataFrame) -> None:
    """Writes `receipts.csv` beside its target and moves it there, where it says more than before."""
    if receipts.equals(received.read_receipts(data)):
        return
    write_text(receipts.to_csv(index=False), data.receipts)


@dg.asset_check(
    asset=received_files.key,
    name="withdrawals_are_read",
    blocking=True,
    description="Nothing is published while it cannot be told who withdrew: withdrawals.csv can be read, where it stands.",
)
def withdrawals_are_read(folder: Folder) -> dg.AssetCheckResult:
    found: list[pd.DataFrame] = []
    withdrawals.read(folder.data.raw / withdrawals.FILE, found)
    words = catalogue.worded(pd.concat(found, ignore_index=True))
    broken = words[words["kind"].isin(["unreadable_file", "missing_column"])]
    return dg.AssetCheckResult(
        passed=broken.empty,
        description="; ".join(f"{withdrawals.FILE}: {text}" for text in broken["message_en"])
        or "who withdrew is known",
    )


@dg.asset_check(
    asset=received_files.key,
    name="delivered_files_stand",
    blocking=True,
    description="Nothing received is ever lost: every file in raw/receipts.csv still stands, unchanged, unless all"
    " whose rows it held have withdrawn.",
)
def delivered_files_stand(folder: Folder) -> dg.AssetCheckResult:
    data = folder.data
    receipts = received.read_receipts(data)
    covered = withdrawals.covered(receipts, data.raw / withdrawals.FILE)
    missing = received.gone(receipts, read_table(data.received / "files.parquet"), covered)
    shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    reason = (
        f"{len(missing)} delivered file(s) are gone or were changed: {shown}. Put them back as they were into"
        f" {data.raw}; send a correction as a further file."
        if missing
        else "every delivered file stands"
    )
    return dg.AssetCheckResult(
        passed=not missing, description=reason, metadata={"gone": dg.MetadataValue.json(missing)}
    )


def refuse_a_mix(data: DataFolder, surveyed: set[str]) -> None:
    """Raises where synthetic and real surveys stand in one folder."""
    territories = read_register(data.territories, [], "territories.csv")
    if "synthetic" not in territories or "territory_id" not in territories:
        return
    said_so = territories["synthetic"].str.lower() == "yes"
    synthetic = set(territories.loc[said_so, "territory_id"])
    invented, real = sorted(surveyed & synthetic), sorted(surveyed - synthetic)
    if invented and real:
        raise CirculezError(
            f"{data.surveys} mixes synthetic surveys ({', '.join(invented)}) with others ({', '.join(real)}).",
            "Start a real campaign in a folder of its own: circulez init DIR. If these surveys are synthetic too, say"
            " so in the column `synthetic` of territories.csv.",
        )


def receipt_dates(data: DataFolder) -> pd.Series:
    """When each (file, sha256) was first seen."""
    receipts = received.read_receipts(data)
    keys = pd.MultiIndex.from_frame(receipts[["file", "sha256"]])
    return pd.Series(receipts["first_seen"].to_numpy(), index=keys)
