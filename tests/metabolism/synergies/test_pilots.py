"""Pilots: effects, their sd and their scale, by hand; and what is missing says why."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.synergies.pilots import SCHEMA, effect_of, participants, pilot_effects
from metabolism.synergies.pilots_units import is_extensive, tonnes_per_meal
from metabolism.tables import read_table, write_table

_COLUMNS = (
    "pilot_id territory_id kind theme title status stage replicates start end participants indicator unit baseline"
    " baseline_sd measured measured_sd verified_by lesson"
)
COLUMNS = _COLUMNS.split()
PILOT: dict[str, Any] = dict.fromkeys(COLUMNS) | {
    "pilot_id": "p1",
    "territory_id": "z",
    "kind": "activity",
    "theme": "waste",
    "title": "Less mixed waste",
    "status": "realised",
    "start": "2024-09-01",
    "end": "2025-03-31",
    "participants": "a; b;city",
    "indicator": "mixed waste",
    "unit": "t/year",
    "baseline": 30.0,
    "baseline_sd": 3.0,
    "measured": 20.0,
    "measured_sd": 4.0,
}
ESTABLISHMENTS = pd.DataFrame(
    [("a", 2025, 10.0), ("b", 2025, 30.0), ("c", 2025, 60.0), ("a", 2027, 20.0), ("b", 2027, 30.0), ("c", 2027, 150.0)],
    columns=["establishment_id", "year", "employees"],
)
MEMBERSHIPS = pd.DataFrame(
    [("z", year, who) for year in (2025, 2027) for who in "abc"], columns=["territory_id", "year", "establishment_id"]
)
TERRITORIES = pd.DataFrame(
    [("z", "Zone", "zone"), ("c", "Commune", "commune")], columns=["territory_id", "name", "kind"]
)
FACTS = pd.DataFrame(
    [("a", 2025, "meals_served", 40000.0), ("c", 2025, "meals_served", 60000.0), ("a", 2025, "roof", 5.0)],
    columns=["establishment_id", "year", "fact_id", "value"],
)


def effects(*changes: dict[str, Any], facts: pd.DataFrame | None = FACTS) -> pd.DataFrame:
    pilots = pd.DataFrame([PILOT | change for change in changes], columns=COLUMNS)
    return pilot_effects(pilots, ESTABLISHMENTS, MEMBERSHIPS, TERRITORIES, facts)


def effect(facts: pd.DataFrame | None = FACTS, **change: Any) -> pd.Series:
    return effects(change, facts=facts).iloc[0]


def test_an_effect_by_hand() -> None:
    """20 - 30 = -10, sd √(9 + 16) = 5; 100 of the zone's employees beside 40 who took part: times 2.5."""
    pilot = effect()
    assert pilot["effect"] == -10
    assert pilot["effect_sd"] == 5
    assert pilot["significant"]
    assert pilot["change_pct"] == pytest.approx(-100 / 3)
    assert pilot["scale_value"] == pytest.approx(-25)
    assert pilot["scale_sd"] == pytest.approx(12.5)
    assert pilot["scale_unit"] == "t/year"
    assert pilot["n_establishments"] == 2
    assert pilot["participants"] == ["a", "b", "city"]
    assert not pilot["verified"]
    assert pilot["stage"] == "pilot"
    assert pilot["theme_id"] == "waste"
    assert "from 40 to 100 employees of 2025" in pilot["reason"]


def test_within_196_sd_it_may_be_chance() -> None:
    assert not effect(measured=20.21)["significant"]
    assert effect(measured=20.19)["significant"]


def test_the_nearest_surveyed_year_counts() -> None:
    """In 2027 the zone has 200 employees and the participants 50."""
    assert effect(end="2027-01-31")["scale_value"] == pytest.approx(-40)
    assert effect(end="2026-06-30")["scale_value"] == pytest.approx(-40)
    assert effect(start=None, end=None)["scale_value"] == pytest.approx(-40)
    assert effect(end=None)["scale_value"] == pytest.approx(-25)


def test_grams_a_meal_are_scaled_by_the_meals_of_the_zone() -> None:
    """-20 g x 100,000 meals = -2 t a year; the sd 0.5 t."""
    grams = {"unit": "g/meal", "baseline": 120.0, "baseline_sd": 3.0, "measured": 100.0, "measured_sd": 4.0}
    pilot = effect(**grams)
    assert pilot["scale_value"] == pytest.approx(-2)
    assert pilot["scale_sd"] == pytest.approx(0.5)
    assert pilot["scale_unit"] == "t/year"
    without = effect(**grams, facts=None)
    assert math.isnan(without["scale_value"])
    assert "Meals served in the territory are not known" in without["reason"]


def test_what_does_not_grow_with_people_is_not_scaled() -> None:
    pilot = effect(unit="0-10", baseline=6.0, measured=7.0)
    assert pilot["effect"] == 1
    assert math.isnan(pilot["scale_value"])
    assert pilot["scale_unit"] is None
    assert "0-10" in pilot["reason_fr"]


@pytest.mark.parametrize(
    ("change", "nulls", "reason"),
    [
        ({"baseline": math.nan}, ["effect", "effect_sd", "significant", "scale_value"], "No baseline"),
        ({"measured": math.nan}, ["effect", "effect_sd", "significant", "scale_value"], "Not measured yet"),
        ({"measured_sd": math.nan}, ["effect_sd", "significant", "scale_sd"], "is not stated"),
        ({"baseline_sd": -1.0}, ["effect_sd", "significant", "scale_sd"], "is not stated"),
        ({"participants": None}, ["n_establishments", "scale_value"], "No participants"),
        ({"participants": "city"}, ["scale_value"], "None of the participants"),
        ({"territory_id": "nowhere"}, ["scale_value"], "territory is not known"),
        ({"territory_id": None}, ["scale_value"], "territory is not known"),
        ({"territory_id": "c"}, ["scale_value"], "No establishment of the territory"),
        ({"unit": None}, ["scale_value"], "No unit"),
        ({"end": "2024-01-31"}, [], "ends before it starts"),
        ({"replicates": "p9"}, [], "p9, is not known"),
        ({"replicates": "p1"}, [], "repeat itself"),
    ],
)
def test_what_is_missing_says_why(change: dict[str, Any], nulls: list[str], reason: str) -> None:
    pilot = effect(**change)
    assert all(pd.isna(pilot[column]) for column in nulls)
    assert reason in pilot["reason"]
    assert len(pilot["reason_fr"]) > 20
    assert len(pilot["reason_de"]) > 20


def test_employees_that_are_not_known() -> None:
    pilots = pd.DataFrame([PILOT], columns=COLUMNS)
    own = ESTABLISHMENTS.assign(employees=ESTABLISHMENTS["employees"].where(ESTABLISHMENTS["establishment_id"] != "a"))
    pilot = pilot_effects(pilots, own, MEMBERSHIPS, TERRITORIES).iloc[0]
    assert math.isnan(pilot["scale_value"])
    assert "of a participant is not known" in pilot["reason"]
    other = ESTABLISHMENTS.assign(
        employees=ESTABLISHMENTS["employees"].where(ESTABLISHMENTS["establishment_id"] != "c")
    )
    pilot = pilot_effects(pilots, other, MEMBERSHIPS, TERRITORIES).iloc[0]
    assert pilot["scale_value"] == pytest.approx(-10)
    assert "left out: 1" in pilot["reason"]


def test_a_chain_of_pilots_is_no_contradiction() -> None:
    found = effects({}, {"pilot_id": "p2", "replicates": "p1", "stage": "extended", "verified_by": "City"})
    assert pd.isna(found["replicates"][0])
    assert found["replicates"][1] == "p1"
    assert "is not known" not in found["reason"][1]
    assert bool(found["verified"][1])


def test_no_effect_without_error_is_not_significant() -> None:
    assert not effect(measured=30.0, baseline_sd=0.0, measured_sd=0.0)["significant"]
    assert effect(measured=29.0, baseline_sd=0.0, measured_sd=0.0)["significant"]
    assert math.isnan(effect(baseline=0.0)["change_pct"])


@pytest.mark.parametrize(
    "unit",
    [
        "t",
        "t/year",
        "kWh / an",
        "MWh per year",
        "m³ a year",
        "EUR/Jahr",
        "€",
        "t CO2e/year",
        "kg CO2",
        "trip",
        "meals/year",
    ],
)
def test_extensive_units(unit: str) -> None:
    assert is_extensive(unit)


@pytest.mark.parametrize(
    "unit", ["%", "0-10", "g/meal", "kWh/m2", "t/t", "kg/employee/year", "km", "h", "", None, "CO2"]
)
def test_units_that_are_none(unit: str | None) -> None:
    assert not is_extensive(unit)


def test_masses_a_meal() -> None:
    assert tonnes_per_meal("g/meal") == 1e-6
    assert tonnes_per_meal("kg / repas") == 1e-3
    assert tonnes_per_meal("g pro Mahlzeit") == 1e-6
    assert tonnes_per_meal("kWh/meal") is None
    assert tonnes_per_meal("g") is None


@pytest.mark.parametrize("empty", range(5))
def test_empty_tables(empty: int, tmp_path: Path) -> None:
    tables = [pd.DataFrame([PILOT], columns=COLUMNS), ESTABLISHMENTS, MEMBERSHIPS, TERRITORIES, FACTS]
    tables[empty] = pd.DataFrame(columns=tables[empty].columns)
    found = pilot_effects(*tables)
    assert list(found) == list(SCHEMA)
    assert len(found) == (0 if empty == 0 else 1)
    write_table(found, tmp_path / "pilots.parquet", SCHEMA)
    assert list(read_table(tmp_path / "pilots.parquet")) == list(SCHEMA)


def test_participants_are_named_once() -> None:
    assert participants(" a;b ;; a") == ["a", "b"]
    assert participants(None) == participants(math.nan) == []


NUMBERS = st.floats(-1e6, 1e6)


@given(NUMBERS, st.floats(0, 1e3), NUMBERS, st.floats(0, 1e3))
def test_an_effect_turned_round_is_its_negative(first: float, sd: float, second: float, other_sd: float) -> None:
    there, back = effect_of(first, sd, second, other_sd), effect_of(second, other_sd, first, sd)
    assert there.value == -back.value
    assert there.sd == back.sd
    assert there.significant == back.significant


@given(st.permutations(range(4)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    changes: list[dict[str, Any]] = [{}, {"unit": "kWh"}, {"pilot_id": "p0"}, {"measured": math.nan}]
    pd.testing.assert_frame_equal(effects(*changes), effects(*(changes[at] for at in order)))
