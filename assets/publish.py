"""Publish: the check of both sides, the reports, and the release."""

import json
import math
from typing import Any

import dagster as dg
import pandas as pd
import pyarrow.parquet as pq

from assets import fresh
from assets import release as releases
from assets.folder import Folder
from assets.land import quantities
from assets.manifest import manifest_path
from assets.pages import write_pages
from assets.prepared import prepared
from assets.project import VERSION
from assets.receive import OWNER
from metabolism.layout import DataFolder
from metabolism.tables import read_table

ROW = ["source_file", "source_sheet", "source_row", "source_entry"]
_PAGES = fresh.Stage("pages", reads=("lake/built/*.parquet", "lake/landed/*.parquet"), makes=("lake/reports/*.html",))


def mart_models() -> dict[str, Any]:
    """mart name → its node in dbt's manifest."""
    nodes = json.loads(manifest_path().read_text())["nodes"].values()
    return {n["name"]: n for n in nodes if n["resource_type"] == "model" and "publish" in n["tags"]}


def _mart_keys() -> list[dg.AssetKey]:
    return [dg.AssetKey(["marts", name]) for name in sorted(mart_models())]


@dg.asset_check(
    asset=["marts", "mart_flow_sources"],
    additional_deps=[["marts", "mart_files"]],
    name="both_sides_agree",
    blocking=True,
    description="Rows and quantities (t, m3, MWh, trips) that were landed and are not superseded are those that are"
    " published; computed apart from the SQL.",
)
def both_sides_agree(folder: Folder) -> dg.AssetCheckResult:
    data = folder.data
    landed = read_table(data.landed / "flows.parquet")
    answers = read_table(data.landed / "answers.parquet")
    received = landed[landed["accepted"] & _is_current(landed, answers)]
    received = _as_decided(received, read_table(data.landed / "flags.parquet"))
    received = pd.concat([received, _trips(data, answers)], ignore_index=True)
    published = _built(data, "mart_flow_sources").drop_duplicates(ROW)
    before, after = quantities(received), quantities(published.assign(accepted=True, canonical_unit=published["unit"]))
    differences = {
        unit: [before.get(unit, 0.0), after.get(unit, 0.0)]
        for unit in sorted({*before, *after})
        if not math.isclose(before.get(unit, 0.0), after.get(unit, 0.0), rel_tol=1e-9)
    }
    files = _built(data, "mart_files")
    n_landed = sum(pq.read_metadata(data.landed / f"{sheet}.parquet").num_rows for sheet in _sheets())
    same_rows = len(received) == len(published)
    reason = f"landed and published differ: rows {len(received)} and {len(published)}, quantities {differences}"
    return dg.AssetCheckResult(
        passed=same_rows and not differences,
        description=reason if differences or not same_rows else "both sides hold the same rows and quantities",
        metadata={
            "rows_landed": len(received),
            "rows_published": len(published),
            "rows_of_all_sheets": n_landed,
            "rows_in_files": int(files["rows_received"].sum()),
            **{f"{unit}_landed": total for unit, total in before.items()},
            **{f"{unit}_published": total for unit, total in after.items()},
        },
    )


def _as_decided(flows: pd.DataFrame, flags: pd.DataFrame) -> pd.DataFrame:
    """The rows with the value that was decided in the place of the declared one."""
    row = ["source_file", "source_sheet", "source_row", "entry"]
    decided = flags.set_index(row)["decided_value"].reindex(pd.MultiIndex.from_frame(flows[row]))
    return flows.assign(value=decided.set_axis(flows.index).astype(float).fillna(flows["value"]))


def _sheets() -> list[str]:
    from metabolism.surveys.contract import SHEETS

    return list(SHEETS)


def _trips(data: DataFolder, answers: pd.DataFrame) -> pd.DataFrame:
    """Rows of commuters as trips a year each way (contract, section 3): scaled to all employees where it is a sample."""
    rows = read_table(data.landed / "mobility.parquet")
    rows = rows[rows["accepted"] & _is_current(rows, answers, "mobility") & (rows["mode"] != "remote")]
    employees = prepared(data, "int_establishments").set_index(["establishment_id", "year"])["employees"]
    known = employees.reindex(pd.MultiIndex.from_frame(rows[["establishment_id", "year"]])).to_numpy(float)
    scale = pd.Series(known, index=rows.index) / rows["surveyed"].where(rows["surveyed"] > 0)
    persons = rows["commuters"] * scale.where(scale > 0).fillna(1.0)
    value = persons * rows["days_per_week"] / 5 * 220
    return rows.assign(value=value, canonical_unit="trip")[["accepted", "value", "canonical_unit"]]


def _is_current(flows: pd.DataFrame, answers: pd.DataFrame, sheet: str = "flows") -> pd.Series:
    """Rows of the answer whose name comes last, for their establishment and year."""
    of_flows = answers[answers["sheet"] == sheet].sort_values(["answer_name", "answer_id"])
    last = of_flows.groupby(["year", "establishment_id"])["answer_id"].last()
    keys = pd.MultiIndex.from_frame(flows[["year", "establishment_id"]])
    return pd.Series(last.reindex(keys).to_numpy() == flows["answer_id"].to_numpy(), index=flows.index)


@dg.asset(
    key=["published", "reports"],
    deps=_mart_keys(),
    group_name="publish",
    kinds={"html"},
    owners=[OWNER],
    description="One self-contained page a territory, in English, French and German.",
)
@fresh.kept(_PAGES)
def reports(context: dg.AssetExecutionContext, folder: Folder) -> dg.MaterializeResult[Any]:
    data = folder.data
    target = data.lake / "reports"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.html"):
        old.unlink()
    n_pages = write_pages({name: _built(data, name) for name in mart_models()}, data, target)
    context.log.info(f"{n_pages} pages")
    return dg.MaterializeResult(metadata={"dagster/row_count": n_pages})


@dg.asset(
    key=["published", "release"],
    deps=[*_mart_keys(), ["published", "reports"], ["received", "files"]],
    group_name="publish",
    kinds={"duckdb", "parquet"},
    owners=[OWNER],
    description="The marts, the snapshot, the data package and the reports, moved in place in one step once every check"
    " has passed.",
)
def release(folder: Folder) -> dg.MaterializeResult[Any]:
    data = folder.data
    made = releases.make_release(data, mart_models(), VERSION)
    releases.publish(data, made)
    releases.forget(data, set(read_table(data.landed / "withdrawals.parquet")["establishment_id"]))
    return dg.MaterializeResult(
        metadata={
            "release_id": made.name,
            "snapshot": dg.MetadataValue.path(str(data.marts / releases.SNAPSHOT)),
            "reports": dg.MetadataValue.path(str(data.marts / "reports")),
        }
    )


def _built(data: DataFolder, mart: str) -> pd.DataFrame:
    return read_table(data.built / f"{mart}.parquet")
