"""Rows of mart_metabolism as objects, looked up by year, resource and side."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from metabolism.report import records
from metabolism.report.figures import Figure
from metabolism.report.nomenclature import Nomenclature, family_order


@dataclass(frozen=True)
class Flow:
    """One row of mart_metabolism. `figure` and `declared` are in `unit` per year, `coverage` is a share (0 to
    1).
    """

    year: int
    resource: str
    side: str
    figure: Figure
    unit: str
    n_establishments: int | None
    declared: float | None
    coverage: float | None

    @property
    def differs(self) -> bool:
        """Whether what was declared lies more than one sd from the figure, or stands in place of an unknown
        one.
        """
        if self.declared is None:
            return False
        if self.figure.value is None:
            return True
        return self.figure.sd is not None and abs(self.declared - self.figure.value) > self.figure.sd


@dataclass(frozen=True)
class Flows:
    """All flows of a territory."""

    rows: tuple[Flow, ...]
    names: Nomenclature

    @cached_property
    def index(self) -> dict[tuple[int, str, str], Flow]:
        return {(row.year, row.resource, row.side): row for row in self.rows}

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Newest first."""
        return tuple(sorted({row.year for row in self.rows}, reverse=True))

    def get(self, year: int, resource: str, side: str) -> Flow | None:
        return self.index.get((year, resource, side))

    def families(self, year: int | None = None) -> tuple[str, ...]:
        """The families that have a flow, in the order of the page."""
        found = {self.names.family(row.resource) for row in self.rows if year is None or row.year == year}
        return tuple(sorted(found, key=family_order))

    def resources(self, year: int, family: str) -> tuple[str, ...]:
        """The resources of a family that have a flow in a year, parents before children, the largest first
        among siblings.
        """
        present = {row.resource for row in self.rows if row.year == year and self.names.family(row.resource) == family}
        return tuple(sorted(present, key=lambda resource: self.place(year, resource)))

    def place(self, year: int, resource: str) -> list[tuple[float, str]]:
        """Where a resource stands among those of its family: its ancestors first, the largest first."""
        return [(-self._size(year, step), step) for step in self.names.path(resource)]

    def _size(self, year: int, resource: str) -> float:
        totals = (self.get(year, resource, way) for way in ("in", "out"))
        return max((flow.figure.value or 0.0 for flow in totals if flow), default=0.0)

    def unit(self, family: str) -> str:
        return next((row.unit for row in self.rows if row.unit and self.names.family(row.resource) == family), "")

    def coverage(self, year: int) -> float | None:
        """The share of employees that answered, one for the whole territory; None without a register."""
        return next((row.coverage for row in self.rows if row.year == year and row.coverage is not None), None)


def of_table(metabolism: pd.DataFrame, names: Nomenclature) -> Flows:
    """Read the rows in an order of their own, so that the order of the table does not show in the page."""
    return Flows(tuple(sorted(_read(metabolism), key=lambda row: (row.year, row.resource, row.side, repr(row)))), names)


def _read(metabolism: pd.DataFrame) -> Iterable[Flow]:
    for row in records.rows(metabolism):
        year = records.integer(row.get("year"))
        if year is None:
            continue
        yield Flow(
            year=year,
            resource=records.text(row.get("resource_id")),
            side=records.text(row.get("side")),
            figure=Figure(*(records.number(row.get(column)) for column in ("value", "sd", "low", "high"))),
            unit=records.text(row.get("unit")),
            n_establishments=records.integer(row.get("n_establishments")),
            declared=records.number(row.get("declared_value")),
            coverage=records.number(row.get("coverage")),
        )
