"""The communes of Luxembourg from the cadastre's GeoJSON: code, name and canton of each; not their geometry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from metabolism.opendata.registry import UnreadableOpenData
from metabolism.tables import TEXT

SCHEMA = {"code": TEXT, "name": TEXT, "canton": TEXT}
CODE_LENGTH = 4
_PROPERTIES = {"LAU2": "code", "COMMUNE": "name", "CANTON": "canton"}


def read_communes(path: Path) -> pd.DataFrame:
    """One row a commune, by code (columns `SCHEMA`). The code is text: `0304` keeps its nought, and a number gets it
    back. A feature without a code is no commune. Raises UnreadableOpenData."""
    rows = [_row(feature) for feature in _features(path)]
    table = pd.DataFrame([row for row in rows if row["code"]], columns=list(SCHEMA), dtype=object)
    if not len(table):
        raise UnreadableOpenData(f"{path.name} has no feature with a code of a commune (LAU2)")
    return table.drop_duplicates("code").sort_values("code", ignore_index=True)


def _features(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableOpenData(f"{path.name} is not JSON that can be read") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise UnreadableOpenData(f"{path.name} is not a GeoJSON collection of features")
    return features


def _row(feature: Any) -> dict[str, str | None]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    given = properties if isinstance(properties, dict) else {}
    cells = {column: str(given.get(name) or "").strip() or None for name, column in _PROPERTIES.items()}
    return cells | {"code": cells["code"].zfill(CODE_LENGTH) if cells["code"] else None}
