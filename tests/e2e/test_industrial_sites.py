"""A real register of industrial sites: coordinates decide where each stands, and totals are those of the file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.conftest import PROJECT
from tests.e2e.conftest import query
from tests.metabolism.territories.luxembourg import write_territories

pytestmark = pytest.mark.slow
EXAMPLE = PROJECT / "docs" / "examples" / "industrial_sites"
CANTONS = ("Capellen", "Clervaux", "Esch-sur-Alzette")
"""Those with a site: the others would make 200 pages that say nothing."""
MWH_PER_TJ = 1e6 / 3600
TWICE = {4260: 1271, 4261: 1272}
"""Differdange and Belval as the emissions trading system has them → as E-PRTR has them."""


@pytest.fixture(scope="module")
def register(industrial_register: Path) -> pd.DataFrame:
    """One row a site of Luxembourg: what stands twice is the mean of what both rows say."""
    table = pd.read_csv(industrial_register, sep=";")
    table = table[table["Country"] == "Luxembourg"]
    site = table["SiteID"].replace(TWICE)
    assert (len(table), site.nunique()) == (12, 10)
    return table.groupby(site).mean(numeric_only=True)


@pytest.fixture(scope="module")
def sites(
    industrial_register: Path,
    luxembourg: Path,
    tmp_path_factory: pytest.TempPathFactory,
    refreshed: Callable[[DataFolder], DataFolder],
) -> DataFolder:
    data = DataFolder(tmp_path_factory.mktemp("sites"))
    folder = data.surveys / "lu" / "2014"
    folder.mkdir(parents=True)
    shutil.copyfile(industrial_register, folder / industrial_register.name)
    shutil.copyfile(EXAMPLE / "mapping.yaml", folder / "mapping.yaml")
    write_territories(luxembourg, data.raw, CANTONS)
    return refreshed(data)


def total(data: DataFolder, territory: str, resource: str, side: str) -> float:
    table = query(
        data,
        f"select value from marts.mart_metabolism where territory_id = '{territory}' and year = 2014"
        f" and resource_id = '{resource}' and side = '{side}'",
    )
    (value,) = table["value"]
    return float(value)


@pytest.mark.parametrize(
    ("resource", "side", "column", "factor"),
    [
        ("energy", "in", "Fuel_Demand", MWH_PER_TJ),
        ("energy.heat_100_200", "out", "Excess_Heat_100-200C", MWH_PER_TJ),
        ("energy.heat_200_500", "out", "Excess_Heat_200-500C", MWH_PER_TJ),
        ("energy.heat_500", "out", "Excess_Heat_500C", MWH_PER_TJ),
        ("material", "out", "Production", 1.0),
        ("emission.co2", "out", "Emissions_ETS_2014", 1.0),
    ],
)
def test_totals_of_luxembourg_are_those_of_the_file_once_a_site(
    sites: DataFolder, register: pd.DataFrame, resource: str, side: str, column: str, factor: float
) -> None:
    np.testing.assert_allclose(total(sites, "lu", resource, side), register[column].sum() * factor, rtol=1e-9)


def test_excess_heat_is_the_sum_of_its_bands(sites: DataFolder, register: pd.DataFrame) -> None:
    """The file's own total is rounded to 0.01 TJ a row."""
    heat = total(sites, "lu", "energy.heat", "out")
    assert abs(heat - register["Excess_Heat_Total"].sum() * MWH_PER_TJ) < len(register) * 0.01 * MWH_PER_TJ
    assert total(sites, "lu", "energy.heat", "to_nature") == heat


def test_bascharage_burns_185_gwh_and_loses_37(sites: DataFolder) -> None:
    """665.67 TJ of fuel and 133.13 TJ of heat above 500 °C, in Kaerjeng and in its canton."""
    for territory in ("0104", "canton-capellen"):
        assert total(sites, territory, "energy", "in") == pytest.approx(184_908, abs=0.5)
        assert total(sites, territory, "energy.heat_500", "out") == pytest.approx(133.13 / 0.0036, rel=1e-12)
    flow = query(
        sites,
        "select from_territory_id, temperature from marts.mart_flows"
        " where from_establishment_id = 'hotmaps-705' and resource_id = 'energy.heat_500'",
    )
    assert flow.to_numpy().tolist() == [["0104", 500.0]]


def test_coordinates_decide_where_a_site_stands(sites: DataFolder) -> None:
    homes = query(
        sites,
        "select from_establishment_id as site, any_value(from_territory_id) as home from marts.mart_flows"
        " where from_establishment_id is not null group by all",
    )
    assert dict(homes.to_numpy().tolist()) == {
        "hotmaps-705": "0104",
        "hotmaps-706": "0201",
        "hotmaps-707": "0212",
        "hotmaps-1271": "0202",
        "hotmaps-1272": "0204",
        "hotmaps-4257": "0204",
        "hotmaps-4258": "0501",
        "hotmaps-4259": "0209",
        "hotmaps-4262": "0203",
        "hotmaps-4263": "0203",
    }


def test_an_address_that_names_another_commune_is_a_finding(sites: DataFolder) -> None:
    """The glass works of Dudelange stand in Bettembourg, the cement works of Esch in Rumelange."""
    told = query(
        sites,
        "select establishment_id, source_row, declared, suggested from marts.mart_data_quality"
        " where kind = 'coordinates_elsewhere' order by establishment_id",
    )
    assert told.to_numpy().tolist() == [
        ["hotmaps-1271", 1272, "0204", "0202"],
        ["hotmaps-706", 707, "0203", "0201"],
        ["hotmaps-707", 708, "0204", "0212"],
    ]
    glass_works = query(
        sites,
        "select territory_id, value from marts.mart_metabolism where resource_id = 'material.glass' and side = 'out'"
        " and territory_id in ('0201', '0203') and value > 0",
    )
    assert glass_works.to_numpy().tolist() == [["0201", 218545.11]]


def test_what_stands_twice_is_one_site_with_its_contradictions(sites: DataFolder) -> None:
    flows = query(
        sites,
        "select to_establishment_id, n_declarations from marts.mart_flows where resource_id = 'energy' order by all",
    )
    assert flows.to_numpy().tolist() == [
        ["hotmaps-1271", 2], ["hotmaps-1272", 2], ["hotmaps-705", 1], ["hotmaps-706", 1], ["hotmaps-707", 1],
    ]  # fmt: skip
    told = query(
        sites,
        "select establishment_id, declared, suggested from marts.mart_data_quality"
        " where kind = 'contradiction' and column_name = 'latitude' order by establishment_id",
    )
    assert told.to_numpy().tolist() == [
        ["hotmaps-1271", "49.52597", "49.522779"],
        ["hotmaps-1272", "49.5019", "49.496748"],
    ]


def test_every_row_is_accepted_or_of_another_country(sites: DataFolder) -> None:
    counts = query(sites, "select rows_received, rows_accepted, rows_out_of_scope from marts.mart_files")
    assert counts.to_numpy().tolist() == [[5029, 12, 5017]]
