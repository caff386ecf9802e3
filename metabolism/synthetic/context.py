"""The other sheets: the establishment itself, stocks, mobility, services, issues, facts, haves and wants.

Each function gives the rows of one establishment under contract names; `year` tells the two answers apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from metabolism.synthetic import plan
from metabolism.synthetic.campaign import FORM, LEDGER, Shape
from metabolism.synthetic.declarations import draw, written
from metabolism.synthetic.draws import one_of, significant, stream
from metabolism.synthetic.network import MATERIAL, Network, supply_key
from metabolism.synthetic.roster import COUNTRY, MOBILITY_GROUP, RESTAURANTS, YEARS, Establishment
from metabolism.synthetic.words import Words

Cells = dict[str, object]
COMMUTING_PCT = 50.0
WORKING_DAYS = 220.0


def _kept(cells: Cells) -> Cells:
    return {name: cell for name, cell in cells.items() if cell not in ("", None)}


# --- establishment and stocks ----------------------------------------------------------------------------------------


def establishment_row(seed: int, year: int, establishment: Establishment, shape: Shape, network: Network) -> Cells:
    rng = stream(seed, "about", establishment.establishment_id)
    complete = complete_families(seed, establishment, shape, network)
    nace = establishment.nace if rng.random() < 0.7 else establishment.nace.replace(".", "")
    return _kept(
        {
            "establishment_id": establishment.establishment_id,
            "name": establishment.name,
            "nace": nace,
            "employees": employees_of(seed, year, establishment),
            "floor_area": establishment.floor_area if rng.random() < 0.8 else None,
            "organisation": establishment.organisation,
            "address": establishment.address,
            "postcode": establishment.postcode,
            "locality": establishment.locality,
            "commune": establishment.commune,
            "country": "LU",
            "latitude": establishment.latitude,
            "longitude": establishment.longitude,
            "share_level": establishment.share_level,
            "open_figures": establishment.open_figures,
            "complete_for": ";".join(complete),
        }
    )


def employees_of(seed: int, year: int, establishment: Establishment) -> int:
    """Those of the frame in the first year; a few more or less after."""
    if year == YEARS[0]:
        return establishment.employees
    change = 0.02 * float(np.clip(stream(seed, "staff", year, establishment.establishment_id).standard_normal(), -2, 2))
    return max(round(establishment.employees * (1 + change)), 3)


def complete_families(seed: int, establishment: Establishment, shape: Shape, network: Network) -> list[str]:
    """What it declares completely: water by one in three, materials and wastes by half of those that make something."""
    if shape.kind in (LEDGER, FORM):
        return []
    rng = stream(seed, "complete", establishment.establishment_id)
    is_water, is_material = rng.random() < 0.4, rng.random() < 0.5
    makes = any(f.closes == MATERIAL for f in network.flows.values() if f.owner == establishment.establishment_id)
    return [*(["material", "waste"] if is_material and makes else []), *(["water"] if is_water else [])]


def stock_rows(year: int, establishment: Establishment, network: Network, shape: Shape, words: Words) -> list[Cells]:
    held = network.stocks.get((establishment.establishment_id, year))
    if held is None or shape.kind in (LEDGER, FORM):
        return []
    resource, opening, closing = held
    name = words.say("resources", resource, shape.language)
    return [
        {
            "establishment_id": establishment.establishment_id,
            "resource": name,
            "opening": opening,
            "closing": closing,
            "unit": "t",
        }
    ]


# --- mobility --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Employees of one residence (a commune, or a country in lower case) who come by one mode; distance one way."""

    residence: str
    mode: str
    commuters: int
    days_per_week: int
    distance_km: float

    @property
    def trips(self) -> float:
        """Trips a year in each direction."""
        return 0.0 if self.mode == "remote" else self.commuters * self.days_per_week / 5 * WORKING_DAYS


_RESIDENCES = {"own": (0.13, 4), "luxembourg-ville": (0.14, 9), "lu": (0.30, 22), "fr": (0.25, 38), "be": (0.09, 33),
               "de": (0.09, 41)}  # fmt: skip
_MODES = {
    "own": {"car_alone": 0.40, "walk": 0.20, "bike": 0.20, "bus": 0.20},
    "luxembourg-ville": {"car_alone": 0.50, "bus": 0.20, "tram": 0.15, "bike": 0.15},
    "lu": {"car_alone": 0.66, "train": 0.16, "bus": 0.12, "carpool": 0.06},
    "fr": {"car_alone": 0.68, "train": 0.20, "carpool": 0.12},
    "be": {"car_alone": 0.76, "train": 0.16, "carpool": 0.08},
    "de": {"car_alone": 0.80, "bus": 0.12, "carpool": 0.08},
}


def commuting(seed: int, year: int, establishment: Establishment) -> list[Group]:
    """The true commuting of all its employees."""
    rng = stream(seed, "commuting", establishment.establishment_id)
    is_office = int(establishment.nace[:2]) >= 58
    shares = np.array([share for share, _ in _RESIDENCES.values()]) * rng.uniform(0.7, 1.3, len(_RESIDENCES))
    employees = employees_of(seed, year, establishment)
    found: list[Group] = []
    for (name, (_, far)), share in zip(_RESIDENCES.items(), shares / shares.sum(), strict=True):
        residence = establishment.commune if name == "own" else name
        days = int(rng.choice([5, 4])) if is_office else 5
        distance = significant(far * float(rng.uniform(0.8, 1.2)), 2)
        for mode, of_mode in _MODES[name].items():
            n = round(employees * share * of_mode * float(rng.uniform(0.8, 1.2)))
            if n and (residence, mode) not in {(group.residence, group.mode) for group in found}:
                found.append(Group(residence, mode, n, days, distance))
    if is_office and employees >= 100:
        found.append(Group("lu", "remote", max(round(0.04 * employees), 1), 5, 0.0))
    return found


def tells_mobility(seed: int, establishment: Establishment) -> bool:
    if establishment.establishment_id in MOBILITY_GROUP:
        return True
    return stream(seed, "tells mobility", establishment.establishment_id).random() < 0.6


def mobility_rows(seed: int, year: int, establishment: Establishment) -> list[Cells]:
    """The mobility group asked a sample of its employees; the others give what they believe."""
    if not tells_mobility(seed, establishment):
        return []
    rng = stream(seed, "mobility", year, establishment.establishment_id)
    groups = commuting(seed, year, establishment)
    if establishment.establishment_id in MOBILITY_GROUP:
        everybody = np.array([group.commuters for group in groups])
        asked = round(0.3 * int(everybody.sum()))
        said = rng.multivariate_hypergeometric(everybody, asked)
        return [_commuters(establishment, g, int(n), asked, rng) for g, n in zip(groups, said, strict=True) if n]
    said = np.array([round(draw(group.commuters, COMMUTING_PCT, rng)) for group in groups])
    return [_commuters(establishment, g, int(n), None, rng) for g, n in zip(groups, said, strict=True) if n]


def _commuters(
    establishment: Establishment, group: Group, commuters: int, surveyed: int | None, rng: np.random.Generator
) -> Cells:
    is_abroad = len(group.residence) == 2 and group.residence != COUNTRY
    is_works = int(establishment.nace[:2]) < 53
    is_shift = is_works and rng.random() < 0.4
    return _kept(
        {
            "establishment_id": establishment.establishment_id,
            "residence": "" if is_abroad else group.residence,
            "residence_country": group.residence.upper() if is_abroad else "",
            "mode": group.mode,
            "commuters": commuters,
            "surveyed": surveyed,
            "days_per_week": group.days_per_week if group.days_per_week != 5 or rng.random() < 0.5 else None,
            "distance_km": group.distance_km or None,
            "shift_start": "06:00" if is_shift else "",
            "shift_end": "14:00" if is_shift else "",
        }
    )


# --- services, issues ------------------------------------------------------------------------------------------------

_PROVIDERS = ("Dienst Muster (synthetic)", "Services Fictifs (synthetic)", "Example Services (synthetic)")


def service_rows(seed: int, establishment: Establishment, shape: Shape, words: Words) -> list[Cells]:
    """What is planted for it, and now and then a service that it does not want to share."""
    owner = establishment.establishment_id
    rows = []
    for pool in plan.POOLS:
        if owner in pool.members:
            rng = stream(seed, "service", owner, pool.service_id)
            contract_end = (
                f"{pool.contract_years[pool.members.index(owner)]}-{one_of(rng, ('06-30', '09-30', '12-31'))}"
            )
            is_open = "maybe" if pool.open_to_pooling == "yes" and rng.random() < 0.3 else pool.open_to_pooling
            rows.append(_service(establishment, pool.service_id, contract_end, is_open, shape, words, rng))
    rng = stream(seed, "other services", owner)
    for service_id in ("office_supplies", "delivery", "catering"):
        if rng.random() < 0.2:
            rows.append(_service(establishment, service_id, "", "no", shape, words, rng))
    return rows


def _service(
    establishment: Establishment, service_id: str, contract_end: str, is_open: str, shape: Shape, words: Words,
    rng: np.random.Generator,
) -> Cells:  # fmt: skip
    usual = plan.COST_EUR_PER_EMPLOYEE[service_id] * establishment.employees**0.85 * 2.0
    visits = {"waste_collection": (52, 104, 156), "green_spaces": (12, 18), "maintenance": (4, 12), "training": (2,)}
    return _kept(
        {
            "establishment_id": establishment.establishment_id,
            "service": words.say("services", service_id, shape.language),
            "provider": one_of(rng, _PROVIDERS),
            "visits_per_year": one_of(rng, visits[service_id]) if service_id in visits else None,
            "cost_eur_per_year": significant(usual * float(rng.uniform(0.8, 1.25)), 3),
            "contract_end": contract_end,
            "open_to_pooling": is_open,
        }
    )


_QUIET_THEMES = ("materials", "water", "cohesion", "biodiversity", "safety", "waste", "mobility")


def issue_rows(seed: int, establishment: Establishment, shape: Shape, words: Words) -> list[Cells]:
    """What is planted for it, and other themes that do not press."""
    owner = establishment.establishment_id
    rows: list[Cells] = []
    used = set()
    for activity in plan.ACTIVITIES:
        if owner not in activity.members:
            continue
        rng = stream(seed, "issue", owner, activity.theme_id)
        used.add(activity.theme_id)
        wants = "lead" if activity.members.index(owner) < activity.n_leaders else activity.wants_to
        rows.append(_issue(owner, activity.theme_id, int(rng.integers(4, 6)), wants, activity.barrier_id, shape, words))
    rng = stream(seed, "quiet issues", owner)
    for theme_id in _QUIET_THEMES:
        if theme_id not in used and rng.random() < 0.25:
            priority = int(rng.integers(1, 4))
            wants = one_of(rng, ("join", "informed", "no", "") if priority < 3 else ("informed", "no"))
            rows.append(_issue(owner, theme_id, priority, wants, "", shape, words))
    return rows


def _issue(
    owner: str, theme_id: str, priority: int, wants_to: str, barrier_id: str, shape: Shape, words: Words
) -> Cells:
    return _kept(
        {
            "establishment_id": owner,
            "theme": words.say("themes", theme_id, shape.language),
            "priority": priority,
            "wants_to": wants_to,
            "barrier": words.say("barriers", barrier_id, shape.language) if barrier_id else "",
        }
    )


# --- facts, haves and wants ------------------------------------------------------------------------------------------


def fact_rows(
    seed: int, year: int, establishment: Establishment, network: Network, shape: Shape, words: Words
) -> list[Cells]:
    rng = stream(seed, "facts", establishment.establishment_id)
    staff = establishment.employees
    values: dict[str, tuple[float, float | None]] = {}
    if rng.random() < 0.7:
        places = significant(staff * float(rng.uniform(0.2, 0.7)), 2)
        values["parking"] = (places, significant(places * 0.15, 1) if rng.random() < 0.4 else None)
    for fact_id, chance, amount in (
        ("bike_parking", 0.5, staff * 0.06),
        ("roof", 0.5, establishment.floor_area * 0.5),
        ("deliveries", 0.45, 4 + staff * 0.2),
        ("operating_days", 0.6, 250.0),
        ("vans_trucks", 0.3, 1 + staff * 0.05),
        ("electric_peak", 0.25, 20 + staff * 4.0),
        ("paved_area", 0.2, establishment.floor_area * 0.8),
    ):
        if rng.random() < chance:
            values[fact_id] = (max(significant(amount * float(rng.uniform(0.9, 1.1)), 2), 1.0), None)
    if establishment.establishment_id in RESTAURANTS:
        values |= _of_a_restaurant(year, establishment, network, rng)
    return [
        _kept(
            {
                "establishment_id": establishment.establishment_id,
                "fact": words.say("facts", fact_id, shape.language),
                "value": value,
                "spare": spare,
            }
        )
        for fact_id, (value, spare) in values.items()
    ]


def food_waste_kg(network: Network, establishment_id: str, year: int) -> float:
    """The true food waste of one company, kg a year."""
    own = [f for f in network.flows.values() if f.owner == establishment_id and f.resource_id == "waste.200108"]
    return 1000.0 * sum(float(network.values.at[flow.key, year]) for flow in own)


def _of_a_restaurant(
    year: int, establishment: Establishment, network: Network, rng: np.random.Generator
) -> dict[str, tuple[float, float | None]]:
    waste = food_waste_kg(network, establishment.establishment_id, year)
    parts = {"food_waste_kitchen": 0.25, "food_waste_unsold": 0.30, "food_waste_plate": 0.45}
    meals = significant(waste / float(rng.uniform(0.105, 0.135)), 3)
    found: dict[str, tuple[float, float | None]] = {
        name: (significant(waste * p, 3), None) for name, p in parts.items()
    }
    return {"meals_served": (meals, None), **found, "food_donated": (significant(waste * 0.03, 2), None)}


_OTHER_HAVES = (("have", "parking", "12", "", "after 18:00"), ("want", "storage", "300", "", ""),
                ("have", "meeting_rooms", "", "", "Friday"), ("want", "training", "", "", "first aid"))  # fmt: skip


def have_rows(
    seed: int, year: int, establishment: Establishment, network: Network, shape: Shape, words: Words
) -> list[Cells]:
    """Haves of planted outflows, wants of planted needs, and now and then another."""
    owner = establishment.establishment_id
    rows = []
    for exchange in plan.EXCHANGES:
        if exchange.has_have and exchange.supplier == owner:
            amount = float(network.values.at[supply_key(exchange), year])
            rows.append(_offered(owner, "have", exchange.supplied, amount, exchange.quality))
        if exchange.has_want and exchange.receiver == owner:
            amount = exchange.need or exchange.amount
            warm = f"{exchange.need_temperature:g} °C" if exchange.need_temperature else ""
            rows.append(_offered(owner, "want", exchange.needed, amount, warm))
    rng = stream(seed, "haves", owner)
    if rng.random() < 0.15:
        kind, what, quantity, unit, condition = one_of(rng, _OTHER_HAVES)
        known = "facts" if what in words.labels.get("facts", {}) else "services"
        told = words.say(known, what, shape.language)
        rows.append(_kept({"establishment_id": owner, "kind": kind, "what": told, "quantity": quantity,
                           "unit": unit, "condition": condition}))  # fmt: skip
    return rows


def _offered(owner: str, kind: str, resource_id: str, amount: float, condition: str) -> Cells:
    unit = {"energy": "MWh", "water": "m3"}.get(resource_id.split(".")[0], "t")
    code = resource_id.removeprefix("waste.")
    what = resource_id if code == resource_id else " ".join(code[at : at + 2] for at in range(0, len(code), 2))
    return _kept({"establishment_id": owner, "kind": kind, "what": what, "quantity": written(significant(amount, 2)),
                  "unit": unit, "period": "year", "condition": condition})  # fmt: skip


def sheets_of(
    seed: int, year: int, establishment: Establishment, network: Network, shape: Shape, words: Words
) -> Mapping[str, list[Cells]]:
    """All sheets but `flows`."""
    return {
        "establishment": [establishment_row(seed, year, establishment, shape, network)],
        "stocks": stock_rows(year, establishment, network, shape, words),
        "mobility": mobility_rows(seed, year, establishment),
        "services": service_rows(seed, establishment, shape, words),
        "issues": issue_rows(seed, establishment, shape, words),
        "facts": fact_rows(seed, year, establishment, network, shape, words),
        "haves_wants": have_rows(seed, year, establishment, network, shape, words),
    }
