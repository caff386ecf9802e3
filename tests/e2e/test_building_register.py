"""A real register of 8,173 rows through a mapping: figures equal those computed straight from the file."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.conftest import PROJECT
from tests.e2e.conftest import query

pytestmark = pytest.mark.slow
EXAMPLE = PROJECT / "docs" / "examples" / "dc_buildings"
OUTLIER_KGAL = 1e9
MWH_PER_THERM = 1e5 * 1055.056 / 3.6e9  # a therm is 100,000 Btu, of 1,055.056 J each (ISO 31-4)
M3_PER_KGAL = 3.785411784


@pytest.fixture(scope="module")
def register(building_register: Path) -> pd.DataFrame:
    return pd.read_csv(building_register)


@pytest.fixture(scope="module")
def buildings(
    building_register: Path,
    tmp_path_factory: pytest.TempPathFactory,
    refreshed: Callable[[DataFolder], DataFolder],
) -> DataFolder:
    data = DataFolder(tmp_path_factory.mktemp("buildings"))
    for year in (2022, 2023, 2024):
        folder = data.surveys / "washington" / str(year)
        folder.mkdir(parents=True)
        shutil.copyfile(building_register, folder / building_register.name)
        shutil.copyfile(EXAMPLE / "mapping.yaml", folder / "mapping.yaml")
    shutil.copyfile(EXAMPLE / "territories.csv", data.territories)
    return refreshed(data)


@pytest.mark.parametrize(
    ("resource", "column", "factor"),
    [
        ("energy.electricity", "Electricity_Grid_Usage", 1e-3),
        ("energy.gas", "Natural_Gas_Usage", MWH_PER_THERM),
        ("water.drinking", "Water_Usage", M3_PER_KGAL),
    ],
)
def test_totals_equal_those_computed_from_the_file(
    buildings: DataFolder, register: pd.DataFrame, resource: str, column: str, factor: float
) -> None:
    """The outlier and the two negative rows are left out, as flagged; `declared_value` keeps them."""
    stands = register[(register[column] >= 0) & (register[column] < (OUTLIER_KGAL if "water" in resource else np.inf))]
    expected = stands.groupby(stands["Report_Year"].astype(int))[column].sum() * factor
    declared = register.groupby(register["Report_Year"].astype(int))[column].sum() * factor
    found = query(
        buildings,
        "select year, value, declared_value, unit from marts.mart_metabolism"
        f" where territory_id = 'washington' and resource_id = '{resource}' and side = 'in' order by year",
    ).set_index("year")
    np.testing.assert_allclose(found["value"], expected, rtol=1e-9)
    np.testing.assert_allclose(found["declared_value"], declared, rtol=1e-9)


def test_every_row_is_accepted_or_of_another_year(buildings: DataFolder, register: pd.DataFrame) -> None:
    files = query(buildings, "select * from marts.mart_files order by year").set_index("year")
    assert files["rows_received"].tolist() == [8173] * 3
    assert files["rows_accepted"].tolist() == register["Report_Year"].value_counts().sort_index().tolist()
    assert files["rows_quarantined"].tolist() == [0] * 3


def test_an_empty_cell_declares_nothing_and_a_nought_does(buildings: DataFolder, register: pd.DataFrame) -> None:
    rows = query(buildings, "select count(*) as n from marts.mart_flow_sources where unit = 'm3'")
    assert rows["n"].tolist() == [int(register["Water_Usage"].notna().sum())]


def test_the_outlier_is_a_warning_and_stands_in_no_total(buildings: DataFolder) -> None:
    told = query(buildings, "select * from marts.mart_data_quality where kind = 'outlier'")
    assert told["severity"].tolist() == ["warning"]
    assert "kgal" in told["declared"].iloc[0]
    flow = query(buildings, "select * from marts.mart_flows where gross_error and unit = 'm3' and declared_value > 1e9")
    assert flow["status"].tolist() == ["unmeasured"]
    assert flow["value"].isna().all()
    largest = query(buildings, "select max(value) as largest from marts.mart_metabolism where unit = 'm3'")
    assert largest["largest"].iloc[0] < 1e9


def test_floor_area_is_read_in_square_metres(buildings: DataFolder, register: pd.DataFrame) -> None:
    landed = pd.read_parquet(buildings.landed / "establishment.parquet", columns=["year", "floor_area"])
    expected = register.groupby(register["Report_Year"].astype(int))["SQFT_Gross"].sum() * 0.09290304
    np.testing.assert_allclose(landed.groupby("year")["floor_area"].sum(), expected, rtol=1e-9)


@pytest.mark.parametrize(
    "figure",
    [
        "territory_id=washington year=2022 resource_id=energy.electricity side=in",
        "territory_id=us year=2023 resource_id=energy side=in",
        "territory_id=washington year=2022 resource_id=water side=undetermined_in",
    ],
)
def test_explanations_add_up(buildings: DataFolder, figure: str) -> None:
    from pipelines.explain import explain_row, open_snapshot, select_rows

    with open_snapshot(buildings) as connection:
        row = select_rows(connection, "mart_metabolism", figure.split()).iloc[0]
        explained = explain_row(connection, "mart_metabolism", row)
    assert math.isclose(explained.total, row["value"], rel_tol=1e-9)
    assert len(explained.sources) > 2000
