"""A handful of mistakes such as people make, and of corrections; each is written down with what is true."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from metabolism.synthetic import plan
from metabolism.synthetic.campaign import WORKBOOK, Shape
from metabolism.synthetic.declarations import Row, written
from metabolism.synthetic.draws import one_of, stream
from metabolism.synthetic.roster import YEARS, Establishment

_UNTOUCHED = ("supply", "need", "link")
"""Beginnings of the keys of flows that carry what is planted: they stay without mistakes."""
_NEEDS = tuple(f"{exchange.receiver} in {exchange.needed} " for exchange in plan.EXCHANGES if exchange.needed)
_LARGEST_SPOILT = 4000.0
"""Canonical units a year: a lost row must not be half of what its zone has."""


@dataclass(frozen=True)
class Mistake:
    """Where it stands: `row` is the row of the sheet, the header being 1 (None: the file as a whole)."""

    establishment_id: str
    year: int
    file: str
    sheet: str
    row: int | None
    column: str
    kind: str
    written: str
    truth: str


@dataclass(frozen=True)
class Spoilt:
    """`rows`: the sheet `flows` of each answer with its mistakes; `superseded`: the first version of an answer that was
    corrected later; `copied`: answers that were sent twice, by (establishment, year)."""

    rows: dict[tuple[str, int], list[Row]]
    superseded: dict[tuple[str, int], list[Row]]
    copied: list[tuple[str, int]]
    mistakes: list[Mistake]


def spoil(
    seed: int, rows: Mapping[tuple[str, int], list[Row]], roster: Mapping[str, Establishment],
    shapes: Mapping[str, Shape],
) -> Spoilt:  # fmt: skip
    """Plants the mistakes of answers, no two in one establishment. What is given stays as it is."""
    spoiler = _Spoiler(seed, {key: [copy.deepcopy(row) for row in own] for key, own in rows.items()}, roster, shapes)
    first, last = YEARS
    spoiler.change("factor_1000", last, "bascharage", _is_electricity, _as_if_megawatt_hours, by_others=True)
    spoiler.change("unknown_unit", last, "dudelange-bettembourg", _is_waste, _in_containers)
    spoiler.change("not_a_number", first, "kirchberg", _is_residual_waste, _in_words)
    spoiler.change("unknown_resource", last, "cloche-dor", _is_paper, _misspelt)
    spoiler.change("sign", first, "bascharage", _is_waste, _negative, by_others=True)
    spoiler.change("missing_value", last, "bascharage", _is_input, _without_unit)
    spoiler.correct_later("superseded", last, "dudelange-bettembourg")
    spoiler.send_twice("duplicate_file", last, "bascharage")
    return Spoilt(spoiler.rows, spoiler.superseded, spoiler.copied, spoiler.mistakes)


def file_of(establishment_id: str, zone_id: str, year: int, version: str = "") -> str:
    """The workbook of one answer, below raw/."""
    return f"surveys/{zone_id}/{year}/{establishment_id}{version}.xlsx"


class _Spoiler:
    def __init__(
        self, seed: int, rows: dict[tuple[str, int], list[Row]], roster: Mapping[str, Establishment],
        shapes: Mapping[str, Shape],
    ) -> None:  # fmt: skip
        self.seed = seed
        self.rows = rows
        self.roster = roster
        self.shapes = shapes
        self.superseded: dict[tuple[str, int], list[Row]] = {}
        self.copied: list[tuple[str, int]] = []
        self.mistakes: list[Mistake] = []

    def change(
        self, kind: str, year: int, zone_id: str, fits: Callable[[Row], bool], spoils: Callable[[Row], tuple[str, str, str]],
        *, by_others: bool = False,
    ) -> None:  # fmt: skip
        """Spoils one row of one workbook; `by_others`: of a company in which nothing is planted."""
        establishment_id, positions = self._chosen(kind, year, zone_id, fits, by_others)
        row = self.rows[establishment_id, year][positions[0]]
        column, wrote, truth = spoils(row)
        self._note(kind, establishment_id, year, "flows", positions[0] + 2, column, wrote, truth)

    def correct_later(self, kind: str, year: int, zone_id: str) -> None:
        """A first version with one nought too many, and a second one that is right."""
        establishment_id, positions = self._chosen(kind, year, zone_id, _is_input, False)
        key = (establishment_id, year)
        self.superseded[key] = [copy.deepcopy(row) for row in self.rows[key]]
        row = self.superseded[key][positions[0]]
        truth = str(row.cells["quantity"])
        row.cells["quantity"] = written(float(truth) * 10)
        self._note(
            kind, establishment_id, year, "flows", positions[0] + 2, "quantity", str(row.cells["quantity"]), truth
        )

    def send_twice(self, kind: str, year: int, zone_id: str) -> None:
        establishment_id, _ = self._chosen(kind, year, zone_id, lambda _: True, False)
        self.copied.append((establishment_id, year))
        file = file_of(establishment_id, zone_id, year, "_copie")
        first = file_of(establishment_id, zone_id, year)
        self.mistakes.append(Mistake(establishment_id, year, file, "", None, "", kind, file, first))

    def _chosen(
        self, kind: str, year: int, zone_id: str, fits: Callable[[Row], bool], by_others: bool
    ) -> tuple[str, list[int]]:
        """An establishment that answers by workbook in both years, has a fitting row, and no mistake yet."""
        taken = {mistake.establishment_id for mistake in self.mistakes}
        found = {}
        for (establishment_id, of_year), rows in sorted(self.rows.items()):
            is_right = of_year == year and self.roster[establishment_id].zone_id == zone_id
            is_free = establishment_id not in taken and self.shapes[establishment_id].kind == WORKBOOK
            is_twice = all((establishment_id, each) in self.rows for each in YEARS)
            if is_right and is_free and is_twice and not (by_others and self.roster[establishment_id].has_role):
                at = [n for n, row in enumerate(rows) if fits(row) and _is_spoilable(row)]
                if at:
                    found[establishment_id] = at
        chosen = one_of(stream(self.seed, "mistake", kind), sorted(found))
        return chosen, found[chosen]

    def _note(
        self, kind: str, establishment_id: str, year: int, sheet: str, row: int, column: str, wrote: str, truth: str
    ) -> None:
        file = file_of(establishment_id, self.roster[establishment_id].zone_id, year)
        self.mistakes.append(Mistake(establishment_id, year, file, sheet, row, column, kind, wrote, truth))


def _is_spoilable(row: Row) -> bool:
    """Rows that carry nothing planted, and that no zone depends on."""
    return row.true_value <= _LARGEST_SPOILT and not row.key.startswith(_UNTOUCHED + _NEEDS)


def _is_electricity(row: Row) -> bool:
    return " in energy.electricity " in row.key


def _is_waste(row: Row) -> bool:
    return " out waste." in row.key and "200301" not in row.key


def _is_residual_waste(row: Row) -> bool:
    return " out waste.200301" in row.key


def _is_paper(row: Row) -> bool:
    return " in material.paper" in row.key


def _is_input(row: Row) -> bool:
    return " in material." in row.key


def _as_if_megawatt_hours(row: Row) -> tuple[str, str, str]:
    kilowatt_hours = written(row.drawn * 1000)
    row.cells.update(quantity=kilowatt_hours, unit="MWh", period="year")
    row.cells.pop("price", None)
    return "unit", f"{kilowatt_hours:.10g} MWh", f"{kilowatt_hours:.10g} kWh"


def _in_containers(row: Row) -> tuple[str, str, str]:
    truth = str(row.cells["unit"])
    row.cells["unit"] = "bacs roulants"
    return "unit", "bacs roulants", truth


def _in_words(row: Row) -> tuple[str, str, str]:
    truth = str(row.cells["quantity"])
    row.cells["quantity"] = f"env. {float(truth):.0f} ?"
    return "quantity", str(row.cells["quantity"]), truth


def _misspelt(row: Row) -> tuple[str, str, str]:
    row.cells["resource"] = "papeir et carton"
    return "resource", "papeir et carton", "material.paper"


def _negative(row: Row) -> tuple[str, str, str]:
    truth = float(str(row.cells["quantity"]))
    row.cells["quantity"] = -truth
    return "quantity", f"{-truth:.10g}", f"{truth:.10g}"


def _without_unit(row: Row) -> tuple[str, str, str]:
    return "unit", "", str(row.cells.pop("unit"))
