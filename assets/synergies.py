"""Analyse: synergies between establishments, pilots and their effect, and the indicators that rest on them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets import fresh
from assets import prepared as tables
from assets.folder import Folder
from assets.prepared import prepared
from assets.project import SEEDS
from assets.receive import OWNER
from metabolism import nomenclatures
from metabolism.indicators import catalogue
from metabolism.indicators.answers import fact_indicators, mobility_indicators, response_indicators
from metabolism.indicators.synergies import synergy_indicators
from metabolism.layout import DataFolder
from metabolism.synergies import activities, exchanges, pilots, pooling
from metabolism.synergies.knowledge import load_knowledge
from metabolism.tables import read_table, write_table

SCHEMAS = {
    "exchanges": exchanges.SCHEMA,
    "pools": pooling.SCHEMA,
    "activities": activities.SCHEMA,
    "pilots": pilots.SCHEMA,
    "indicators": catalogue.SCHEMA,
}
_DESCRIPTIONS = {
    "exchanges": "An outflow of one establishment that could feed an inflow of another: quantity, distance, money, CO2e,"
    " verdict, and what a linear program allocates so that nothing is promised twice.",
    "pools": "One service bought together by neighbours whose contracts end in the same year: cost today, cost pooled,"
    " and shares that leave nobody worse off.",
    "activities": "Working groups, workshops and campaigns on themes that several find pressing.",
    "pilots": "Pilots with their effect, its sd, whether it is significant, and what it would be over the whole zone.",
    "indicators": "The catalogue's indicators for each territory and year, with sd, interval, reference and change.",
}
_COMMON = [
    ["intermediate", "int_establishments"],
    ["intermediate", "int_establishment_territories"],
    ["landed", "territories"],
]
_READS = {
    "exchanges": [
        *_COMMON,
        ["analysed", "flow_estimates"],
        ["intermediate", "int_flows"],
        ["intermediate", "int_flow_attributes"],
        ["intermediate", "int_haves_wants"],
        ["intermediate", "int_establishment_homes"],
        ["landed", "prices"],
    ],
    "pools": [*_COMMON, ["intermediate", "int_services"]],
    "activities": [*_COMMON, ["intermediate", "int_issues"], ["landed", "actors"]],
    "pilots": [*_COMMON, ["landed", "pilots"], ["intermediate", "int_facts"]],
    "indicators": [
        *_COMMON,
        ["analysed", "flow_estimates"],
        ["intermediate", "int_establishment_flows"],
        ["analysed", "flow_indicators"],
        ["analysed", "exchanges"],
        ["analysed", "pools"],
        ["intermediate", "int_facts"],
        ["intermediate", "int_mobility"],
        ["landed", "recycling_rates"],
    ],
}


def _spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["analysed", name],
        deps=_READS[name],
        group_name="analyse",
        kinds={"python", "parquet"},
        owners=[OWNER],
        description=_DESCRIPTIONS[name],
    )


_SYNERGIES = fresh.Stage(
    "synergies",
    reads=("lake/landed/*.parquet", "lake/prepared/*.parquet", "lake/analysed/*.parquet"),
    makes=tuple(f"lake/analysed/{name}.parquet" for name in SCHEMAS),
    passes_over=("lake/analysed/findings.parquet",),
)


@dg.multi_asset(name="synergies", specs=[_spec(name) for name in SCHEMAS])
@fresh.kept(_SYNERGIES)
def synergies(context: dg.AssetExecutionContext, folder: Folder) -> Iterator[dg.MaterializeResult[Any]]:
    data = folder.data
    common = {
        "establishments": tables.establishments(data),
        "memberships": tables.memberships(data),
        "territories": read_table(data.landed / "territories.parquet"),
    }
    found = {
        "exchanges": _exchanges(data, common),
        "pools": pooling.find_pools(
            prepared(data, "int_services"), **common, economies=pd.read_csv(SEEDS / "pooling_economies.csv")
        ),
        "activities": activities.find_activities(
            prepared(data, "int_issues"), **common, actors=read_table(data.landed / "actors.parquet")
        ),
        "pilots": _pilots(data, common),
    }
    context.log.info(", ".join(f"{len(table)} {name}" for name, table in found.items()))
    found["indicators"] = _indicators(data, found, common)
    for name, table in found.items():
        write_table(table, data.analysed / f"{name}.parquet", SCHEMAS[name])
        yield dg.MaterializeResult(asset_key=["analysed", name], metadata={"dagster/row_count": len(table)})


def _exchanges(data: DataFolder, common: dict[str, pd.DataFrame]) -> pd.DataFrame:
    given = exchanges.ExchangeTables(
        **common,
        flows=tables.reconciled_flows(data),
        flow_attributes=prepared(data, "int_flow_attributes"),
        haves_wants=prepared(data, "int_haves_wants"),
        prices=read_table(data.landed / "prices.parquet"),
    )
    return exchanges.find_exchanges(given, load_knowledge(SEEDS))


def _pilots(data: DataFolder, common: dict[str, pd.DataFrame]) -> pd.DataFrame:
    listed = read_table(data.landed / "pilots.parquet")
    words = nomenclatures.load_once(SEEDS)
    themes = {text: words.word("themes", text) or text for text in listed["theme"].dropna().unique()}
    return pilots.pilot_effects(
        listed.assign(theme_id=listed["theme"].map(themes)), **common, facts=prepared(data, "int_facts")
    )


def _indicators(data: DataFolder, found: dict[str, pd.DataFrame], common: dict[str, pd.DataFrame]) -> pd.DataFrame:
    members = tables.members_of_territories(data)
    parts = [
        read_table(data.analysed / "flow_indicators.parquet"),
        fact_indicators(prepared(data, "int_facts"), members),
        mobility_indicators(prepared(data, "int_mobility"), common["memberships"]),
        response_indicators(members),
        synergy_indicators(found["exchanges"], found["pools"], _waste_sent(data)),
    ]
    places = members[["territory_id", "year"]].drop_duplicates()
    references = pd.concat([tables.read_seed("indicator_references"), _open_references(data)], ignore_index=True)
    return catalogue.indicator_table(parts, places, tables.read_seed("indicators"), references)


def _waste_sent(data: DataFolder) -> pd.DataFrame:
    """territory_id, year, value: waste that establishments of the territory sent, t."""
    rows = prepared(data, "int_establishment_flows")
    rows = rows[(rows["direction"] == "out") & (rows["resource_id"] == "waste")]
    flows = read_table(data.analysed / "flow_estimates.parquet")[["flow_id", "value"]]
    return rows.merge(flows, on="flow_id").groupby(["territory_id", "year"])["value"].sum().reset_index()


def _open_references(data: DataFolder) -> pd.DataFrame:
    """The recycling rate of packaging in Luxembourg, where Eurostat's table is available."""
    rates = read_table(data.landed / "recycling_rates.parquet")
    told = rates[rates["geo"].eq("LU") & rates["category_code"].eq("W1501") & rates["value"].notna()]
    return told[["year", "value"]].assign(
        indicator_id="packaging_recycling_rate",
        territory_id="lu",
        unit="%",
        source="Eurostat, env_waspacr: recycling rate of packaging waste",
        source_fr="Eurostat, env_waspacr : taux de recyclage des déchets d'emballages",
        source_de="Eurostat, env_waspacr: Recyclingquote von Verpackungsabfällen",
    )
