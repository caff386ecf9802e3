"""Pools: who can join, what is saved, and shares that leave nobody worse off. Figures computed by hand."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.synergies.pooling import SCHEMA, find_pools, pool_id, read_economies
from metabolism.synergies.pooling_groups import clusters, distances_km, home_places
from metabolism.synergies.pooling_shares import EXACT_MEMBERS, Economy, coalition_savings, shapley, share
from metabolism.tables import read_table, write_table

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
SERVICE = ["establishment_id", "year", "service_id", "cost_eur_per_year", "contract_end", "open_to_pooling"]
PLACE = ["establishment_id", "year", "latitude", "longitude"]
MEMBER = ["territory_id", "year", "establishment_id"]
TERRITORY = ["territory_id", "name", "kind"]
ECONOMY = ["service_id", "exponent", "max_saving", "sd_pct", "max_distance_km", "source"]

ROOT = pd.DataFrame([("security", 0.5, 1.0, 40, 3, "a test: cost is the root of quantity")], columns=ECONOMY)
TERRITORIES = pd.DataFrame(
    [("z", "Zone", "zone"), ("c", "Commune", "commune"), ("lu", "Land", "country")], columns=TERRITORY
)


def contract(who: str, cost: float = math.nan, end: str | None = None, answer: str | None = "yes") -> tuple[Any, ...]:
    return (who, 2025, "security", cost, end, answer)


def pools(
    contracts: list[tuple[Any, ...]],
    places: dict[str, tuple[float, float]] | None = None,
    memberships: list[tuple[str, str]] | None = None,
    economies: pd.DataFrame = ROOT,
) -> pd.DataFrame:
    """All in the zone `z` and at one place, unless said otherwise."""
    who = sorted({row[0] for row in contracts})
    located = dict.fromkeys(who, (49.5, 6.0)) if places is None else places
    inside = [("z", one) for one in who] if memberships is None else memberships
    return find_pools(
        pd.DataFrame(contracts, columns=SERVICE),
        pd.DataFrame([(one, 2025, *located.get(one, (np.nan, np.nan))) for one in who], columns=PLACE),
        pd.DataFrame([(territory, 2025, one) for territory, one in inside], columns=MEMBER),
        TERRITORIES,
        economies,
    )


def shares_of(pool: pd.Series) -> dict[str, float]:
    return {share["establishment_id"]: share["saving_eur"] for share in pool["shares"]}


def test_a_pool_of_two_by_hand() -> None:
    """Cost = √quantity: 30 and 40 buy 900 and 1600, together 2500 for 50. The 20 saved are shared in halves."""
    found = pools([contract("a", 30, "2026-03-31"), contract("b", 40, "2026-01-31")])
    assert len(found) == 1
    pool = found.iloc[0]
    assert pool["members"] == ["a", "b"]
    assert pool["n_establishments"] == 2
    assert pool["cost_today_eur"] == pytest.approx(70)
    assert pool["cost_pooled_eur"] == pytest.approx(50)
    assert pool["saving_eur"] == pytest.approx(20)
    assert pool["saving_eur_sd"] == pytest.approx(8)
    assert shares_of(pool) == pytest.approx({"a": 10, "b": 10})
    assert pool["largest_regret_eur"] == pytest.approx(-10)
    assert pool["first_contract_end"] == "2026-01-31"
    assert "2026-01-31" in pool["next_step"]
    assert pool["rank"] == 1
    assert pool["pool_id"] == pool_id("security", ["b", "a"])


def test_a_pool_of_three_by_hand() -> None:
    """100, 200 and 200 together cost 300. Shapley of a: (v(ab) + v(ac))/6 + (v(abc) - v(bc))/3."""
    pool = pools([contract("a", 100), contract("b", 200), contract("c", 200)]).iloc[0]
    with_a, without_a = 300 - 100 * math.sqrt(5), 400 - 200 * math.sqrt(2)
    of_a = with_a / 3 + (200 - without_a) / 3
    assert pool["saving_eur"] == pytest.approx(200)
    assert shares_of(pool) == pytest.approx({"a": of_a, "b": (200 - of_a) / 2, "c": (200 - of_a) / 2})
    assert pool["sharing_rule"] == "shapley"


def test_where_the_maximum_holds_the_saving_it_is_shared_in_proportion() -> None:
    """At most 10 %: v(bc) = 40, but Shapley would give b and c 36.67."""
    capped = ROOT.assign(max_saving=0.1)
    pool = pools([contract("a", 100), contract("b", 200), contract("c", 200)], economies=capped).iloc[0]
    assert pool["saving_eur"] == pytest.approx(50)
    assert shares_of(pool) == pytest.approx({"a": 10, "b": 20, "c": 20})
    assert pool["sharing_rule"] == "proportional"
    assert "The saving is held at that maximum." in pool["reasons"]


def test_beyond_the_exact_number_all_pay_one_price() -> None:
    """Sixteen at 100 cost 400: each saves 75."""
    pool = pools([contract(f"e{n:02}", 100) for n in range(16)]).iloc[0]
    assert pool["sharing_rule"] == "equal_price"
    assert list(shares_of(pool).values()) == pytest.approx([75] * 16)
    assert math.isnan(pool["largest_regret_eur"])


def test_one_price_for_unequal_members_by_hand() -> None:
    """Fifteen at 1 and one at 7 buy 15 + 49 for 8, an eighth a unit: 1 - 1/8 and 7 - 49/8. In proportion the fifteen
    would get 9.55, and save 11.13 alone.
    """
    shared = share(np.array([1.0] * 15 + [7.0]), Economy(0.5, 1, 40, "a test"))
    assert shared.saving == pytest.approx(14)
    assert shared.shares == pytest.approx([0.875] * 16)


def test_no_is_never_a_member_and_maybe_is_said() -> None:
    found = pools([contract("a", 30), contract("b", 40, answer="maybe"), contract("c", 50, answer="no")])
    pool = found.iloc[0]
    assert pool["members"] == ["a", "b"]
    assert pool["members_maybe"] == ["b"]
    assert pool["excluded"] == [{"establishment_id": "c", "reason": "not_open"}]
    assert any("promise" in reason for reason in pool["reasons"])


def test_an_empty_answer_means_maybe() -> None:
    pool = pools([contract("a", 30, answer=None), contract("b", 40, answer=None)]).iloc[0]
    assert pool["members_maybe"] == ["a", "b"]
    assert "maybe" in pool["next_step"]


def test_contracts_that_end_in_other_years_make_other_pools() -> None:
    found = pools(
        [
            contract("a", 30, "2026-03-31"),
            contract("b", 40, "2026-12-31"),
            contract("c", 10, "2027-01-01"),
            contract("d", 10, "2027-06-30"),
            contract("e", 10, "2029-06-30"),
        ]
    )
    assert found["members"].tolist() == [["a", "b"], ["c", "d"]]
    assert {"establishment_id": "e", "reason": "other_year"} in found["excluded"][0]
    assert found["rank"].tolist() == [1, 2]


def test_without_a_contract_end_one_joins_the_earliest_year() -> None:
    found = pools([contract("a", 30, "2027-03-31"), contract("b", 40, "2026-12-31"), contract("c", 10)])
    assert found["members"].tolist() == [["b", "c"]]
    assert any("Without a known contract end: 1" in reason for reason in found["reasons"][0])


def test_a_contract_that_ended_before_the_year_binds_nobody() -> None:
    pool = pools([contract("a", 30, "2027-03-31"), contract("b", 40, "2023-12-31")]).iloc[0]
    assert pool["members"] == ["a", "b"]
    assert pool["first_contract_end"] == "2027-03-31"
    assert any("before the year of the answer: 1" in reason for reason in pool["reasons"])


def test_a_contract_that_ends_within_the_year_still_binds() -> None:
    assert pools([contract("a", 30, "2026-03-31"), contract("b", 40, "2025-12-31")]).empty


def test_too_far_is_no_pool() -> None:
    """0.1° of longitude at 49.5° N is 7.22 km; the limit is 3 km."""
    found = pools([contract("a", 30), contract("b", 40), contract("c", 50)], {"a": (49.5, 6), "b": (49.5, 6.1)})
    assert len(found) == 1
    assert found["members"][0] == ["a", "c"]
    assert found["excluded"][0] == [{"establishment_id": "b", "reason": "too_far"}]
    assert any("Without coordinates: 1" in reason for reason in found["reasons"][0])


def test_coordinates_that_are_not_on_the_globe_are_none() -> None:
    found = pools([contract("a", 30), contract("b", 40)], {"a": (49.5, 6), "b": (495.0, 6.1)})
    assert any("Without coordinates: 1" in reason for reason in found["reasons"][0])


def test_distances_and_clusters() -> None:
    apart = distances_km([(49.5, 6.0), (49.5, 6.1), (50.5, 6.0)])
    assert apart[0, 1] == pytest.approx(0.1 * math.pi / 180 * 6371.0088 * math.cos(math.radians(49.5)), rel=1e-5)
    assert apart[0, 2] == pytest.approx(math.pi / 180 * 6371.0088)
    line = {name: (49.5, 6 + at / 72.2) for name, at in {"a": 0.0, "b": 1.0, "c": 4.0, "d": 4.5, "e": 5.0}.items()}
    assert clusters(line, 2) == [["c", "d", "e"], ["a", "b"]]
    chain = {name: (49.5, 6 + at / 72.2) for name, at in {"a": 0.0, "b": 1.4, "c": 3.0}.items()}
    assert clusters(chain, 2) == [["a", "b"], ["c"]]
    assert clusters(line, 50) == [["a", "b", "c", "d", "e"]]
    assert clusters({}, 5) == []


def test_costs_that_are_missing_are_not_invented() -> None:
    pool = pools([contract("a", 30), contract("b", 40), contract("c"), contract("d", -5)]).iloc[0]
    assert pool["n_establishments"] == 4
    assert pool["cost_today_eur"] == pytest.approx(70)
    assert pool["members_without_cost"] == ["c", "d"]
    assert set(shares_of(pool)) == {"a", "b"}
    assert any("Without a stated cost: 2" in reason for reason in pool["reasons"])


def test_with_fewer_than_two_costs_there_is_no_money() -> None:
    pool = pools([contract("a", 30), contract("b")]).iloc[0]
    for column in ("cost_today_eur", "cost_pooled_eur", "saving_eur", "saving_eur_sd"):
        assert pd.isna(pool[column])
    assert pool["shares"] is None
    assert "Fewer than two members state a cost: no saving is computed." in pool["reasons"]
    assert "pay a year" in pool["next_step"]


def test_without_a_stated_economy_there_is_no_saving() -> None:
    for economies in (ROOT.assign(exponent=np.nan, max_saving=np.nan), ROOT[:0]):
        pool = pools([contract("a", 30), contract("b", 40)], economies=economies).iloc[0]
        assert pool["cost_today_eur"] == pytest.approx(70)
        assert pd.isna(pool["saving_eur"])
        assert any("No economy of scale" in reason for reason in pool["reasons"])


def test_one_company_or_a_service_that_nobody_shares_makes_no_pool() -> None:
    assert pools([contract("a", 30)]).empty
    other = ("b", 2025, "cleaning", 40.0, None, "yes")
    assert pools([contract("a", 30), other]).empty
    unknown = ("b", 2025, None, 40.0, None, "yes")
    assert pools([contract("a", 30), unknown]).empty


def test_larger_territories_hold_the_pools_that_lie_wholly_inside() -> None:
    """`b` lies in the zone but not in the commune: the pool is the zone's and the country's."""
    inside = [("z", "a"), ("z", "b"), ("c", "a"), ("lu", "a"), ("lu", "b")]
    found = pools([contract("a", 30), contract("b", 40)], memberships=inside)
    assert found["territory_id"].tolist() == ["lu", "z"]
    assert found["pool_id"].nunique() == 1


def test_outside_every_zone_only_coordinates_say_near() -> None:
    inside = [(territory, who) for territory in ("c", "lu") for who in "abx"] + [("lu", "far")]
    contracts = [contract("a", 30), contract("b", 40), contract("x", 50), contract("far", 9)]
    found = pools(contracts, {"a": (49.5, 6.0), "b": (49.5, 6.001), "far": (49.5, 6.0)}, inside)
    assert found["territory_id"].tolist() == ["c", "lu"]
    assert found["members"].tolist() == [["a", "b"]] * 2
    assert found["excluded"][0] == [{"establishment_id": "x", "reason": "no_coordinates"}]


def test_the_home_of_an_establishment() -> None:
    inside = {"z": "a", "c": "ab", "lu": "abcd", "new": "d"}
    memberships = pd.DataFrame([(place, 2025, who) for place, those in inside.items() for who in those], columns=MEMBER)
    homes = home_places(memberships, TERRITORIES)
    assert homes[["establishment_id", "place", "is_zone"]].values.tolist() == [
        ["b", "c", False],
        ["c", "lu", False],
        ["d", "new", True],
        ["a", "z", True],
    ]


def test_two_contracts_of_one_service_add_up() -> None:
    pool = pools([contract("a", 10), contract("a", 20, "2026-05-01"), contract("b", 40)]).iloc[0]
    assert pool["members"] == ["a", "b"]
    assert pool["cost_today_eur"] == pytest.approx(70)


@pytest.mark.parametrize("column", ["exponent", "max_saving"])
def test_an_economy_that_is_none_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match="security needs an exponent"):
        read_economies(ROOT.assign(**{column: 1.5}))
    with pytest.raises(ValueError, match="security is stated twice"):
        read_economies(pd.concat([ROOT, ROOT]))


def test_the_seed_states_a_source_for_each_known_service() -> None:
    seed = pd.read_csv(SEEDS / "pooling_economies.csv")
    services = pd.read_csv(SEEDS / "services.csv")
    assert seed["service_id"].tolist() == services["service_id"].tolist()
    assert seed["source"].notna().all()
    known, limits = read_economies(seed)
    assert set(services["service_id"]) - set(known) == {"energy_sharing"}
    assert all(0 < limit <= 50 for limit in limits.values())


@pytest.mark.parametrize("empty", range(5))
def test_empty_tables_make_no_pool(empty: int, tmp_path: Path) -> None:
    tables = [
        pd.DataFrame([contract("a", 30), contract("b", 40)], columns=SERVICE),
        pd.DataFrame([("a", 2025, 49.5, 6.0), ("b", 2025, 49.5, 6.0)], columns=PLACE),
        pd.DataFrame([("z", 2025, "a"), ("z", 2025, "b")], columns=MEMBER),
        TERRITORIES,
        ROOT,
    ]
    tables[empty] = pd.DataFrame(columns=tables[empty].columns)
    found = find_pools(*tables)
    assert list(found) == list(SCHEMA)
    assert len(found) == (0 if empty in (0, 2) else 1)
    write_table(found, tmp_path / "pools.parquet", SCHEMA)
    assert list(read_table(tmp_path / "pools.parquet")) == list(SCHEMA)


def test_reasons_stand_in_three_languages_with_their_numbers() -> None:
    places = {"a": (49.5, 6.0), "b": (49.5, 6.01)}
    pool = pools([contract("a", 30, "2026-03-31"), contract("b", 40, answer="maybe")], places).iloc[0]
    assert len(pool["reasons"]) == len(pool["reasons_fr"]) == len(pool["reasons_de"]) > 5
    assert any("0.7 km" in reason for reason in pool["reasons"])
    assert any("0,7 km" in reason for reason in pool["reasons_fr"])
    assert not any("{" in reason for reason in [*pool["reasons"], *pool["reasons_fr"], *pool["reasons_de"]])


COSTS = st.lists(st.one_of(st.just(0.0), st.floats(1, 1e6)), min_size=2, max_size=8).map(np.array)
ECONOMIES = st.builds(
    Economy,
    st.one_of(st.just(1.0), st.floats(0.3, 1)),
    st.one_of(st.just(1.0), st.floats(0, 1)),
    st.just(50.0),
    st.just("a test"),
)


@given(COSTS, ECONOMIES)
def test_no_coalition_does_better_alone(costs: np.ndarray, economy: Economy) -> None:
    """The core, coalition by coalition, with savings computed here from the definition."""
    shared = share(costs, economy)
    assert shared.shares.min() >= 0
    assert math.fsum(shared.shares) == pytest.approx(shared.saving, abs=1e-9 * max(1, costs.sum()))
    for size in range(1, len(costs) + 1):
        for coalition in itertools.combinations(range(len(costs)), size):
            own = costs[list(coalition)]
            pooled = sum(cost ** (1 / economy.exponent) for cost in own) ** economy.exponent
            alone = min(own.sum() - pooled, economy.max_saving * own.sum())
            assert shared.shares[list(coalition)].sum() >= alone - 1e-9 * max(1, costs.sum())


@given(st.lists(st.floats(1, 1e6), min_size=EXACT_MEMBERS + 1, max_size=16).map(np.array), ECONOMIES, st.randoms())
def test_nor_in_a_large_pool(costs: np.ndarray, economy: Economy, random: Any) -> None:
    shared = share(costs, economy)
    alone = coalition_savings(costs, economy)
    for _ in range(50):
        coalition = random.randrange(1, len(alone))
        inside = [member for member in range(len(costs)) if coalition >> member & 1]
        assert shared.shares[inside].sum() >= alone[coalition] - 1e-9 * costs.sum()


@given(st.lists(st.floats(1, 1e4), min_size=2, max_size=5).map(np.array), ECONOMIES)
def test_shapley_is_the_mean_over_all_orders(costs: np.ndarray, economy: Economy) -> None:
    savings = coalition_savings(costs, economy)
    total = np.zeros(len(costs))
    orders = list(itertools.permutations(range(len(costs))))
    for order in orders:
        coalition = 0
        for member in order:
            total[member] += savings[coalition | 1 << member] - savings[coalition]
            coalition |= 1 << member
    assert shapley(savings) == pytest.approx(total / len(orders), abs=1e-6)


@settings(max_examples=20)
@given(st.permutations(range(7)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    contracts = [
        contract("a", 31.7, "2026-03-31"),
        contract("b", 42.1, "2026-05-31", "maybe"),
        contract("b", 0.3),
        contract("c", 17.9),
        contract("d", 11.3, "2027-05-31"),
        contract("e", 12.9, "2027-08-31"),
        contract("f", 3, answer="no"),
    ]
    pd.testing.assert_frame_equal(pools(contracts), pools([contracts[at] for at in order]))
