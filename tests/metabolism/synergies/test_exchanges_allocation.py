"""The allocation: never more than there is, the best there can be, and the same whatever the order."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.synergies.allocation import allocate
from tests.metabolism.synergies.exchanges_case import Case

AMOUNT = st.floats(0.01, 1e4)
COLUMNS = ["supply", "need", "line", "line_limit", "fraction", "upper", "gain", "exchange_id"]


@st.composite
def problems(draw: st.DrawFn, most: int = 4) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    n_supply, n_need = draw(st.integers(1, most)), draw(st.integers(1, most))
    supply = np.array([draw(AMOUNT) for _ in range(n_supply)])
    need = np.array([draw(st.one_of(AMOUNT, st.just(np.inf))) for _ in range(n_need)])
    rows = []
    for i, j in product(range(n_supply), range(n_need)):
        if draw(st.booleans()):
            fraction = draw(st.sampled_from([0.5, 0.8, 1.0, 1.1]))
            share = draw(st.sampled_from([0.3, 1.0]))
            upper = min(supply[i] * fraction, need[j] * share)
            limit = need[j] * share
            rows.append([i, j, f"l{share}", limit, fraction, upper, draw(st.floats(-50, 200)), f"x{i}-{j}"])
    return pd.DataFrame(rows, columns=COLUMNS), supply, need


class TestAllocate:
    @given(problems(most=6))
    @settings(max_examples=150)
    def test_never_more_than_supply_need_share_or_match(
        self, problem: tuple[pd.DataFrame, np.ndarray, np.ndarray]
    ) -> None:
        arcs, supply, need = problem
        given_ = allocate(arcs, supply, need)
        assert (given_ >= 0).all()
        assert (given_ <= arcs["upper"].to_numpy(float) * (1 + 1e-12)).all()
        for i, limit in enumerate(supply):
            at = arcs["supply"].eq(i).to_numpy()
            assert (given_[at] / arcs["fraction"].to_numpy(float)[at]).sum() <= limit * (1 + 1e-9)
        for j, limit in enumerate(need):
            assert given_[arcs["need"].eq(j).to_numpy()].sum() <= limit * (1 + 1e-9)
        for (_, _), part in arcs.groupby(["need", "line"]):
            assert given_[part.index].sum() <= part["line_limit"].iloc[0] * (1 + 1e-9)

    @given(st.data())
    @settings(max_examples=60)
    def test_as_good_as_trying_everything(self, data: st.DataObject) -> None:
        """With whole quantities and fraction 1 the best allocation is whole, so all of them can be tried."""
        n_supply, n_need = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 3))
        supply = np.array([float(data.draw(st.integers(1, 4))) for _ in range(n_supply)])
        need = np.array([float(data.draw(st.integers(1, 3))) for _ in range(n_need)])
        rows = [
            [i, j, "l", need[j], 1.0, min(supply[i], need[j]), float(data.draw(st.integers(-5, 20))), f"x{i}-{j}"]
            for i, j in product(range(n_supply), range(n_need))
        ]
        arcs = pd.DataFrame(rows, columns=COLUMNS)
        gain = arcs["gain"].to_numpy()
        best = max(
            float(gain @ np.array(x))
            for x in product(*(range(int(upper) + 1) for upper in arcs["upper"]))
            if self._fits(np.array(x), arcs, supply, need)
        )
        assert float(gain @ allocate(arcs, supply, need)) == pytest.approx(best, rel=1e-5, abs=1e-4)

    @staticmethod
    def _fits(x: np.ndarray, arcs: pd.DataFrame, supply: np.ndarray, need: np.ndarray) -> bool:
        used = np.bincount(arcs["supply"], weights=x, minlength=len(supply))
        taken = np.bincount(arcs["need"], weights=x, minlength=len(need))
        return bool((used <= supply).all() and (taken <= need).all())

    @given(problems())
    @settings(max_examples=60)
    def test_the_order_of_the_arcs_does_not_matter(self, problem: tuple[pd.DataFrame, np.ndarray, np.ndarray]) -> None:
        arcs, supply, need = problem
        turned = arcs.iloc[::-1].reset_index(drop=True)
        one = dict(zip(arcs["exchange_id"], allocate(arcs, supply, need), strict=True))
        two = dict(zip(turned["exchange_id"], allocate(turned, supply, need), strict=True))
        assert set(one) == set(two)
        gain = arcs.set_index("exchange_id")["gain"]
        total = sum(gain[name] * quantity for name, quantity in one.items())
        assert sum(gain[name] * quantity for name, quantity in two.items()) == pytest.approx(total, rel=1e-6, abs=1e-6)

    def test_equal_gains_are_told_apart_by_their_ids(self) -> None:
        rows = [[0, j, "l", 10.0, 1.0, 10.0, 5.0, f"x{j}"] for j in range(3)]
        arcs = pd.DataFrame(rows, columns=COLUMNS)
        one = allocate(arcs, np.array([10.0]), np.full(3, 10.0))
        turned = arcs.iloc[::-1].reset_index(drop=True)
        assert allocate(turned, np.array([10.0]), np.full(3, 10.0))[::-1].tolist() == one.tolist()
        assert sorted(one.tolist()) == [0.0, 0.0, 10.0]

    def test_nothing_to_allocate(self) -> None:
        assert allocate(pd.DataFrame(columns=COLUMNS), np.empty(0), np.empty(0)).tolist() == []

    def test_tonnes_and_kilograms_in_one_component(self) -> None:
        rows = [[0, 0, "l", 1e6, 1.0, 1e6, 1.0, "a"], [1, 0, "l", 1e6, 1.0, 1e-3, 1.0, "b"]]
        found = allocate(pd.DataFrame(rows, columns=COLUMNS), np.array([1e6, 1e-3]), np.array([1e7]))
        assert found.tolist() == pytest.approx([1e6, 1e-3])


class TestInExchanges:
    def test_one_supply_is_not_promised_to_two(self) -> None:
        case = Case().site("s", "46.90").site("a", "16.24").site("b", "16.24").out("s", "waste.150103", 40.0)
        case.into("a", "material.pallet", 50.0, price=400.0).into("b", "material.pallet", 50.0, price=300.0)
        table = case.found().set_index("receiver_id")
        assert table["value"].tolist() == pytest.approx([25.0, 25.0])
        assert table.loc["a", "allocated_value"] == pytest.approx(25.0)
        assert table.loc["b", "allocated_value"] == pytest.approx(40 * 0.8 - 25)

    def test_two_supplies_share_what_a_receiver_can_replace(self) -> None:
        case = Case().site("s", "46.90").site("t", "46.90").site("r", "16.24")
        case.out("s", "waste.150103", 40.0, price=100.0).out("t", "waste.150103", 40.0, price=50.0)
        table = case.into("r", "material.pallet", 80.0).found().set_index("supplier_id")
        assert table["allocated_value"].sum() == pytest.approx(40.0)
        assert table.loc["s", "allocated_value"] == pytest.approx(32.0)

    def test_a_want_without_a_limit_leaves_the_supply_as_the_limit(self) -> None:
        case = Case().site("s", "46.90").site("r", "62.01").out("s", "waste.150103", 40.0)
        row = case.wish("want", "r", "material.pallet").only()
        assert row["allocated_value"] == pytest.approx(32.0)
