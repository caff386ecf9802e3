"""What the columns are made of that Python makes: declared here by hand, table by table.

The columns of models are read off their SQL (`sql_lineage`). A column that is missing here fails
`tests/assets/test_lineage.py`.

How it is written: columns with the same sources stand together, `"sd low high": "int_measurements.value"`. A source is
`table.column`; `=` is the column's own name; a table is named as its asset, where `received` is short for
`received/files`, `open` for `received/open_data`, and a model needs no stage. `-` says that a column is made of nothing
received: a count, a number, a constant.
"""

from __future__ import annotations

from collections.abc import Mapping

from metabolism.surveys.contract import REGISTERS, SHEETS, Column
from metabolism.surveys.registers import ACTOR_COLUMNS, POSTCODE_COLUMNS, TERRITORY_COLUMNS

Declared = Mapping[str, str]

CELL = "cell"
"""A column of `received/files`: any cell of any sheet, for what is told of whichever cell it may be."""


def received_columns() -> dict[str, tuple[str, str]]:
    """Columns of what is received, `<sheet>.<column>` → kind and what it is: sheets of the questionnaire, then the tables
    of raw/."""
    typed: dict[str, Mapping[str, Column]] = {**SHEETS, "frame": SHEETS["establishment"], **REGISTERS}
    plain = {"territories": TERRITORY_COLUMNS, "postcodes": POSTCODE_COLUMNS, "actors": ACTOR_COLUMNS}
    return {
        **_OF_A_FILE,
        **{
            f"{sheet}.{column.name}": (column.kind, _asked(sheet, column))
            for sheet, columns in typed.items()
            for column in columns.values()
        },
        "territories.geojson.geometry": ("text", "Geometry of raw/territories.geojson (WGS84)."),
        **{
            f"{table}.{column}": ("text", f"Column of raw/{table}.csv.")
            for table, columns in plain.items()
            for column in columns
        },
    }


_OF_A_FILE = {
    "source_file": ("text", "Path below raw/."),
    "source_sha256": ("text", "What identifies the file."),
    "territory_id": ("text", "The territory of the survey's folder."),
    "year": ("whole", "The year of the survey's folder, or what mapping.yaml says. Unit: year."),
    "kind": ("text", "survey, mapping, open or table."),
    "source_sheet": ("text", "Sheet of a workbook; of a CSV the sheet's id."),
    "source_row": ("whole", "Row of the sheet, record of a CSV, the header being 1."),
    CELL: ("text", "Any cell of any sheet."),
}


def _asked(sheet: str, column: Column) -> str:
    where = f"Column of the sheet `{sheet}`" if sheet in SHEETS else f"Column of raw/{sheet}"
    parts = [where, "required" if column.required else ""]
    parts.append(f"one of {', '.join(column.choices)}" if column.choices else "")
    parts.append(f"empty means {column.default}" if column.default else "")
    return "; ".join(part for part in parts if part) + "."


OPEN_DATA_COLUMNS: dict[str, tuple[str, ...]] = {
    "eurostat_waste": ("unit", "hazard", "nace_r2", "waste", "geo", "time", "value"),
    "eurostat_packaging_recycling": ("unit", "waste", "geo", "time", "value"),
    "lu_communes": ("LAU2", "COMMUNE", "CANTON"),
}
"""Dimensions and properties that are read of each source, as its provider names them."""

_PLACE_IN_RAW = {
    "source_file source_sha256 source_sheet source_row territory_id year": "received.=",
    "answer_id answer_name": "received.source_file",
}
_FACTORS = "seeds/resources.density_t_per_m3 seeds/resources.energy_mwh_per_t seeds/resources.t_per_piece"
_DENSITY = "seeds/waste_density.t_per_m3"
_MEANING: dict[str, Declared] = {
    "establishment": {},
    "flows": {
        "entry": "received.source_row",
        "repeat": "received.source_file",  # said by the folder's mapping.yaml
        "resource_id": "received.flows.resource seeds/resources.resource_id",
        "family": "received.flows.resource seeds/resources.parent_id",
        "canonical_unit": "received.flows.resource seeds/resources.unit",
        "value": "received.flows.quantity received.flows.unit received.flows.period received.flows.resource"
        f" {_FACTORS} {_DENSITY}",
        "uncertainty": "received.flows.uncertainty_pct received.flows.how_known seeds/waste_density.uncertainty_pct",
        "sd": "received.flows.quantity received.flows.unit received.flows.period received.flows.resource"
        f" received.flows.uncertainty_pct received.flows.how_known {_FACTORS} {_DENSITY}"
        " seeds/waste_density.uncertainty_pct",
        "own_sd": "received.flows.quantity received.flows.unit received.flows.period received.flows.resource"
        f" received.flows.uncertainty_pct received.flows.how_known {_FACTORS} {_DENSITY}",
        "conversion_sd": "received.flows.quantity received.flows.unit received.flows.period received.flows.resource"
        f" {_DENSITY} seeds/waste_density.uncertainty_pct",
        "conversion_line": "received.flows.unit received.flows.resource seeds/waste_density.code_prefix",
        "price_per_unit": f"received.flows.price received.flows.unit received.flows.resource {_FACTORS} {_DENSITY}",
    },
    "stocks": {
        "resource_id": "received.stocks.resource seeds/resources.resource_id",
        "family": "received.stocks.resource seeds/resources.parent_id",
        "canonical_unit": "received.stocks.resource seeds/resources.unit",
        "opening_value": f"received.stocks.opening received.stocks.unit received.stocks.resource {_FACTORS} {_DENSITY}",
        "closing_value": f"received.stocks.closing received.stocks.unit received.stocks.resource {_FACTORS} {_DENSITY}",
    },
    "mobility": {},
    "services": {"service_id": "received.services.service seeds/services.service_id"},
    "issues": {
        "theme_id": "received.issues.theme seeds/themes.theme_id",
        "barrier_id": "received.issues.barrier seeds/barriers.barrier_id",
    },
    "facts": {"fact_id": "received.facts.fact seeds/facts.fact_id"},
    "haves_wants": {
        "resource_id": "received.haves_wants.what seeds/resources.resource_id",
        "service_id": "received.haves_wants.what seeds/services.service_id",
        "fact_id": "received.haves_wants.what seeds/facts.fact_id",
        "canonical_unit": "received.haves_wants.what seeds/resources.unit",
        "value": "received.haves_wants.quantity received.haves_wants.unit received.haves_wants.period"
        f" received.haves_wants.what {_FACTORS} {_DENSITY}",
    },
}


def _sheet(name: str) -> Declared:
    """A sheet lands with the contract's columns as they were written, where it was written, and what it means."""
    columns = SHEETS[name]
    return {
        **_PLACE_IN_RAW,
        " ".join(columns): f"received.{name}.=",
        "accepted": " ".join(f"received.{name}.{column.name}" for column in columns.values() if column.required),
        "extra": f"received.{CELL}",
        **_MEANING.get(name, {}),
    }


_LANDED: dict[str, Declared] = {
    **{f"landed/{sheet}": _sheet(sheet) for sheet in SHEETS},
    "landed/answers": {
        "sheet": "received.source_sheet",
        "territory_id year source_file": "received.=",
        "establishment_id": " ".join(f"received.{sheet}.establishment_id" for sheet in SHEETS),
        "answer_id answer_name": "received.source_file",
    },
    "landed/campaigns": {
        "territory_id year": "received.=",
        "files": "received.source_file",
        "rows_received rows_accepted rows_quarantined rows_out_of_scope": f"received.{CELL}",
    },
    "landed/files": {
        "source_file source_sha256 territory_id year": "received.=",
        "rows_received rows_accepted rows_quarantined rows_out_of_scope": f"received.{CELL}",
        "copy_of": "received.source_file received.source_sha256",
        "received_at": "received.source_file received.source_sha256",  # raw/receipts.csv tells when
    },
    "landed/findings": {
        "source_file source_sha256 source_sheet source_row territory_id year": "received.=",
        "establishment_id column_name kind declared suggested detail": f"received.{CELL}",
    },
    "landed/frame": {
        "source_file": "received.=",
        "territory_id": "received.source_file",
        "establishment_id name nace employees organisation commune country floor_area latitude longitude":
            "received.frame.=",
    },
    "landed/actors": {" ".join(ACTOR_COLUMNS): "received.actors.="},
    "landed/postcodes": {" ".join(POSTCODE_COLUMNS): "received.postcodes.="},
    **{f"landed/{name}": {" ".join(columns): f"received.{name}.="} for name, columns in REGISTERS.items()},
    "landed/territories": {
        "territory_id name": "received.territories.= received.territory_id",
        "kind synthetic": "received.territories.=",
        "has_geometry": "received.territories.geojson.geometry",
    },
    "landed/territory_relation": {
        "place_id territory_id": "received.territories.territory_id received.territory_id",
        "relation": "received.territories.within received.territories.overlaps received.territories.members",
    },
    "landed/controls": {
        " ".join(name for name in REGISTERS["controls"] if name != "value"): "received.controls.=",
        "source_row": "received.=",
        "canonical_unit": "received.controls.resource_id seeds/resources.unit",
        "value": f"received.controls.value received.controls.unit {_FACTORS} {_DENSITY}",
        "sd": f"received.controls.value received.controls.unit received.controls.uncertainty_pct {_FACTORS} {_DENSITY}",
    },
    "landed/decisions": {
        " ".join(REGISTERS["decisions"]): "received.decisions.=",
        "source_row source_sha256": "received.=",
    },
    "landed/located_points": {
        "territory_id": "received.territories.geojson.geometry received.territory_id",
        "latitude longitude": "received.establishment.= received.frame.=",
        "size_rank": "received.territories.geojson.geometry",
    },
    "landed/flags": {
        "waits decision": "received.decisions.decision received.decisions.subject_id",
        "decided_quantity decided_value": "received.decisions.value received.flows.quantity",
        "decided_sd": "received.decisions.value received.flows.quantity received.flows.uncertainty_pct"
        " received.flows.how_known",
        "source_file source_sheet source_row": "received.=",
        "entry": "received.source_row",
        "reason": f"received.flows.quantity received.flows.unit received.flows.period received.flows.resource {_FACTORS}"
        f" {_DENSITY} seeds/plausible_maxima.maximum",
    },
}  # fmt: skip

_OPEN_CELL = {
    "source_id source_file source_sha256": "open.=",
    "source_row": "open.source_file",
}
_OPEN: dict[str, Declared] = {
    "landed/open_waste": {
        **_OPEN_CELL,
        "unit hazard geo": "open.eurostat_waste.=",
        "activity_code": "open.eurostat_waste.nace_r2",
        "category_code": "open.eurostat_waste.waste",
        "year": "open.eurostat_waste.time",
        "value status flag reason": "open.eurostat_waste.value",
    },
    "landed/recycling_rates": {
        **_OPEN_CELL,
        "unit geo": "open.eurostat_packaging_recycling.=",
        "category_code": "open.eurostat_packaging_recycling.waste",
        "year": "open.eurostat_packaging_recycling.time",
        "value status flag reason": "open.eurostat_packaging_recycling.value",
    },
    "landed/communes": {
        "source_id source_file source_sha256": "open.=",
        "code": "open.lu_communes.LAU2",
        "name": "open.lu_communes.COMMUNE",
        "canton": "open.lu_communes.CANTON",
    },
    "landed/open_sources": {
        "source_id source_file source_sha256 retrieved": "open.=",
        "status": "open.source_file",
        "reason": "open.=",
        "n_rows": "open.source_file",
    },
}

# The measurements with their sd, and the constraints that tie flows together: what a reconciled value is made of
_SOLVED = (
    "int_measurements.value int_measurements.sd int_measurements.conversion_sd int_constraint_flows.coefficient"
    " int_constraint_flows.right_side int_constraint_flows.slack_share int_controls.value int_controls.sd"
)
_AGREED = "int_establishment_flows.="
_RECONCILED: dict[str, Declared] = {
    "analysed/flow_estimates": {
        "flow_id": "int_flows.=",
        "value sd low high": _SOLVED,
        "checkable": "int_measurements.measurement_id int_constraint_flows.coefficient",
    },
    "analysed/source_weights": {
        "measurement_id": "int_measurements.=",
        "flow_id": "int_measurement_flows.=",
        "weight": _SOLVED,
    },
    "analysed/flow_adjustments": {
        "flow_id unit": "int_flows.=",
        "constraint_id": "int_constraint_flows.= int_measurements.measurement_id int_controls.control_id",
        "kind": "int_constraint_flows.= int_measurement_flows.is_sum int_measurement_flows.is_parent",
        "establishment_id": "int_constraint_flows.= int_measurements.declared_by",
        "value": _SOLVED,
    },
    "analysed/aggregate_intervals": {
        "territory_id year resource_id side": "int_aggregate_flows.=",
        "value sd low high": _SOLVED,
    },
    "analysed/transit_intervals": {
        "territory_id year resource_id side": "int_transit_flows.=",
        "value sd low high": _SOLVED,
    },
    "analysed/establishment_intervals": {
        "establishment_id year resource_id direction": "int_own_balances.=",
        "value sd low high": _SOLVED,
    },
    "analysed/dependency": {
        "territory_id year resource_id": _AGREED,
        "unit": "int_resources.=",
        "is_network": "int_resources.by_network",
        "consumption sd low high": _SOLVED,
        "local_share local_share_sd undetermined_share": f"{_SOLVED} int_establishment_flows.side",
        "origins hhi main_origin": f"{_SOLVED} int_establishment_flows.origin",
        "days_of_stock criticality": f"int_flow_attributes.= {_SOLVED}",
        "strategic": f"int_flow_attributes.criticality int_establishment_flows.side {_SOLVED}",
        "n_establishments": "int_establishment_flows.establishment_id",
        "reason reason_fr reason_de": "int_flow_attributes.criticality int_flow_attributes.days_of_stock"
        f" int_establishment_flows.side int_establishment_flows.origin int_resources.by_network {_SOLVED}",
    },
    "analysed/flow_indicators": {
        "territory_id": "int_establishment_territories.=",
        "year": "int_establishment_territories.=",
        "indicator_id": "-",
        "value sd": f"{_SOLVED} int_establishments.employees int_establishments.frame_employees"
        " int_establishments.floor_area int_flow_attributes.treatment int_establishment_flows.side"
        " int_establishment_flows.flow_resource_id seeds/waste_codes.hazardous",
        "n_establishments": "int_establishment_flows.establishment_id int_establishments.establishment_id",
    },
    "analysed/findings": {
        "territory_id year source_file source_sha256 source_sheet source_row establishment_id column_name kind"
        " declared detail": "landed/findings.= int_findings.=",
        "suggested": "landed/findings.= int_establishments.establishment_id landed/territories.territory_id",
        "finding_id": " ".join(
            f"{table}.{column}"
            for table in ("landed/findings", "int_findings")
            for column in ("source_sha256", "source_sheet", "source_row", "column_name", "kind")
        ),
        "severity": "landed/findings.kind int_findings.kind",
        "message_en message_fr message_de": "landed/findings.kind landed/findings.declared landed/findings.suggested"
        " landed/findings.detail int_findings.kind int_findings.declared int_findings.detail",
    },
}  # fmt: skip

_MEMBERS = "int_establishment_territories.establishment_id"
_LOTS = (
    "analysed/flow_estimates.value int_haves_wants.value int_flow_attributes.available seeds/exchange_knowledge.yield"
)
_LOTS_SD = f"{_LOTS} analysed/flow_estimates.sd"
_PRICES = (
    "int_flow_attributes.price landed/prices.price_eur_per_unit landed/prices.disposal_eur_per_unit"
    " seeds/default_prices.price_eur_per_unit seeds/default_prices.disposal_eur_per_unit seeds/default_prices.sd_pct"
    " seeds/exchange_costs.value seeds/exchange_knowledge.processing_eur_per_unit"
)
_POSITIONS = (
    "int_establishments.latitude int_establishments.longitude int_establishment_territories.territory_id"
    " landed/territories.kind"
)
_OBSTACLES = (
    "int_flow_attributes.quality int_flow_attributes.season int_flow_attributes.contract_end"
    " int_flow_attributes.confidential int_flow_attributes.temperature int_haves_wants.condition"
    " int_haves_wants.valid_from int_haves_wants.valid_until seeds/exchange_knowledge.gate_en"
)
_SUPPLIED = "int_flows.resource_id int_haves_wants.resource_id seeds/exchange_knowledge.supplied_resource_id"
_NEEDED = "int_flows.resource_id int_haves_wants.resource_id seeds/exchange_knowledge.needed_resource_id"
_MONEY = f"{_LOTS} {_PRICES} {_POSITIONS}"
_SUPPLIER = "int_flows.from_id int_haves_wants.establishment_id"
_RECEIVER = "int_flows.to_id int_haves_wants.establishment_id"
_CONTRACTS = "int_services.cost_eur_per_year"
_GROUP = f"int_services.establishment_id int_services.open_to_pooling {_POSITIONS}"
_SAVING = f"{_CONTRACTS} seeds/pooling_economies.exponent seeds/pooling_economies.max_saving"
_ISSUES = "int_issues.establishment_id int_issues.priority int_issues.wants_to"
_EMPLOYEES = "int_establishments.employees int_establishments.frame_employees"
_EFFECT = "landed/pilots.measured landed/pilots.baseline"
_EFFECT_SD = "landed/pilots.measured_sd landed/pilots.baseline_sd"
_SCALE = f"landed/pilots.participants landed/pilots.unit {_EMPLOYEES} int_facts.value"
_TOLD = (
    "analysed/flow_indicators.value int_facts.value int_mobility.commuters int_mobility.distance_km int_mobility.mode"
    f" {_EMPLOYEES} int_establishments.has_answered int_establishments.is_in_frame analysed/exchanges.saving_eur"
    " analysed/exchanges.co2e_t analysed/exchanges.allocated_value analysed/pools.saving_eur analysed/flow_estimates.value"
)
_TOLD_SD = (
    f"{_TOLD} analysed/flow_indicators.sd int_mobility.surveyed analysed/exchanges.saving_eur_sd"
    " analysed/pools.saving_eur_sd"
)
_REFERENCES = "seeds/indicator_references.{0} landed/recycling_rates.{1}"
_SYNERGIES: dict[str, Declared] = {
    "analysed/exchanges": {
        "exchange_id": f"{_SUPPLIER} {_RECEIVER} {_SUPPLIED} {_NEEDED}",
        "territory_id": "int_establishment_territories.=",
        "year": "int_flows.= int_haves_wants.=",
        "rank": _MONEY,
        "supplier_id": _SUPPLIER,
        "receiver_id": _RECEIVER,
        "supplied_resource_id": _SUPPLIED,
        "needed_resource_id": _NEEDED,
        "unit supplied_unit": "int_flows.resource_id int_haves_wants.resource_id seeds/resources.unit",
        "value supplied_value allocated_value": _LOTS,
        "share_of_need": f"{_LOTS} seeds/exchange_knowledge.max_share",
        "sd value_low value_high": _LOTS_SD,
        "distance_km": _POSITIONS,
        "saving_eur saving_supplier_eur saving_receiver_eur": _MONEY,
        "saving_eur_sd p_pays": f"{_MONEY} analysed/flow_estimates.sd",
        "transport_eur": f"{_LOTS} {_POSITIONS} seeds/exchange_costs.value",
        "co2e_t": f"{_LOTS} {_POSITIONS} seeds/default_prices.co2e_t_per_unit"
        " seeds/default_prices.disposal_co2e_t_per_unit seeds/exchange_costs.value",
        "verdict": f"{_MONEY} {_OBSTACLES} analysed/flow_estimates.sd",
        "evidence": "int_haves_wants.kind int_flows.resource_id",
        "today today_fr today_de": f"int_flow_attributes.treatment {_PRICES}",
        "hierarchy hierarchy_fr hierarchy_de": "int_flow_attributes.treatment seeds/exchange_knowledge.hierarchy_step",
        "window window_fr window_de": "int_flow_attributes.season int_flow_attributes.contract_end"
        " int_haves_wants.valid_from int_haves_wants.valid_until",
        "allocated": _LOTS,
        "basis basis_fr basis_de": f"seeds/exchange_knowledge.source {_MONEY}",
        "obstacles obstacles_fr obstacles_de next_step next_step_fr next_step_de": _OBSTACLES,
        "knowledge_id": "seeds/exchange_knowledge.=",
        "partner_today": "int_flow_attributes.partner_name",
        "supply_flow_ids need_flow_ids": "int_flows.flow_id",
    },
    "analysed/pools": {
        "pool_id": f"int_services.service_id {_GROUP}",
        "territory_id": "int_establishment_territories.=",
        "year service_id": "int_services.=",
        "rank": _SAVING,
        "members n_establishments members_maybe": _GROUP,
        "members_without_cost": f"{_GROUP} {_CONTRACTS}",
        "excluded": f"{_GROUP} int_services.contract_end",
        "cost_today_eur": _CONTRACTS,
        "cost_pooled_eur saving_eur shares sharing_rule largest_regret_eur": _SAVING,
        "saving_eur_sd": f"{_SAVING} seeds/pooling_economies.sd_pct",
        "first_contract_end": "int_services.contract_end",
        "next_step next_step_fr next_step_de": f"int_services.contract_end {_CONTRACTS}",
        "reasons reasons_fr reasons_de": f"{_GROUP} {_SAVING} int_services.contract_end seeds/pooling_economies.source",
    },
    "analysed/activities": {
        "activity_id": "int_issues.theme_id int_issues.establishment_id",
        "territory_id": "int_establishment_territories.=",
        "year theme_id": "int_issues.=",
        "format": f"{_ISSUES} int_issues.theme_id int_issues.barrier_id",
        "members leaders informed n_establishments": _ISSUES,
        "partners": "landed/actors.actor_id landed/actors.territories landed/actors.themes",
        "barriers": "int_issues.barrier_id",
        "employees": _EMPLOYEES,
        "rank score": f"{_ISSUES} {_EMPLOYEES}",
        "mean_priority": "int_issues.priority",
        "next_step next_step_fr next_step_de reasons reasons_fr reasons_de": f"{_ISSUES} int_issues.barrier_id"
        f" landed/actors.actor_id {_EMPLOYEES}",
    },
    "analysed/pilots": {
        "pilot_id territory_id kind title status stage replicates start end indicator unit baseline measured lesson"
        " baseline_sd measured_sd participants": "landed/pilots.=",
        "theme_id": "landed/pilots.theme seeds/themes.theme_id",
        "n_establishments": "landed/pilots.participants int_establishments.establishment_id",
        "effect change_pct": _EFFECT,
        "effect_sd": _EFFECT_SD,
        "significant": f"{_EFFECT} {_EFFECT_SD}",
        "scale_value": f"{_EFFECT} {_SCALE}",
        "scale_sd": f"{_EFFECT_SD} {_SCALE}",
        "scale_unit": "landed/pilots.unit",
        "verified": "landed/pilots.verified_by",
        "reason reason_fr reason_de": f"{_EFFECT} {_EFFECT_SD} {_SCALE} landed/pilots.start landed/pilots.end"
        " landed/pilots.replicates",
    },
    "analysed/indicators": {
        "territory_id year": "int_establishment_territories.=",
        "indicator_id theme unit direction label_en label_fr label_de formula_en formula_fr formula_de":
            "seeds/indicators.=",
        "value previous_value change": _TOLD,
        "sd low high change_sd": _TOLD_SD,
        "n_establishments": f"{_MEMBERS} analysed/flow_indicators.n_establishments int_facts.establishment_id"
        " int_mobility.establishment_id analysed/exchanges.supplier_id analysed/pools.members",
        "reference_value": _REFERENCES.format("value", "value"),
        "reference_territory_id": _REFERENCES.format("territory_id", "geo"),
        "reference_year": _REFERENCES.format("year", "year"),
        "reference_source": "seeds/indicator_references.source",
        "reference_source_fr": "seeds/indicator_references.source_fr",
        "reference_source_de": "seeds/indicator_references.source_de",
        "reason_en reason_fr reason_de": _TOLD,
    },
}  # fmt: skip

DECLARED: dict[str, Declared] = {**_LANDED, **_OPEN, **_RECONCILED, **_SYNERGIES}
"""Every table that Python makes, by the name of its asset."""

_SHORT = {"received": "received/files", "open": "received/open_data"}
_STAGE = {"int": "intermediate", "stg": "staging", "mart": "marts"}


def sources_of(declared: Declared) -> dict[str, list[tuple[str, str]]]:
    """Column → its sources (table, column), written out. Raises ValueError for a column that is declared twice."""
    found: dict[str, list[tuple[str, str]]] = {}
    for columns, sources in declared.items():
        for column in columns.split():
            if column in found:
                raise ValueError(f"{column} is declared twice")
            found[column] = sorted({_source(word, column) for word in sources.split() if word != "-"})
    return found


def _source(word: str, column: str) -> tuple[str, str]:
    table, _, name = word.partition(".")
    if "/" not in table:
        table = _SHORT.get(table) or f"{_STAGE[table.partition('_')[0]]}/{table}"
    sheet, _, last = name.rpartition(".")
    if last == "=":
        name = f"{sheet}.{column}" if sheet else column
    return table, name
