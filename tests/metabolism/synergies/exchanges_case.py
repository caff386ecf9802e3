"""A small world for tests of exchanges: one supplier of waste pallets, one pallet maker, to be changed one thing at a
time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from metabolism.synergies.exchanges import ExchangeTables, find_exchanges
from metabolism.synergies.knowledge import Knowledge, load_knowledge_once

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
KNOWLEDGE = load_knowledge_once(SEEDS)
NAN = float("nan")
PLACES = {"s": (49.5700, 5.9000), "r": (49.5800, 5.9100)}
ESTABLISHMENT = {"year": 2025, "name": None, "organisation": None, "country": "LU", "latitude": NAN, "longitude": NAN}
NEXT_DOOR = {"latitude": 49.5720, "longitude": 5.9020}
FLOW = {
    "year": 2025,
    "from_establishment_id": None,
    "from_territory_id": None,
    "to_establishment_id": None,
    "to_territory_id": None,
    "sd": NAN,
    "unit": "t",
    "status": "single",
    "gross_error": False,
    "purpose": None,
    "temperature": NAN,
    "times_per_year": NAN,
    "season": None,
}
SAID = {
    "price": NAN,
    "treatment": None,
    "temperature": NAN,
    "available": None,
    "quality": None,
    "status": None,
    "rhythm": None,
    "season": None,
    "contract_end": None,
    "confidential": False,
    "criticality": NAN,
    "days_of_stock": NAN,
    "substitutable": None,
    "origin_country": None,
    "partner_name": None,
}
WISH = {
    "year": 2025,
    "what": None,
    "resource_id": None,
    "service_id": None,
    "fact_id": None,
    "quantity": NAN,
    "unit": None,
    "value": NAN,
    "valid_from": None,
    "valid_until": None,
    "condition": None,
}
PRICE = {"price_eur_per_unit": NAN, "disposal_eur_per_unit": NAN, "source": "market"}
TERRITORIES = [("z", "Zone", "zone"), ("lu", "Land", "country"), ("far", "Far", "zone")]


@dataclass
class Case:
    """Rows that become tables; `out` and `into` add a flow with what its establishment said of it."""

    establishments: list[dict[str, Any]] = field(default_factory=list)
    memberships: list[dict[str, Any]] = field(default_factory=list)
    flows: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    wishes: list[dict[str, Any]] = field(default_factory=list)
    prices: list[dict[str, Any]] = field(default_factory=list)

    def site(
        self, name: str, nace: str, within: tuple[str, ...] = ("z", "lu"), year: int = 2025, **change: Any
    ) -> Case:
        latitude, longitude = PLACES.get(name, (NAN, NAN))
        own = {"latitude": latitude, "longitude": longitude}
        self.establishments.append(
            {**ESTABLISHMENT, **own, "establishment_id": name, "nace": nace, "year": year, **change}
        )
        self.memberships += [{"territory_id": t, "year": year, "establishment_id": name} for t in within]
        return self

    def out(self, name: str, resource: str, value: float, flow: dict[str, Any] | None = None, **said: Any) -> Case:
        return self._flow("out", {"from_establishment_id": name}, name, resource, value, flow or {}, said)

    def into(self, name: str, resource: str, value: float, flow: dict[str, Any] | None = None, **said: Any) -> Case:
        return self._flow("in", {"to_establishment_id": name}, name, resource, value, flow or {}, said)

    def _flow(
        self,
        direction: str,
        end: dict[str, Any],
        name: str,
        resource: str,
        value: float,
        flow: dict[str, Any],
        said: dict[str, Any],
    ) -> Case:
        flow_id = f"f{len(self.flows)}-{name}"
        row = {**FLOW, **end, "flow_id": flow_id, "resource_id": resource, "value": value, "sd": value / 10, **flow}
        self.flows.append(row)
        declared = {"flow_id": flow_id, "establishment_id": name, "direction": direction}
        self.said.append({**SAID, **declared, **said})
        return self

    def wish(self, kind: str, name: str, resource: str, **change: Any) -> Case:
        self.wishes.append({**WISH, "kind": kind, "establishment_id": name, "resource_id": resource, **change})
        return self

    def price(self, resource: str, year: int, **change: Any) -> Case:
        self.prices.append({**PRICE, "resource_id": resource, "year": year, **change})
        return self

    def tables(self) -> ExchangeTables:
        wish_columns = [*WISH, "kind", "establishment_id"]
        return ExchangeTables(
            establishments=pd.DataFrame(self.establishments, columns=[*ESTABLISHMENT, "establishment_id", "nace"]),
            memberships=pd.DataFrame(self.memberships, columns=["territory_id", "year", "establishment_id"]),
            territories=pd.DataFrame(TERRITORIES, columns=["territory_id", "name", "kind"]),
            flows=pd.DataFrame(self.flows, columns=[*FLOW, "flow_id", "resource_id", "value"]),
            flow_attributes=pd.DataFrame(self.said, columns=[*SAID, "flow_id", "establishment_id", "direction"]),
            haves_wants=pd.DataFrame(self.wishes, columns=wish_columns),
            prices=pd.DataFrame(self.prices, columns=[*PRICE, "resource_id", "year"]),
        )

    def found(self, territory: str = "z", knowledge: Knowledge = KNOWLEDGE) -> pd.DataFrame:
        table = find_exchanges(self.tables(), knowledge)
        return table[table["territory_id"].eq(territory)].reset_index(drop=True)

    def only(self, territory: str = "z") -> dict[str, Any]:
        table = self.found(territory)
        assert len(table) == 1, table[["supplier_id", "receiver_id", "supplied_resource_id", "needed_resource_id"]]
        return dict(table.iloc[0])


def sites() -> Case:
    """A supplier `s` and a pallet maker `r` about a kilometre apart."""
    return Case().site("s", "46.90").site("r", "16.24")


def pallets(out: dict[str, Any] | None = None, into: dict[str, Any] | None = None, **flow: Any) -> Case:
    """40 t of waste pallets that cost 85 EUR/t on a landfill, and 100 t of pallets bought at 350 EUR/t."""
    case = sites().out("s", "waste.150103", 40.0, flow, **{"price": 85.0, "treatment": "D1", **(out or {})})
    return case.into("r", "material.pallet", 100.0, **{"price": 350.0, **(into or {})})


def heat(out: dict[str, Any] | None = None, into: dict[str, Any] | None = None) -> Case:
    """1,000 MWh of heat given off at 80 °C, and a laundry that takes 500 MWh at 60 °C."""
    case = Case().site("s", "24.10").site("r", "96.01", **NEXT_DOOR)
    case.out("s", "energy.heat", 1000.0, **{"temperature": 80.0, **(out or {})})
    return case.into("r", "energy.heat", 500.0, **{"temperature": 60.0, "price": 90.0, **(into or {})})
