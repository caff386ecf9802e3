"""What pilots changed: the effect with its sd, whether it is more than chance, and what it would be over the zone.

The method stands in docs/methods/pilots.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from metabolism.synergies.pilots_units import is_extensive, tonnes_per_meal
from metabolism.synergies.pilots_words import REASONS
from metabolism.synergies.pooling_groups import day
from metabolism.synergies.pooling_words import Spoken, said
from metabolism.tables import BOOL, FLOAT, INT, TEXT
from metabolism.uncertainty import Z_95

MEALS = "meals_served"

SCHEMA: dict[str, pa.DataType] = {
    "pilot_id": TEXT,
    "territory_id": TEXT,
    "kind": TEXT,
    "theme_id": TEXT,
    "title": TEXT,
    "status": TEXT,
    "stage": TEXT,
    "replicates": TEXT,
    "start": TEXT,
    "end": TEXT,
    "n_establishments": INT,
    "indicator": TEXT,
    "unit": TEXT,
    "baseline": FLOAT,
    "measured": FLOAT,
    "effect": FLOAT,
    "effect_sd": FLOAT,
    "significant": BOOL,
    "scale_value": FLOAT,
    "scale_sd": FLOAT,
    "verified": BOOL,
    "lesson": TEXT,
    "baseline_sd": FLOAT,
    "measured_sd": FLOAT,
    "change_pct": FLOAT,
    "scale_unit": TEXT,
    "participants": pa.list_(TEXT),
    "reason": TEXT,
    "reason_fr": TEXT,
    "reason_de": TEXT,
}

_AS_WRITTEN = ("pilot_id", "territory_id", "kind", "title", "status", "indicator", "unit", "lesson")


@dataclass(frozen=True)
class Effect:
    """What a pilot changed, in its own unit; NaN where it is not known."""

    value: float
    sd: float
    change_pct: float

    @property
    def significant(self) -> bool | None:
        """Beyond 1.96 sd, the 95 % interval of an error without a direction; None where that cannot be told."""
        if math.isnan(self.value) or math.isnan(self.sd):
            return None
        return abs(self.value) > Z_95 * self.sd


@dataclass(frozen=True)
class Scale:
    """How much more there is of a thing in the whole territory: `factor` from the effect to `unit`; NaN if unknown."""

    factor: float = math.nan
    unit: str | None = None


def pilot_effects(
    pilots: pd.DataFrame,
    establishments: pd.DataFrame,
    memberships: pd.DataFrame,
    territories: pd.DataFrame,
    facts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a row of `pilots`, in the order of pilot, indicator and unit, with the columns of SCHEMA.

    `facts` (establishment_id, year, fact_id, value) gives the meals by which an effect in g/meal is scaled.
    """
    theirs = memberships[memberships["territory_id"].isin(pilots["territory_id"])]
    zone = _Zone(establishments, theirs, territories, facts)
    first = ["pilot_id", "indicator", "unit"]
    order = [*first, *sorted(set(pilots.columns) - set(first))]
    lines = sorted(pilots.to_dict("records"), key=lambda line: [str(line[column]) for column in order])
    known = {text(line["pilot_id"]) for line in lines}
    return pd.DataFrame([_row(line, zone, known) for line in lines], columns=list(SCHEMA))


def effect_of(baseline: float, baseline_sd: float, measured: float, measured_sd: float) -> Effect:
    """measured - baseline; the sd in squares, NaN where one is missing or negative; the change in % of the baseline."""
    value = measured - baseline
    sds_known = baseline_sd >= 0 and measured_sd >= 0 and not math.isnan(value)
    sd = math.hypot(baseline_sd, measured_sd) if sds_known else math.nan
    return Effect(value, sd, 100 * value / abs(baseline) if baseline else math.nan)


def text(cell: object) -> str | None:
    """A cell's text; None where it is empty."""
    return (str(cell).strip() or None) if cell is not None and not pd.isna(cell) else None


def number(cell: object) -> float:
    """A cell's number; NaN where it holds none, or an infinite one."""
    value = float(pd.to_numeric(pd.Series([cell]), errors="coerce").iloc[0])
    return value if math.isfinite(value) else math.nan


class _Zone:
    """Who is in a territory, of what size, and how many meals they serve, in the surveyed year nearest to a pilot."""

    def __init__(
        self,
        establishments: pd.DataFrame,
        memberships: pd.DataFrame,
        territories: pd.DataFrame,
        facts: pd.DataFrame | None,
    ) -> None:
        self.territories = set(territories["territory_id"])
        self.employees: dict[str, dict[int, float]] = {}
        sizes = pd.to_numeric(establishments["employees"], errors="coerce").where(lambda size: size >= 0)
        for who, year, size in zip(establishments["establishment_id"], establishments["year"], sizes, strict=True):
            self.employees.setdefault(who, {})[int(year)] = float(size)
        self.members: dict[str, dict[int, set[str]]] = {}
        for territory, year, who in memberships[["territory_id", "year", "establishment_id"]].itertuples(index=False):
            self.members.setdefault(territory, {}).setdefault(int(year), set()).add(who)
        self.meals: dict[tuple[str, int], float] = {}
        if facts is not None:
            served = facts[facts["fact_id"] == MEALS]
            for who, year, value in served[["establishment_id", "year", "value"]].itertuples(index=False):
                self.meals[who, int(year)] = number(value)

    def members_near(self, territory: str, year: int | None) -> tuple[int, set[str]]:
        """The nearest surveyed year of the territory (the newest without a date) and who was in it."""
        by_year = self.members[territory]
        found = _nearest(by_year, year)
        return found, by_year[found]

    def employees_near(self, who: str, year: int) -> float:
        by_year = self.employees.get(who, {})
        return by_year[_nearest(by_year, year)] if by_year else math.nan

    def years_with_meals(self, territory: str) -> dict[int, float]:
        """Meals declared in a territory by year; years in which none is known stand out."""
        totals = {}
        for year, members in self.members[territory].items():
            served = [self.meals.get((who, year), math.nan) for who in sorted(members)]
            known = [meals for meals in served if meals >= 0]
            if known:
                totals[year] = math.fsum(known)
        return totals


def _nearest(years: dict[int, Any], wanted: int | None) -> int:
    """Of two equally near ones the later; the newest where no year is wanted."""
    if wanted is None:
        return max(years)
    return min(years, key=lambda year: (abs(year - wanted), -year))


def _row(line: dict[Any, Any], zone: _Zone, known: set[str | None]) -> dict[str, Any]:
    fields = ("baseline", "baseline_sd", "measured", "measured_sd")
    values = {field: number(line[field]) for field in fields}
    effect = effect_of(**values)
    people = participants(line["participants"])
    scale, scaling = _scale(line, effect, people, zone)
    reasons = [*_why_no_effect(values, effect), *scaling, *_contradictions(line, known)]
    return {
        **{name: text(line[name]) for name in _AS_WRITTEN},
        "theme_id": text(line["theme_id"] if "theme_id" in line else line["theme"]),
        "stage": text(line["stage"]) or "pilot",
        "replicates": text(line["replicates"]),
        "start": _date(line["start"]),
        "end": _date(line["end"]),
        "n_establishments": sum(who in zone.employees for who in people) if people else None,
        **values,
        "effect": effect.value,
        "effect_sd": effect.sd,
        "significant": effect.significant,
        "scale_value": effect.value * scale.factor,
        "scale_sd": effect.sd * abs(scale.factor),
        "verified": text(line["verified_by"]) is not None,
        "change_pct": effect.change_pct,
        "scale_unit": scale.unit,
        "participants": people,
        "reason": " ".join(reason[0] for reason in reasons) or None,
        "reason_fr": " ".join(reason[1] for reason in reasons) or None,
        "reason_de": " ".join(reason[2] for reason in reasons) or None,
    }


def participants(cell: object) -> list[str]:
    """The ids of a cell, `;` between, each once, in the order written."""
    parts = (part.strip() for part in (text(cell) or "").split(";"))
    return list(dict.fromkeys(part for part in parts if part))


def _date(cell: object) -> str | None:
    found = day(cell)
    return found.isoformat() if found else None


def _scale(line: dict[Any, Any], effect: Effect, people: list[str], zone: _Zone) -> tuple[Scale, list[Spoken]]:
    """From the effect to that over the whole territory, and what that rests on, or why it is not known."""
    territory, unit = text(line["territory_id"]), text(line["unit"])
    if math.isnan(effect.value):
        return Scale(), []
    if territory is None or (territory not in zone.territories and territory not in zone.members):
        return Scale(), [said(REASONS, "unknown_territory")]
    if territory not in zone.members:
        return Scale(), [said(REASONS, "not_surveyed")]
    if unit is None:
        return Scale(), [said(REASONS, "no_unit")]
    ended = day(line["end"]) or day(line["start"])
    year = ended.year if ended else None
    if is_extensive(unit):
        return _by_employees(territory, unit, year, people, zone)
    per_meal = tonnes_per_meal(unit)
    if per_meal is None:
        return Scale(), [said(REASONS, "intensive", unit=unit)]
    return _by_meals(territory, per_meal, year, zone)


def _by_employees(
    territory: str, unit: str, year: int | None, people: list[str], zone: _Zone
) -> tuple[Scale, list[Spoken]]:
    """Employees of the territory / employees of the participants."""
    taking_part = [who for who in people if who in zone.employees]
    if not taking_part:
        return Scale(), [said(REASONS, "no_establishment" if people else "no_participants")]
    surveyed, members = zone.members_near(territory, year)
    own = math.fsum(zone.employees_near(who, surveyed) for who in taking_part)
    if not own > 0:
        return Scale(), [said(REASONS, "no_employees")]
    sizes = [zone.employees_near(who, surveyed) for who in sorted(members)]
    total = math.fsum(size for size in sizes if size >= 0)
    reasons = [said(REASONS, "scaled_by_employees", own=own, all=total, year=surveyed)]
    if unknown := sum(not size >= 0 for size in sizes):
        reasons.append(said(REASONS, "employees_partly", n=unknown))
    return Scale(total / own, unit), reasons


def _by_meals(territory: str, per_meal: float, year: int | None, zone: _Zone) -> tuple[Scale, list[Spoken]]:
    """t a meal x meals a year."""
    meals = zone.years_with_meals(territory)
    if not meals:
        return Scale(), [said(REASONS, "no_meals")]
    surveyed = _nearest(meals, year)
    return Scale(per_meal * meals[surveyed], "t/year"), [
        said(REASONS, "scaled_by_meals", all=meals[surveyed], year=surveyed)
    ]


def _why_no_effect(values: dict[str, float], effect: Effect) -> list[Spoken]:
    missing = {"baseline": "no_baseline", "measured": "not_measured"}
    reasons = [said(REASONS, why) for field, why in missing.items() if math.isnan(values[field])]
    if not reasons and math.isnan(effect.sd):
        reasons.append(said(REASONS, "no_sd"))
    return reasons


def _contradictions(line: dict[Any, Any], known: set[str | None]) -> list[Spoken]:
    reasons = []
    start, end, other = day(line["start"]), day(line["end"]), text(line["replicates"])
    if start and end and end < start:
        reasons.append(said(REASONS, "dates"))
    if other is not None and other == text(line["pilot_id"]):
        reasons.append(said(REASONS, "replicates_itself"))
    elif other is not None and other not in known:
        reasons.append(said(REASONS, "replicates_unknown", other=other))
    return reasons
