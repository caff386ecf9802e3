"""Copies, corrections, late answers, answers in two territories: whatever the order in which they arrive, the same marts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

from assets.publish import mart_models
from metabolism.layout import DataFolder
from metabolism.surveys import landed, landing, received
from tests.e2e.conftest import query
from tests.metabolism.surveys.answers import FLOW, NOMENCLATURES, csv_of, write


def water(who: str, quantity: int) -> dict[str, str]:
    return {**FLOW, "establishment_id": who, "quantity": str(quantity), "how_known": "metered", "partner_country": "FR"}


BASE = {
    "territories.csv": "territory_id,name,kind,within\nz,Zone,zone,\ny,Other zone,zone,\n",
    "frame/z.csv": "establishment_id,name,nace,employees\ne1,One,10,5\ne2,Two,10,5\n",
    "frame/y.csv": "establishment_id,name,nace,employees\ne3,Three,10,5\n",
}
FIRST = csv_of([water("e1", 100), water("e2", 50)])
ARRIVALS = {
    "answer": ("surveys/z/2025/a.flows.csv", FIRST),
    "copy": ("surveys/z/2025/again/a.flows.csv", FIRST),
    # e1 alone, and later by its name: e2's row of the first answer stands
    "correction": ("surveys/z/2025/b.flows.csv", csv_of([water("e1", 130)])),
    # e2 answers in a second territory, by a later file than its first one
    "late": ("surveys/y/2025/c.flows.csv", csv_of([water("e2", 60), water("e3", 20)])),
}


def deliver(data: DataFolder, *names: str) -> DataFolder:
    return write(data.root, dict(ARRIVALS[name] for name in names))


def test_what_is_landed_does_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    ends = []
    for at, order in enumerate(permutations(ARRIVALS)):
        data = write(tmp_path / str(at), BASE)
        for name in order:
            deliver(data, name)
        ends.append(landed.frames(landing.land(received.survey_files(data), NOMENCLATURES)))
    assert len(ends) == 24
    for tables in ends[1:]:
        for sheet, table in tables.items():
            pd.testing.assert_frame_equal(table, ends[0][sheet])


def entering(data: DataFolder) -> dict[str, float]:
    rows = query(
        data, "select territory_id, value from marts.mart_metabolism where resource_id = 'water' and side = 'in'"
    )
    return dict(zip(rows["territory_id"], rows["value"], strict=True))


def marts(data: DataFolder) -> dict[str, pd.DataFrame]:
    """Every mart; when a file was first seen is a fact of the world."""
    tables = {name: query(data, f"select * from marts.{name} order by all") for name in mart_models()}
    return {name: table.drop(columns="received_at", errors="ignore") for name, table in tables.items()}


@pytest.mark.slow
def test_totals_move_by_the_difference_and_end_alike(
    tmp_path: Path, refreshed: Callable[[DataFolder], DataFolder]
) -> None:
    one = deliver(write(tmp_path / "one", BASE), "copy")
    assert entering(refreshed(one)) == {"z": 150}
    deliver(one, "late")  # e2: 60 for 50, and it stands in both; e3 20
    assert entering(refreshed(one)) == {"z": 160, "y": 80}
    deliver(one, "answer", "correction")  # the same answer once more; e1: 130 for 100
    assert entering(refreshed(one)) == {"z": 190, "y": 80}

    files = query(one, "select * from marts.mart_files").set_index("source_file")
    superseded = files["superseded_by"].to_dict()
    assert superseded["surveys/z/2025/again/a.flows.csv"] == "surveys/z/2025/a.flows.csv"
    assert files["rows_received"].to_dict() == {ARRIVALS[name][0]: n for name, n in
                                                {"answer": 2, "copy": 0, "correction": 1, "late": 2}.items()}  # fmt: skip
    told = query(one, "select kind, establishment_id, message_en from marts.mart_data_quality").set_index("kind")
    assert told.loc["two_territories", "establishment_id"] == "e2"
    assert "y, z" in told.loc["two_territories", "message_en"]
    declared = query(one, "select source_file from marts.mart_flow_sources where declared_by = 'e2'")
    assert declared["source_file"].tolist() == ["surveys/y/2025/c.flows.csv"]

    other = deliver(write(tmp_path / "other", BASE), "correction", "late")
    assert entering(refreshed(other)) == {"z": 190, "y": 80}
    deliver(other, "copy", "answer")
    ends = marts(refreshed(other))
    for name, table in marts(one).items():
        pd.testing.assert_frame_equal(table, ends[name])
