"""Who can use what: the seeds that exchanges rest on, and what they say of one resource."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from metabolism import nomenclatures
from metabolism.nomenclatures import Nomenclatures

NOT_HAZARDOUS, MIXED, HAZARDOUS = "no", "mixed", "yes"
ROLES = ("reuse", "recycling", "energy_recovery", "backfill", "heat", "cold", "water", "forbidden")
STEPS = ("reuse", "recycling", "other_recovery", "disposal", "no_waste")
"""Steps of the waste hierarchy (Directive 2008/98/EC, article 4) that an exchange can reach, best first; what is no
waste stands outside."""
NOT_STORED = ("heat", "cold", "water")
"""Roles whose flows cannot wait: supply and need must run in the same months."""
LANGUAGES = ("en", "fr", "de")


@dataclass(frozen=True)
class Words:
    """One text in the three languages."""

    en: str
    fr: str
    de: str


@dataclass(frozen=True)
class Line:
    """One line of `exchange_knowledge.csv`: a supply that a kind of receiver can use in place of a need.

    `fraction`: units of the need replaced by a unit supplied (the file's `yield`). `max_share`: the largest part of the
    need that it can replace. `margin`: K between supply and need, heat and cold only. `processing`: EUR a unit supplied.
    """

    knowledge_id: str
    supplied: str
    receiver_nace: str
    needed: str
    role: str
    step: str
    fraction: float
    max_share: float
    max_distance_km: float
    margin: float
    processing: float
    gate: Words
    label: Words
    source: str


@dataclass(frozen=True)
class Cost:
    """One line of `exchange_costs.csv`: a figure and its standard deviation in %."""

    value: float
    sd_pct: float
    source: str


_SPECIFIED = Words(
    "specification agreed by both sides",
    "spécification convenue entre les deux parties",
    "von beiden Seiten vereinbarte Spezifikation",
)
_AS_IT_IS = Words(
    "Used as it is by who needs it", "Utilisé tel quel par qui en a besoin", "Unverändert weiterverwendet"
)
_PERMIT = Words(
    "a permit of the receiver for this waste",
    "une autorisation du récepteur pour ce déchet",
    "eine Genehmigung des Abnehmers für diesen Abfall",
)


def _same(family: str, role: str, step: str, km: float, gate: Words = _SPECIFIED) -> Line:
    margin = {"heat": 5.0, "cold": 3.0}.get(role, float("nan"))
    name, said = f"same_{family}", "both parties declared the same resource; distance: convention of this project"
    return Line(name, family, "", family, role, step, 1.0, 1.0, km, margin, 0.0, gate, _AS_IT_IS, said)


SAME: dict[str, Line | None] = {
    "material": _same("material", "reuse", "no_waste", 50.0),
    "waste": _same("waste", "recycling", "recycling", 50.0, _PERMIT),
    "energy.heat": _same("energy.heat", "heat", "no_waste", 2.0),
    "energy.cold": _same("energy.cold", "cold", "no_waste", 1.0),
    "energy.electricity": None,
    "energy": _same("energy", "reuse", "no_waste", 50.0),
    "water": _same("water", "water", "no_waste", 1.0),
}
"""By resource or family: the line for a need of the very resource that is supplied, whatever the receiver's trade. None
for electricity: it is shared by a contract over the network (the service `energy_sharing`), not exchanged."""


@dataclass(frozen=True)
class Knowledge:
    """Everything that is known before companies answer. `hazardous`: six digits of the List of Waste → hazardous.

    `default_prices`: indexed by resource_id, as in the file. `costs`: by item.
    """

    nomenclatures: Nomenclatures
    lines: tuple[Line, ...]
    hazardous: dict[str, bool]
    default_prices: pd.DataFrame
    costs: dict[str, Cost]
    _hazards: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def allowed(self) -> list[Line]:
        return [line for line in self.lines if line.role != "forbidden"]

    @property
    def forbidden(self) -> list[Line]:
        return [line for line in self.lines if line.role == "forbidden"]

    def hazard(self, resource_id: str) -> str:
        """`yes` for a hazardous code or one of nothing but hazardous entries, `mixed` for a code that holds some or is
        not in the List of Waste, else `no`."""
        if resource_id not in self._hazards:
            self._hazards[resource_id] = self._hazard(resource_id)
        return self._hazards[resource_id]

    def _hazard(self, resource_id: str) -> str:
        if self.nomenclatures.family(resource_id) != "waste":
            return NOT_HAZARDOUS
        code = resource_id.removeprefix("waste").lstrip(".")
        entries = [hazardous for entry, hazardous in self.hazardous.items() if entry.startswith(code)]
        if entries and all(entries):
            return HAZARDOUS
        return MIXED if not entries or any(entries) else NOT_HAZARDOUS

    def holds(self, wider: str, resource_id: str) -> bool:
        """Whether a resource is `wider` itself or one of its descendants."""
        return wider in self.nomenclatures.ancestors(resource_id)


def load_knowledge(seeds: Path) -> Knowledge:
    """Reads `exchange_knowledge.csv`, `waste_codes.csv`, `default_prices.csv`, `exchange_costs.csv` and the
    nomenclatures of the folder `seeds`."""
    codes = pd.read_csv(seeds / "waste_codes.csv", dtype=str)
    costs = pd.read_csv(seeds / "exchange_costs.csv")
    return Knowledge(
        nomenclatures=nomenclatures.load_once(seeds),
        lines=_lines(seeds / "exchange_knowledge.csv"),
        hazardous=dict(zip(codes["code"], codes["hazardous"] == "yes", strict=True)),
        default_prices=pd.read_csv(seeds / "default_prices.csv").set_index("resource_id"),
        costs={
            row[0]: Cost(*row[1:])
            for row in costs[["item", "value", "sd_pct", "source"]].itertuples(index=False, name=None)
        },
    )


load_knowledge_once = functools.cache(load_knowledge)


def _lines(path: Path) -> tuple[Line, ...]:
    table = pd.read_csv(path, dtype={"receiver_nace": str})
    return tuple(
        Line(
            row["knowledge_id"],
            row["supplied_resource_id"],
            row["receiver_nace"],
            row["needed_resource_id"],
            row["role"],
            row["hierarchy_step"],
            float(row["yield"]),
            float(row["max_share"]),
            float(row["max_distance_km"]),
            float(row["min_temperature_margin"]),
            float(row["processing_eur_per_unit"]),
            _words(row, "gate"),
            _words(row, "label"),
            row["source"],
        )
        for row in table.to_dict("records")
    )


def _words(row: dict[str, str], name: str) -> Words:
    return Words(*(row[f"{name}_{language}"] for language in LANGUAGES))
