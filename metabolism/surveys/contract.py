"""The sheets of a questionnaire and their columns, as data (contract, section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "whole", "date", "choice", "choices"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet. `choices` of `choice` columns are lower case; `default` is what an empty cell means."""

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None
    low: float | None = None
    high: float | None = None


def _columns(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


FAMILIES = ("material", "water", "energy", "waste", "people")
PERIODS = {"day": 365.0, "working_day": 250.0, "week": 52.0, "month": 12.0, "quarter": 4.0, "year": 1.0, "once": 1.0}
HOW_KNOWN_PCT = {"metered": 4.0, "weighed": 6.0, "invoiced": 10.0, "counted": 25.0, "estimated": 50.0}
MODES = ("car_alone", "carpool", "motorbike", "train", "tram", "bus", "bike", "walk", "remote", "unknown")

DECISIONS = ("accepted", "refused", "discussed", "piloted", "realised")

_ID = Column("establishment_id", required=True)

SHEETS: dict[str, dict[str, Column]] = {
    "establishment": _columns(
        _ID,
        Column("name", required=True),
        Column("nace", required=True),
        Column("nace_edition", "choice", choices=("2", "2.1"), default="2"),
        Column("employees", "number", low=0),
        Column("floor_area", "number", low=0),
        Column("organisation"),
        Column("address"),
        Column("postcode"),
        Column("locality"),
        Column("commune"),
        Column("country", default="LU"),
        Column("latitude", "number", low=-90, high=90),
        Column("longitude", "number", low=-180, high=180),
        Column("share_level", "choice", choices=("aggregate", "zone", "named"), default="aggregate"),
        Column("open_figures", "choice", choices=("no", "yes"), default="no"),
        Column("complete_for", "choices", choices=FAMILIES),
        Column("none_for", "choices", choices=FAMILIES),
    ),
    "flows": _columns(
        _ID,
        Column("line"),
        Column("direction", "choice", required=True, choices=("in", "out")),
        Column("resource", required=True),
        Column("quantity", "number", required=True),
        Column("unit", required=True),
        Column("period", "choice", required=True, choices=tuple(PERIODS)),
        Column("how_known", "choice", choices=tuple(HOW_KNOWN_PCT), default="estimated"),
        Column("uncertainty_pct", "number", low=0),
        Column("partner_id"),
        Column("partner_name"),
        Column("partner_postcode"),
        Column("partner_commune"),
        Column("partner_country"),
        Column("treatment"),
        Column("temperature", "number"),
        Column("price", "number"),
        Column("criticality", "number", low=1, high=5),
        Column("days_of_stock", "number", low=0),
        Column("substitutable", "choice", choices=("yes", "no")),
        Column("times_per_year", "number", low=0),
        Column("season"),
        Column("rhythm", "choice", choices=("continuous", "working_hours", "batch")),
        Column("purpose", "choice", choices=("use", "resale", "transit"), default="use"),
        Column("status", "choice", choices=("product", "by_product", "waste", "end_of_waste")),
        Column("origin_country"),
        Column("available", "choice", choices=("yes", "partly", "no")),
        Column("quality"),
        Column("contract_end", "date"),
        Column("confidential", "choice", choices=("no", "yes"), default="no"),
        Column("comment"),
    ),
    "stocks": _columns(
        _ID,
        Column("resource", required=True),
        Column("opening", "number", required=True),
        Column("closing", "number", required=True),
        Column("unit", required=True),
    ),
    "mobility": _columns(
        _ID,
        Column("residence"),
        Column("residence_postcode"),
        Column("residence_country"),
        Column("mode", "choice", required=True, choices=MODES),
        Column("commuters", "number", required=True, low=0),
        Column("surveyed", "number", low=1),
        Column("days_per_week", "number", low=0, high=7, default="5"),
        Column("distance_km", "number", low=0),
        Column("shift_start"),
        Column("shift_end"),
    ),
    "services": _columns(
        _ID,
        Column("service", required=True),
        Column("provider"),
        Column("visits_per_year", "number", low=0),
        Column("cost_eur_per_year", "number"),
        Column("contract_end", "date"),
        Column("open_to_pooling", "choice", choices=("maybe", "yes", "no"), default="maybe"),
    ),
    "issues": _columns(
        _ID,
        Column("theme", required=True),
        Column("priority", "number", required=True, low=1, high=5),
        Column("wants_to", "choice", choices=("lead", "join", "informed", "no")),
        Column("barrier"),
        Column("comment"),
    ),
    "facts": _columns(
        _ID,
        Column("fact", required=True),
        Column("value", "number", required=True),
        Column("spare", "number"),
    ),
    "haves_wants": _columns(
        _ID,
        Column("kind", "choice", required=True, choices=("have", "want")),
        Column("what", required=True),
        Column("quantity", "number"),
        Column("unit"),
        Column("period", "choice", choices=tuple(PERIODS)),
        Column("from"),
        Column("until"),
        Column("condition"),
    ),
}

FRAME_REQUIRED = ("establishment_id", "name", "nace", "employees")

SIDES = ("import", "internal", "export", "undetermined_in", "undetermined_out", "from_nature", "to_nature", "in", "out")
REGISTERS: dict[str, dict[str, Column]] = {
    "controls": _columns(
        Column("territory_id", required=True),
        Column("year", "whole", required=True, low=1900, high=2200),
        Column("resource_id", required=True),
        Column("side", "choice", required=True, choices=SIDES),
        Column("value", "number", required=True, low=0),
        Column("unit", required=True),
        Column("uncertainty_pct", "number", low=0, default="10"),
        Column("source"),
    ),
    "prices": _columns(
        Column("resource_id", required=True),
        Column("year", "whole", required=True, low=1900, high=2200),
        Column("price_eur_per_unit", "number"),
        Column("disposal_eur_per_unit", "number"),
        Column("source"),
    ),
    "pilots": _columns(
        Column("pilot_id", required=True),
        Column("territory_id", required=True),
        Column("kind", "choice", choices=("exchange", "pooling", "activity")),
        Column("theme"),
        Column("title"),
        Column("status", "choice", choices=("planned", "running", "realised", "abandoned")),
        Column("stage", "choice", choices=("pilot", "extended", "systemic"), default="pilot"),
        Column("replicates"),
        Column("start", "date"),
        Column("end", "date"),
        Column("participants"),
        Column("indicator"),
        Column("unit"),
        Column("baseline", "number"),
        Column("baseline_sd", "number", low=0),
        Column("measured", "number"),
        Column("measured_sd", "number", low=0),
        Column("verified_by"),
        Column("lesson"),
    ),
    "decisions": _columns(
        Column("subject_id", required=True),
        Column("decision", "choice", required=True, choices=DECISIONS),
        Column("value", "number"),
        Column("barrier"),
        Column("reason"),
        Column("who"),
        Column("date", "date"),
        Column("next_step"),
        Column("due", "date"),
    ),
    "withdrawals": _columns(
        Column("establishment_id", required=True),
        Column("date", "date"),
        Column("by"),
    ),
}
"""Tables at the top of `raw/` that hold more than text (contract, sections 1, 2.8 and 2.10)."""
