"""The sheet `flows`: each declaration drawn round the truth, in the units, periods and spellings that people use.

The error is of the true quantity: sd = pct / 100 / 1.96, with the percentage of how it is known. A draw below zero is
zero.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metabolism.synthetic.campaign import LEDGER, WORKBOOK, Shape
from metabolism.synthetic.draws import one_of, stream
from metabolism.synthetic.network import NATURE, UNKNOWN, Flow, Network
from metabolism.synthetic.roster import COMMUNES, ZONES, Establishment
from metabolism.synthetic.words import Words

PCT = {"metered": 4.0, "weighed": 6.0, "invoiced": 10.0, "counted": 25.0, "estimated": 50.0}
Z_95 = 1.96
PERIODS = {"day": 365, "working_day": 250, "week": 52, "month": 12, "quarter": 4, "year": 1, "once": 1}
HAZARDOUS = (
    "080111", "070104", "120109", "130205", "140603", "150110", "160601", "170503",
)  # fmt: skip
MIXED_WASTE_T_PER_M3, MIXED_WASTE_PCT = 0.12, 50.0
"""Density of mixed municipal waste and its uncertainty, common to all who count containers."""

# Canonical units in one of each unit that people use; the first is the usual one.
_MASS = {"t": 1.0, "kg": 0.001}
_UNITS: dict[str, dict[str, float]] = {
    "energy.electricity": {"kWh": 0.001, "MWh": 1.0},
    "energy.gas": {"kWh": 0.001, "MWh": 1.0, "kWh PCS": 0.0009, "m3": 0.00078 * 13.3333, "GJ": 1 / 3.6},
    "energy.heat": {"MWh": 1.0, "GJ": 1 / 3.6, "kWh": 0.001},
    "energy.diesel": {"l": 0.00084 * 11.9444, "m3": 0.84 * 11.9444},
    "energy.heating_oil": {"l": 0.000845 * 11.9444},
    "energy.wood": {"t": 4.3333, "m3": 0.65 * 4.3333, "MWh": 1.0},
    "energy.biogas": {"MWh": 1.0, "m3": 0.0012 * 5.0},
    "energy.ambient": {"kWh": 0.001, "MWh": 1.0},
    "water.in_product": {"m3": 1.0, "hl": 0.1},
    "water": {"m3": 1.0},
    "material.wood": {"t": 1.0, "m3": 0.65},
    "material.pallet": {"pieces": 0.025, "t": 1.0},
    "material.aggregate": {"t": 1.0, "m3": 1.6},
    "material.sand": {"t": 1.0, "m3": 1.6},
    "material.soil": {"t": 1.0, "m3": 1.6},
    "material.concrete": {"t": 1.0, "m3": 2.4},
    "emission": {"t": 1.0},
    "material": _MASS,
    "waste": _MASS,
}
_SPELLED = {
    "en": {"pieces": "pieces", "l": "litres", "t": "tonnes"},
    "fr": {"pieces": "pièces", "l": "litres", "t": "tonnes", "m3": "m³"},
    "de": {"pieces": "Stück", "l": "Liter", "m3": "m³"},
}
_AT_THE_OWN_PLACE = ("water.rain", "energy.ambient", "water.industrial", "water.evaporated")
"""What comes from nature, or goes there, without a word."""


@dataclass(frozen=True)
class Row:
    """One declaration: its cells under contract names; the flow it tells of, the true value and what was drawn, in
    canonical units a year, and half a 95 % interval in % of the truth."""

    cells: dict[str, object]
    key: str
    true_value: float
    drawn: float
    pct: float


def draw(true_value: float, pct: float, rng: np.random.Generator) -> float:
    """One reading of the truth, never below zero."""
    return max(true_value * (1 + pct / 100 / Z_95 * float(rng.standard_normal())), 0.0)


def written(value: float) -> float:
    """The number as a person writes it: four significant digits; two decimals at most beyond one, since `1,234` could
    be read in two ways."""
    return float(f"{round(float(f'{value:.4g}'), 2) if abs(value) >= 1 else float(f'{value:.4g}'):.10g}")


def units_of(resource_id: str) -> Mapping[str, float]:
    """Units in use for a resource, each with its canonical value."""
    fitting = [prefix for prefix in _UNITS if resource_id == prefix or resource_id.startswith(f"{prefix}.")]
    return _UNITS[max(fitting, key=len)]


def flow_rows(
    seed: int, year: int, network: Network, roster: Mapping[str, Establishment], answering: list[str],
    shapes: Mapping[str, Shape], words: Words,
) -> dict[str, list[Row]]:  # fmt: skip
    """All declarations of one year by establishment: of its own flows, and of those that another company owns."""
    asked = set(answering)
    rows: dict[str, list[Row]] = {establishment_id: [] for establishment_id in answering}
    for key, flow in network.flows.items():
        true_value = float(network.values.at[key, year])
        for owner in (flow.owner, flow.partner):
            if owner in asked:
                teller = _Teller(seed, year, roster[owner], shapes[owner], words)
                rows[owner] += teller.rows(flow, true_value)
    for own in rows.values():
        for line, row in enumerate(own, start=1):
            row.cells["line"] = line
    return rows


@dataclass(frozen=True)
class _Teller:
    """One establishment that writes down what it knows of a flow."""

    seed: int
    year: int
    establishment: Establishment
    shape: Shape
    words: Words

    def rows(self, flow: Flow, true_value: float) -> list[Row]:
        """One row, or in a ledger one each quarter."""
        is_owner = flow.owner == self.establishment.establishment_id
        rng = stream(self.seed, "declared", self.year, self.establishment.establishment_id, flow.key)
        if self.shape.kind == LEDGER:
            return [self._row(flow, true_value, is_owner, rng, 0.25) for _ in range(4)]
        return [self._row(flow, true_value, is_owner, rng, 1.0)]

    def _row(self, flow: Flow, true_value: float, is_owner: bool, rng: np.random.Generator, share: float) -> Row:
        says = dict(flow.says if is_owner else flow.partner_says)
        resource_id = str(says.pop("resource", flow.resource_id))
        is_free = self.shape.kind not in (LEDGER, "form")
        own_pct = _own_pct(flow.how_known, rng) if is_free else None
        unit, factor, more_pct = self._unit(flow, resource_id, rng, is_free)
        pct = PCT[flow.how_known] if own_pct is None else own_pct
        drawn = draw(true_value * share, pct, rng)
        if more_pct:
            drawn *= 1 + more_pct / 100 / Z_95 * _common_error(self.seed)
            pct = math.hypot(pct, more_pct)
        period = _period(flow, rng) if is_free else ("once" if self.shape.kind == LEDGER else "year")
        quantity = written(drawn / factor / PERIODS[period])
        if "price" in says:
            says["price"] = written(float(str(says["price"])) * factor)
        cells: dict[str, object] = {
            "establishment_id": self.establishment.establishment_id,
            "direction": flow.direction if is_owner else {"in": "out", "out": "in"}[flow.direction],
            "resource": self._spelled(resource_id, rng),
            "quantity": quantity,
            "unit": _SPELLED.get(self.shape.language, {}).get(unit, unit),
            "period": period,
            "how_known": "" if is_free and flow.how_known == "estimated" and rng.random() < 0.4 else flow.how_known,
            "uncertainty_pct": own_pct,
            "purpose": "transit" if flow.purpose == "transit" else "",
            **self._partner(flow, is_owner, rng),
            **says,
        }
        filled = {name: cell for name, cell in cells.items() if cell not in ("", None)}
        return Row(filled, flow.key, true_value * share, quantity * factor * PERIODS[period], pct)

    def _unit(self, flow: Flow, resource_id: str, rng: np.random.Generator, is_free: bool) -> tuple[str, float, float]:
        """The unit, its canonical value, and the uncertainty of a density."""
        if is_free and resource_id == "waste.200301" and flow.how_known == "counted":
            return "m3", MIXED_WASTE_T_PER_M3, MIXED_WASTE_PCT
        units = units_of(resource_id)
        usual = next(iter(units))
        unit = usual if not is_free or rng.random() < 0.6 else one_of(rng, list(units))
        return unit, units[unit], 0.0

    def _spelled(self, resource_id: str, rng: np.random.Generator) -> str:
        """An id, a waste code as this company writes it, or the label in its language."""
        code = resource_id.removeprefix("waste.")
        if code != resource_id and code:
            star = "*" if code in HAZARDOUS and rng.random() < 0.7 else ""
            parts = [code[at : at + 2] for at in range(0, len(code), 2)]
            spelled = {"spaced": " ".join(parts) + star, "digits": code, "id": resource_id}
            return spelled[self.shape.waste_spelling]
        if self.shape.kind == WORKBOOK and rng.random() < 0.7:
            return self.words.say("resources", resource_id, self.shape.language)
        return resource_id

    def _partner(self, flow: Flow, is_owner: bool, rng: np.random.Generator) -> dict[str, object]:
        partner = flow.partner if is_owner else flow.owner
        if partner == UNKNOWN:
            return {}
        if partner == NATURE:
            says_nothing = flow.resource_id in _AT_THE_OWN_PLACE or flow.family == "emission"
            return {} if says_nothing else {"partner_id": NATURE}
        if partner in COMMUNES:
            own = {z: dict(zip(zone.communes, zone.postcodes, strict=True)) for z, zone in ZONES.items()}
            postcode = own[self.establishment.zone_id].get(partner)
            by_postcode = postcode and self.shape.kind == WORKBOOK and rng.random() < 0.2
            return {"partner_postcode": postcode} if by_postcode else {"partner_commune": partner}
        if len(partner) == 2:
            return {"partner_country": partner.upper()}
        return {"partner_id": partner}


def _own_pct(how_known: str, rng: np.random.Generator) -> float | None:
    """An uncertainty of one's own, which few give."""
    if rng.random() >= 0.08:
        return None
    return one_of(
        rng, {"metered": (2.0, 3.0), "weighed": (3.0, 5.0), "invoiced": (5.0, 8.0)}.get(how_known, (20.0, 30.0))
    )


def _common_error(seed: int) -> float:
    """How far the true density of mixed waste lies from the table, in sd; the same for all."""
    return float(np.clip(stream(seed, "density", "200301").standard_normal(), -1.5, 1.5))


def _period(flow: Flow, rng: np.random.Generator) -> str:
    """Mostly a year; what is bought or collected often, by the month, week or day."""
    if flow.purpose == "transit" or rng.random() < 0.72:
        return "year"
    return str(
        rng.choice(["month", "quarter", "week", "working_day", "day", "once"], p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.05])
    )


def table(rows: list[Row]) -> pd.DataFrame:
    """The declarations with what they were drawn from: one line a row."""
    columns = ["key", "true_value", "drawn", "pct"]
    found = pd.DataFrame([(row.key, row.true_value, row.drawn, row.pct) for row in rows], columns=columns)
    return found.astype({"true_value": float, "drawn": float, "pct": float})
