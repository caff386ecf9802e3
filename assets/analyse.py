"""Analyse: reconciliation, sums with their covariance, and findings in words."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets import fresh
from assets.folder import Folder
from assets.prepared import members_of_territories, prepared, read_seed
from assets.receive import OWNER
from metabolism import dependency
from metabolism import findings as catalogue
from metabolism.indicators import flows as indicators
from metabolism.layout import DataFolder
from metabolism.reconciliation import aggregates
from metabolism.reconciliation.least_squares import BOUND, reconcile
from metabolism.reconciliation.network import Network, Reconciled
from metabolism.surveys import landed
from metabolism.tables import BOOL, FLOAT, INT, TEXT, read_table, write_table
from metabolism.text import nearest

AGGREGATE = ["territory_id", "year", "resource_id", "side"]
SCHEMAS = {
    "flow_estimates": {
        "flow_id": TEXT, "value": FLOAT, "sd": FLOAT, "low": FLOAT, "high": FLOAT, "checkable": BOOL,
    },
    "source_weights": {"measurement_id": TEXT, "flow_id": TEXT, "weight": FLOAT},
    "flow_adjustments": {
        "flow_id": TEXT, "constraint_id": TEXT, "kind": TEXT, "establishment_id": TEXT, "value": FLOAT, "unit": TEXT,
    },
    "aggregate_intervals": {
        "territory_id": TEXT, "year": INT, "resource_id": TEXT, "side": TEXT, "value": FLOAT, "sd": FLOAT, "low": FLOAT,
        "high": FLOAT,
    },
    "dependency": dependency.SCHEMA,
    "flow_indicators": {
        "territory_id": TEXT, "year": INT, "indicator_id": TEXT, "value": FLOAT, "sd": FLOAT, "n_establishments": INT,
    },
    "findings": {
        **landed.FINDINGS, "finding_id": TEXT, "severity": TEXT, "message_en": TEXT, "message_fr": TEXT,
        "message_de": TEXT,
    },
}  # fmt: skip
_DESCRIPTIONS = {
    "flow_estimates": "The least-squares value of each flow, with the posterior sd and a 95 % interval.",
    "source_weights": "Weight of each measurement in the flow that it measures; they add up to 1 a measured flow.",
    "flow_adjustments": "What each constraint (water balance, sum of finer codes, no flow below zero) adds to a flow.",
    "aggregate_intervals": "C x of every aggregate, with the sd that C Σ Cᵀ gives and a 95 % interval.",
    "dependency": "What establishments of a territory receive of each resource, and from where, with the sd of each share.",
    "flow_indicators": "Indicators that are ratios of flows, in the flows' own units, covariances included.",
    "findings": "Every finding, with its words in English, French and German.",
}
_READS = {
    "findings": [
        ["landed", "findings"],
        ["landed", "territories"],
        ["intermediate", "int_establishments"],
        ["intermediate", "int_findings"],
    ],
}
_PREPARED = [
    "int_flows",
    "int_measurements",
    "int_measurement_flows",
    "int_constraint_flows",
    "int_aggregate_flows",
    "int_establishment_flows",
    "int_establishments",
    "int_establishment_territories",
    "int_flow_attributes",
    "int_resources",
]


def _spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["analysed", name],
        deps=_READS.get(name, [["intermediate", model] for model in _PREPARED]),
        group_name="analyse",
        kinds={"python", "parquet"},
        owners=[OWNER],
        description=_DESCRIPTIONS[name],
    )


_RECONCILED = fresh.Stage(
    "reconciled",
    reads=("lake/landed/*.parquet", "lake/prepared/*.parquet"),
    makes=tuple(f"lake/analysed/{name}.parquet" for name in SCHEMAS if name != "findings"),
)
_WORDED = fresh.Stage(
    "findings",
    reads=("lake/landed/*.parquet", "lake/prepared/*.parquet"),
    makes=("lake/analysed/findings.parquet",),
)


@dg.multi_asset(name="reconciled", specs=[_spec(name) for name in SCHEMAS if name != "findings"])
@fresh.kept(_RECONCILED)
def reconciled_flows(context: dg.AssetExecutionContext, folder: Folder) -> Iterator[dg.MaterializeResult[Any]]:
    data = folder.data
    flows = prepared(data, "int_flows")
    network = network_of(data, flows)
    context.log.info(f"{len(flows)} flows, {len(network.measurements)} measurements")
    solved = reconcile(network)
    members = prepared(data, "int_aggregate_flows")
    tables = {
        "flow_estimates": aggregates.flow_table(network.flow_ids, solved),
        "source_weights": solved.weights,
        "flow_adjustments": _named_adjustments(solved.adjustments, network.constraints, flows),
        "aggregate_intervals": aggregates.aggregate(members, AGGREGATE, network.flow_ids, solved),
        **_of_establishments(data, network.flow_ids, solved),
    }
    for name, table in tables.items():
        ordered = table.sort_values(list(table.columns[:2]), ignore_index=True)
        write_table(ordered, data.analysed / f"{name}.parquet", SCHEMAS[name])
        yield dg.MaterializeResult(asset_key=["analysed", name], metadata={"dagster/row_count": len(table)})


def _of_establishments(data: DataFolder, flow_ids: pd.Index, solved: Reconciled) -> dict[str, pd.DataFrame]:
    """What rests on the covariance of the flows of establishments: dependency, and the indicators that are ratios."""
    rows = prepared(data, "int_establishment_flows")
    attributes = prepared(data, "int_flow_attributes")
    received = rows[rows["direction"] == "in"]
    rows = rows.assign(
        treated=rows["flow_id"].map(indicators.treated(attributes)),
        hazardous=indicators.hazardous(rows["flow_resource_id"], read_seed("waste_codes")),
    )
    known = members_of_territories(data)
    answered = known[known["has_answered"]]
    return {
        "dependency": dependency.dependency(received, attributes, prepared(data, "int_resources"), flow_ids, solved),
        "flow_indicators": indicators.flow_indicators(rows, answered, flow_ids, solved),
    }


def network_of(data: DataFolder, flows: pd.DataFrame) -> Network:
    """The system to solve, from the prepared tables: a measurement with nothing left in it measures nothing."""
    measurements = prepared(data, "int_measurements")
    measurements = measurements[measurements["n_included"] > 0].sort_values("measurement_id", ignore_index=True)
    measured = prepared(data, "int_measurement_flows")
    measured = measured[measured["measurement_id"].isin(measurements["measurement_id"])]
    return Network(
        flow_ids=pd.Index(flows["flow_id"].sort_values()),
        measurements=measurements[["measurement_id", "value", "sd"]],
        measured=measured[["measurement_id", "flow_id"]],
        constraints=prepared(data, "int_constraint_flows"),
    )


def _named_adjustments(adjustments: pd.DataFrame, constraints: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    known = constraints.drop_duplicates("constraint_id").set_index("constraint_id")
    table = adjustments.assign(
        kind=adjustments["constraint_id"].map(known["kind"]),
        establishment_id=adjustments["constraint_id"].map(known["establishment_id"]),
        unit=adjustments["flow_id"].map(flows.set_index("flow_id")["unit"]),
    )
    table.loc[table["constraint_id"] == BOUND, "kind"] = BOUND
    return table.assign(kind=table["kind"].fillna("sum_of_finer_codes"))


@dg.asset(
    key=["analysed", "findings"],
    deps=_READS["findings"],
    group_name="analyse",
    kinds={"python", "parquet"},
    owners=[OWNER],
    description=_DESCRIPTIONS["findings"],
)
@fresh.kept(_WORDED)
def worded_findings(folder: Folder) -> dg.MaterializeResult[Any]:
    data = folder.data
    parts = [
        read_table(data.landed / "findings.parquet"),
        _with_suggestions(data, prepared(data, "int_findings")),
    ]
    found = pd.concat([catalogue.complete(part) for part in parts], ignore_index=True)
    table = catalogue.worded(found)
    write_table(table, data.analysed / "findings.parquet", SCHEMAS["findings"])
    counts = table["severity"].value_counts()
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(table), **{str(name): int(n) for name, n in counts.items()}}
    )


def _with_suggestions(data: DataFolder, found: pd.DataFrame) -> pd.DataFrame:
    """The known id that an unknown partner or place most resembles."""
    known = {
        "unknown_partner": prepared(data, "int_establishments")["establishment_id"].unique(),
        "unknown_place": read_table(data.landed / "territories.parquet")["territory_id"].unique(),
    }
    asked = found[found["kind"].isin(known)][["kind", "declared"]].drop_duplicates()
    guesses = {pair: nearest(pair[1], known[pair[0]]) for pair in asked.itertuples(index=False, name=None)}
    pairs = zip(found["kind"], found["declared"], strict=True)
    return found.assign(suggested=[guesses.get(pair) for pair in pairs])
