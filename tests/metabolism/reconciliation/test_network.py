"""Whole networks: two passes, pairs, sums of finer codes, balances, and sums of flows at several scales."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from metabolism.reconciliation.aggregates import aggregate, flow_table
from metabolism.reconciliation.least_squares import BOUND, reconcile
from metabolism.reconciliation.network import Network, Reconciled
from tests.metabolism.reconciliation.textbook import Exact, exact, exact_at_least_zero, normal_equations

PCT = {"metered": 4, "weighed": 6, "invoiced": 10, "counted": 25, "estimated": 50}


def network_of(
    flows: list[str],
    measurements: list[tuple[str, float, float, list[str]]],
    constraints: list[tuple[str, float, dict[str, float]]] = (),
) -> Network:
    """`measurements`: id, value, uncertainty in %, flows added up; `constraints`: id, right side, coefficients."""
    return Network(
        flow_ids=pd.Index(flows, dtype=object),
        measurements=pd.DataFrame(
            [(name, value, value * pct / 100 / 1.96) for name, value, pct, _ in measurements],
            columns=["measurement_id", "value", "sd"],
        ),
        measured=pd.DataFrame(
            [(name, flow) for name, _, _, members in measurements for flow in members],
            columns=["measurement_id", "flow_id"],
        ),
        constraints=pd.DataFrame(
            [(name, right, flow, k) for name, right, parts in constraints for flow, k in parts.items()],
            columns=["constraint_id", "right_side", "flow_id", "coefficient"],
        ),
    )


def assert_explained(network: Network, found: Reconciled) -> None:
    """Weight × value of each measurement, then each constraint's adjustment, add up to every flow."""
    values = network.measurements.set_index("measurement_id")["value"]
    sources = found.weights.assign(part=found.weights["weight"] * found.weights["measurement_id"].map(values))
    parts = pd.concat(
        [sources[["flow_id", "part"]], found.adjustments.rename(columns={"value": "part"})[["flow_id", "part"]]]
    )
    total = parts.groupby("flow_id")["part"].sum().reindex(network.flow_ids).to_numpy()
    size = parts.assign(part=parts["part"].abs()).groupby("flow_id")["part"].sum().reindex(network.flow_ids).to_numpy()
    told = np.isfinite(found.value)
    assert np.all(np.abs(np.nan_to_num(total) - found.value)[told] <= 1e-11 * np.nan_to_num(size)[told])


# Two establishments that declare their water complete, and waste between them.
# e1 lies in commune c1, e2 in c2; both in the zone z and the country lu.
FLOWS = ["drink1", "rain1", "give", "evap1", "sewer1", "drink2", "evap2", "sewer2", "paper", "card"]
MEASUREMENTS = [
    ("drink1", 9000.0, PCT["metered"], ["drink1"]),
    ("rain1", 1500.0, PCT["estimated"], ["rain1"]),
    ("give by e1", 4100.0, PCT["estimated"], ["give"]),
    ("give by e2", 3500.0, PCT["invoiced"], ["give"]),
    ("evap1", 2500.0, PCT["counted"], ["evap1"]),
    ("sewer1", 5200.0, PCT["estimated"], ["sewer1"]),
    ("drink2", 800.0, PCT["metered"], ["drink2"]),
    ("evap2", 700.0, PCT["estimated"], ["evap2"]),
    ("sewer2", 3300.0, PCT["invoiced"], ["sewer2"]),
    ("paper by e1", 30.0, PCT["weighed"], ["paper"]),
    ("card by e1", 12.0, PCT["estimated"], ["card"]),
    ("paper and card by e2", 47.0, PCT["invoiced"], ["paper", "card"]),
]
BALANCES = [
    ("water of e1", -120.0, {"drink1": 1.0, "rain1": 1.0, "give": -1.0, "evap1": -1.0, "sewer1": -1.0}),
    ("water of e2", 35.0, {"drink2": 1.0, "give": 1.0, "evap2": -1.0, "sewer2": -1.0}),
]
SUMS = {
    ("z", "water", "internal"): ["give"],
    ("z", "water", "out"): ["give", "evap1", "sewer1", "evap2", "sewer2"],
    ("z", "water", "in"): ["drink1", "rain1", "give", "drink2"],
    ("z", "waste", "internal"): ["paper", "card"],
    ("c1", "water", "export"): ["give", "sewer1"],
    ("c1", "water", "out"): ["give", "evap1", "sewer1"],
    ("c1", "waste", "export"): ["paper", "card"],
    ("lu", "water", "internal"): ["drink1", "give", "sewer1", "drink2", "sewer2"],
    ("lu", "water", "to_nature"): ["evap1", "evap2"],
}


def dense_two_passes() -> tuple[np.ndarray, np.ndarray]:
    a = np.array([[float(flow in members) for flow in FLOWS] for *_, members in MEASUREMENTS])
    y = np.array([value for _, value, _, _ in MEASUREMENTS])
    share = np.array([pct / 100 / 1.96 for _, _, pct, _ in MEASUREMENTS])
    b = np.array([[parts.get(flow, 0.0) for flow in FLOWS] for _, _, parts in BALANCES])
    d = np.array([right for _, right, _ in BALANCES])
    x, _ = normal_equations(a, y, share * y, b, d)
    return normal_equations(a, y, share * (a @ x), b, d)


def test_two_establishments_at_three_scales_are_the_dense_textbook() -> None:
    network = network_of(FLOWS, MEASUREMENTS, BALANCES)
    found = reconcile(network)
    x, covariance = dense_two_passes()
    assert found.value == pytest.approx(x, rel=1e-9)
    assert found.sd == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-9)
    members = pd.DataFrame([(*key, flow) for key, flows in SUMS.items() for flow in flows],
                           columns=["territory_id", "resource_id", "side", "flow_id"])  # fmt: skip
    sums = aggregate(members, ["territory_id", "resource_id", "side"], network.flow_ids, found)
    c = np.array([[float(flow in flows) for flow in FLOWS] for _, flows in sorted(SUMS.items(), key=lambda s: s[0])])
    assert list(zip(sums["territory_id"], sums["resource_id"], sums["side"], strict=True)) == sorted(SUMS)
    assert sums["value"].to_numpy() == pytest.approx(c @ x, rel=1e-9)
    assert sums["sd"].to_numpy() == pytest.approx(np.sqrt(np.diag(c @ covariance @ c.T)), rel=1e-9)
    assert_explained(network, found)


def test_balances_make_the_flows_correlated_and_the_sums_tell() -> None:
    """What leaves e1 has the sd of what enters it, not the root of summed squares."""
    network = network_of(FLOWS, MEASUREMENTS, BALANCES)
    found = reconcile(network)
    sums = pd.DataFrame([("in", "drink1"), ("in", "rain1"), *(("out", f) for f in ("give", "evap1", "sewer1"))],
                        columns=["sum", "flow_id"])  # fmt: skip
    table = aggregate(sums, ["sum"], network.flow_ids, found).set_index("sum")
    assert table.loc["out", "value"] == pytest.approx(table.loc["in", "value"] + 120.0, rel=1e-12)
    assert table.loc["out", "sd"] == pytest.approx(table.loc["in", "sd"], rel=1e-12)
    apart = np.sqrt(sum(found.sd[FLOWS.index(flow)] ** 2 for flow in ("give", "evap1", "sewer1")))
    assert table.loc["out", "sd"] < 0.7 * apart


def test_the_worked_example_of_the_contract() -> None:
    network = network_of(
        ["card", "drink", "sewer", "evap"],
        [("by e1", 24.0, 6, ["card"]), ("by e2", 26.0, 10, ["card"]), ("drink", 3650.0, 4, ["drink"]),
         ("sewer", 3285.0, 50, ["sewer"]), ("evap", 300.0, 50, ["evap"])],
        [("water of e2", 0.0, {"drink": 1.0, "sewer": -1.0, "evap": -1.0})],
    )  # fmt: skip
    table = flow_table(network.flow_ids, reconcile(network)).set_index("flow_id")
    assert table["value"].to_dict() == pytest.approx(
        {"card": 24.529411765, "drink": 3649.513600571, "sewer": 3348.998213832, "evap": 300.515386739}, rel=1e-9
    )
    assert table["sd"].to_dict() == pytest.approx(
        {"card": 0.642318555, "drink": 74.200291396, "sewer": 106.060796448, "evap": 76.362143681}, rel=1e-9
    )
    assert table["checkable"].all()


def test_at_the_bound_of_zero_the_sd_is_the_unconstrained_one() -> None:
    """20 enter and 30 go through the sewer: what evaporates would be negative, and is nought."""
    parts = {"in": 1.0, "sewer": -1.0, "evap": -1.0}
    network = network_of(
        ["in", "sewer", "evap"],
        [("in", 20.0, 4, ["in"]), ("sewer", 30.0, 6, ["sewer"]), ("evap", 8.0, 50, ["evap"])],
        [("water", 0.0, parts)],
    )
    found = reconcile(network)
    assert found.value[2] == 0.0
    assert found.value[0] == pytest.approx(found.value[1], rel=1e-12)
    # The second pass takes the sd in % of the first one's values, and of what was declared where that is nought.
    x, _ = normal_equations(
        np.eye(2), np.array([20.0, 30.0]), np.array([0.8, 1.8]), np.array([[1.0, -1.0]]), np.zeros(1)
    )
    s = np.array([x[0] * 0.04, x[0] * 0.06, 4.0]) / 1.96
    _, covariance = normal_equations(np.eye(3), np.zeros(3), s, np.array([[1.0, -1.0, -1.0]]), np.zeros(1))
    assert found.sd == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-9)
    bound = found.adjustments[found.adjustments["constraint_id"] == BOUND]
    assert bound["flow_id"].tolist() == ["evap"]
    assert_explained(network, found)


def test_a_flow_that_a_balance_tells_and_one_that_nothing_tells() -> None:
    network = network_of(
        ["in", "out", "loss", "a", "b"],
        [("in", 100.0, 4, ["in"]), ("out", 60.0, 6, ["out"])],
        [("one", -5.0, {"in": 1.0, "out": -1.0, "loss": -1.0}), ("two", 0.0, {"a": 1.0, "b": -1.0})],
    )
    found = reconcile(network)
    assert found.value[:3] == pytest.approx([100.0, 60.0, 45.0])
    assert found.sd[2] == pytest.approx(np.hypot(4.0, 3.6) / 1.96)
    assert np.isnan(found.value[3:]).all()
    assert np.isnan(found.sd[3:]).all()
    assert not found.checkable.any()
    assert_explained(network, found)


@pytest.mark.parametrize("flows", [[], ["a"]])
def test_nothing_measured(flows: list[str]) -> None:
    found = reconcile(network_of(flows, []))
    assert np.isnan(found.value).all()
    assert len(found.value) == len(flows)
    table = aggregate(pd.DataFrame({"of": ["t"] * len(flows), "flow_id": flows}), ["of"], pd.Index(flows), found)
    assert table["value"].isna().all()


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        reconcile(network_of(["a"], [("m", 1.0, 4, ["b"])]))
    with pytest.raises(ValueError, match="not there"):
        reconcile(network_of(["a"], [], [("c", 0.0, {"b": 1.0})]))
    found = reconcile(network_of(["a"], [("m", 1.0, 4, ["a"])]))
    with pytest.raises(ValueError, match="not there"):
        aggregate(pd.DataFrame({"t": ["z"], "flow_id": ["b"]}), ["t"], pd.Index(["a"]), found)


QUANTITIES = st.integers(0, 400).map(lambda k: k / 4)


@st.composite
def declared(draw: st.DrawFn, most: int = 6):
    """Flows between some establishments, declared by one end, both ends, neither, or as a sum of several flows; with
    balances of some establishments, twice the same, with or without stock drawn."""
    n, nodes = draw(st.integers(1, most)), draw(st.integers(1, 3))
    ends = draw(st.lists(st.tuples(st.integers(0, nodes), st.integers(0, nodes)), min_size=n, max_size=n))
    flows = [f"f{j}" for j in range(n)]
    truth = draw(st.lists(QUANTITIES, min_size=n, max_size=n))
    pct = st.sampled_from([0, 1e-3, 4, 6, 10, 25, 50, 120])
    slip = st.sampled_from([0.5, 0.9, 1.0, 1.0, 1.1, 2.0])
    measurements = []
    for j, flow in enumerate(flows):
        for k in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
            measurements.append((f"m{j}.{k}", truth[j] * draw(slip), draw(pct), [flow]))
    for k in range(draw(st.sampled_from([0, 0, 1, 2]))):
        members = draw(st.lists(st.integers(0, n - 1), min_size=2, max_size=4, unique=True)) if n > 1 else []
        if members:
            value = sum(truth[j] for j in members) * draw(slip)
            measurements.append((f"s{k}", value, draw(pct), [flows[j] for j in members]))
    constraints = []
    for node in draw(st.lists(st.integers(1, nodes), max_size=3)):
        parts = {
            flow: float(end == node) - float(start == node) for flow, (start, end) in zip(flows, ends, strict=True)
        }
        parts = {flow: k for flow, k in parts.items() if k}
        if parts:
            drawn = sum(k * truth[flows.index(flow)] for flow, k in parts.items()) + draw(
                st.sampled_from([0, 0, 0, 2.5, -40])
            )
            constraints.append((f"c{len(constraints)}", drawn, parts))
    total = draw(st.lists(st.sampled_from(flows), min_size=1, unique=True))
    return network_of(flows, measurements, constraints), total


def exact_pass(network: Network, sd: np.ndarray, total: list[str]) -> tuple[Exact, Exact] | None:
    """By rational arithmetic, x ≥ 0, with one more variable: the sum `total`. And the same without the bound."""
    n = len(network.flow_ids)
    a = np.hstack([network.incidence().toarray(), np.zeros((len(sd), 1))])
    b, d = network.constraint_matrix()
    extra = np.append(-network.flow_ids.isin(total).astype(float), 1.0)
    wide = np.vstack([np.hstack([b.toarray(), np.zeros((len(d), 1))]), extra])
    problem = (a, network.measurements["value"].to_numpy(float), sd, wide, np.append(d, 0.0))
    free = exact(*problem)
    if free is None:
        return None
    if all(value is not None and value >= 0 for value in free.x):
        return free, free
    if any(value is None for value in free.x):
        alone = all(b.toarray()[:, j].any() or a[:, j].any() for j in range(n) if free.x[j] is not None)
        untied = all(not b.toarray()[:, j].any() and not a[:, j].any() for j in range(n) if free.x[j] is None)
        at_zero_anyway = all(value is None or value >= 0 for value in free.x)
        return (free, free) if untied and at_zero_anyway and alone else None
    bounded = exact_at_least_zero(*problem, np.zeros(a.shape[1], bool))
    return None if bounded is None else (bounded, free)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(declared())
def test_two_passes_of_any_network_are_the_textbook(case) -> None:
    network, total = case
    declared_sd = network.measurements["sd"].to_numpy(float)
    value = network.measurements["value"].to_numpy(float)
    first = exact_pass(network, declared_sd, total)
    assume(first is not None)
    n = len(network.flow_ids)
    x = np.array([0.0 if v is None else float(v) for v in first[0].x[:n]])
    modelled = network.incidence() @ x
    sd = np.where((value > 0) & (modelled > 0), declared_sd * modelled / np.where(value > 0, value, 1.0), declared_sd)
    second = exact_pass(network, sd, total)
    assume(second is not None)
    event("bound" if second[0].x != second[1].x else "free")
    found = reconcile(network)
    size = float(value.sum()) + np.abs(network.constraints["right_side"].to_numpy(float)).sum() + 1.0
    for j in range(n):
        truth, variance = second[0].x[j], second[0].variance[j]
        if truth is None:
            assert np.isnan(found.value[j])
            continue
        assert found.value[j] == pytest.approx(float(truth), rel=1e-9, abs=1e-9 * float(variance) ** 0.5 + 1e-12 * size)
        assert found.sd[j] == pytest.approx(float(variance) ** 0.5, rel=1e-8, abs=1e-13 * size)
    sums = aggregate(pd.DataFrame({"t": "t", "flow_id": total}), ["t"], network.flow_ids, found)
    if second[0].x[n] is not None and np.isfinite(found.value[network.flow_ids.isin(total)]).all():
        assert sums["value"][0] == pytest.approx(float(second[0].x[n]), rel=1e-9, abs=1e-11 * size)
        assert sums["sd"][0] == pytest.approx(float(second[0].variance[n]) ** 0.5, rel=1e-8, abs=1e-13 * size)
    assert_explained(network, found)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(declared(most=12))
def test_any_network_is_solved_and_explained(case) -> None:
    network, total = case
    found = reconcile(network)
    measured = np.asarray(network.incidence().toarray()[np.diff(network.incidence().indptr) == 1].any(axis=0))
    assert np.isfinite(found.value[measured]).all()
    assert not np.any(found.value < 0)
    assert np.array_equal(np.isnan(found.value), np.isnan(found.sd))
    assert_explained(network, found)
    flows = flow_table(network.flow_ids, found)
    sums = aggregate(pd.DataFrame({"t": "t", "flow_id": total}), ["t"], network.flow_ids, found)
    for table in (flows, sums):
        told = table[table["value"].notna()]
        assert (told["low"] >= 0).all()
        assert (told["low"] <= told["value"]).all()
        assert (told["high"].isna() | (told["high"] >= told["value"])).all()
    assert (flows["high"].notna() | flows["value"].isna() | found.single).all()


def test_many_flows_under_one_constraint_need_little_memory() -> None:
    """30,000 flows that one total ties: a dense covariance would take 7 GB."""
    n = 30_000
    flows = [f"f{j:05d}" for j in range(n)]
    network = network_of(
        flows,
        [(f"m{j}", 1.0 + j % 7, 50, [flow]) for j, flow in enumerate(flows)],
        [("total", 4.0 * n, dict.fromkeys(flows, 1.0))],
    )
    found = reconcile(network)
    assert found.value.sum() == pytest.approx(4.0 * n, rel=1e-12)
    posterior = found.posterior
    assert posterior.factor.nnz + posterior.taken.nnz < 10 * n
    assert posterior.of_sums(sp.csr_array(np.ones((1, n)))).sd[0] < 1e-6


def test_a_negative_measurement_alone_gives_nothing_less_than_nought() -> None:
    network = network_of(["credit"], [("m", -6.0, 50, ["credit"])])
    network.measurements["sd"] = network.measurements["sd"].abs()
    found = reconcile(network)
    table = flow_table(network.flow_ids, found)
    assert table[["value", "low"]].to_numpy().tolist() == [[0.0, 0.0]]
    assert table["high"][0] >= 0
    assert found.adjustments.to_dict("records") == [{"flow_id": "credit", "constraint_id": BOUND, "value": 6.0}]
    assert_explained(network, found)
