"""The tree of resources and their labels. Resources that the table does not have are placed by their id."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from metabolism.report import records, waste
from metabolism.report.language import Language
from metabolism.report.sides import NETWORK_RESOURCES

FAMILIES = ("material", "water", "energy", "waste", "people", "emission")
CANONICAL_UNITS = {"material": "t", "water": "m3", "energy": "MWh", "waste": "t", "people": "trip", "emission": "t"}
DRAWN_AS_TABLE_ONLY = frozenset({"people", "emission"})

BASE_COLOURS = {
    "material.biomass": "#4f8a3c",
    "material.metal": "#56698f",
    "material.mineral": "#a97a1f",
    "material.chemical": "#8a559c",
    "material.equipment": "#23808a",
    "material.product": "#b5506a",
    "water.drinking": "#2478b5",
    "water.rain": "#4d93b8",
    "water.industrial": "#3f5a9c",
    "water.reused": "#2b8f7c",
    "water.wastewater": "#857050",
    "water.evaporated": "#7b8fa3",
    "water.cooling": "#5a86c4",
    "water.in_product": "#7a66ad",
    "energy.electricity": "#b98400",
    "energy.gas": "#4474a6",
    "energy.heating_oil": "#8a573a",
    "energy.diesel": "#63636b",
    "energy.petrol": "#9c3f3f",
    "energy.lpg": "#5b8791",
    "energy.wood": "#66883a",
    "energy.heat": "#cb5a36",
    "energy.cold": "#3590a5",
    "energy.hydrogen": "#8d76bd",
    "energy.ambient": "#a88a2c",
    "energy.coal": "#3c3c40",
    "energy.biogas": "#7d8f2a",
}
WHEEL = (
    "#2f6f9f",
    "#b5643c",
    "#4f8a3c",
    "#8a559c",
    "#a97a1f",
    "#23808a",
    "#b5506a",
    "#63636b",
    "#6c7fc4",
    "#7d8f2a",
)


@dataclass(frozen=True)
class Nomenclature:
    """Parent and label of every resource in one language, and which of them come by a network."""

    parents: Mapping[str, str]
    labels: Mapping[str, str]
    networks: frozenset[str]
    language: Language
    _paths: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def parent(self, resource: str) -> str:
        """The parent's id, '' for a family."""
        return self.parents[resource] if resource in self.parents else parent_by_id(resource)

    def path(self, resource: str) -> tuple[str, ...]:
        """From the family down to the resource itself. A loop in the table, which is a mistake, ends where it
        closes.
        """
        if resource not in self._paths:
            path = [resource]
            while (parent := self.parent(path[0])) and parent not in path:
                path.insert(0, parent)
            self._paths[resource] = tuple(path)
        return self._paths[resource]

    def family(self, resource: str) -> str:
        return self.path(resource)[0]

    def label(self, resource: str) -> str:
        label = self.labels.get(resource, "")
        if not self.parent(resource):
            label = label.partition(" (")[0]  # the brackets are for those who fill in a survey
        if resource.startswith("waste."):
            return waste_label(resource, label, self.language)
        return label or spoken(resource)

    def short_label(self, resource: str) -> str:
        """The label for a figure: what stands in brackets is left to the table below it."""
        return self.label(resource).partition(" (")[0]

    def by_network(self, resource: str) -> bool:
        return any(step in self.networks for step in self.path(resource))

    def holds_network(self, resource: str) -> bool:
        """Whether a part of it comes by a network: energy, of which electricity does."""
        return any(resource in self.path(network) for network in self.networks)


def of_table(resources: pd.DataFrame, language: Language) -> Nomenclature:
    """Read the resources; a column `by_network` or `network` (yes where so) replaces the built-in list of networks."""
    table = {records.text(row.get("resource_id")): row for row in records.rows(resources)}
    marked_ones = frozenset(key for key, row in table.items() if _is_network(row))
    return Nomenclature(
        parents={key: records.text(row.get("parent_id")) for key, row in table.items()},
        labels={key: language.text(row, "label") for key, row in table.items()},
        networks=marked_ones or NETWORK_RESOURCES,
        language=language,
    )


def _is_network(row: Mapping[str, object]) -> bool:
    return any(records.text(row.get(column)).casefold() in ("yes", "true") for column in ("by_network", "network"))


def parent_by_id(resource: str) -> str:
    """waste.150101 -> waste.1501 -> waste.15 -> waste; material.new -> material."""
    if re.fullmatch(r"waste\.\d{4,}", resource):
        return resource[:-2]
    return resource.rpartition(".")[0]


def waste_label(resource: str, label: str, language: Language) -> str:
    """A waste is known by its code, in pairs of digits, followed by its name where there is one."""
    code = resource.removeprefix("waste.")
    spaced = "\u00a0".join(code[start : start + 2] for start in range(0, len(code), 2))
    bare = re.sub(r"[\s\u00a0*]", "", label)
    if bare in ("", resource) or re.fullmatch(
        rf"\D*{re.escape(code)}", bare
    ):  # 'Waste 1501': a label that says no more
        known = waste.name(code)
        return f"{spaced} {language.message(known)}" if known else spaced
    return label if bare.startswith(code) else f"{spaced} {label}"


def spoken(resource: str) -> str:
    """'material.metal_other' without a label: 'Metal other'."""
    return resource.rpartition(".")[2].replace("_", " ").capitalize()


def family_order(family: str) -> tuple[int, str]:
    return (FAMILIES.index(family) if family in FAMILIES else len(FAMILIES), family)


def colour(resource: str) -> str:
    """One colour a resource, the same in every figure, year and territory."""
    if resource in BASE_COLOURS:
        return BASE_COLOURS[resource]
    code = resource.removeprefix("waste.")
    place = int(code[:2]) if code[:2].isdigit() else sum(map(ord, resource))
    return WHEEL[place % len(WHEEL)]
