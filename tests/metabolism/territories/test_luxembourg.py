"""The real communes and cantons: two files of different make, whose borders agree to a sliver."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from metabolism.territories.geometry import read_features
from metabolism.territories.points import locate
from metabolism.territories.relations import INSIDE, Territories, read
from tests.metabolism.territories.luxembourg import write_territories

LUXEMBOURG_KM2 = 2586
"""Statistics portal of Luxembourg, area of the country."""


@pytest.fixture(scope="module")
def lines(luxembourg: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Territories]:
    folder = tmp_path_factory.mktemp("luxembourg")
    table = write_territories(luxembourg, folder)
    found: list[pd.DataFrame] = []
    made = read(table, [], read_features(folder / "territories.geojson", found))
    assert not len(pd.concat([*found, made.findings]))
    return table, made


def test_each_commune_lies_in_its_canton_and_in_no_other(lines: tuple[pd.DataFrame, Territories]) -> None:
    table, made = lines
    kind = table.set_index("territory_id")["kind"]
    pairs = made.relation[made.relation["relation"] == INSIDE]
    upward = pairs[(pairs["place_id"].map(kind) == "commune") & (pairs["territory_id"].map(kind) == "canton")]
    cantons = table[table["kind"] == "canton"].set_index("territory_id")["name"]
    communes = table[table["kind"] == "commune"].set_index("territory_id")["canton"]
    assert len(communes) == 100
    assert upward.set_index("place_id")["territory_id"].map(cantons).to_dict() == communes.to_dict()


def test_communes_share_parts_with_themselves_their_canton_and_the_country_alone(
    lines: tuple[pd.DataFrame, Territories],
) -> None:
    table, made = lines
    communes = set(table.loc[table["kind"] == "commune", "territory_id"])
    of_communes = made.relation[made.relation["place_id"].isin(communes)]
    assert (of_communes.groupby("place_id").size() == 3).all()


def test_areas_add_up_to_the_country(lines: tuple[pd.DataFrame, Territories]) -> None:
    table, made = lines
    communes = table.loc[table["kind"] == "commune", "territory_id"]
    assert sum(made.shapes.areas[c] for c in communes) / 1e6 == pytest.approx(LUXEMBOURG_KM2, rel=5e-3)


def test_known_places_stand_in_their_communes(lines: tuple[pd.DataFrame, Territories]) -> None:
    """Bascharage is a locality of Kaerjeng; Kirchberg and the Cloche d'Or lie in Luxembourg."""
    table, made = lines
    names = table.set_index("territory_id")["name"]
    at = pd.DataFrame(
        [("Käerjeng", 49.5689, 5.9113), ("Luxembourg", 49.6283, 6.1561), ("Luxembourg", 49.5787, 6.1134)],
        columns=["commune", "latitude", "longitude"],
    )
    located = locate(made, at)
    smallest = located[located["size_rank"] == 1].merge(at)
    assert (smallest["territory_id"].map(names) == smallest["commune"]).all()
    assert len(smallest) == 3
