"""The communes and cantons of Luxembourg as territories: what a facilitator writes from the cadastre's two files."""

from __future__ import annotations

import json
from collections.abc import Container
from pathlib import Path
from typing import Any

import pandas as pd

from metabolism.text import slug


def write_territories(source: Path, target: Path, cantons: Container[str] | None = None) -> pd.DataFrame:
    """Writes `territories.csv` and `territories.geojson` into `target`: communes by LAU2, cantons by name, both by shape
    alone; the country by hand above its cantons. `cantons`: names of those wanted, else all. Gives the lines."""
    lines = [("lu", "Luxembourg", "country", "", "")]
    shapes = []
    for file, kind in (("cantons.geojson", "canton"), ("communes4326.geojson", "commune")):
        for feature in json.loads((source / file).read_text())["features"]:
            told = feature["properties"]
            if cantons is None or told["CANTON"] in cantons:
                name = told[kind.upper()]
                territory_id = told["LAU2"] if kind == "commune" else f"canton-{slug(name)}"
                lines.append((territory_id, name, kind, "lu" if kind == "canton" else "", told["CANTON"]))
                shapes.append(_feature(territory_id, feature["geometry"]))
    table = pd.DataFrame(lines, columns=["territory_id", "name", "kind", "within", "canton"])
    table.drop(columns="canton").to_csv(target / "territories.csv", index=False)
    (target / "territories.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": shapes}))
    return table


def _feature(territory_id: str, geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"territory_id": territory_id}, "geometry": geometry}
