"""Territories by shapes and establishments by coordinates say what lists and communes by hand say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from metabolism.layout import DataFolder
from tests.conftest import CASES
from tests.e2e.conftest import folder_of, query

pytestmark = pytest.mark.slow
AT = {"e1": (49.52, 6.035), "e2": (49.52, 6.045), "e3": (49.505, 6.01), "e4": (49.515, 6.045)}
"""Latitude and longitude: e1, e2 and e4 stand in the zone, e1 in the first commune, e3 in that commune alone."""
Refreshed = Callable[[DataFolder], DataFolder]


def by_shapes(target: Path) -> DataFolder:
    """The tiny case without `within` and `overlaps`, with shapes."""
    data = folder_of("tiny", target)
    listed = pd.read_csv(data.territories)
    listed[["territory_id", "name", "kind"]].to_csv(data.territories, index=False)
    shutil.copyfile(CASES / "tiny" / "territories.geojson", data.geometry)
    return data


def mart(data: DataFolder, name: str) -> pd.DataFrame:
    """A mart without the clock's part of it."""
    table = query(data, f"select * from marts.{name}")
    table = table.drop(columns=["received_at"], errors="ignore")
    return table.sort_values(list(table), key=lambda column: column.astype(str), ignore_index=True)


def test_the_tiny_case_by_shapes_is_the_tiny_case_by_hand(
    tiny: DataFolder, tmp_path: Path, refreshed: Refreshed
) -> None:
    drawn = refreshed(by_shapes(tmp_path))
    names = query(tiny, "select table_name from duckdb_tables() where table_name like 'mart_%'")["table_name"]
    assert len(names) > 10
    for name in names:
        pd.testing.assert_frame_equal(mart(drawn, name), mart(tiny, name), obj=name)


def test_the_tiny_case_by_coordinates_is_the_tiny_case_by_communes(
    tiny: DataFolder, tmp_path: Path, refreshed: Refreshed
) -> None:
    data = by_shapes(tmp_path)
    for path in [*data.surveys.rglob("*.establishment.csv"), *data.frame.glob("*.csv")]:
        table = pd.read_csv(path, dtype=str)
        at = pd.DataFrame([AT[who] for who in table["establishment_id"]], columns=["latitude", "longitude"])
        pd.concat([table.drop(columns="commune"), at], axis=1).to_csv(path, index=False)
    refreshed(data)
    for name in ("mart_metabolism", "mart_flows", "mart_stocks", "mart_dependency", "mart_indicators"):
        pd.testing.assert_frame_equal(mart(data, name), mart(tiny, name), obj=name)


def test_wrong_shapes_and_coordinates_are_findings_and_the_commune_stands(
    tiny: DataFolder, tmp_path: Path, refreshed: Refreshed
) -> None:
    data = folder_of("tiny", tmp_path)
    shapes = (CASES / "tiny" / "territories.geojson").read_text()
    shapes = shapes.replace('"c2"', '"nowhere"', 1)
    bowtie = '{"type": "Polygon", "coordinates": [[[6, 49], [7, 50], [7, 49], [6, 50], [6, 49]]]}'
    extra = [
        f'{{"type": "Feature", "properties": {{"territory_id": "c1"}}, "geometry": {bowtie}}}',
        '{"type": "Feature", "properties": {"territory_id": "z"}, "geometry": null}',
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [6, 49]}}',
    ]
    data.geometry.write_text(shapes.rstrip().removesuffix("]}") + ", " + ", ".join(extra) + "]}")
    wrong = {"e1": (6.035, 49.52), "e2": (0, 0), "e3": (48.8, 2.3)}
    for path in data.surveys.rglob("*.establishment.csv"):
        table = pd.read_csv(path, dtype=str)
        (who,) = table["establishment_id"]
        table.assign(latitude=str(wrong[who][0]), longitude=str(wrong[who][1])).to_csv(path, index=False)
    refreshed(data)
    found = query(data, "select kind, count(*) as n from marts.mart_data_quality group by kind").set_index("kind")["n"]
    for kind in ("shape_of_unknown_territory", "shape_repaired", "shape_twice", "shape_without_area",
                 "shape_without_territory", "coordinates_swapped", "coordinates_zero", "coordinates_nowhere"):  # fmt: skip
        assert found[kind] == 1, kind
    pd.testing.assert_frame_equal(mart(data, "mart_metabolism"), mart(tiny, "mart_metabolism"))


def test_a_file_of_shapes_that_cannot_be_read_changes_nothing_but_a_finding(
    tiny: DataFolder, tmp_path: Path, refreshed: Refreshed
) -> None:
    data = folder_of("tiny", tmp_path)
    data.geometry.write_bytes(b"\x00 no shapes")
    refreshed(data)
    found = query(data, "select kind from marts.mart_data_quality where source_file = 'territories.geojson'")
    assert found["kind"].tolist() == ["unreadable_shapes"]
    pd.testing.assert_frame_equal(mart(data, "mart_metabolism"), mart(tiny, "mart_metabolism"))
