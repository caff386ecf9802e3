"""Land: what was received as tidy Parquet in the lake, checked by Great Expectations."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets import campaigns, examined, expectations, fresh
from assets.folder import Folder
from assets.project import SEEDS
from assets.receive import OWNER, receipt_dates, received_files
from metabolism import findings as catalogue
from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import landed, received, registers
from metabolism.surveys.contract import REGISTERS
from metabolism.surveys.received import ReceivedFile
from metabolism.surveys.registers import read_frames, read_register, read_typed
from metabolism.tables import FLOAT, INT, TEXT, read_table, write_table
from metabolism.territories import relations

ACTORS = {"actor_id": TEXT, "name": TEXT, "kind": TEXT, "territories": TEXT, "themes": TEXT}
POSTCODES = {"country": TEXT, "postcode": TEXT, "territory_id": TEXT}
TERRITORIES = {"territory_id": TEXT, "name": TEXT, "kind": TEXT, "synthetic": TEXT}
RELATION = {"place_id": TEXT, "territory_id": TEXT, "relation": TEXT}
FRAME = {"source_file": TEXT, "territory_id": TEXT, "establishment_id": TEXT, "name": TEXT, "nace": TEXT,
         "employees": FLOAT, "organisation": TEXT, "commune": TEXT, "country": TEXT, "floor_area": FLOAT,
         "latitude": FLOAT, "longitude": FLOAT}  # fmt: skip
FLAGS = {"source_file": TEXT, "source_sheet": TEXT, "source_row": INT, "entry": INT, "reason": TEXT}

SCHEMAS = {
    **landed.SCHEMAS,
    "answers": landed.ANSWERS,
    "files": landed.FILES,
    "findings": landed.FINDINGS,
    "frame": FRAME,
    "actors": ACTORS,
    "postcodes": POSTCODES,
    **{name: landed.typed(columns) for name, columns in REGISTERS.items()},
    "territories": TERRITORIES,
    "territory_relation": RELATION,
    "flags": FLAGS,
}
_DESCRIPTIONS = {
    "establishment": "Who answered: rows of the sheet `establishment`.",
    "flows": "Declarations: rows of the sheet `flows`, each with its value in canonical units a year and its sd.",
    "stocks": "Rows of the sheet `stocks`, in canonical units.",
    "answers": "Which answer has rows for which establishment and sheet: decides what a later answer supersedes.",
    "files": "Every file received: rows received = accepted + quarantined + out of scope.",
    "findings": "What could not be read or understood, without words yet.",
    "prices": "What a unit of a resource costs, and what its holder pays to be rid of it (prices.csv).",
    "pilots": "Pilots and what was measured of them (pilots.csv).",
    "frame": "Registers of all establishments of a territory.",
    "territories": "Areas with a boundary, from territories.csv and the folders.",
    "territory_relation": "Which place lies inside, or in part, in which territory.",
    "flags": "Rows left out of the figures until decided: negative quantities, and what Great Expectations found beyond"
    " the plausible range.",
}
_OF_CAMPAIGNS = {*landed.SCHEMAS, "answers", "files", "findings", "flags"}


def _specs() -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["landed", name],
            deps=[received_files.key, *([campaigns.KEY] if name in _OF_CAMPAIGNS else [])],
            group_name="land",
            kinds={"parquet", "pandas"},
            owners=[OWNER],
            description=_DESCRIPTIONS.get(name, f"Rows of `{name}`, typed by the contract."),
            metadata={"dagster/column_schema": _column_schema(schema)},
        )
        for name, schema in SCHEMAS.items()
    ]


def _column_schema(schema: dict[str, Any]) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(name, str(kind)) for name, kind in schema.items()])


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec("expectations", asset=["landed", "flows"], blocking=True, description=expectations.__doc__),
        dg.AssetCheckSpec(
            "plausible_range",
            asset=["landed", "flows"],
            description="No figure beyond what one establishment can have in a year, else it is flagged `outlier`.",
        ),
    ]


def _raw_stood_still(data: DataFolder) -> bool:
    listed = read_table(data.received / "files.parquet")
    now = received.inventory(data)
    return dict(zip(now["source_file"], now["source_sha256"], strict=True)) == dict(
        zip(listed["source_file"], listed["source_sha256"], strict=True)
    )


_LANDED = fresh.Stage(
    "landed",
    reads=("lake/received/files.parquet", "raw/receipts.csv"),
    makes=tuple(f"lake/landed/{name}.parquet" for name in SCHEMAS),
    reads_surveys=True,
    stood_still=_raw_stood_still,
)


@dg.multi_asset(name="landed", specs=_specs(), check_specs=_check_specs())
def landed_tables(context: dg.AssetExecutionContext, folder: Folder) -> Iterator[Any]:
    yield from _land(context=context, folder=folder)
    campaigns.tell(context, folder.data)


@fresh.kept(_LANDED)
def _land(context: dg.AssetExecutionContext, folder: Folder) -> Iterator[Any]:
    data = folder.data
    files = received.survey_files(data)
    tables = _read_all(data, files, campaigns.land(context, data, files))
    outcomes = _examine(data, tables, again=fresh.Asked.of(context).full)
    for name, schema in SCHEMAS.items():
        write_table(tables[name], data.landed / f"{name}.parquet", schema)
        metadata = {"dagster/row_count": len(tables[name])} | (quantities(tables[name]) if name == "flows" else {})
        yield dg.MaterializeResult(asset_key=["landed", name], metadata=metadata)
    yield from _check_results(outcomes)


def _read_all(data: DataFolder, files: list[ReceivedFile], tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every landed table by name, `findings` included; `flags` comes after. `tables`: those of the campaigns. What
    changes them by a table at raw's top does so here: campaigns are kept as their files are."""
    found = [tables["findings"]]
    frames = read_frames(data, found)
    surveyed = sorted({file.territory_id for file in files if file.territory_id} | set(frames["territory_id"]))
    listed = read_register(data.territories, found, "territories.csv", registers.TERRITORY_COLUMNS)
    territories = relations.read(listed, surveyed)
    found.append(territories.findings)
    tables |= {
        "frame": frames,
        "territories": territories.table,
        "territory_relation": territories.relation,
        "postcodes": read_register(data.postcodes, found, "postcodes.csv", registers.POSTCODE_COLUMNS),
        "actors": read_register(data.raw / "actors.csv", found, "actors.csv", registers.ACTOR_COLUMNS),
        **{
            name: read_typed(data.raw / f"{name}.csv", found, f"{name}.csv", columns)
            for name, columns in REGISTERS.items()
        },
    }
    tables["findings"] = pd.concat(found, ignore_index=True)
    tables["files"]["received_at"] = _received_at(tables["files"], receipt_dates(data))
    return tables


def _examine(data: DataFolder, tables: dict[str, pd.DataFrame], *, again: bool) -> list[expectations.Outcome]:
    """Runs the expectations; adds `flags` and the findings of what is beyond the plausible range."""
    flows = tables["flows"]
    accepted = flows[flows["accepted"].astype(bool)]
    maxima = expectations.read_maxima(SEEDS)
    table = expectations.with_plausible_maximum(accepted, maxima, nomenclatures.load_once(SEEDS))
    kept = data.lake / "stages" / "expectations.json"
    outcomes = examined.examined(table, SCHEMAS["flows"], kept, again=again)
    beyond = expectations.outliers(outcomes)
    negative = table[table["value"] < 0]
    flags = pd.concat([beyond.assign(reason="outlier"), negative.assign(reason="sign")], ignore_index=True)
    tables["flags"] = flags.drop_duplicates(expectations.ROW)
    tables["findings"] = pd.concat([tables["findings"], _outlier_findings(beyond)], ignore_index=True)
    return outcomes


def _received_at(files: pd.DataFrame, dates: pd.Series) -> list[str | None]:
    return [dates.get(key) for key in zip(files["source_file"], files["source_sha256"], strict=True)]


def quantities(rows: pd.DataFrame) -> dict[str, float]:
    """Sum of `value` by canonical unit, of accepted rows: what both sides of the pipeline must agree on."""
    accepted = rows[rows["accepted"].astype(bool)]
    sums = accepted.groupby("canonical_unit")["value"].sum()
    return {str(unit): float(total) for unit, total in sums.items()}


def _check_results(outcomes: list[expectations.Outcome]) -> Iterator[dg.AssetCheckResult]:
    broken = [o for o in outcomes if o.severity == "error" and not o.passed]
    yield dg.AssetCheckResult(
        asset_key=["landed", "flows"],
        check_name="expectations",
        passed=not broken,
        description="; ".join(f"{o.name}: {len(o.rows)} rows" for o in broken) or "rows are as the contract says",
        metadata={o.name: o.passed for o in outcomes if o.severity == "error"},
    )
    ranges = [o for o in outcomes if o.severity == "warning"]
    n_beyond = sum(len(o.rows) for o in ranges)
    yield dg.AssetCheckResult(
        asset_key=["landed", "flows"],
        check_name="plausible_range",
        passed=all(o.passed for o in ranges),
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{n_beyond} row(s) beyond what one establishment can have in a year; left out of the figures",
        metadata={o.name: o.passed for o in ranges},
    )


def _outlier_findings(beyond: pd.DataFrame) -> pd.DataFrame:
    declared = [f"{q:.15g} {u}" for q, u in zip(beyond["quantity"], beyond["unit"], strict=True)]
    pairs = zip(beyond["plausible_maximum"], beyond["canonical_unit"], beyond["plausible_reason"], strict=True)
    detail = [f"at most {maximum:,.0f} {unit}: {reason}" for maximum, unit, reason in pairs]
    found = beyond.assign(kind="outlier", column_name="quantity", declared=declared, detail=detail)
    return catalogue.complete(found)
