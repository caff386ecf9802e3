"""What a newcomer gets from `make demo`: four territories and two years in every mart, a page each in three languages."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.conftest import PROJECT
from tests.e2e.conftest import circulez, query

pytestmark = pytest.mark.slow
ZONES = ("bascharage", "kirchberg", "dudelange-bettembourg", "cloche-dor")
BY_YEAR = (
    "mart_metabolism",
    "mart_stocks",
    "mart_dependency",
    "mart_indicators",
    "mart_synergy_exchanges",
    "mart_synergy_pooling",
    "mart_synergy_activities",
    "mart_files",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[DataFolder], DataFolder]) -> DataFolder:
    data = DataFolder(tmp_path_factory.mktemp("demo") / "data")
    ours = shutil.ignore_patterns("receipts.csv", "open")
    shutil.copytree(PROJECT / "data" / "raw", data.raw, ignore=ours)
    return refreshed(data)


@pytest.mark.parametrize("mart", BY_YEAR)
def test_each_mart_has_every_zone_and_year(demo: DataFolder, mart: str) -> None:
    told = query(demo, f"select distinct territory_id, year from marts.{mart}")
    there = set(told.itertuples(index=False, name=None))
    assert there >= {(zone, year) for zone in ZONES for year in (2024, 2025)}


def test_flows_of_both_years_with_their_sources_and_findings(demo: DataFolder) -> None:
    flows = query(demo, "select year, count(*) as n from marts.mart_flows group by year").set_index("year")["n"]
    assert set(flows.index) == {2024, 2025}
    assert flows.min() > 500
    assert query(demo, "select count(*) as n from marts.mart_flow_sources")["n"][0] > 2000
    kinds = set(query(demo, "select distinct kind from marts.mart_data_quality")["kind"])
    planted = set(pd.read_csv(PROJECT / "data" / "truth" / "mistakes.csv")["kind"])
    assert {"not_a_number", "unknown_unit", "unknown_resource", "sign", "missing_value", "duplicate_file"} <= kinds
    assert {"not_a_number", "unknown_unit", "sign"} <= planted


def test_the_food_waste_campaign_of_2017_is_a_pilot_with_its_effect(demo: DataFolder) -> None:
    (pilot,) = query(demo, "select * from marts.mart_pilots where theme_id = 'food_waste'").to_dict("records")
    assert pilot["territory_id"] == "kirchberg"
    assert pilot["n_establishments"] == 4
    assert pilot["effect"] == pytest.approx(pilot["measured"] - pilot["baseline"])
    assert pilot["effect"] < 0
    assert pilot["significant"]
    assert set(query(demo, "select distinct territory_id from marts.mart_pilots")["territory_id"]) >= {"kirchberg"}


def test_transit_does_not_drown_the_freight_terminals_zone(demo: DataFolder) -> None:
    transit = query(
        demo,
        "select sum(f.value) as t from marts.mart_flows f join marts.mart_flow_sides s using (flow_id)"
        " where f.purpose = 'transit' and s.side = 'in' and s.territory_id = 'dudelange-bettembourg' and f.year = 2025",
    )["t"][0]
    enters = query(
        demo,
        "select value from marts.mart_metabolism where territory_id = 'dudelange-bettembourg' and year = 2025"
        " and resource_id = 'material' and side = 'in'",
    )["value"][0]
    assert 0 < enters < transit
    published = query(
        demo,
        "select value from marts.mart_transit where territory_id = 'dudelange-bettembourg' and year = 2025"
        " and resource_id = 'material' and side = 'in'",
    )["value"][0]
    assert published == pytest.approx(transit)


def test_every_respondent_has_a_balance_of_its_own(demo: DataFolder) -> None:
    told = query(demo, "select distinct establishment_id, year from marts.mart_establishments")
    answered = query(demo, "select distinct establishment_id, year from marts.mart_participants where has_answered")
    assert set(answered.itertuples(index=False, name=None)) <= set(told.itertuples(index=False, name=None))
    own = query(
        demo, "select sum(value) as v from marts.mart_establishments where resource_id = 'waste' and direction = 'out'"
    )
    flows = query(
        demo,
        "select sum(value) as v from marts.mart_flows where resource_id like 'waste%' and from_establishment_id is not null"
        " and coalesce(purpose, 'use') <> 'transit'",
    )
    assert own["v"][0] == pytest.approx(flows["v"][0])


def test_a_page_of_every_zone_in_three_languages_says_that_it_is_synthetic(demo: DataFolder) -> None:
    words = {"": "Synthetic data", ".fr": "Données synthétiques", ".de": "Synthetische Daten"}
    for zone in ZONES:
        for ending, word in words.items():
            assert word in (demo.marts / "reports" / f"{zone}{ending}.html").read_text(encoding="utf-8")


def test_what_is_published_holds(demo: DataFolder) -> None:
    said = circulez("verify", "--data", demo.root)
    assert said.returncode == 0, said.stdout
