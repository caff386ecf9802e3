"""The pages of a release: which rows of which mart stand on which page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from assets.prepared import read_seed
from metabolism.layout import DataFolder
from metabolism.tables import read_table

LANGUAGES = ("en", "fr", "de")
OF_TERRITORY = {
    "metabolism": "mart_metabolism",
    "transit": "mart_transit",
    "quality": "mart_data_quality",
    "files": "mart_files",
    "dependency": "mart_dependency",
    "indicators": "mart_indicators",
    "exchanges": "mart_synergy_exchanges",
    "pools": "mart_synergy_pooling",
    "activities": "mart_synergy_activities",
    "pilots": "mart_pilots",
}
"""Field of a page's tables → the mart of which it has the territory's rows."""
MARTS = {*OF_TERRITORY.values(), "mart_territories", "mart_resources", "mart_open_sources", "mart_participants"}
"""What the pages are made of."""


def page_name(territory_id: str, language: str) -> str:
    """`<territory>.html` is the English page, `<territory>.fr.html` the French one."""
    return f"{territory_id}.html" if language == "en" else f"{territory_id}.{language}.html"


def write_pages(marts: dict[str, pd.DataFrame], data: DataFolder, target: Path) -> int:
    """Writes a page for each territory and language into `target`, and says how many."""
    from metabolism.report.page import render
    from metabolism.report.territory import TerritoryTables

    words = {name: read_seed(name) for name in ("services", "themes", "barriers")}
    territories = marts["mart_territories"]
    common: dict[str, Any] = {
        **words,
        "resources": marts["mart_resources"],
        "territories": territories[["territory_id", "name"]],
        "open_sources": marts["mart_open_sources"],
        "actors": read_table(data.landed / "actors.parquet"),
    }
    rows = {field: dict(list(marts[mart].groupby("territory_id"))) for field, mart in OF_TERRITORY.items()}
    people = marts["mart_participants"].assign(answered=marts["mart_participants"]["has_answered"])
    common["names"] = people[["establishment_id", "name"]].drop_duplicates("establishment_id", keep="last")
    for territory in territories.itertuples():
        tables = TerritoryTables(
            territory_id=territory.territory_id,
            name=territory.name,
            kind=territory.kind,
            synthetic=bool(territory.synthetic),
            establishments=people[people["territory_id"] == territory.territory_id],
            **{
                field: found.get(territory.territory_id, marts[OF_TERRITORY[field]][:0])
                for field, found in rows.items()
            },
            **common,
        )
        for language in LANGUAGES:
            page = target / page_name(territory.territory_id, language)
            page.write_text(render(tables, language), encoding="utf-8")
    return len(territories) * len(LANGUAGES)
