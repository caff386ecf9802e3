"""What a territory depends on: shares, origins, and the words for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metabolism.dependency import SCHEMA, dependency
from metabolism.reconciliation.least_squares import reconcile
from metabolism.reconciliation.network import Network

RESOURCES = pd.DataFrame({"resource_id": ["material", "energy.gas"], "unit": ["t", "MWh"], "by_network": [False, True]})


def network(values: dict[str, tuple[float, float]]) -> Network:
    ids = list(values)
    measurements = pd.DataFrame(
        {"measurement_id": ids, "value": [v for v, _ in values.values()], "sd": [s for _, s in values.values()]}
    )
    return Network(
        flow_ids=pd.Index(sorted(ids)),
        measurements=measurements,
        measured=pd.DataFrame({"measurement_id": ids, "flow_id": ids}),
        constraints=pd.DataFrame(columns=["constraint_id", "flow_id", "coefficient", "right_side", "kind"]),
    )


def rows(*flows: tuple[str, str, str, str | None]) -> pd.DataFrame:
    """flow_id, resource, side, origin: received by establishments a, b, c … of the zone z."""
    return pd.DataFrame(
        [
            {
                "territory_id": "z", "year": 2025, "direction": "in", "resource_id": resource, "side": side,
                "flow_id": flow, "establishment_id": flow, "origin": origin,
            }
            for flow, resource, side, origin in flows
        ]
    )  # fmt: skip


def said(**answers: tuple[float, float]) -> pd.DataFrame:
    """Of each flow its receiver's criticality and days of stock."""
    return pd.DataFrame(
        [
            {"flow_id": flow, "establishment_id": flow, "direction": "in", "criticality": c, "days_of_stock": d}
            for flow, (c, d) in answers.items()
        ],
        columns=["flow_id", "establishment_id", "direction", "criticality", "days_of_stock"],
    )


def of(values: dict[str, tuple[float, float]], consumption: pd.DataFrame, attributes: pd.DataFrame) -> pd.Series:
    given = network(values)
    return dependency(consumption, attributes, RESOURCES, given.flow_ids, reconcile(given)).iloc[0]


def test_a_hand_computed_dependency() -> None:
    """60 t from the zone, 30 t from France, 10 t of which the place is not known to be outside."""
    told = of(
        {"a": (60.0, 6.0), "b": (30.0, 3.0), "c": (10.0, 1.0)},
        rows(
            ("a", "material", "internal", "z"),
            ("b", "material", "import", "fr"),
            ("c", "material", "undetermined_in", "lu"),
        ),
        said(a=(5, 10), b=(3, 30)),
    )
    assert told["consumption"] == pytest.approx(100)
    assert told["sd"] == pytest.approx(np.sqrt(46.0), rel=1e-6)
    assert (told["local_share"], told["undetermined_share"]) == pytest.approx((0.6, 0.1))
    # (b + c) / (a + b + c)²: the share moves by (40 da − 60 (db + dc)) / 100²
    assert told["local_share_sd"] == pytest.approx(np.hypot(40 * 6, 60 * np.hypot(3, 1)) / 1e4, rel=1e-6)
    assert [(o["origin"], o["share"]) for o in told["origins"]] == [
        ("z", pytest.approx(0.6)), ("fr", pytest.approx(0.3)), ("lu", pytest.approx(0.1)),
    ]  # fmt: skip
    assert told["hhi"] == pytest.approx(0.46)
    assert told["main_origin"] == "z"
    assert told["criticality"] == pytest.approx(((5 * 60 + 3 * 30) / 90 - 1) / 4)
    assert told["days_of_stock"] == pytest.approx((10 * 60 + 30 * 30) / 90)
    assert not told["strategic"], "60 % are at hand"
    assert told["n_establishments"] == 3


def test_an_unknown_origin_is_no_origin_and_counts_in_no_concentration() -> None:
    told = of(
        {"a": (50.0, 5.0), "b": (50.0, 5.0)},
        rows(("a", "material", "import", "fr"), ("b", "material", "undetermined_in", None)),
        said(a=(5, 7), b=(5, 7)),
    )
    assert [(o["origin"], o["share"]) for o in told["origins"]] == [("fr", 0.5)]
    assert told["hhi"] == 1.0
    assert told["strategic"]
    assert told["reason"] == (
        "Critical, and mostly from outside or from an origin that is not known."
        " More than half of what is located comes from one origin. Stocks last 7 days."
    )


def test_what_comes_by_the_network_is_said_to() -> None:
    told = of({"a": (50.0, 5.0)}, rows(("a", "energy.gas", "undetermined_in", "lu")), said(a=(4, float("nan"))))
    assert told["strategic"]
    assert told["is_network"]
    assert "by the network" in told["reason"]
    assert "local" not in told["reason"]


def test_nobody_said_how_critical_is_not_uncritical() -> None:
    told = of({"a": (50.0, 5.0)}, rows(("a", "material", "import", "fr")), said())
    assert told["strategic"] is None
    assert np.isnan(told["criticality"])
    assert told["reason_fr"].startswith("Personne")


def test_a_consumption_of_nought_has_no_shares() -> None:
    told = of({"a": (0.0, 0.0)}, rows(("a", "material", "import", "fr")), said(a=(5, 3)))
    assert told["consumption"] == 0
    assert np.isnan(told["local_share"])
    assert len(told["origins"]) == 0
    assert told["main_origin"] is None


def test_nothing_received_is_an_empty_table() -> None:
    given = network({"a": (1.0, 0.1)})
    made = dependency(rows(), said(), RESOURCES, given.flow_ids, reconcile(given))
    assert list(made) == list(SCHEMA)
    assert len(made) == 0
