"""Where things are below a data folder (contract, section 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataFolder:
    """The paths of one data folder `DIR`; nothing here touches the disk."""

    root: Path

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def surveys(self) -> Path:
        return self.raw / "surveys"

    @property
    def open_data(self) -> Path:
        return self.raw / "open"

    @property
    def frame(self) -> Path:
        return self.raw / "frame"

    @property
    def territories(self) -> Path:
        return self.raw / "territories.csv"

    @property
    def geometry(self) -> Path:
        return self.raw / "territories.geojson"

    @property
    def postcodes(self) -> Path:
        return self.raw / "postcodes.csv"

    @property
    def receipts(self) -> Path:
        return self.raw / "receipts.csv"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def received(self) -> Path:
        return self.lake / "received"

    @property
    def landed(self) -> Path:
        return self.lake / "landed"

    @property
    def prepared(self) -> Path:
        return self.lake / "prepared"

    @property
    def analysed(self) -> Path:
        return self.lake / "analysed"

    @property
    def built(self) -> Path:
        """Marts as dbt made them, before they are checked and released."""
        return self.lake / "built"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        return self.root / "marts"

    def relative(self, path: Path) -> str:
        """The path below `DIR/raw`, with `/`: what the contract calls `source_file`."""
        return path.relative_to(self.raw).as_posix()


_TERRITORY_ID = re.compile(r"[a-z0-9_-]+")
NATURE = "nature"
"""Stands where a territory's id does, for the end of a flow in nature; so no territory can have it."""


def is_territory_id(name: str) -> bool:
    """Lower case letters, digits, `-` and `_` (contract, section 1)."""
    return _TERRITORY_ID.fullmatch(name) is not None and name != NATURE
