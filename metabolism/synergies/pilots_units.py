"""Which indicators of a pilot grow with the number of people behind them, read from the unit as written."""

from __future__ import annotations

import re

from metabolism.text import folded

_QUANTITIES = """
    mg g kg t kt ton tons tonne tonnes tonnen lb l hl m3 wh kwh mwh gwh kj mj gj tj toe eur keur meur euro euros
    tkm pkm vkm trip trips trajet trajets fahrt fahrten meal meals repas mahlzeit mahlzeiten
    person persons people personne personnes personen piece pieces stuck place places
"""
_EXTENSIVE = frozenset(_QUANTITIES.split())
"""What a company has twice as much of when it is twice as large. Not h and km: they are often means of a person."""

_TIMES = """
    a y yr year years an ans annee jahr jahre month months mois monat monate week weeks semaine woche
    working_day day days jour jours tag tage
"""
_TIME = frozenset(_TIMES.split())

_MEALS = frozenset({"meal", "meals", "repas", "mahlzeit", "mahlzeiten", "essen"})

_TONNES = {"mg": 1e-9, "g": 1e-6, "kg": 1e-3, "t": 1.0}

_CO2 = re.compile(r"\s*co2\s?-?(?:e|eq)?\.?(?=$|[\s/])")
_PER = re.compile(r"\s*/\s*|\s+(?:per|par|pro|je|a)\s+")


def is_extensive(unit: object) -> bool:
    """`t/year`, `kWh`, `t CO2e a year`, `trip`: a quantity, over time or not. `g/meal`, `%`, `0-10` are none."""
    top, *below = _parts(unit)
    return top in _EXTENSIVE and all(part in _TIME for part in below)


def tonnes_per_meal(unit: object) -> float | None:
    """The factor from `g/meal`, `kg/repas`, … to t a meal; None for any other unit."""
    parts = _parts(unit)
    if len(parts) == 2 and parts[1] in _MEALS:
        return _TONNES.get(parts[0])
    return None


def _parts(unit: object) -> list[str]:
    """`kg CO2e / year` as kg, year: folded, without what the mass is of."""
    text = folded(unit).replace("€", "eur") if isinstance(unit, str) else ""
    return [part.strip() for part in _PER.split(_CO2.sub("", text))]
