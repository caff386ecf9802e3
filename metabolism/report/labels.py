"""What ids are called in the language of the page: establishments, actors, places, resources, services, themes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from metabolism.report import nomenclature, provenance, records
from metabolism.report.language import Language, marked
from metabolism.report.nomenclature import Nomenclature, spoken
from metabolism.report.territory import TerritoryTables

KINDS_OF_TERRITORY = {
    "zone": marked("zone"),
    "commune": marked("commune"),
    "canton": marked("canton"),
    "country": marked("country"),
    "set": marked("set of territories"),
    "establishment": marked("establishment"),
}

OWN_THEMES = {"synergy": marked("Synergies"), "response": marked("Response")}  # of indicators that no theme has


@dataclass(frozen=True)
class Labels:
    """Lookups by id; an id without a label is shown as it is, never dropped."""

    language: Language
    resources: Nomenclature
    parties: Mapping[str, str]
    territories: Mapping[str, str]
    services: Mapping[str, str]
    themes: Mapping[str, str]
    barriers: Mapping[str, str]

    def party(self, identifier: object) -> str:
        """An establishment or an actor."""
        key = records.text(identifier)
        return self.parties.get(key, key)

    def all_parties(self, cell: object) -> tuple[str, ...]:
        return tuple(self.party(key) for key in records.identifiers(cell))

    def place(self, identifier: str) -> str:
        """A territory, a country by its two letters, or nature."""
        if identifier == "nature":
            return self.language.gettext("nature")
        return self.territories.get(identifier) or self.language.country(identifier) or self.party(identifier)

    def country(self, identifier: str) -> str:
        """The real country of two letters, also where a synthetic territory bears its id."""
        return self.language.country(identifier) or self.place(identifier)

    def resource(self, identifier: object) -> str:
        key = records.text(identifier)
        return self.resources.label(key) if key else ""

    def short_resource(self, identifier: object) -> str:
        """Without what stands in brackets, '' where there is no id."""
        key = records.text(identifier)
        return self.resources.short_label(key) if key else ""

    def service(self, identifier: object) -> str:
        return _label(self.services, records.text(identifier))

    def theme(self, identifier: object) -> str:
        key = records.text(identifier)
        return self.language.message(OWN_THEMES[key]) if key in OWN_THEMES else _label(self.themes, key)

    def barrier(self, identifier: str) -> str:
        return _label(self.barriers, identifier)


def _label(known: Mapping[str, str], identifier: str) -> str:
    return known.get(identifier) or spoken(identifier)


def of_tables(tables: TerritoryTables, language: Language) -> Labels:
    return Labels(
        language=language,
        resources=nomenclature.of_table(tables.resources, language),
        parties=_parties(tables),
        territories=_labels(tables.territories, "territory_id", language),
        services=_labels(tables.services, "service_id", language),
        themes=_labels(tables.themes, "theme_id", language),
        barriers=_labels(tables.barriers, "barrier_id", language),
    )


def _parties(tables: TerritoryTables) -> dict[str, str]:
    """Those that the territory knows go before those that are named for it: their name is the newest."""
    named = tables.names
    if isinstance(named, pd.DataFrame):
        pairs = ((row.get("establishment_id"), row.get("name")) for row in records.rows(named))
    else:
        pairs = ((key, name) for key, name in named.items())
    actors = ((row.get("actor_id"), row.get("name")) for row in records.rows(tables.actors))
    found = {records.text(key): records.text(name) for key, name in sorted([*pairs, *actors], key=repr)}
    return {key: name for key, name in found.items() if name} | provenance.names(tables.establishments)


def _labels(table: pd.DataFrame, key: str, language: Language) -> dict[str, str]:
    rows = sorted(records.rows(table), key=repr)
    labels = {records.text(row.get(key)): language.text(row, "label") or records.text(row.get("name")) for row in rows}
    return {identifier: label for identifier, label in labels.items() if label}


def kind_of_territory(kind: str, language: Language) -> str:
    return language.message(KINDS_OF_TERRITORY[kind]) if kind in KINDS_OF_TERRITORY else kind
