"""The unit of each column that is a quantity, where dbt's YAML does not say it: before the marts.

A name means one thing wherever it stands, so units stand by name; what differs in one table stands by table and name.
"""

from __future__ import annotations

_CANONICAL = "t, m3, MWh or trip a year, as the row's unit"
_AS_WRITTEN = "as column `unit`, a period"
_EUR, _SHARE, _OWN = "EUR a year", "1 (share)", "the indicator's own"

UNITS = {
    **dict.fromkeys(
        ("value", "sd", "low", "high", "declared_value", "consumption", "opening_value", "closing_value",
         "allocated_value", "value_low", "value_high", "right_side", "stock_drawn", "own_sd",
         "conversion_sd", "declared_sd", "declared_own_sd", "declared_conversion_sd", "decided_value", "decided_sd"),
        _CANONICAL,
    ),
    **dict.fromkeys(
        ("cost_eur_per_year", "cost_pooled_eur", "cost_today_eur", "largest_regret_eur", "saving_eur", "saving_eur_sd",
         "saving_receiver_eur", "saving_supplier_eur", "transport_eur"),
        _EUR,
    ),
    **dict.fromkeys(
        ("local_share", "local_share_sd", "undetermined_share", "hhi", "p_pays", "share_of_need", "weight",
         "coefficient", "sd_apart", "slack_share", "max_saving", "max_share", "yield", "exponent", "score", "coverage"),
        _SHARE,
    ),
    **dict.fromkeys(
        ("baseline", "baseline_sd", "measured", "measured_sd", "effect", "effect_sd"), "the pilot's own"
    ),
    **dict.fromkeys(("scale_value", "scale_sd"), "as column `scale_unit`"),
    **dict.fromkeys(("quantity", "declared_quantity", "decided_quantity", "opening", "closing"), _AS_WRITTEN),
    **dict.fromkeys(("employees", "frame_employees", "commuters", "surveyed"), "persons"),
    **dict.fromkeys(("price_eur_per_unit", "disposal_eur_per_unit", "price_per_unit", "processing_eur_per_unit"),
                    "EUR per canonical unit"),
    **dict.fromkeys(("uncertainty", "uncertainty_pct", "sd_pct", "change_pct"), "%"),
    **dict.fromkeys(("distance_km", "max_distance_km"), "km"),
    **dict.fromkeys(("latitude", "longitude"), "° (WGS84)"),
    **dict.fromkeys(("temperature", "min_temperature_margin"), "°C"),
    **dict.fromkeys(("times_per_year", "visits_per_year"), "a year"),
    **dict.fromkeys(("co2e_t_per_unit", "disposal_co2e_t_per_unit"), "t CO2e per canonical unit"),
    **dict.fromkeys(("change", "change_sd", "previous_value", "reference_value"), _OWN),
    **dict.fromkeys(("density_t_per_m3", "t_per_m3"), "t/m³"),
    **dict.fromkeys(("year", "reference_year", "first_year", "last_year"), "year"),
    "co2e_t": "t CO2e a year",
    "price": "EUR per unit of the row",
    "criticality": "1 to 5 as answered, 0 to 1 as a mean",
    "days_of_stock": "days",
    "days_per_week": "days a week",
    "energy_mwh_per_t": "MWh/t",
    "t_per_piece": "t a piece",
    "floor_area": "m²",
    "maximum": _CANONICAL,
    "mean_priority": "1 to 5",
    "priority": "1 to 5",
    "spare": "the fact's own",
    "supplied_value": "as column `supplied_unit`, a year",
}  # fmt: skip
_IN_TABLE = {
    ("facts", "value"): "the fact's own",
    ("indicators", "value"): _OWN,
    ("indicators", "sd"): _OWN,
    ("indicators", "low"): _OWN,
    ("indicators", "high"): _OWN,
    ("flow_indicators", "value"): "quotient of the formula's units",
    ("flow_indicators", "sd"): "quotient of the formula's units",
    ("indicator_references", "value"): "as column `unit`",
    ("exchange_costs", "value"): "as column `unit`",
    ("open_waste", "value"): "t a year",
    ("recycling_rates", "value"): "%",
}


def unit_of(table: str, column: str) -> str:
    """The unit of a column; nothing where it is no quantity. `table`: the name of its asset (`landed/flows`)."""
    bare = table.partition("/")[2].removeprefix("stg_").removeprefix("int_")
    return _IN_TABLE.get((bare, column)) or UNITS.get(column, "")
