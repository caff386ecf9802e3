"""Units and their conversion to the canonical unit of a resource, against published figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metabolism.units import Unit, conversion, known_units, parse_unit
from tests.metabolism.surveys.answers import NOMENCLATURES

canonical = {"mass": "t", "volume": "m3", "energy": "MWh", "count": "piece", "trips": "trip"}


def factor(unit: str, resource: str) -> float:
    parsed = parse_unit(unit)
    assert parsed is not None, unit
    converted = conversion(parsed, resource, NOMENCLATURES)
    assert converted is not None, f"{unit} of {resource}"
    return converted.factor


@pytest.mark.parametrize(
    ("unit", "dimension", "canonical_units"),
    [
        ("kg", "mass", 0.001),
        ("g", "mass", 1e-6),
        ("lb", "mass", 0.45359237e-3),
        ("short ton", "mass", 0.90718474),
        ("kt", "mass", 1000),
        ("l", "volume", 0.001),
        ("hl", "volume", 0.1),
        ("gal", "volume", 3.785411784e-3),
        ("kgal", "volume", 3.785411784),
        ("cubic yards", "volume", 0.764554857984),
        ("ft3", "volume", 0.028316846592),
        ("kWh", "energy", 0.001),
        ("GWh", "energy", 1000),
        ("MJ", "energy", 1 / 3600),
        ("GJ", "energy", 1 / 3.6),
        ("TJ", "energy", 1000 / 3.6),
        ("toe", "energy", 11.63),
        ("therm", "energy", 29.3071e-3),
        ("kBtu", "energy", 0.293071e-3),
        ("MMBtu", "energy", 0.293071),
        ("pieces", "count", 1),
        ("trips", "trips", 1),
    ],
)
def test_published_sizes_of_units(unit: str, dimension: str, canonical_units: float) -> None:
    parsed = parse_unit(unit)
    assert parsed is not None
    assert parsed.dimension == dimension
    assert math.isclose(parsed.factor, canonical_units, rel_tol=2e-6)


def test_one_toe_is_41_868_gigajoules() -> None:
    toe, gigajoule = parse_unit("toe"), parse_unit("GJ")
    assert toe is not None
    assert gigajoule is not None
    assert math.isclose(toe.factor / gigajoule.factor, 41.868, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("spellings", "unit"),
    [
        (["kg", "KG", " Kg. ", "kgs", "kilo", "kilogrammes", "Kilogramm"], "kg"),
        (["t", "T", "to", "Tonnes", "tonnen", "tons", "ton"], "t"),
        (["m3", "m³", "M3", "m^3", "cbm", "Nm3", "mètres cubes", "Kubikmeter", "cubic metres"], "m3"),
        (["l", "L", "Liter", "litres", "dm³"], "l"),
        (["MWh", "mwh", "MWH", "Megawattstunden", "MWh PCI", "MWh (LHV)", "MWh Hi"], "MWh"),
        (["pieces", "pcs", "Stück", "Stk.", "pièces", "unités", "palettes"], "pieces"),
    ],
)
def test_the_usual_spellings_of_a_unit(spellings: list[str], unit: str) -> None:
    assert {parse_unit(spelling) for spelling in spellings} == {parse_unit(unit)}


@pytest.mark.parametrize("text", ["", "kgg", "bucket", "kg PCS", "m3 Hs", "PCS kWh", "mass", "meter", "5 kg", "%"])
def test_what_is_no_unit(text: str) -> None:
    assert parse_unit(text) is None


@given(st.text())
def test_any_text_is_a_unit_or_none(text: str) -> None:
    unit = parse_unit(text)
    assert unit is None or (unit.factor > 0 and unit.dimension in canonical)


def test_every_spelling_that_is_suggested_is_read() -> None:
    assert [text for text in known_units() if parse_unit(text) is None] == []


# --- to the canonical unit of a resource -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "resource", "canonical_units"),
    [
        ("kWh PCS", "energy.gas", 0.90e-3),
        ("MWh HHV", "energy.gas", 0.90),
        ("kWh (Hs)", "energy.gas", 0.90e-3),
        ("kWh_Ho", "energy.gas", 0.90e-3),
        ("kWh", "energy.gas", 1e-3),
        ("m3", "energy.gas", 0.00078 * 13.3333),
        ("l", "energy.heating_oil", 0.845e-3 * 11.9444),
        ("t", "energy.diesel", 11.9444),
        ("m3", "material.wood", 0.65),
        ("MWh", "material.wood", 1 / 4.3333),
        ("palettes", "material.pallet", 0.025),
        ("t", "water.drinking", 1.0),
        ("m3", "waste.150101", 0.10),
        ("l", "waste.200301", 0.12e-3),
        ("kg", "waste.130205", 1e-3),
        ("kg", "emission.co2", 1e-3),
        ("trips", "people.commute", 1.0),
    ],
)
def test_published_factors_of_resources(unit: str, resource: str, canonical_units: float) -> None:
    assert math.isclose(factor(unit, resource), canonical_units, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("unit", "resource"),
    [
        ("m3", "material.paper"),  # no density
        ("m3", "waste.130205"),  # no line of the code
        ("pieces", "material.steel"),
        ("pieces", "waste.150101"),
        ("MWh", "waste.150101"),
        ("kWh PCS", "energy.wood"),  # gross of net is known for gas alone
        ("kWh PCS", "energy.electricity"),
        ("trips", "material.wood"),
        ("kg", "people.commute"),
        ("m3", "energy.hydrogen"),
        ("m3", "emission.co2"),
        ("palettes", "material.wood"),  # a factor is the resource's own
    ],
)
def test_where_no_factor_serves_there_is_no_conversion(unit: str, resource: str) -> None:
    parsed = parse_unit(unit)
    assert parsed is not None
    assert conversion(parsed, resource, NOMENCLATURES) is None


def test_the_uncertainty_of_a_waste_density_comes_with_it() -> None:
    volume, mass = Unit("volume", 1.0), Unit("mass", 1.0)
    by_volume = conversion(volume, "waste.150101", NOMENCLATURES)
    by_mass = conversion(mass, "waste.150101", NOMENCLATURES)
    assert by_volume is not None
    assert by_mass is not None
    assert (by_volume.uncertainty_pct, by_mass.uncertainty_pct) == (50.0, 0.0)


units = st.builds(Unit, st.sampled_from(sorted(canonical)), st.floats(1e-6, 1e6), st.booleans())
resources = st.sampled_from([*NOMENCLATURES.resources, "waste.150101", "waste.2003", "waste.130205"])


@given(units, resources, st.floats(1e-3, 1e3))
def test_a_conversion_is_linear_in_the_unit(unit: Unit, resource: str, times: float) -> None:
    one = conversion(unit, resource, NOMENCLATURES)
    many = conversion(Unit(unit.dimension, unit.factor * times, unit.gross), resource, NOMENCLATURES)
    assert (one is None) == (many is None)
    if one and many:
        assert one.factor > 0
        assert math.isclose(many.factor, one.factor * times, rel_tol=1e-12)
        assert many.uncertainty_pct == one.uncertainty_pct


@given(st.floats(1e-9, 1e9), st.sampled_from(known_units()), st.sampled_from(known_units()), resources)
def test_a_quantity_in_another_unit_and_back_is_itself(quantity: float, one: str, other: str, resource: str) -> None:
    first, second = parse_unit(one), parse_unit(other)
    assert first is not None
    assert second is not None
    there, back = conversion(first, resource, NOMENCLATURES), conversion(second, resource, NOMENCLATURES)
    assume(there is not None and back is not None)
    assert there is not None
    assert back is not None
    in_other = quantity * there.factor / back.factor
    assert math.isclose(in_other * back.factor / there.factor, quantity, rel_tol=1e-12)
    if first.dimension == second.dimension:
        assert math.isclose(in_other, quantity * first.factor / second.factor, rel_tol=1e-9), (
            "no factor of the resource between"
        )
