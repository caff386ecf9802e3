"""Analyse: reconciliation, sums with their covariance, and findings in words."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets import fresh, network
from assets.folder import Folder
from assets.prepared import members_of_territories, prepared, read_seed
from assets.quantities import of_estimates
from assets.receive import OWNER
from metabolism import dependency
from metabolism import findings as catalogue
from metabolism.indicators import flows as indicators
from metabolism.layout import DataFolder
from metabolism.reconciliation import aggregates
from metabolism.reconciliation.least_squares import reconcile
from metabolism.reconciliation.network import Reconciled
from metabolism.surveys import decisions, landed
from metabolism.tables import BOOL, FLOAT, INT, TEXT, read_table, write_table
from metabolism.text import nearest

AGGREGATE = ["territory_id", "year", "resource_id", "side"]
BALANCE = ["establishment_id", "year", "resource_id", "direction"]
_FIGURE = {"value": FLOAT, "sd": FLOAT, "low": FLOAT, "high": FLOAT}
_BY_SIDE = {"territory_id": TEXT, "year": INT, "resource_id": TEXT, "side": TEXT, **_FIGURE}
SCHEMAS = {
    "flow_estimates": {
        "flow_id": TEXT, "value": FLOAT, "sd": FLOAT, "low": FLOAT, "high": FLOAT, "checkable": BOOL,
    },
    "source_weights": {"measurement_id": TEXT, "flow_id": TEXT, "weight": FLOAT},
    "flow_adjustments": {
        "flow_id": TEXT, "constraint_id": TEXT, "kind": TEXT, "establishment_id": TEXT, "value": FLOAT, "unit": TEXT,
    },
    "aggregate_intervals": _BY_SIDE,
    "transit_intervals": _BY_SIDE,
    "establishment_intervals": {
        "establishment_id": TEXT, "year": INT, "resource_id": TEXT, "direction": TEXT, **_FIGURE,
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
    "flow_adjustments": "What each constraint (a balance, a sum of parts, a control total, the bound at zero) adds.",
    "aggregate_intervals": "C x of every aggregate, with the sd that C Σ Cᵀ gives and a 95 % interval.",
    "transit_intervals": "C x of every sum of transit, with the sd that C Σ Cᵀ gives and a 95 % interval.",
    "establishment_intervals": "C x of each establishment's own balance, with its sd and a 95 % interval.",
    "dependency": "What establishments of a territory receive of each resource, and from where, with the sd of each share.",
    "flow_indicators": "Indicators that are ratios of flows, in the flows' own units, covariances included.",
    "findings": "Every finding, with its words in English, French and German.",
}
SYNERGIES = {"exchanges": "exchange_id", "pools": "pool_id", "activities": "activity_id"}
"""Tables of synergies and their ids: what a decision may be about, beside findings."""
_READS = {
    "findings": [
        ["landed", "findings"],
        ["landed", "decisions"],
        *[["analysed", name] for name in SYNERGIES],
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
    "int_controls",
    "int_control_flows",
    "int_aggregate_flows",
    "int_transit_flows",
    "int_own_balances",
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
    same = network.ways_back(flows)
    system = network.network_of(data, flows)
    context.log.info(f"{len(flows)} flows, {len(system.measurements)} measurements")
    solved = reconcile(system)
    sums = {
        "aggregate_intervals": ("int_aggregate_flows", AGGREGATE),
        "transit_intervals": ("int_transit_flows", AGGREGATE),
        "establishment_intervals": ("int_own_balances", BALANCE),
    }
    tables = {
        "flow_estimates": network.estimates(system.flow_ids, solved, same),
        "source_weights": network.weights(data, solved, same),
        "flow_adjustments": network.adjustments(data, solved, flows, same),
        **{
            name: aggregates.aggregate(network.of_variables(prepared(data, model), same), keys, system.flow_ids, solved)
            for name, (model, keys) in sums.items()
        },
        **_of_establishments(data, system.flow_ids, solved, same),
    }
    for name, table in tables.items():
        ordered = table.sort_values(list(table.columns[:2]), ignore_index=True)
        write_table(ordered, data.analysed / f"{name}.parquet", SCHEMAS[name])
        told = of_estimates(table, flows) if name == "flow_estimates" else {}
        yield dg.MaterializeResult(asset_key=["analysed", name], metadata={"dagster/row_count": len(table), **told})


def _of_establishments(
    data: DataFolder, flow_ids: pd.Index, solved: Reconciled, same: pd.Series
) -> dict[str, pd.DataFrame]:
    """What rests on the covariance of the flows of establishments: dependency, and the indicators that are ratios."""
    rows = network.of_variables(prepared(data, "int_establishment_flows"), same)
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
    subjects = {*catalogue.worded(found)["finding_id"], *_synergy_ids(data)}
    strange = decisions.unknown_subjects(read_table(data.landed / "decisions.parquet"), subjects)
    table = catalogue.worded(pd.concat([found, strange], ignore_index=True))
    write_table(table, data.analysed / "findings.parquet", SCHEMAS["findings"])
    counts = table["severity"].value_counts()
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(table), **{str(name): int(n) for name, n in counts.items()}}
    )


def _synergy_ids(data: DataFolder) -> list[str]:
    tables = [read_table(data.analysed / f"{name}.parquet")[key] for name, key in SYNERGIES.items()]
    return list(pd.concat(tables, ignore_index=True))


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
