"""Land: what was received as tidy Parquet in the lake, checked by Great Expectations."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets import campaigns, examined, expectations, fresh
from assets.folder import Folder
from assets.project import SEEDS
from assets.quantities import of_landed
from assets.receive import OWNER, receipt_dates, received_files, write_receipts
from metabolism import findings as catalogue
from metabolism import nomenclatures
from metabolism.layout import DataFolder
from metabolism.surveys import decisions, landed, received, registers, withdrawals
from metabolism.surveys.contract import REGISTERS
from metabolism.surveys.received import ReceivedFile
from metabolism.surveys.registers import read_controls, read_frames, read_register, read_typed
from metabolism.tables import BOOL, FLOAT, INT, TEXT, read_table, write_table
from metabolism.territories import geometry, points, relations

ACTORS = {"actor_id": TEXT, "name": TEXT, "kind": TEXT, "territories": TEXT, "themes": TEXT}
POSTCODES = {"country": TEXT, "postcode": TEXT, "territory_id": TEXT}
TERRITORIES = {"territory_id": TEXT, "name": TEXT, "kind": TEXT, "synthetic": TEXT, "has_geometry": BOOL}
LOCATED = {"latitude": FLOAT, "longitude": FLOAT, "territory_id": TEXT, "size_rank": INT}
RELATION = {"place_id": TEXT, "territory_id": TEXT, "relation": TEXT}
FRAME = {"source_file": TEXT, "territory_id": TEXT, "establishment_id": TEXT, "name": TEXT, "nace": TEXT,
         "employees": FLOAT, "organisation": TEXT, "commune": TEXT, "country": TEXT, "floor_area": FLOAT,
         "latitude": FLOAT, "longitude": FLOAT}  # fmt: skip
FLAGS = {"source_file": TEXT, "source_sheet": TEXT, "source_row": INT, "entry": INT, "reason": TEXT, "waits": BOOL,
         "decision": TEXT, "decided_quantity": FLOAT, "decided_value": FLOAT, "decided_sd": FLOAT}  # fmt: skip

SCHEMAS = {
    **landed.SCHEMAS,
    "answers": landed.ANSWERS,
    "files": landed.FILES,
    "findings": landed.FINDINGS,
    "frame": FRAME,
    "actors": ACTORS,
    "postcodes": POSTCODES,
    **{name: landed.typed(columns) for name, columns in REGISTERS.items()},
    "controls": {**landed.typed(REGISTERS["controls"]), "source_row": INT, "canonical_unit": TEXT, "sd": FLOAT},
    "decisions": landed.typed(REGISTERS["decisions"]) | {"source_row": INT, "source_sha256": TEXT},
    "territories": TERRITORIES,
    "territory_relation": RELATION,
    "located_points": LOCATED,
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
    "controls": "Control totals of territories, in canonical units a year (controls.csv).",
    "decisions": "What was decided on findings and synergies: the line that stands for each (decisions.csv).",
    "withdrawals": "Who withdrew; nothing of theirs is in the other tables (withdrawals.csv).",
    "frame": "Registers of all establishments of a territory.",
    "territories": "Areas with a boundary, from territories.csv and the folders.",
    "territory_relation": "Which place lies inside, or in part, in which territory.",
    "located_points": "The territories whose shape holds a point that an establishment or a frame gives.",
    "flags": "Rows left out of the figures until decided, and what was decided: negative quantities, and what Great"
    " Expectations found beyond the plausible range.",
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
    # The receipts as they were received: whose rows each file holds, landing itself writes into raw/receipts.csv
    reads=("lake/received/files.parquet", "lake/received/receipts.parquet"),
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
        metadata = {"dagster/row_count": len(tables[name]), **of_landed(name, tables[name])}
        yield dg.MaterializeResult(asset_key=["landed", name], metadata=metadata)
    yield from _check_results(outcomes)


def _read_all(data: DataFolder, files: list[ReceivedFile], tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Every landed table by name, `findings` included; `flags` comes after. `tables`: those of the campaigns. What
    changes them by a table at raw's top does so here: campaigns are kept as their files are."""
    found = [tables["findings"]]
    frames = read_frames(data, found)
    surveyed = sorted({file.territory_id for file in files if file.territory_id} | set(frames["territory_id"]))
    listed = read_register(data.territories, found, "territories.csv", registers.TERRITORY_COLUMNS)
    territories = relations.read(listed, surveyed, geometry.read_features(data.geometry, found))
    told = points.stated(tables["establishment"], frames)
    located = points.locate(territories, told)
    found += [territories.findings, points.examine(territories, told, located)]
    tables |= {
        "frame": frames,
        "territories": territories.table,
        "territory_relation": territories.relation,
        "located_points": located,
        "postcodes": _postcodes(data, found),
        "actors": read_register(data.raw / "actors.csv", found, "actors.csv", registers.ACTOR_COLUMNS),
        **{
            name: read_typed(data.raw / f"{name}.csv", found, f"{name}.csv", columns)
            for name, columns in REGISTERS.items()
            if name not in ("controls", "decisions", "withdrawals")
        },
        "controls": read_controls(data.raw / "controls.csv", found, nomenclatures.load_once(SEEDS)),
        "decisions": decisions.read(data.raw / decisions.FILE, found, nomenclatures.load_once(SEEDS)),
    }
    places = set(territories.table["territory_id"])
    for name in ("postcodes", "pilots"):
        found.append(registers.of_unknown_territories(data.raw / f"{name}.csv", tables[name], places))
    described = {*tables["answers"]["establishment_id"], *frames["establishment_id"]}
    found.append(registers.actors_that_are_establishments(data.raw / "actors.csv", tables["actors"], described))
    tables["findings"] = pd.concat(found, ignore_index=True)
    tables["files"]["received_at"] = _received_at(tables["files"], receipt_dates(data))
    return _without_withdrawn(data, tables)


def _postcodes(data: DataFolder, found: list[pd.DataFrame]) -> pd.DataFrame:
    columns = registers.POSTCODE_COLUMNS
    return read_register(data.postcodes, found, "postcodes.csv", columns, required=columns)


def _without_withdrawn(data: DataFolder, tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as `withdrawals.csv` leaves them; the receipts keep whose rows each file held."""
    receipts = received.read_receipts(data)
    write_receipts(data, withdrawals.with_establishments(receipts, tables["files"], tables["answers"]))
    found: list[pd.DataFrame] = []
    path = data.raw / withdrawals.FILE
    withdrawn = withdrawals.read(path, found)
    known = {*tables["answers"]["establishment_id"], *tables["frame"]["establishment_id"]}
    known |= {*tables["flows"]["partner_id"].dropna(), *receipts[received.WHOSE].str.split(";").explode()} - {""}
    left = withdrawals.without(tables, frozenset(withdrawn["establishment_id"]))
    found += [left["findings"], withdrawals.told(path, withdrawn, known)]
    return left | {"withdrawals": withdrawn, "findings": pd.concat(found, ignore_index=True)}


def _examine(data: DataFolder, tables: dict[str, pd.DataFrame], *, again: bool) -> list[expectations.Outcome]:
    """Runs the expectations; adds `flags`, with what was decided of them, and the findings of what is beyond the plausible
    range."""
    flows = tables["flows"]
    accepted = flows[flows["accepted"].astype(bool)]
    maxima = expectations.read_maxima(SEEDS)
    table = expectations.with_plausible_maximum(accepted, maxima, nomenclatures.load_once(SEEDS))
    kept = data.lake / "stages" / "expectations.json"
    outcomes = examined.examined(table, SCHEMAS["flows"], kept, again=again)
    beyond = expectations.outliers(outcomes)
    negative = table[table["value"] < 0]
    flagged = [
        beyond.assign(reason="outlier", suggested=float("nan")),
        negative.assign(reason="sign", suggested=-negative["quantity"]),
    ]
    tables["flags"] = decisions.settle(pd.concat(flagged, ignore_index=True), tables["decisions"], expectations.ROW)
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
