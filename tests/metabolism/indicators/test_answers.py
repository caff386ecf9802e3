"""Indicators from facts, commuters and who answered, computed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metabolism.indicators.answers import fact_indicators, mobility_indicators, response_indicators
from metabolism.uncertainty import Z_95

PLACES = pd.DataFrame(
    {
        "territory_id": "z", "year": 2025, "establishment_id": ["a", "b", "c"], "employees": [100.0, 300.0, np.nan],
        "is_in_frame": True, "has_answered": [True, False, True],
    }
)  # fmt: skip
COUNTED = 0.25 / Z_95


def facts(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["establishment_id", "fact_id", "value"]).assign(year=2025)


def commuters(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    columns = ["establishment_id", "mode", "commuters", "surveyed", "distance_km"]
    return pd.DataFrame(rows, columns=columns).assign(year=2025)


def the(table: pd.DataFrame, indicator: str) -> pd.Series:
    (row,) = (row for _, row in table.iterrows() if row["indicator_id"] == indicator)
    return row


def test_food_waste_per_meal_over_the_restaurants_that_told_both() -> None:
    """(4 + 2 + 2) t on 100,000 meals; the one without meals, and the one without waste, tell nothing of it."""
    told = facts(
        ("a", "food_waste_kitchen", 4000), ("a", "food_waste_unsold", 2000), ("a", "food_waste_plate", 2000),
        ("a", "meals_served", 100_000), ("b", "food_waste_plate", 500), ("c", "meals_served", 9000),
    )  # fmt: skip
    row = the(fact_indicators(told, PLACES), "food_waste_per_meal")
    assert row["value"] == pytest.approx(0.08)  # kg a meal
    waste_sd = np.sqrt(4000**2 + 2000**2 + 2000**2) * COUNTED
    assert row["sd"] == pytest.approx(np.hypot(waste_sd, 0.08 * 100_000 * COUNTED) / 100_000)
    assert row["n_establishments"] == 1


def test_the_share_donated() -> None:
    told = facts(("a", "food_donated", 300), ("a", "food_waste_unsold", 900), ("b", "food_donated", 50))
    row = the(fact_indicators(told, PLACES), "food_donated_share")
    assert row["value"] == pytest.approx(0.25)
    assert row["sd"] == pytest.approx(np.hypot(900 * 300 * COUNTED, 300 * 900 * COUNTED) / 1200**2)


def test_car_parks_per_employee_where_both_are_told() -> None:
    row = the(fact_indicators(facts(("a", "parking", 40), ("b", "parking", 60), ("c", "parking", 99)), PLACES),
              "parking_per_100_employees")  # fmt: skip
    assert row["value"] == pytest.approx(0.25)
    assert row["sd"] == pytest.approx(np.hypot(40, 60) * COUNTED / 400)


def test_well_being_is_weighted_by_employees_and_one_alone_has_no_error_known() -> None:
    row = the(fact_indicators(facts(("a", "wellbeing", 6), ("b", "wellbeing", 8)), PLACES), "wellbeing")
    assert row["value"] == pytest.approx(7.5)
    assert row["sd"] == pytest.approx(np.sqrt(2 * ((0.25 * 1.5) ** 2 + (0.75 * 0.5) ** 2)))
    alone = the(fact_indicators(facts(("a", "wellbeing", 6)), PLACES), "wellbeing")
    assert np.isnan(alone["sd"])


def test_shares_of_modes_leave_out_the_unknown_and_those_who_stay_at_home() -> None:
    told = commuters(
        ("a", "car_alone", 60, np.nan, 20), ("a", "train", 30, np.nan, 30), ("a", "bike", 10, np.nan, 5),
        ("a", "unknown", 50, np.nan, np.nan), ("a", "remote", 70, np.nan, 40),
    )  # fmt: skip
    made = mobility_indicators(told, PLACES)
    car = the(made, "car_alone_share")
    assert car["value"] == pytest.approx(0.6)
    half = 0.5 / Z_95
    assert car["sd"] == pytest.approx(np.hypot(40 * 60 * half, 60 * np.hypot(30, 10) * half) / 100**2)
    assert the(made, "public_transport_share")["value"] == pytest.approx(0.3)
    assert the(made, "active_mode_share")["value"] == pytest.approx(0.1)
    assert the(made, "commute_distance")["value"] == pytest.approx((60 * 20 + 30 * 30 + 10 * 5) / 100)


def test_a_sample_of_persons_gives_its_sampling_error() -> None:
    told = commuters(("a", "car_alone", 80, 50, 10), ("a", "bus", 20, 50, 10))
    row = the(mobility_indicators(told, PLACES), "car_alone_share")
    sd = 100 * np.sqrt(0.8 * 0.2 / 50)  # of 80 and of 20, taken as independent
    assert row["sd"] == pytest.approx(np.hypot(20 * sd, 80 * sd) / 100**2)


def test_response_is_of_the_frame_and_exact() -> None:
    made = response_indicators(PLACES)
    rate, coverage = the(made, "response_rate"), the(made, "response_coverage")
    assert (rate["value"], rate["sd"], rate["n_establishments"]) == (pytest.approx(2 / 3), 0, 3)
    assert coverage["value"] == pytest.approx(0.25)


def test_empty_sheets_make_no_indicator() -> None:
    assert len(fact_indicators(facts(), PLACES)) == 0
    assert len(mobility_indicators(commuters(), PLACES)) == 0
    assert len(response_indicators(PLACES.assign(is_in_frame=False))) == 0
