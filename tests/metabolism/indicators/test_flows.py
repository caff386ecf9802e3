"""Indicators that are ratios of flows: values and errors by hand, and by simulation where errors hang together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metabolism.indicators.flows import flow_indicators, hazardous, treated
from metabolism.reconciliation.least_squares import reconcile
from tests.metabolism.test_dependency import network

PLACES = pd.DataFrame(
    {"territory_id": "z", "year": 2025, "establishment_id": ["a", "b"], "employees": [10.0, np.nan],
     "floor_area": [500.0, np.nan]}
)  # fmt: skip


def rows(*flows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """flow_id, direction, resource, side, establishment; a row for the resource and for its family."""
    made = [
        {
            "territory_id": "z", "year": 2025, "direction": direction, "resource_id": level,
            "flow_resource_id": resource, "side": side, "flow_id": flow, "establishment_id": establishment,
            "treated": None, "hazardous": None,
        }
        for flow, direction, resource, side, establishment in flows
        for level in dict.fromkeys([resource, resource.split(".")[0]])
    ]  # fmt: skip
    return pd.DataFrame(made)


def the(values: dict[str, tuple[float, float]], table: pd.DataFrame, indicator: str) -> pd.Series:
    given = network(values)
    made = flow_indicators(table, PLACES, given.flow_ids, reconcile(given))
    (row,) = (row for _, row in made.iterrows() if row["indicator_id"] == indicator)
    return row


def test_per_employee_counts_the_flows_of_those_whose_employees_are_known() -> None:
    row = the(
        {"e": (40.0, 4.0), "f": (99.0, 1.0)},
        rows(("e", "in", "energy.gas", "import", "a"), ("f", "in", "energy.gas", "import", "b")),
        "energy_per_employee",
    )
    assert (row["value"], row["sd"], row["n_establishments"]) == (pytest.approx(4), pytest.approx(0.4), 1)


def test_energy_per_floor_area() -> None:
    row = the({"e": (40.0, 4.0)}, rows(("e", "in", "energy.gas", "import", "a")), "energy_per_floor_area")
    assert (row["value"], row["sd"]) == (pytest.approx(40 / 500), pytest.approx(4 / 500))


def test_a_share_knows_that_its_part_is_in_the_whole() -> None:
    """Wood 20 of 100 MWh: the share's sd is √((80·2)² + (20·8)²) / 100², not that of a quotient of strangers."""
    row = the(
        {"w": (20.0, 2.0), "g": (80.0, 8.0)},
        rows(("w", "in", "energy.wood", "import", "a"), ("g", "in", "energy.gas", "import", "a")),
        "renewable_share",
    )
    assert row["value"] == pytest.approx(0.2)
    assert row["sd"] == pytest.approx(np.hypot(80 * 2, 20 * 8) / 1e4, rel=1e-6)
    draws = np.random.default_rng(1).normal([20, 80], [2, 8], (200_000, 2))
    assert row["sd"] == pytest.approx((draws[:, 0] / draws.sum(axis=1)).std(), rel=0.05)


def test_recovery_is_of_the_waste_whose_treatment_is_known() -> None:
    table = rows(
        *(
            (f, "out", f"waste.{code}", "export", "a")
            for f, code in zip("pqrs", ("150101", "150102", "200301", "170101"), strict=True)
        )
    )
    table["treated"] = table["flow_id"].map({"p": "recycled", "q": "recovered", "r": "disposed"})
    values = {"p": (30.0, 3.0), "q": (20.0, 2.0), "r": (50.0, 5.0), "s": (900.0, 9.0)}
    assert the(values, table, "waste_recovery_rate")["value"] == pytest.approx(0.5)
    packaging = pd.concat(
        [table, table[table["flow_id"].isin(["p", "q"])].drop_duplicates("flow_id").assign(resource_id="waste.1501")]
    )
    assert the(values, packaging, "packaging_recycling_rate")["value"] == pytest.approx(0.6)


def test_hazardous_is_told_by_six_digits_alone() -> None:
    codes = pd.DataFrame({"code": ["150110", "150101"], "hazardous": ["yes", "no"]})
    told = hazardous(pd.Series(["waste.150110", "waste.150101", "waste.1501", "material.paper"]), codes)
    assert told.tolist()[:2] == ["yes", "no"]
    assert told[2:].isna().all()


def test_treatments_are_read_from_their_codes() -> None:
    given = pd.DataFrame({"flow_id": list("abcdefg"), "treatment": ["R3", " r 13", "D 10", "R1", None, "burnt", "R12"]})
    assert treated(given).reindex(list("abcdefg")).fillna("").tolist() == [
        "recycled",
        "recovered",
        "disposed",
        "recovered",
        "",
        "",
        "recovered",
    ]
    twice = pd.DataFrame({"flow_id": ["a", "a"], "treatment": ["R3", "D1"]})
    assert treated(twice).isna().all(), "its two declarers treat it differently"


def test_what_nobody_told_has_no_value() -> None:
    row = the({"e": (40.0, 4.0)}, rows(("e", "in", "energy.gas", "import", "a")), "waste_recovery_rate")
    assert np.isnan(row["value"])
    assert np.isnan(row["sd"])


def test_materials_from_inside_the_territory() -> None:
    """30 t from a neighbour and 10 t out of its own quarry, of 100 t received."""
    row = the(
        {"a": (30.0, 3.0), "b": (10.0, 1.0), "c": (60.0, 6.0)},
        rows(
            ("a", "in", "material.glass", "internal", "a"),
            ("b", "in", "material.sand", "from_nature", "a"),
            ("c", "in", "material.sand", "import", "a"),
        ),
        "material_local_share",
    )
    assert row["value"] == pytest.approx(0.4)
    assert row["sd"] == pytest.approx(np.hypot(60 * np.hypot(3, 1), 40 * 6) / 1e4, rel=1e-6)


def test_rain_industrial_and_reused_water_among_all_water() -> None:
    table = rows(
        ("d", "in", "water.drinking", "undetermined_in", "a"),
        ("r", "in", "water.rain", "from_nature", "a"),
        ("w", "out", "water.wastewater", "undetermined_out", "a"),
    )
    values = {"d": (150.0, 6.0), "r": (50.0, 5.0), "w": (900.0, 9.0)}
    assert the(values, table, "alternative_water_share")["value"] == pytest.approx(0.25)
    assert the(values, table, "water_per_employee")["value"] == pytest.approx(20.0)
