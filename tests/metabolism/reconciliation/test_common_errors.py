"""Errors that measurements share, and slack in constraints, against the full covariance matrix of the measurements."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metabolism.reconciliation.aggregates import aggregate, flow_table
from metabolism.reconciliation.least_squares import reconcile
from metabolism.reconciliation.network import Network
from tests.metabolism.reconciliation.test_network import assert_explained

DENSITY_PCT = {"paper": 50.0, "wood": 25.0}


def pct(values: np.ndarray, of: np.ndarray) -> np.ndarray:
    return values * of / 100 / 1.96


def random_network(seed: int) -> tuple[Network, dict[str, np.ndarray]]:
    """Two establishments, eight flows; some measured by volume with one of two densities, some twice, one never; sums;
    a balance that holds exactly and one with slack. Values near the truth, so that no bound is active."""
    rng = np.random.default_rng(seed)
    flows = [f"f{i}" for i in range(8)]
    truth = rng.uniform(80, 120, 8)
    truth[3] = truth[0] + truth[1] - truth[2] + rng.choice([0.0, 5.0]) * 0  # e1: f0 + f1 = f2 + f3
    rows, parts, common = [], [], []

    def measure(members: list[int], own: float, density: str | None = None) -> None:
        name = f"m{len(rows):02d}"
        value = truth[members].sum() * rng.normal(1, 0.04)
        rows.append((name, value, pct(own, value)))
        parts.extend((name, flows[i]) for i in members)
        if density:
            common.append((name, density, pct(DENSITY_PCT[density], value)))

    for i in range(7):  # the last is never measured by itself
        measure([i], rng.choice([4.0, 10.0, 25.0]), rng.choice(["paper", "wood", None], p=[0.5, 0.2, 0.3]))
    for i in rng.choice(7, 2, replace=False):
        measure([int(i)], 6.0, rng.choice(["paper", None]))
    measure([4, 5], 10.0, "paper")
    drawn = truth[4] + truth[5] + truth[6] - truth[7]
    constraints = [("exact", 0.0, {0: 1, 1: 1, 2: -1, 3: -1}, 0.0), ("slack", drawn, {4: 1, 5: 1, 6: 1, 7: -1}, 0.03)]
    if rng.random() < 0.3:
        constraints = constraints[:1]
    network = Network(
        flow_ids=pd.Index(flows, dtype=object),
        measurements=pd.DataFrame(rows, columns=["measurement_id", "value", "sd"]),
        measured=pd.DataFrame(parts, columns=["measurement_id", "flow_id"]),
        constraints=pd.DataFrame(
            [(name, d, flows[i], float(k), share) for name, d, of, share in constraints for i, k in of.items()],
            columns=["constraint_id", "right_side", "flow_id", "coefficient", "slack_share"],
        ),
        common=pd.DataFrame(common, columns=["measurement_id", "common_id", "sd"]),
    )
    return network, {"truth": truth}


def dense(network: Network) -> tuple[np.ndarray, np.ndarray]:
    """x (n) and its covariance (n × n) by generalised least squares with the full covariance of the measurements, the
    slack being one more of them; two passes."""
    a = network.incidence().toarray()
    b, d = (part.toarray() if hasattr(part, "toarray") else part for part in network.constraint_matrix())
    y, own = (network.measurements[name].to_numpy(float) for name in ("value", "sd"))
    common = network.common_errors().toarray()
    shares = network.slack_shares()
    x = np.array([(y / a.sum(axis=1))[a[:, j] > 0].mean() if a[:, j].any() else 0.0 for j in range(a.shape[1])])
    covariance = np.zeros((0, 0))
    for number in range(2):
        scale = np.ones(len(y)) if number == 0 else (a @ x) / y
        of_y = np.diag((own * scale) ** 2) + (common * scale[:, None]) @ (common * scale[:, None]).T
        loose = shares > 0
        slack = shares[loose] * (np.maximum(b[loose], 0) @ x + np.maximum(-d[loose], 0))
        design = np.vstack([a, b[loose]])
        weight = np.linalg.inv(
            np.block(
                [
                    [of_y, np.zeros((len(y), loose.sum()))],
                    [np.zeros((loose.sum(), len(y))), np.diag(slack**2)],
                ]
            )
        )
        exact_rows, right = b[~loose], d[~loose]
        kkt = np.block([[design.T @ weight @ design, exact_rows.T], [exact_rows, np.zeros((len(right), len(right)))]])
        inverse = np.linalg.pinv(kkt, rcond=1e-14)
        target = design.T @ weight @ np.concatenate([y, d[loose]])
        x = (inverse @ np.concatenate([target, right]))[: len(x)]
        covariance = inverse[: len(x), : len(x)]
    return x, covariance


@pytest.mark.parametrize("seed", range(60))
def test_it_is_generalised_least_squares_with_the_full_covariance(seed: int) -> None:
    network, _ = random_network(seed)
    found = reconcile(network)
    x, covariance = dense(network)
    told = np.isfinite(found.value)
    assert told[:7].all()
    assert told[7] == ("slack" in set(network.constraints["constraint_id"]))
    assert found.value[told] == pytest.approx(x[told], rel=1e-9)
    assert found.sd[told] == pytest.approx(np.sqrt(np.diag(covariance))[told], rel=1e-8)
    total = aggregate(pd.DataFrame({"t": "t", "flow_id": network.flow_ids[:7]}), ["t"], network.flow_ids, found)
    c = np.array([1.0] * 7 + [0.0])
    assert total["sd"][0] == pytest.approx(np.sqrt(c @ covariance @ c), rel=1e-8)
    assert total["low"][0] <= total["value"][0] <= total["high"][0]
    assert_explained(network, found)


def by_volume(n: int) -> Network:
    names = [f"f{i}" for i in range(n)]
    return Network(
        flow_ids=pd.Index(names, dtype=object),
        measurements=pd.DataFrame({"measurement_id": names, "value": 10.0, "sd": 10 * 0.10 / 1.96}),
        measured=pd.DataFrame({"measurement_id": names, "flow_id": names}),
        constraints=pd.DataFrame({"constraint_id": [], "right_side": [], "flow_id": [], "coefficient": []}),
        common=pd.DataFrame({"measurement_id": names, "common_id": "wood", "sd": 10 * 0.50 / 1.96}),
    )


def test_one_density_is_one_error_however_many_rows_use_it() -> None:
    """By hand: a hundred times 10 t ± 10 % with one density ± 50 %: 1,000 t ± √(1² + 50²) %."""
    network = by_volume(100)
    found = reconcile(network)
    total = aggregate(pd.DataFrame({"t": "t", "flow_id": network.flow_ids}), ["t"], network.flow_ids, found)
    assert total["value"][0] == pytest.approx(1000)
    assert total["sd"][0] == pytest.approx(1000 * np.hypot(0.01, 0.50) / 1.96, rel=1e-12)
    flows = flow_table(network.flow_ids, found)
    p = np.hypot(0.10, 0.50)
    assert flows["low"].to_numpy() == pytest.approx(10 / (1 + p))
    assert flows["high"].to_numpy() == pytest.approx(10 / (1 - p))
    assert not flows["checkable"].any()
    # The error of the sum is a percentage of the true sum, as that of its parts.
    assert total["low"][0] == pytest.approx(1000 / (1 + np.hypot(0.01, 0.50)), rel=1e-3)
    assert total["high"][0] == pytest.approx(1000 / (1 - np.hypot(0.01, 0.50)), rel=1e-3)
    assert_explained(network, found)


def test_a_flow_that_was_also_weighed_tells_the_density_of_the_others() -> None:
    """By hand, first pass: f0 weighed as 15 t exactly beside 10 t by volume. The density's error δ (in sd of it) is
    found from 15 = 10 + own + common δ, and the others move with it."""
    network = by_volume(3)
    weighed = pd.DataFrame({"measurement_id": ["scales"], "value": [10.0], "sd": [1e-9]})
    network = Network(
        network.flow_ids,
        pd.concat([network.measurements, weighed], ignore_index=True),
        pd.concat([network.measured, pd.DataFrame({"measurement_id": ["scales"], "flow_id": ["f0"]})]),
        network.constraints,
        network.common,
    )
    found = reconcile(network)
    own, common = 10 * 0.10 / 1.96, 10 * 0.50 / 1.96
    assert found.value == pytest.approx([10, 10, 10])
    # Var(f1) = own² + common² Var(δ), Var(δ) = 1 − common² / (own² + common²)
    assert found.sd[1] == pytest.approx(np.sqrt(own**2 + common**2 * own**2 / (own**2 + common**2)), rel=1e-6)
    assert_explained(network, found)


def test_many_rows_by_volume_need_no_memory_to_speak_of() -> None:
    network = by_volume(20_000)
    found = reconcile(network)
    assert found.value == pytest.approx(np.full(20_000, 10.0))
    assert found.single.all()
