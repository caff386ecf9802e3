"""The table of indicators: scale, reference, change, reasons; and the synergies' indicators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.prepared import read_seed
from metabolism.indicators.answers import fact_indicators
from metabolism.indicators.catalogue import SCHEMA, indicator_table
from metabolism.indicators.flows import RATIOS
from metabolism.indicators.synergies import synergy_indicators

CATALOGUE = read_seed("indicators")
REFERENCES = read_seed("indicator_references")
YEARS = pd.DataFrame({"territory_id": "z", "year": [2024, 2025]})


def part(*rows: tuple[int, str, float, float]) -> pd.DataFrame:
    columns = ["year", "indicator_id", "value", "sd"]
    return pd.DataFrame(rows, columns=columns).assign(territory_id="z", n_establishments=3)


def the(table: pd.DataFrame, year: int, indicator: str) -> pd.Series:
    return table[(table["year"] == year) & (table["indicator_id"] == indicator)].iloc[0]


def test_shown_units_reference_and_change() -> None:
    told = part((2024, "car_alone_share", 0.70, 0.04), (2025, "car_alone_share", 0.64, 0.03))
    row = the(indicator_table([told], YEARS, CATALOGUE, REFERENCES), 2025, "car_alone_share")
    assert (row["value"], row["sd"], row["unit"]) == (pytest.approx(64), pytest.approx(3), "%")
    assert (row["low"], row["high"]) == (pytest.approx(64 - 1.96 * 3), pytest.approx(64 + 1.96 * 3))
    assert (row["reference_value"], row["reference_territory_id"], row["reference_year"]) == (67, "lu", 2021)
    assert (row["previous_value"], row["change"]) == (pytest.approx(70), pytest.approx(-6))
    assert row["change_sd"] == pytest.approx(5)


def test_shares_stay_between_nought_and_all() -> None:
    told = part((2025, "response_rate", 0.98, 0.05))
    row = the(indicator_table([told], YEARS, CATALOGUE, REFERENCES), 2025, "response_rate")
    assert row["high"] == 100


def test_every_indicator_of_every_year_is_there_with_a_reason_where_it_has_no_value() -> None:
    table = indicator_table([part()], YEARS, CATALOGUE, REFERENCES)
    assert list(table) == list(SCHEMA)
    assert len(table) == 2 * len(CATALOGUE)
    assert table["value"].isna().all()
    assert table[["reason_en", "reason_fr", "reason_de"]].notna().all(axis=None)


def test_the_catalogue_is_complete_and_every_theme_is_served() -> None:
    assert len(CATALOGUE) >= 15
    assert (CATALOGUE != "").all(axis=None)
    wanted = {"materials", "energy", "water", "waste", "food_waste", "mobility", "accessibility", "synergy", "response"}
    assert wanted <= set(CATALOGUE["theme"])
    assert set(RATIOS) <= set(CATALOGUE["indicator_id"])
    assert set(REFERENCES["indicator_id"]) <= set(CATALOGUE["indicator_id"])
    units = CATALOGUE.set_index("indicator_id")["unit"]
    assert all(units[row.indicator_id] == row.unit for row in REFERENCES.itertuples())


def test_an_hour_of_synergies_by_hand() -> None:
    exchanges = pd.DataFrame(
        {
            "territory_id": "z", "year": 2025, "supplier_id": ["a", "b", "c"], "receiver_id": ["d", "a", "b"],
            "supplied_resource_id": "waste.150101", "unit": "t", "value": [100.0, 40.0, 10.0], "sd": [10.0, 4.0, 1.0],
            "allocated": [True, True, False], "allocated_value": [50.0, 40.0, 0.0],
            "saving_eur": [2000.0, np.nan, 900.0], "saving_eur_sd": [400.0, np.nan, 90.0], "co2e_t": [30.0, 4.0, 9.0],
        }
    )  # fmt: skip
    pools = pd.DataFrame(
        {
            "territory_id": "z",
            "year": 2025,
            "saving_eur": [500.0, np.nan],
            "saving_eur_sd": [150.0, np.nan],
            "members": [["a", "e", "f"], ["g", "h"]],
        }
    )
    waste = pd.DataFrame({"territory_id": ["z", "y"], "year": 2025, "value": [300.0, 10.0]})
    made = synergy_indicators(exchanges, pools, waste).set_index(["territory_id", "indicator_id"])
    saving = made.loc[("z", "synergy_saving")]
    assert (saving["value"], saving["sd"]) == (pytest.approx(1000 + 500), pytest.approx(250))
    assert saving["n_establishments"] == 4, "a and d, and the pool of known money: a, e, f"
    assert made.loc[("z", "synergy_co2e"), "value"] == pytest.approx(15 + 4)
    share = made.loc[("z", "synergy_waste_share")]
    assert (share["value"], share["sd"]) == (pytest.approx(0.3), pytest.approx(np.hypot(5, 4) / 300))
    assert made.loc[("y", "synergy_waste_share"), "value"] == 0


def test_no_synergy_at_all() -> None:
    nothing = pd.DataFrame(columns=["territory_id", "year", "supplier_id",
            "receiver_id", "supplied_resource_id", "unit", "value", "sd",
                                    "allocated", "allocated_value", "saving_eur", "saving_eur_sd", "co2e_t"])  # fmt: skip
    pools = pd.DataFrame(columns=["territory_id", "year", "saving_eur", "saving_eur_sd", "members"])
    waste = pd.DataFrame(columns=["territory_id", "year", "value"])
    made = synergy_indicators(nothing, pools, waste)
    assert len(made) == 0
    table = indicator_table(
        [
            made,
            fact_indicators(
                pd.DataFrame(columns=["establishment_id", "year", "fact_id", "value"]),
                pd.DataFrame(columns=["territory_id", "year", "establishment_id", "employees"]),
            ),
        ],
        YEARS,
        CATALOGUE,
        REFERENCES,
    )
    assert "synergy" in table.loc[table["indicator_id"] == "synergy_saving", "reason_en"].iloc[0]


def test_a_folder_without_territories_has_an_empty_table() -> None:
    """Columns come without types where nothing was read."""
    nowhere = pd.DataFrame({"territory_id": pd.Series(dtype=object), "year": pd.Series(dtype="Int64")})
    table = indicator_table([part()], nowhere, CATALOGUE, REFERENCES)
    assert list(table) == list(SCHEMA)
    assert len(table) == 0
