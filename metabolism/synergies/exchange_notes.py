"""What to say of an exchange: its reasons, obstacles, outlet of today, window and next step, as notes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from metabolism.synergies.exchange_words import OUTLETS, STEP_NAMES, Note
from metabolism.synergies.knowledge import NOT_STORED, Line
from metabolism.synergies.lots import ALL_MONTHS
from metabolism.synergies.money import DECLARED

HARD = {
    "quantity_unknown": "ask_quantity",
    "temperature_unknown": "ask_temperature",
    "exact_code": "ask_code",
    "no_price": "ask_price",
    "family_price": "ask_price",
    "fixed": "ask_fixed",
    "dates": "ask_dates",
}
"""Obstacles that keep an exchange from being likely, and what to do about each, the first one first."""
_STEP_TODAY = {
    "landfill": "disposal",
    "incineration": "disposal",
    "disposal": "disposal",
    "energy": "other_recovery",
    "recycling": "recycling",
    "discharge": "no_waste",
    "sale": "no_waste",
}
_CODE = re.compile(r"\s*([RD])\s*0*(\d{1,2})", re.IGNORECASE)
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Notes:
    """All that is told of one exchange."""

    today: list[Note]
    hierarchy: list[Note]
    window: list[Note]
    basis: list[Note]
    obstacles: list[Note]
    next_step: list[Note]

    @property
    def hard(self) -> bool:
        return any(key in HARD for key, _ in self.obstacles)


def outlet(treatment: object, resource_id: str) -> str:
    """Today's outlet (a key of `OUTLETS`) from an R or D code (Directive 2008/98/EC, annexes I and II).

    D1 to D5 and D12 are landfill, D10 and D11 incineration, R1 energy, R12 and R13 sorting or storage, other R
    recycling. What is no waste and has no code is discharged (heat, cold, water, gas) or sold.
    """
    match = _CODE.match(treatment) if isinstance(treatment, str) else None
    if match is None:
        family = resource_id.split(".")[0]
        return {"waste": "unknown", "material": "sale"}.get(family, "discharge")
    kind, number = match[1].upper(), int(match[2])
    if kind == "D":
        landfill, burnt = number in (1, 2, 3, 4, 5, 12), number in (10, 11)
        return "landfill" if landfill else "incineration" if burnt else "disposal"
    return {1: "energy", 12: "sorting", 13: "sorting"}.get(number, "recycling")


def step_today(outlet_key: str) -> str:
    """The step of the waste hierarchy that an outlet is on."""
    return _STEP_TODAY.get(outlet_key, "unknown")


def notes(row: Row) -> Notes:
    """The notes of one exchange. `row`: a row of the pairs with quantities, money and emissions."""
    line: Line = row["line"]
    hard = _hard_obstacles(row)
    obstacles = [*hard, *_soft_obstacles(row, line)]
    return Notes(
        today=[_today(row)],
        hierarchy=[("hierarchy", {"before": STEP_NAMES[step_today(row["outlet"])], "after": STEP_NAMES[_step(row)]})],
        window=_window(row),
        basis=_basis(row, line),
        obstacles=obstacles,
        next_step=[(_next_step(row, [key for key, _ in hard]), {})],
    )


def _step(row: Row) -> str:
    return str(row["line"].step) if row["supplied_resource_id"].startswith("waste") else "no_waste"


def _today(row: Row) -> Note:
    named = {"outlet": OUTLETS[row["outlet"]]}
    if pd.isna(row["supply_price"]):
        return "today_unpriced", named
    return "today_priced", named | {"value": row["supply_price"], "unit": row["supplied_unit"]}


def _basis(row: Row, line: Line) -> list[Note]:
    found: list[Note] = [("knowledge", {"label": line.label, "source": line.source})]
    found += [("have", {})] if row["supply_named"] else []
    found += [("want", {})] if row["need_named"] else []
    if math.isfinite(row["supply_value"]):
        amount = {"value": row["supply_value"], "sd": row["supply_sd"], "unit": row["supplied_unit"]}
        found.append(("supply_said" if row["supply_said"] else "supply_flow", amount))
    found += [("partly", {})] if row["partly"] else []
    if math.isfinite(row["need_value"]):
        amount = {"value": row["need_value"], "unit": row["unit"]}
        share = {} if row["need_said"] else {"share": line.max_share * 100}
        found.append(("need_said" if row["need_said"] else "need_flow", amount | share))
    found += _price_notes(row)
    if line.processing:
        found.append(("processing", {"value": line.processing, "unit": row["supplied_unit"]}))
    if row["distance_kind"] == "road":
        found.append(("road", {"km": row["distance_km"], "detour": row["detour"]}))
    found += [("recycled_today", {})] if row["already_recycled"] else []
    found += [("no_factor", {})] if math.isfinite(row["value"]) and pd.isna(row["co2e_t"]) else []
    return found


def _price_notes(row: Row) -> list[Note]:
    found: list[Note] = []
    for name, unit in (("disposal", row["supplied_unit"]), ("purchase", row["unit"])):
        if pd.isna(row[name]):
            continue
        amount = {"value": row[name], "unit": unit}
        if row[f"{name}_kind"] == DECLARED:
            found.append((f"{name}_declared", amount))
        else:
            found.append((f"{name}_other", amount | {"source": row[f"{name}_source"]}))
    return found


def _hard_obstacles(row: Row) -> list[Note]:
    present = {
        "quantity_unknown": pd.isna(row["value"]),
        "temperature_unknown": row["temperature_unknown"],
        "exact_code": row["coarse"],
        "no_price": pd.isna(row["disposal"]) and pd.isna(row["purchase"]),
        "family_price": row["disposal_family"] or row["purchase_family"],
        "fixed": row["fixed"],
        "dates": _dates_apart(row),
    }
    return [(key, {}) for key in HARD if present[key]]


def _soft_obstacles(row: Row, line: Line) -> list[Note]:
    found: list[Note] = [("gate", {"gate": line.gate})]
    found += [("waste_law", {})] if row["supplied_resource_id"].startswith("waste") else []
    found += [("quality_said", {})] if _text(row["quality"]) else []
    found += [("condition", {})] if _text(row["supply_condition"]) or _text(row["need_condition"]) else []
    if not pd.isna(row["value"]):
        found += [("offered_unsaid", {})] if row["supply_named"] and not row["supply_said"] else []
        found += [("wanted_unsaid", {})] if row["need_named"] and not row["need_said"] else []
    known = pd.notna(row["disposal"]), pd.notna(row["purchase"])
    found += [("one_price", {})] if any(known) and not all(known) else []
    found += _time_obstacles(row, line)
    found += [("outlet_unknown", {})] if row["outlet"] == "unknown" else []
    if row["distance_kind"] != "road":
        found.append(("distance_default", {"km": row["distance_km"]}))
    return found


def _time_obstacles(row: Row, line: Line) -> list[Note]:
    found: list[Note] = []
    rhythms = {row["supply_rhythm"], row["need_rhythm"]}
    if line.role in NOT_STORED and all(map(_text, rhythms)) and len(rhythms) > 1:
        found.append(("rhythm", {}))
    if row["supply_months"] != row["need_months"]:
        key = "season_lost" if line.role in NOT_STORED else "season_stored"
        found.append((key, {"n": int(row["common_months"])}))
    if ends := _contract_end(row):
        found.append(("bound", {"date": ends}))
    return found


def _window(row: Row) -> list[Note]:
    found: list[Note] = []
    if ends := _contract_end(row):
        found.append(("window_from", {"date": ends}))
    for key, side in (("window_offer", "supply"), ("window_want", "need")):
        start, end = _text(row[f"{side}_valid_from"]), _text(row[f"{side}_valid_until"])
        if start or end:
            found.append((key, {"start": start or "…", "end": end or "…"}))
    common = int(row["supply_months"]) & int(row["need_months"])
    if common not in (0, ALL_MONTHS):
        found.append(("window_months", {"months": _months_text(common)}))
    return found or [("window_any", {})]


def _months_text(bits: int) -> str:
    return ", ".join(str(month + 1) for month in range(12) if bits >> month & 1)


def _contract_end(row: Row) -> str:
    """The later end of the contracts that both sides have today, or an empty text."""
    return max(_text(row["supply_contract_end"]), _text(row["need_contract_end"]))


def _dates_apart(row: Row) -> bool:
    """ISO dates compare as text."""
    starts = [text for side in ("supply", "need") if (text := _text(row[f"{side}_valid_from"]))]
    ends = [text for side in ("supply", "need") if (text := _text(row[f"{side}_valid_until"]))]
    return bool(starts and ends) and max(starts) > min(ends)


def _next_step(row: Row, hard: list[str]) -> str:
    if hard:
        return HARD[hard[0]]
    if row["p_pays"] < 0.2:
        return "keep"
    return "meet_wanted" if row["supply_named"] or row["need_named"] else "try_sample"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
