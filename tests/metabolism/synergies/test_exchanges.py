"""Exchanges: money and CO2e by hand, every gate on its own, what is not known stays so."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from metabolism.synergies.distance import haversine
from metabolism.synergies.exchange_notes import outlet
from metabolism.synergies.exchange_words import MESSAGES, OUTLETS, STEP_NAMES, figure, worded
from metabolism.synergies.exchanges import SCHEMA, exchange_id, find_exchanges
from metabolism.synergies.lots import ALL_MONTHS, months
from metabolism.synergies.money import standard_draws
from metabolism.synergies.quantity import smaller
from metabolism.tables import read_table, write_table
from tests.metabolism.synergies.exchanges_case import KNOWLEDGE, NAN, NEXT_DOOR, Case, heat, pallets, sites

TERRITORY_KM = 1.0
"""`distance_zone` of exchange_costs.csv."""


class TestByHand:
    """40 t of waste pallets, of which 0.8 can be used again: 32 t of the 50 t that the maker could replace."""

    def test_quantity_is_the_smaller_of_supply_and_replaceable_need(self) -> None:
        row = pallets().only()
        assert row["value"] == pytest.approx(40 * 0.8)
        assert row["unit"] == "t"
        assert row["supplied_value"] == pytest.approx(40.0)
        assert row["share_of_need"] == pytest.approx(0.32)

    def test_distance_is_the_great_circle_times_the_detour(self) -> None:
        a, b = np.radians([[49.57, 5.90]]), np.radians([[49.58, 5.91]])
        cosine = math.sin(a[0, 0]) * math.sin(b[0, 0]) + math.cos(a[0, 0]) * math.cos(b[0, 0]) * math.cos(
            math.radians(0.01)
        )
        crow = 6371.0088 * math.acos(cosine)
        assert haversine(a, b)[0] == pytest.approx(crow, rel=1e-6)
        assert pallets().only()["distance_km"] == pytest.approx(1.3 * crow, rel=1e-6)

    def test_money_of_each_party_and_of_both(self) -> None:
        row = pallets().only()
        freight = 40 * (row["distance_km"] * 0.25 + 6)
        assert row["saving_supplier_eur"] == pytest.approx(40 * 85)
        assert row["saving_receiver_eur"] == pytest.approx(32 * 350 - 40 * 60)
        assert row["transport_eur"] == pytest.approx(freight)
        assert row["saving_eur"] == pytest.approx(3400 + 8800 - freight)

    def test_greenhouse_gases(self) -> None:
        row = pallets().only()
        freight = 40 * row["distance_km"] * 0.107 / 1000
        assert row["co2e_t"] == pytest.approx(32 * 0.3126 + 40 * 0.82806 - freight)

    def test_what_is_recycled_today_avoids_no_primary_production_anew(self) -> None:
        case = sites().out("s", "waste.150101", 40.0, treatment="R3").into("r", "material.paper", 100.0)
        case.establishments[1]["nace"] = "17.12"
        row = case.only()
        assert row["co2e_t"] == pytest.approx(-40 * row["distance_km"] * 0.107 / 1000)
        assert any("recycled already" in reason for reason in row["basis"])

    def test_incinerated_today(self) -> None:
        row = pallets(out={"treatment": "D10"}).only()
        freight = 40 * row["distance_km"] * 0.107 / 1000
        assert row["co2e_t"] == pytest.approx(32 * 0.3126 + 40 * 0.0213 - freight)

    def test_heat_goes_by_pipe_and_costs_by_the_metre(self) -> None:
        row = heat().only()
        assert row["value"] == pytest.approx(0.8 * 500)
        assert row["transport_eur"] == pytest.approx(row["distance_km"] * 1000 * 46)
        assert row["saving_eur"] == pytest.approx(400 * 90 - row["transport_eur"])
        assert row["co2e_t"] == pytest.approx(400 * 0.2244)

    def test_probability_and_spread_against_plain_simulation(self) -> None:
        """With 5 million independent draws of the same distributions, by other code."""
        case = pallets(out={"price": -150.0}, into={"price": 270.0})
        row = case.only()
        z = np.random.default_rng(1).standard_normal((8, 1_000_000))
        q = np.maximum(0, np.minimum(32 + 3.2 * z[0], 50 + 5 * z[1]))
        km = np.maximum(0, row["distance_km"] * (1 + 0.15 * z[2]))
        freight = km * 0.25 * np.maximum(0, 1 + 0.4 * z[3]) + 6 * np.maximum(0, 1 + 0.5 * z[4])
        work = 60 * np.maximum(0, 1 + 0.5 * z[5])
        saving = q / 0.8 * (-150 * (1 + 0.1 * z[6]) - work - freight) + q * 270 * (1 + 0.1 * z[7])
        assert 0.3 < row["p_pays"] < 0.7
        assert row["p_pays"] == pytest.approx((saving > 0).mean(), abs=0.006)
        assert row["saving_eur_sd"] == pytest.approx(saving.std(), rel=0.02)

    def test_the_draws_are_standard_normal_and_always_the_same(self) -> None:
        z = standard_draws()
        assert z.shape == (4096, 9)
        assert np.abs(z.mean(axis=0)).max() < 1e-3
        assert np.abs(z.std(axis=0) - 1).max() < 2e-3
        assert np.abs(np.corrcoef(z.T) - np.eye(9)).max() < 0.01

    def test_it_is_likely_and_what_is_said_of_it(self) -> None:
        row = pallets().only()
        assert row["verdict"] == "likely"
        assert row["evidence"] == "declared"
        assert row["today"] == "Landfill, 85 EUR/t."
        assert row["today_de"] == "Deponie, 85 EUR/t."
        assert row["hierarchy"] == "disposal → reuse"
        assert row["hierarchy_fr"] == "élimination → réemploi"
        assert row["window"] == "at any time"
        assert row["next_step"] == "Invite both, and try a sample for quality."
        assert row["allocated"]
        assert row["allocated_value"] == pytest.approx(32.0)
        assert row["rank"] == 1

    def test_what_costs_more_than_it_saves_is_unlikely_and_not_allocated(self) -> None:
        row = pallets(out={"price": -300.0}, into={"price": 100.0}).only()
        assert row["saving_eur"] < 0
        assert row["p_pays"] < 0.2
        assert row["verdict"] == "unlikely"
        assert not row["allocated"]


class TestSupplyGates:
    """Each changes one thing of a case that has an exchange; it goes."""

    @pytest.mark.parametrize("said", [{"available": "no"}, {"confidential": True}])
    def test_refused_or_confidential(self, said: dict[str, Any]) -> None:
        assert pallets(out=said).found().empty

    @pytest.mark.parametrize("flow", [{"purpose": "transit"}, {"gross_error": True}, {"status": "estimated"}])
    def test_transit_gross_error_and_estimate(self, flow: dict[str, Any]) -> None:
        assert pallets(**flow).found().empty

    def test_available_in_part_counts_half(self) -> None:
        row = pallets(out={"available": "partly"}).only()
        assert row["value"] == pytest.approx(16.0)
        assert any("in part" in reason for reason in row["basis"])

    def test_recovered_at_another_establishment(self) -> None:
        there = {"to_establishment_id": "other"}
        assert pallets(out={"treatment": "R3"}, **there).found().empty
        assert len(pallets(out={"treatment": "D1"}, **there).found()) == 1
        assert len(pallets(out={"treatment": "R3"}).found()) == 1

    def test_what_already_goes_to_the_receiver(self) -> None:
        assert pallets(to_establishment_id="r").found().empty

    def test_a_part_that_already_goes_to_the_receiver(self) -> None:
        case = pallets().out("s", "waste.150103", 15.0, {"to_establishment_id": "r"})
        assert case.only()["value"] == pytest.approx(40 * 0.8)

    @pytest.mark.parametrize("code", ["waste.150110", "waste.1301", "waste.130205"])
    def test_hazardous_codes_and_codes_of_nothing_else(self, code: str) -> None:
        case = sites().out("s", code, 40.0).wish("want", "r", code, value=10.0).wish("have", "s", code, value=10.0)
        assert case.found().empty

    def test_a_hazardous_code_does_not_answer_a_wider_want(self) -> None:
        wanted = sites().wish("want", "r", "waste.15", value=10.0)
        assert wanted.out("s", "waste.150110", 40.0).found().empty
        case = sites().wish("want", "r", "waste.15", value=10.0).wish("have", "s", "waste.150110", value=10.0)
        assert case.found().empty
        case.wishes[1]["resource_id"] = "waste.150102"
        assert len(case.found()) == 1

    def test_a_code_that_holds_hazardous_ones_must_be_told_exactly(self) -> None:
        case = pallets()
        case.flows[0]["resource_id"] = "waste.1501"
        row = case.only()
        assert row["verdict"] == "to_check"
        assert any("exact waste code" in obstacle for obstacle in row["obstacles"])
        assert row["next_step"] == "Ask the supplier for the six-digit waste code."

    def test_a_product_is_no_supply_a_by_product_is(self) -> None:
        case = Case().site("s", "10.10").site("r", "10.91").into("r", "material.food", 100.0)
        assert case.out("s", "material.food", 30.0, status="product").found().empty
        case.said[-1]["status"] = "by_product"
        assert case.only()["value"] == pytest.approx(24.0)

    def test_a_by_product_that_another_establishment_takes(self) -> None:
        case = Case().site("s", "10.10").site("r", "10.91").into("r", "material.food", 100.0)
        case.out("s", "material.food", 30.0, {"to_establishment_id": "other"}, status="by_product")
        assert case.found().empty

    def test_heat_that_is_sold_is_no_surplus(self) -> None:
        sold = heat(out={"status": "product"})
        served = heat()
        served.flows[0]["to_establishment_id"] = "other"
        assert sold.found().empty
        assert served.found().empty

    def test_cooling_water_to_a_sewage_works_is_still_a_surplus(self) -> None:
        case = Case().site("s", "24.10").site("r", "38.32", **NEXT_DOOR).site("w", "37.00").site("x", "20.11")
        case.into("r", "water.industrial", 1000.0)
        case.out("s", "water.cooling", 5000.0, {"to_establishment_id": "w"})
        assert len(case.found()) == 1
        case.flows[1]["to_establishment_id"] = "x"
        assert case.found().empty

    def test_a_have_does_not_open_what_is_confidential_or_refused(self) -> None:
        for said in ({"confidential": True}, {"available": "no"}):
            assert pallets(out=said).wish("have", "s", "waste.150103", value=5.0).found().empty


class TestNeedGates:
    @pytest.mark.parametrize("flow", [{"purpose": "transit"}, {"gross_error": True}, {"status": "estimated"}])
    def test_transit_gross_error_and_estimate(self, flow: dict[str, Any]) -> None:
        case = pallets()
        case.flows[1] |= flow
        assert case.found().empty

    def test_confidential(self) -> None:
        assert pallets(into={"confidential": True}).found().empty

    def test_another_trade(self) -> None:
        case = pallets()
        case.establishments[1]["nace"] = "62.01"
        assert case.found().empty

    def test_a_trade_written_too_widely(self) -> None:
        case = sites().out("s", "waste.030105", 10.0).into("r", "material.wood", 50.0)
        case.establishments[1]["nace"] = "16.21"
        assert len(case.found()) == 1
        case.establishments[1]["nace"] = "16"
        assert case.found().empty

    def test_sawdust_does_not_replace_pallets_though_pallets_are_wood(self) -> None:
        case = sites().out("s", "waste.030105", 10.0).into("r", "material.pallet", 50.0)
        case.establishments[1]["nace"] = "16.21"
        assert case.found().empty

    def test_what_the_supplier_already_gives_is_not_replaced(self) -> None:
        case = pallets().into("r", "material.pallet", 45.0, {"from_establishment_id": "s"})
        assert case.only()["value"] == pytest.approx(0.5 * 145 - 45)

    def test_an_input_that_cannot_be_replaced_is_to_check(self) -> None:
        row = pallets(into={"substitutable": "no"}).only()
        assert row["verdict"] == "to_check"
        assert any("cannot replace" in obstacle for obstacle in row["obstacles"])

    def test_an_establishment_does_not_meet_itself(self) -> None:
        case = Case().site("s", "16.24").out("s", "waste.150103", 40.0).into("s", "material.pallet", 100.0)
        assert case.found().empty

    def test_two_establishments_of_one_organisation_may(self) -> None:
        case = pallets()
        for establishment in case.establishments:
            establishment["organisation"] = "o"
        assert len(case.found()) == 1


class TestPairGates:
    def test_beyond_the_distance_of_the_line(self) -> None:
        case = pallets()
        case.establishments[1]["latitude"] = 50.2
        assert case.found().empty

    def test_no_territory_holds_both(self) -> None:
        case = Case().site("s", "46.90", ("z",)).site("r", "16.24", ("far",))
        case.out("s", "waste.150103", 40.0).into("r", "material.pallet", 100.0)
        assert find_exchanges(case.tables(), KNOWLEDGE).empty

    def test_who_shares_no_territory_takes_nothing_from_who_does(self) -> None:
        case = pallets().site("q", "16.24", ("far",), **NEXT_DOOR).into("q", "material.pallet", 100.0, price=999.0)
        assert case.only()["allocated_value"] == pytest.approx(32.0)

    @pytest.mark.parametrize(
        ("offered", "wanted", "meets"), [(65.0, 60.0, True), (64.9, 60.0, False), (80.0, 90.0, False)]
    )
    def test_heat_needs_five_kelvin(self, offered: float, wanted: float, meets: bool) -> None:
        assert (len(heat({"temperature": offered}, {"temperature": wanted}).found()) == 1) is meets

    def test_cold_flows_the_other_way(self) -> None:
        case = Case().site("s", "20.11").site("r", "10.52", **NEXT_DOOR)
        case.out("s", "energy.cold", 100.0, temperature=2.0).into("r", "energy.cold", 100.0, temperature=5.0)
        assert len(case.found()) == 1
        case.said[0]["temperature"] = 3.0
        assert case.found().empty

    @pytest.mark.parametrize("side", ["out", "into"])
    def test_an_unknown_temperature_is_to_check(self, side: str) -> None:
        row = heat(**{side: {"temperature": NAN}}).only()
        assert row["verdict"] == "to_check"
        assert any("temperature" in obstacle for obstacle in row["obstacles"])
        assert row["next_step"] == "Ask both sides for temperatures and hours."

    @pytest.mark.parametrize(("offered", "meets"), [(35.0, False), (64.0, False), (65.0, True), (85.0, True)])
    def test_what_cannot_heat_rooms_replaces_no_boilers_fuel(self, offered: float, meets: bool) -> None:
        """Of a boiler nobody says the temperature: 60 degrees are stated, and 5 K above them are asked for."""
        case = Case().site("s", "63.11").site("r", "55.10", **NEXT_DOOR)
        case.out("s", "energy.heat", 1000.0, temperature=offered, status="by_product").into("r", "energy.gas", 500.0)
        found = case.found()
        assert (len(found) == 1) is meets
        if meets:
            assert found["verdict"].tolist() == ["to_check"]

    def test_what_must_be_asked_first_gives_way_to_what_is_known(self) -> None:
        """One source of heat: a boiler's gas would save more, but of the laundry's need the temperature is known."""
        case = Case().site("s", "24.10").site("r", "96.01", **NEXT_DOOR)
        case.out("s", "energy.heat", 500.0, temperature=85.0, status="by_product")
        case.into("r", "energy.heat", 1000.0, temperature=60.0, price=90.0)
        case.into("r", "energy.gas", 1000.0, price=100.0)
        given = case.found().set_index("needed_resource_id")["allocated_value"]
        assert given["energy.heat"] == pytest.approx(500.0)
        assert given["energy.gas"] == pytest.approx(0.0)

    def test_of_two_sources_of_heat_the_warm_one_serves(self) -> None:
        case = heat(out={"temperature": 30.0}).out("s", "energy.heat", 100.0, temperature=90.0)
        assert case.only()["value"] == pytest.approx(100.0)

    def test_heat_counts_by_the_common_months(self) -> None:
        row = heat({"season": "1-6"}, {"season": "4-9"}).only()
        assert row["value"] == pytest.approx(min(1000 * 3 / 6, 0.8 * 500 * 3 / 6))
        assert row["window"] == "months 4, 5, 6"
        scarce = heat({"season": "1-6"}, {"season": "4-9"})
        scarce.flows[0]["value"] = 100.0
        assert scarce.only()["value"] == pytest.approx(100 * 3 / 6)
        assert heat({"season": "1-3"}, {"season": "6-8"}).found().empty

    def test_what_can_be_stored_waits_for_its_season(self) -> None:
        row = pallets({"season": "1-3"}, {"season": "6-8"}).only()
        assert row["value"] == pytest.approx(32.0)
        assert any("storage" in obstacle for obstacle in row["obstacles"])

    def test_different_hours_are_an_obstacle_of_heat(self) -> None:
        row = heat({"rhythm": "batch"}, {"rhythm": "continuous"}).only()
        assert any("different hours" in obstacle for obstacle in row["obstacles"])

    def test_kitchen_waste_is_no_feed_even_if_wanted(self) -> None:
        case = Case().site("s", "56.29").site("r", "01.46")
        case.out("s", "waste.200108", 10.0).wish("want", "r", "waste.200108", value=10.0)
        assert case.found().empty
        case.establishments[1]["nace"] = "38.21"
        assert len(case.found()) == 1

    def test_electricity_is_shared_not_exchanged(self) -> None:
        case = sites().wish("have", "s", "energy.electricity", value=10.0)
        assert case.wish("want", "r", "energy.electricity", value=10.0).found().empty


class TestHavesAndWants:
    def test_a_have_and_a_want_need_no_flow_and_no_trade(self) -> None:
        case = Case().site("s", "62.01").site("r", "63.11")
        case.wish("have", "s", "material.pallet", value=3.0).wish("want", "r", "material.pallet", value=5.0)
        row = case.only()
        assert row["value"] == pytest.approx(3.0)
        assert row["sd"] == pytest.approx(3.0 * 0.2551, rel=0.2)
        assert row["evidence"] == "wanted"
        assert row["knowledge_id"] == "same_material"
        assert row["next_step"] == "Bring the two together now: one of them asked for it."

    def test_a_want_of_what_a_waste_becomes(self) -> None:
        case = Case().site("s", "46.90").site("r", "62.01").out("s", "waste.150103", 40.0)
        row = case.wish("want", "r", "material.pallet", value=5.0).only()
        assert row["value"] == pytest.approx(5.0)
        assert row["share_of_need"] is None or math.isnan(row["share_of_need"])

    def test_without_a_quantity_wanted_the_whole_supply_is_counted_and_told(self) -> None:
        row = Case().site("s", "46.90").site("r", "62.01").out("s", "waste.150103", 40.0)
        found = row.wish("want", "r", "material.pallet").only()
        assert found["value"] == pytest.approx(32.0)
        assert any("wanted is not said" in obstacle for obstacle in found["obstacles"])

    def test_where_nobody_says_a_quantity_there_is_none(self) -> None:
        case = sites().wish("have", "s", "material.pallet").wish("want", "r", "material.pallet")
        row = case.only()
        assert math.isnan(row["value"])
        assert math.isnan(row["saving_eur"])
        assert math.isnan(row["p_pays"])
        assert math.isnan(row["co2e_t"])
        assert row["verdict"] == "to_check"
        assert not row["allocated"]
        assert any("Neither side" in obstacle for obstacle in row["obstacles"])

    def test_what_is_offered_replaces_what_flows(self) -> None:
        row = pallets().wish("have", "s", "waste.150103", value=10.0).only()
        assert row["supplied_value"] == pytest.approx(10.0)
        assert row["evidence"] == "wanted"

    def test_a_product_that_a_have_names(self) -> None:
        case = sites().out("s", "material.pallet", 500.0, {"to_territory_id": "de"}, status="product")
        case.into("r", "material.pallet", 100.0)
        assert case.found().empty
        assert case.wish("have", "s", "material.pallet", value=8.0).only()["value"] == pytest.approx(8.0)

    def test_dates_that_do_not_meet_are_to_check(self) -> None:
        case = sites().wish("have", "s", "material.pallet", value=3.0, valid_until="2025-03-31")
        case.wish("want", "r", "material.pallet", value=3.0, valid_from="2025-06-01")
        row = case.only()
        assert row["verdict"] == "to_check"
        assert any("dates" in obstacle for obstacle in row["obstacles"])
        assert row["window"] == "offered … to 2025-03-31; wanted 2025-06-01 to …"

    def test_wanted_ranks_before_more_money(self) -> None:
        case = pallets(out={"price": 900.0}).site("t", "46.90").site("u", "62.01")
        case.wish("have", "t", "material.glass", value=1.0).wish("want", "u", "material.glass", value=1.0)
        table = case.found()
        assert list(table["evidence"]) == ["wanted", "declared"]
        assert list(table["rank"]) == [1, 2]
        assert table["saving_eur"].is_monotonic_increasing


class TestPrices:
    def test_the_price_of_a_whole_family_keeps_an_exchange_to_check(self) -> None:
        case = pallets(out={"price": NAN}).price("waste", 2024, disposal_eur_per_unit=90.0)
        row = case.only()
        assert row["saving_supplier_eur"] == pytest.approx(40 * 90)
        assert row["verdict"] == "to_check"
        assert any("whole family" in obstacle for obstacle in row["obstacles"])
        nearer = pallets(out={"price": NAN}).price("waste.15", 2024, disposal_eur_per_unit=90.0).only()
        assert nearer["verdict"] == "likely"

    def test_regional_prices_before_defaults_the_latest_earlier_year_from_the_parent(self) -> None:
        case = pallets(out={"price": NAN}, into={"price": NAN})
        case.price("waste.15", 2023, disposal_eur_per_unit=50.0).price("waste.15", 2024, disposal_eur_per_unit=70.0)
        case.price("waste.15", 2026, disposal_eur_per_unit=999.0)
        case.price("material.wood", 2020, price_eur_per_unit=200.0)
        row = case.only()
        assert row["saving_supplier_eur"] == pytest.approx(40 * 70)
        assert row["saving_receiver_eur"] == pytest.approx(32 * 200 - 40 * 60)
        assert any("market (waste.15, 2024)" in reason for reason in row["basis"])

    def test_defaults_where_nothing_else_is_known(self) -> None:
        row = pallets(out={"price": NAN}, into={"price": NAN}).only()
        assert row["saving_supplier_eur"] == pytest.approx(40 * 60)
        assert row["saving_receiver_eur"] == pytest.approx(32 * 400 - 40 * 60)
        assert row["today"] == "Landfill, price not said."

    def test_no_price_on_either_side(self) -> None:
        bare = replace(KNOWLEDGE, default_prices=KNOWLEDGE.default_prices.iloc[:0])
        row = pallets(out={"price": NAN}, into={"price": NAN}).found(knowledge=bare).iloc[0]
        assert math.isnan(row["saving_eur"])
        assert math.isnan(row["p_pays"])
        assert row["verdict"] == "to_check"
        assert any("No price" in obstacle for obstacle in row["obstacles"])
        assert row["value"] == pytest.approx(32.0)
        assert row["allocated"]

    def test_one_price_alone(self) -> None:
        bare = replace(KNOWLEDGE, default_prices=KNOWLEDGE.default_prices.iloc[:0])
        row = pallets(into={"price": NAN}).found(knowledge=bare).iloc[0]
        assert row["saving_eur"] == pytest.approx(40 * 85 - 40 * 60 - row["transport_eur"])
        assert math.isnan(row["saving_receiver_eur"])
        assert any("one side alone" in obstacle for obstacle in row["obstacles"])

    def test_the_price_of_two_rows_is_weighted(self) -> None:
        row = pallets().out("s", "waste.150103", 20.0, price=25.0, treatment="D1").only()
        assert row["saving_supplier_eur"] == pytest.approx(40 * 85 + 20 * 25)
        assert row["value"] == pytest.approx(48.0)


class TestPlaces:
    def test_without_coordinates_the_smallest_common_territory_tells(self) -> None:
        case = pallets()
        case.establishments[0]["latitude"] = NAN
        row = case.only()
        assert row["distance_km"] == pytest.approx(TERRITORY_KM)
        assert any("no coordinates" in obstacle for obstacle in row["obstacles"])

    def test_a_territory_shows_what_it_holds_wholly(self) -> None:
        case = Case().site("s", "46.90", ("z", "lu")).site("r", "16.24", ("far", "lu"))
        case.out("s", "waste.150103", 40.0).into("r", "material.pallet", 100.0)
        table = find_exchanges(case.tables(), KNOWLEDGE)
        assert list(table["territory_id"]) == ["lu"]

    def test_each_territory_ranks_by_itself(self) -> None:
        table = find_exchanges(pallets().tables(), KNOWLEDGE)
        assert list(table["territory_id"]) == ["lu", "z"]
        assert list(table["rank"]) == [1, 1]
        assert table["exchange_id"].nunique() == 1

    def test_at_most_twenty_receivers_and_the_nearest(self) -> None:
        case = Case().site("s", "46.90").out("s", "waste.150103", 40.0)
        for i in range(60):
            case.site(f"m{i:02d}", "16.24", latitude=49.57 + 0.001 * (i + 1), longitude=5.90)
            case.into(f"m{i:02d}", "material.pallet", 10.0)
        table = case.found()
        assert 20 <= len(table) <= 21
        assert set(table["receiver_id"]) >= {f"m{i:02d}" for i in range(20)}

    def test_many_receivers_without_coordinates(self) -> None:
        case = Case().site("s", "46.90").out("s", "waste.150103", 40.0)
        for i in range(60):
            case.site(f"m{i:02d}", "16.24", latitude=NAN, longitude=NAN).into(f"m{i:02d}", "material.pallet", 10.0)
        assert 20 <= len(case.found()) <= 21


class TestIds:
    def test_parties_and_resources_alone(self) -> None:
        row = pallets().only()
        assert row["exchange_id"] == exchange_id("s", "r", "waste.150103", "material.pallet")

    def test_neither_order_nor_year_nor_territory(self) -> None:
        case = pallets().out("s", "waste.150101", 9.0).out("s", "waste.150102", 9.0)
        case.into("r", "material.wood", 30.0).wish("have", "s", "material.glass", value=2.0)
        case.wish("want", "r", "material.glass", value=1.0)
        once = find_exchanges(case.tables(), KNOWLEDGE)
        for name in ("establishments", "memberships", "flows", "said", "wishes"):
            getattr(case, name).reverse()
        pd.testing.assert_frame_equal(once, find_exchanges(case.tables(), KNOWLEDGE))
        for name in ("establishments", "memberships", "flows", "wishes"):
            for row in getattr(case, name):
                row["year"] = 2027
        later = find_exchanges(case.tables(), KNOWLEDGE)
        assert list(later["exchange_id"]) == list(once["exchange_id"])
        assert set(later["year"]) == {2027}

    def test_two_years_are_told_apart(self) -> None:
        case = pallets().site("s", "46.90", year=2026).site("r", "16.24", year=2026)
        case.out("s", "waste.150103", 20.0, {"year": 2026}).into("r", "material.pallet", 100.0, {"year": 2026})
        table = case.found()
        assert list(table["year"]) == [2025, 2026]
        assert table["exchange_id"].nunique() == 1
        assert list(table["value"]) == pytest.approx([32.0, 16.0])


class TestEmptyInput:
    def test_nothing_at_all(self, tmp_path: Path) -> None:
        table = find_exchanges(Case().tables(), KNOWLEDGE)
        assert list(table.columns) == list(SCHEMA)
        write_table(table, tmp_path / "x.parquet", SCHEMA)
        assert read_table(tmp_path / "x.parquet").empty

    @pytest.mark.parametrize(
        "name", ["establishments", "memberships", "territories", "flow_attributes", "haves_wants", "prices"]
    )
    def test_any_table_empty(self, name: str) -> None:
        tables = pallets().tables()
        table = find_exchanges(replace(tables, **{name: getattr(tables, name).iloc[:0]}), KNOWLEDGE)
        assert list(table.columns) == list(SCHEMA)

    def test_it_can_be_written_and_read(self, tmp_path: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = pallets().wish("have", "s", "material.glass").wish("want", "r", "material.glass").found()
        write_table(table, tmp_path / "x.parquet", SCHEMA)
        back = read_table(tmp_path / "x.parquet")
        assert list(back["exchange_id"]) == list(table["exchange_id"])
        assert list(back["basis_fr"].iloc[0]) == table["basis_fr"].iloc[0]

    def test_a_quantity_without_sd_has_that_of_an_estimate(self) -> None:
        row = pallets(sd=NAN).only()
        assert row["sd"] == pytest.approx(32 * 0.2551, rel=0.15)


class TestWords:
    @pytest.mark.parametrize("key", MESSAGES)
    def test_every_message_has_the_same_values_in_each_language(self, key: str) -> None:
        slots = {"label": "L", "source": "S", "value": 1.0, "unit": "t", "sd": 1.0, "share": 50.0, "km": 1.0}
        slots |= {"detour": 1.3, "gate": "g", "n": 2, "date": "2025-01-01", "outlet": "o", "before": "b", "after": "a"}
        slots |= {"start": "x", "end": "y", "months": "1, 2"}
        words = MESSAGES[key]
        for language in ("en", "fr", "de"):
            assert "{" not in worded((key, slots), language)
        named = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in (words.en, words.fr, words.de)]
        assert named[0] == named[1] == named[2]

    def test_no_name_or_id_of_a_party_stands_in_a_text(self) -> None:
        case = pallets(out={"partner_name": "Collector Ltd", "quality": "from Secret Ltd"})
        row = case.wish("have", "s", "waste.150103", value=3.0, condition="ask Mr Secret").only()
        texts = [*row["basis"], *row["obstacles"], row["today"], row["window"], row["next_step"]]
        assert not any("Ltd" in text or "Secret" in text for text in texts)
        assert row["partner_today"] == "Collector Ltd"

    @pytest.mark.parametrize(
        ("value", "en", "fr"),
        [
            (0.0, "0", "0"),
            (1234.5, "1234", "1234"),
            (0.0123, "0.0123", "0,0123"),
            (85.0, "85", "85"),
            (-2.5, "-2.5", "-2,5"),
        ],
    )
    def test_figures(self, value: float, en: str, fr: str) -> None:
        assert figure(value, "en") == en
        assert figure(value, "fr") == fr

    @pytest.mark.parametrize(
        ("treatment", "resource", "expected"),
        [
            ("D1", "waste.15", "landfill"),
            ("d 10", "waste.15", "incineration"),
            ("D9", "waste.15", "disposal"),
            ("R1", "waste.15", "energy"),
            ("R03", "waste.15", "recycling"),
            ("R13", "waste.15", "sorting"),
            (None, "waste.15", "unknown"),
            (None, "energy.heat", "discharge"),
            (None, "material.wood", "sale"),
        ],
    )
    def test_outlets(self, treatment: str | None, resource: str, expected: str) -> None:
        assert outlet(treatment, resource) == expected
        assert expected in OUTLETS
        assert len(STEP_NAMES) == 6

    @pytest.mark.parametrize(
        ("season", "expected"),
        [
            ("1-3;11", 0b010000000111),
            ("11-2", 0b110000000011),
            ("5", 0b10000),
            (None, ALL_MONTHS),
            ("summer", ALL_MONTHS),
            ("0-3", ALL_MONTHS),
        ],
    )
    def test_months(self, season: str | None, expected: int) -> None:
        assert months(season) == expected


class TestSmaller:
    @given(
        a=st.floats(1, 100),
        b=st.floats(1, 100),
        sd_a=st.floats(0.1, 20),
        sd_b=st.floats(0.1, 20),
    )
    @settings(max_examples=60)
    def test_sd_of_the_minimum_against_integration(self, a: float, b: float, sd_a: float, sd_b: float) -> None:
        """Moments of the minimum's own density, summed on a fine grid."""
        reach = 10 * max(sd_a, sd_b)
        x = np.linspace(min(a, b) - reach, min(a, b) + reach, 400_001)
        density = norm.pdf(x, a, sd_a) * norm.sf(x, b, sd_b) + norm.pdf(x, b, sd_b) * norm.sf(x, a, sd_a)
        weight = density / density.sum()
        mean = weight @ x
        value, sd = smaller(np.array([a]), np.array([sd_a]), np.array([b]), np.array([sd_b]))
        assert value[0] == min(a, b)
        assert sd[0] == pytest.approx(math.sqrt(weight @ (x - mean) ** 2), rel=1e-6)

    def test_two_equal_ones_by_hand(self) -> None:
        """The minimum of two independent standard normals has the variance 1 − 1/π."""
        _, sd = smaller(*(np.array([x]) for x in (0.0, 1.0, 0.0, 1.0)))
        assert sd[0] == pytest.approx(math.sqrt(1 - 1 / math.pi))
        assert norm.cdf(0) == 0.5

    def test_what_is_not_known_does_not_bind(self) -> None:
        value, sd = smaller(
            np.array([NAN, 3.0, NAN]), np.array([NAN, 1.0, NAN]), np.array([2.0, np.inf, np.inf]), np.zeros(3)
        )
        assert value[:2].tolist() == [2.0, 3.0]
        assert sd[:2].tolist() == [0.0, 1.0]
        assert math.isnan(value[2])
        assert math.isnan(sd[2])
