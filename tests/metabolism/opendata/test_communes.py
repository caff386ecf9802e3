"""The communes: codes are text, and keep their nought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from metabolism.opendata.communes import read_communes
from metabolism.opendata.registry import UnreadableOpenData


def test_a_commune_is_its_code_name_and_canton(geojson: Callable[..., Path]) -> None:
    path = geojson(
        {"COMMUNE": "Mertzig", "CANTON": "Diekirch", "DISTRICT": "Diekirch", "LAU2": "0607"},
        {"COMMUNE": " Luxembourg ", "CANTON": "Luxembourg", "LAU2": 304},
    )
    assert read_communes(path).values.tolist() == [
        ["0304", "Luxembourg", "Luxembourg"],
        ["0607", "Mertzig", "Diekirch"],
    ]


def test_what_is_not_there_is_null_and_a_feature_without_a_code_is_no_commune(geojson: Callable[..., Path]) -> None:
    path = geojson({"LAU2": "0101"}, {"COMMUNE": "Nowhere"}, None, "text", {"LAU2": "0101", "COMMUNE": "again"})
    assert read_communes(path).values.tolist() == [["0101", None, None]]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"features": 3}', '{"features": []}', '{"features": [null, 3]}']
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "c.geojson"
    path.write_text(content)
    with pytest.raises(UnreadableOpenData):
        read_communes(path)


def test_the_hundred_communes_of_luxembourg(providers_files: Path) -> None:
    communes = read_communes(providers_files / "luxembourg" / "communes4326.geojson")
    assert len(communes) == 100
    assert communes["canton"].nunique() == 12
    names = communes.set_index("code")["name"]
    assert names[["0104", "0304"]].tolist() == ["Käerjeng", "Luxembourg"]
