"""Little was said: every mart stands, null with a reason or without a row, and no number is invented."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from metabolism.layout import DataFolder
from metabolism.surveys.contract import REGISTERS, SHEETS
from tests.e2e.conftest import query

pytestmark = pytest.mark.slow

MARTS = {
    "mart_flows", "mart_flow_sources", "mart_metabolism", "mart_dependency", "mart_indicators", "mart_synergy_exchanges",
    "mart_synergy_pooling", "mart_synergy_activities", "mart_pilots", "mart_data_quality", "mart_files",
    "mart_national_waste", "mart_open_sources",
}  # fmt: skip


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[DataFolder], DataFolder]) -> DataFolder:
    """A zone of one company, whose sheets are all empty but two; a service that nobody shares; prices without a price; a
    pilot without a baseline; a mirror without its files."""
    root = tmp_path_factory.mktemp("thin")
    (mirror := root / "mirror").mkdir()
    data = DataFolder(root / "data")
    here = data.surveys / "alone" / "2025"
    here.mkdir(parents=True)
    for sheet, columns in SHEETS.items():
        (here / f"empty.{sheet}.csv").write_text(",".join(columns) + "\n")
    (here / "one.establishment.csv").write_text("establishment_id,name,nace\nsolo,Solo,10.71\n")
    (here / "one.flows.csv").write_text(
        "establishment_id,direction,resource,quantity,unit,period\nsolo,out,150103,12,t,year\nsolo,in,electricity,9,MWh,year\n"
    )
    (here / "one.services.csv").write_text("establishment_id,service,open_to_pooling\nsolo,security,yes\n")
    (here / "one.issues.csv").write_text("establishment_id,theme,priority,wants_to\nsolo,waste,5,lead\n")
    data.territories.write_text("territory_id,name,kind,within,overlaps,members\nalone,Alone,zone,,,\n")
    (data.raw / "prices.csv").write_text(
        "resource_id,year,price_eur_per_unit,disposal_eur_per_unit,source\nwaste,2025,,,none\n"
    )
    pilots = dict.fromkeys(REGISTERS["pilots"], "")
    pilots |= {"pilot_id": "p", "territory_id": "alone", "indicator": "energy", "unit": "MWh", "measured": "8"}
    pd.DataFrame([pilots]).to_csv(data.raw / "pilots.csv", index=False)
    (data.raw / "actors.csv").write_text("actor_id,name,kind,territories,themes\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CIRCULEZ_MIRROR", str(mirror))
        return refreshed(data)


def test_every_mart_stands(thin: DataFolder) -> None:
    told = query(thin, "select table_name from duckdb_tables() where schema_name = 'marts'")["table_name"]
    assert set(told) >= MARTS


@pytest.mark.parametrize("mart", ["mart_synergy_exchanges", "mart_synergy_pooling", "mart_synergy_activities"])
def test_one_company_has_nobody_to_share_with(thin: DataFolder, mart: str) -> None:
    assert query(thin, f"select count(*) as n from marts.{mart}")["n"][0] == 0


def test_what_nobody_told_is_null_with_a_reason(thin: DataFolder) -> None:
    told = query(thin, "select * from marts.mart_indicators where territory_id = 'alone'")
    unknown = told[told["value"].isna()]
    assert unknown[["reason_en", "reason_fr", "reason_de"]].notna().all(axis=None)
    assert unknown["sd"].isna().all()
    known = set(told.loc[told["value"].notna(), "indicator_id"])
    # No employees, no fact, no commuter and no frame: what is left are shares of its own flows
    assert known <= {"renewable_share", "hazardous_waste_share", "synergy_waste_share"}


def test_a_pilot_without_a_baseline_has_no_effect(thin: DataFolder) -> None:
    (pilot,) = query(thin, "select * from marts.mart_pilots").to_dict("records")
    assert pilot["measured"] == 8
    assert pd.isna(pilot["effect"])
    assert pd.isna(pilot["effect_sd"])
    assert pd.isna(pilot["significant"])
    assert pilot["reason"]
    assert pilot["reason_fr"]
    assert pilot["reason_de"]


def test_how_critical_is_not_known_where_nobody_said_it(thin: DataFolder) -> None:
    told = query(thin, "select * from marts.mart_dependency where resource_id = 'energy.electricity'")
    assert told["strategic"].isna().all()
    assert told["criticality"].isna().all()


def test_open_data_that_the_mirror_lacks_is_said_to_be_missing(thin: DataFolder) -> None:
    told = query(thin, "select * from marts.mart_open_sources")
    assert set(told["status"]) == {"not available"}
    assert told["reason"].notna().all()
    assert query(thin, "select count(*) as n from marts.mart_national_waste")["n"][0] == 0
    reference = query(thin, "select * from marts.mart_indicators where indicator_id = 'packaging_recycling_rate'")
    assert reference["reference_value"].isna().all()


def test_every_page_stands_in_three_languages(thin: DataFolder) -> None:
    pages = {path.name for path in (thin.marts / "reports").glob("alone*.html")}
    assert pages == {"alone.html", "alone.fr.html", "alone.de.html"}
