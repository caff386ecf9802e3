"""The knowledge that exchanges rest on: every line has a source, names what exists, and supplies nothing hazardous."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pandas as pd
import pytest

from metabolism.synergies.knowledge import HAZARDOUS, MIXED, NOT_HAZARDOUS, ROLES, STEPS
from tests.metabolism.synergies.exchanges_case import KNOWLEDGE, SEEDS

LINES = pd.read_csv(SEEDS / "exchange_knowledge.csv", dtype={"receiver_nace": str})
PRICES = pd.read_csv(SEEDS / "default_prices.csv")
COSTS = pd.read_csv(SEEDS / "exchange_costs.csv")
CODES = pd.read_csv(SEEDS / "waste_codes.csv", dtype=str)
RESOURCES = set(pd.read_csv(SEEDS / "resources.csv")["resource_id"])

MUST_KNOW = [
    ("waste.150103", "16", "material.pallet"),
    ("waste.150103", "4673", "material.pallet"),
    ("waste.150103", "521", "material.pallet"),
    ("waste.150103", "522", "material.pallet"),
    ("waste.030105", "1621", "material.wood"),
    ("waste.150101", "171", "material.paper"),
    ("waste.200101", "171", "material.paper"),
    ("waste.150107", "231", "material.glass"),
    ("waste.170101", "236", "material.aggregate"),
    ("waste.170101", "421", "material.aggregate"),
    ("waste.170101", "081", "material.aggregate"),
    ("waste.150102", "222", "material.plastic"),
    ("waste.120101", "241", "material.steel"),
    ("waste.120101", "2451", "material.steel"),
    ("waste.170405", "241", "material.steel"),
    ("waste.170504", "421", "material.soil"),
    ("waste.170504", "081", "material.soil"),
    ("energy.heat", "011", "energy.heat"),
    ("energy.heat", "9601", "energy.heat"),
    ("energy.heat", "353", "energy.heat"),
    ("water.cooling", "383", "water.industrial"),
    ("water.cooling", "812", "water.industrial"),
    ("water.cooling", "4520", "water.industrial"),
    ("waste.200201", "3821", "waste.200201"),
    ("waste.200201", "016", "waste.200201"),
    ("waste.200108", "3521", "waste.200108"),
    ("waste.020304", "3821", "waste.200108"),
]


def known(resource: str) -> bool:
    code = resource.removeprefix("waste.")
    return resource in RESOURCES or any(entry.startswith(code) for entry in CODES["code"])


class TestKnowledge:
    def test_it_is_broad(self) -> None:
        assert len(LINES) >= 80
        assert LINES["knowledge_id"].is_unique
        assert LINES["supplied_resource_id"].nunique() >= 60

    @pytest.mark.parametrize(("supplied", "nace", "needed"), MUST_KNOW)
    def test_it_knows(self, supplied: str, nace: str, needed: str) -> None:
        same = LINES["supplied_resource_id"].eq(supplied) & LINES["needed_resource_id"].eq(needed)
        assert any(nace.startswith(prefix) for prefix in LINES.loc[same, "receiver_nace"])

    def test_every_line_has_a_source_and_words_in_three_languages(self) -> None:
        words = [f"{name}_{language}" for name in ("label", "gate") for language in ("en", "fr", "de")]
        for column in ["source", *words]:
            assert LINES[column].notna().all()
            assert (LINES[column].str.strip() != "").all()

    @pytest.mark.parametrize("column", ["supplied_resource_id", "needed_resource_id"])
    def test_ids_exist(self, column: str) -> None:
        assert [i for i in LINES[column].unique() if not known(i)] == []

    def test_trades_are_digits(self) -> None:
        assert LINES["receiver_nace"].str.fullmatch(r"\d{2,4}").all()

    def test_nothing_hazardous_is_supplied_or_needed(self) -> None:
        for resource in {*LINES["supplied_resource_id"], *LINES["needed_resource_id"]}:
            assert KNOWLEDGE.hazard(resource) != HAZARDOUS, resource

    def test_figures_are_possible(self) -> None:
        allowed = LINES[LINES["role"].ne("forbidden")]
        assert set(LINES["role"]) <= set(ROLES)
        assert set(allowed["hierarchy_step"]) <= set(STEPS)
        assert (allowed["yield"] > 0).all()
        assert allowed["max_share"].between(0, 1, inclusive="right").all()
        assert (allowed["max_distance_km"] > 0).all()
        assert (allowed["processing_eur_per_unit"] >= 0).all()
        tonnes = allowed["supplied_resource_id"].str.match("waste|material") & allowed["needed_resource_id"].str.match(
            "waste|material"
        )
        assert (allowed.loc[tonnes, "yield"] <= 1).all()

    def test_heat_and_cold_have_a_margin_and_nothing_else_has(self) -> None:
        assert LINES["min_temperature_margin"].notna().equals(LINES["role"].isin(["heat", "cold"]))

    def test_feed_rules_are_there(self) -> None:
        assert {(line.supplied, line.receiver_nace) for line in KNOWLEDGE.forbidden} >= {
            ("waste.200108", "014"),
            ("waste.200108", "109"),
            ("waste.0202", "109"),
        }

    def test_every_need_can_be_priced(self) -> None:
        priced = set(PRICES.loc[PRICES["price_eur_per_unit"].notna(), "resource_id"])
        unpriced = {
            line.needed
            for line in KNOWLEDGE.allowed
            if not priced.intersection(KNOWLEDGE.nomenclatures.ancestors(line.needed))
        }
        assert unpriced <= {"material.product"}


class TestWasteCodes:
    def test_every_entry_once_with_its_star(self) -> None:
        assert len(CODES) == 842
        assert CODES["code"].is_unique
        assert CODES["code"].str.fullmatch(r"\d{6}").all()
        assert CODES["hazardous"].value_counts().to_dict() == {"no": 434, "yes": 408}
        assert CODES["source"].notna().all()

    @pytest.mark.parametrize(
        ("resource", "expected"),
        [
            ("waste.150110", HAZARDOUS),
            ("waste.1301", HAZARDOUS),
            ("waste.13", HAZARDOUS),
            ("waste.150103", NOT_HAZARDOUS),
            ("waste.1501", MIXED),
            ("waste.15", MIXED),
            ("waste", MIXED),
            ("waste.0101", NOT_HAZARDOUS),
            ("waste.999999", MIXED),
            ("material.wood", NOT_HAZARDOUS),
        ],
    )
    def test_hazard_of_a_code(self, resource: str, expected: str) -> None:
        assert KNOWLEDGE.hazard(resource) == expected

    def test_against_the_french_list(self) -> None:
        folder = Path(os.environ.get("CIRCULEZ_SHARED", SEEDS.parents[2] / "shared"))
        path = folder / "opendata" / "nomenclatures" / "stg_codes_dechets.csv"
        if not path.exists():
            pytest.skip(f"the list of waste is not on this machine ({path}); name its folder by CIRCULEZ_SHARED")
        listed = pd.read_csv(path, dtype=str)["code"]
        star = listed.str.contains("*", regex=False).map({True: "yes", False: "no"})
        expected = dict(zip(listed.str.replace(r"\D", "", regex=True), star, strict=True))
        assert expected == dict(zip(CODES["code"], CODES["hazardous"], strict=True))


class TestPricesAndCosts:
    def test_every_line_has_a_source(self) -> None:
        for table in (PRICES, COSTS):
            assert table["source"].notna().all()
            assert (table["source"].str.len() > 10).all()

    def test_ids_exist_once(self) -> None:
        assert PRICES["resource_id"].is_unique
        assert [i for i in PRICES["resource_id"] if not known(i)] == []
        assert COSTS["item"].is_unique

    def test_spreads_are_not_negative(self) -> None:
        assert (PRICES["sd_pct"] > 0).all()
        assert (COSTS["sd_pct"] >= 0).all()
        assert (COSTS["value"] > 0).all()

    def test_an_unsaid_quantity_is_known_as_an_estimate_of_the_contract(self) -> None:
        assert KNOWLEDGE.costs["unsaid_sd"].value == pytest.approx(50 / 1.96, abs=0.01)
        assert math.isfinite(KNOWLEDGE.costs["detour"].value)
