"""Units in their usual spellings, and the factor from a unit to the canonical unit of a resource."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import Any

from metabolism.nomenclatures import Nomenclatures
from metabolism.text import folded

# Spellings, folded, → an expression of Pint. Only what Pint would misread or does not know: it reads `mwh` as
# millihours, `t` and `m3` in lower case differ from `T` and `M3`.
_SPELLINGS = {
    "g": "gram", "gr": "gram", "gramm": "gram", "grammes": "gram",
    "mg": "milligram",
    "kg": "kilogram", "kgs": "kilogram", "kilo": "kilogram", "kilos": "kilogram", "kilogramme": "kilogram",
    "kilogrammes": "kilogram", "kilogramm": "kilogram", "kilogram": "kilogram", "kilograms": "kilogram",
    "t": "metric_ton", "to": "metric_ton", "tn": "metric_ton", "tonne": "metric_ton", "tonnes": "metric_ton",
    "ton": "metric_ton", "tons": "metric_ton", "tonnen": "metric_ton", "mt": "metric_ton",
    "kt": "kilometric_ton", "short ton": "short_ton", "short tons": "short_ton",
    "lb": "pound", "lbs": "pound", "pound": "pound", "pounds": "pound",
    "l": "liter", "lt": "liter", "litre": "liter", "litres": "liter", "liter": "liter", "liters": "liter",
    "kl": "kiloliter", "dm3": "liter", "cm3": "milliliter",
    "hl": "hectoliter", "hectolitre": "hectoliter", "hectolitres": "hectoliter", "hektoliter": "hectoliter",
    "dl": "deciliter", "cl": "centiliter", "ml": "milliliter",
    "m3": "meter**3", "cbm": "meter**3", "nm3": "meter**3", "mc": "meter**3", "kubikmeter": "meter**3",
    "metre cube": "meter**3", "metres cubes": "meter**3", "cubic metre": "meter**3", "cubic metres": "meter**3",
    "cubic meter": "meter**3", "cubic meters": "meter**3",
    "yd3": "yard**3", "cubic yard": "yard**3", "cubic yards": "yard**3", "ft3": "foot**3", "cubic foot": "foot**3",
    "cubic feet": "foot**3",
    "gal": "gallon", "gallon": "gallon", "gallons": "gallon", "kgal": "kilogallon", "mgal": "megagallon",
    "wh": "watt_hour", "kwh": "kilowatt_hour", "mwh": "megawatt_hour", "gwh": "gigawatt_hour", "twh": "terawatt_hour",
    "kilowattheure": "kilowatt_hour", "kilowattheures": "kilowatt_hour", "kilowattstunde": "kilowatt_hour",
    "kilowattstunden": "kilowatt_hour", "megawattheure": "megawatt_hour", "megawattheures": "megawatt_hour",
    "megawattstunde": "megawatt_hour", "megawattstunden": "megawatt_hour",
    "kj": "kilojoule", "mj": "megajoule", "gj": "gigajoule", "tj": "terajoule", "pj": "petajoule",
    "toe": "tonne_of_oil_equivalent", "tep": "tonne_of_oil_equivalent", "roe": "tonne_of_oil_equivalent",
    "ktoe": "kilotonne_of_oil_equivalent",
    "btu": "british_thermal_unit", "kbtu": "kilobritish_thermal_unit", "mmbtu": "megabritish_thermal_unit",
    "therm": "therm", "therms": "therm", "thm": "therm",
    "piece": "piece", "pieces": "piece", "pc": "piece", "pcs": "piece", "unit": "piece", "units": "piece",
    "unite": "piece", "unites": "piece", "stuck": "piece", "stueck": "piece", "stk": "piece", "st": "piece",
    "u": "piece", "palettes": "piece", "pallets": "piece", "paletten": "piece", "palette": "piece", "pallet": "piece",
    "trip": "trip", "trips": "trip", "trajet": "trip", "trajets": "trip", "fahrt": "trip", "fahrten": "trip",
}  # fmt: skip
_CALORIFIC = re.compile(r"(?P<unit>.+?)[ _(-]*(?:(?P<gross>pcs|hhv|hs|ho)|pci|lhv|ncv|hi|hu)\)?")
"""`kWh PCS` is one of gross calorific value, `kWh PCI` of net, which is what `kWh` means here."""
NET_OF_GROSS = {"energy.gas": 0.90, "energy.biogas": 0.90}
"""Net calorific value of gross, by resource (contract, section 3: gas 0.90; biogas burns the same methane)."""

_BASES = {"mass": "metric_ton", "volume": "meter**3", "energy": "megawatt_hour", "count": "piece", "trips": "trip"}
_DIMENSION_OF_CANONICAL = {"t": "mass", "m3": "volume", "MWh": "energy", "trip": "trips"}


@dataclass(frozen=True)
class Unit:
    """`factor` turns one of it into t, m³, MWh, pieces or trips, by `dimension`; `gross`: of gross calorific value."""

    dimension: str
    factor: float
    gross: bool = False


@dataclass(frozen=True)
class Conversion:
    """Canonical units for one unit of the row, and the conversion's own uncertainty (half of a 95 % interval, %), which
    all rows that use the same `line` of a nomenclature have in common."""

    factor: float
    uncertainty_pct: float = 0.0
    line: str | None = None


@functools.cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("piece = [piece]")
    registry.define("trip = [trip]")
    registry.define("tonne_of_oil_equivalent = 41.868 * gigajoule")
    return registry


@functools.cache
def parse_unit(text: str) -> Unit | None:
    """The unit that a cell names, or None. `kWh PCS` (HHV, Hs, Ho) is one of gross calorific value."""
    spelling = folded(text.replace("³", "3").replace("^3", "3")).rstrip(".")
    if unit := _ungrossed(spelling):
        return unit
    calorific = _CALORIFIC.fullmatch(spelling)
    unit = _ungrossed(calorific["unit"]) if calorific else None
    if calorific and unit and unit.dimension == "energy":
        return Unit(unit.dimension, unit.factor, gross=calorific["gross"] is not None)
    return None


def _ungrossed(spelling: str) -> Unit | None:
    expression = _SPELLINGS.get(spelling)
    if expression is None:
        return None
    quantity = _registry().Quantity(1.0, expression)
    for dimension, base in _BASES.items():
        if quantity.is_compatible_with(base):
            return Unit(dimension, float(quantity.to(base).magnitude))
    return None


def known_units() -> list[str]:
    """Every spelling that is read, to suggest one from."""
    return list(_SPELLINGS)


def conversion(unit: Unit, resource_id: str, nomenclatures: Nomenclatures) -> Conversion | None:
    """The factor from a unit to the resource's canonical unit, or None where no factor serves.

    Mass, volume, pieces and energy are joined by the factors of `resources.csv`, and for waste by the density of the
    longest prefix in `waste_density.csv`, with that line's uncertainty. A factor is the resource's own: a pallet has
    not the density of wood.
    """
    wanted = _DIMENSION_OF_CANONICAL[nomenclatures.unit(resource_id)]
    factor = unit.factor * (NET_OF_GROSS.get(resource_id, math.nan) if unit.gross else 1.0)
    if math.isnan(factor):
        return None
    if unit.dimension == wanted:
        return Conversion(factor)
    if nomenclatures.family(resource_id) == "waste":
        line = nomenclatures.waste_density(resource_id)
        usable = line is not None and (unit.dimension, wanted) == ("volume", "mass")
        if line is None or not usable:
            return None
        return Conversion(factor * line.t_per_m3, line.uncertainty_pct, f"waste_density/{line.code_prefix}")
    return _by_factors(factor, unit.dimension, wanted, resource_id, nomenclatures)


def _by_factors(
    factor: float, dimension: str, wanted: str, resource_id: str, nomenclatures: Nomenclatures
) -> Conversion | None:
    resource = nomenclatures.resources[resource_id]
    tonnes_per = {
        "mass": 1.0,
        "volume": resource.density_t_per_m3,
        "count": resource.t_per_piece,
        "energy": 1.0 / resource.energy_mwh_per_t if resource.energy_mwh_per_t else math.nan,
    }
    ratio = factor * tonnes_per.get(dimension, math.nan) / tonnes_per.get(wanted, math.nan)
    return None if math.isnan(ratio) else Conversion(ratio)
