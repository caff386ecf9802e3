"""The true network: every flow of every establishment, in canonical units, for both years. Nobody sees it but the truth.

Water closes for each establishment: what comes in as drinking water is what leaves less what else came in. Where a trade
makes a product, the product is what is left of the materials, so that they close too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from metabolism.synthetic import plan
from metabolism.synthetic.draws import one_of, significant, stream
from metabolism.synthetic.recipes import Recipe, recipe_of
from metabolism.synthetic.roster import COMMUNES, COUNTRY, YEARS, Establishment

_DRIFT = 0.04
"""How far a flow moves from one year to the next: the sd of its relative change."""
_SPREAD = 0.15
"""How far an establishment lies from the recipe of its trade: the sd of the logarithm."""

NATURE, UNKNOWN = "nature", ""
WATER, MATERIAL = "water", "material"


@dataclass(frozen=True)
class Flow:
    """One true flow. `owner` is the establishment at one end, `partner` the other end as `owner` knows it: an
    establishment, a commune, a country code in lower case, `nature`, or `""` where it does not know.

    `base` is the amount of 2024; for a flow with `closes` it is its share of what closes that balance. `says`: what the
    owner writes in its row beside the quantity; `partner_says` the same for the other end, an establishment.
    """

    key: str
    owner: str
    direction: str
    resource_id: str
    partner: str
    base: float
    how_known: str = "estimated"
    purpose: str = "use"
    closes: str = ""
    says: Mapping[str, object] = field(default_factory=dict)
    partner_says: Mapping[str, object] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[str, str]:
        return (self.partner, self.owner) if self.direction == "in" else (self.owner, self.partner)

    @property
    def family(self) -> str:
        return self.resource_id.split(".", 1)[0]


@dataclass(frozen=True)
class Network:
    """`flows` by key; `values`: canonical units by key (rows) and year (columns); `drawn`: tonnes that the stock of an
    establishment's main input fell in a year, by (establishment, year); `stocks`: opening and closing of it."""

    flows: dict[str, Flow]
    values: pd.DataFrame
    stocks: dict[tuple[str, int], tuple[str, float, float]]

    def drawn(self, establishment_id: str, year: int) -> float:
        _, opening, closing = self.stocks.get((establishment_id, year), ("", 0.0, 0.0))
        return opening - closing

    def table(self) -> pd.DataFrame:
        """One row a flow and year: year, key, from, to, resource_id, value, purpose."""
        rows = [
            (year, key, *flow.ends, flow.resource_id, self.values.at[key, year], flow.purpose)
            for year in YEARS
            for key, flow in self.flows.items()
        ]
        return pd.DataFrame(rows, columns=["year", "key", "from", "to", "resource_id", "value", "purpose"])


def make_network(seed: int, roster: Mapping[str, Establishment]) -> Network:
    flows = [flow for establishment in roster.values() for flow in _own_flows(seed, establishment)]
    flows += _transit()
    flows += _planted(roster)
    flows += _links()
    by_key = {flow.key: flow for flow in flows}
    if len(by_key) < len(flows):
        raise ValueError("two flows have one key")
    stocks = _stocks(seed, flows, roster)
    return Network(by_key, _values(seed, by_key, stocks), stocks)


# --- what each has by its trade --------------------------------------------------------------------------------------


def _own_flows(seed: int, establishment: Establishment) -> list[Flow]:
    recipe = recipe_of(establishment.nace)
    planted = {e.supplied for e in plan.EXCHANGES if e.supplier == establishment.establishment_id}
    rng = stream(seed, "network", establishment.establishment_id)
    size = establishment.employees * float(np.exp(_SPREAD * rng.standard_normal()))
    made = [*_materials(establishment, recipe, size, rng, planted), *_energy(establishment, recipe, size, rng)]
    return made + list(_water(establishment, recipe, size))


def _flow(
    establishment: Establishment, direction: str, resource: str, partner: str, base: float, how: str, **more: object
) -> Flow:
    key = f"{establishment.establishment_id} {direction} {resource} {partner or '?'}"
    return Flow(key, establishment.establishment_id, direction, resource, partner, base, how, **more)  # type: ignore[arg-type]


def _materials(
    establishment: Establishment, recipe: Recipe, size: float, rng: np.random.Generator, planted: set[str]
) -> Iterator[Flow]:
    own = establishment.establishment_id
    needed = {e.needed: e.need_price for e in plan.EXCHANGES if e.receiver == own and e.need_price is not None}
    for resource, per_employee, places in recipe.inputs:
        total = per_employee * size * float(np.exp(0.1 * rng.standard_normal()))
        how = "invoiced" if rng.random() < 0.75 else "estimated"
        for place, share in _shares(places, rng):
            says = _of_an_input(resource, rng)
            if recipe.product == resource == "material.product":
                says["purpose"] = "resale"
            if resource in needed:
                says["price"] = needed[resource]
            yield _flow(establishment, "in", resource, place, significant(total * share), how, says=says)
    for code, per_employee, treatment in recipe.wastes:
        resource = f"waste.{code}"
        if resource in planted:
            continue
        amount = significant(per_employee * size * float(np.exp(0.2 * rng.standard_normal())))
        how = "weighed" if rng.random() < 0.7 else "estimated"
        place = one_of(rng, (COUNTRY, COUNTRY, "de", "fr", UNKNOWN))
        yield _flow(establishment, "out", resource, place, amount, how, says=_of_a_waste(treatment, rng))
    residual = significant(_residual_waste(establishment) * float(np.exp(0.3 * rng.standard_normal())))
    how = one_of(rng, ("weighed", "estimated", "counted"))
    says = _of_a_waste("R1", rng)
    yield _flow(establishment, "out", "waste.200301", establishment.commune, residual, how, says=says)
    for place, share in _shares(recipe.sales, rng) if recipe.product else ():
        yield _flow(establishment, "out", recipe.product, place, share, "invoiced", closes=MATERIAL)


def _residual_waste(establishment: Establishment) -> float:
    """Mixed municipal waste, t a year."""
    return 0.06 * establishment.employees


_HEATED_BY_HEAT_ALONE = {e.receiver for e in plan.EXCHANGES if e.kind == plan.DECOY and e.needed == "energy.heat"}
"""A need at 90 °C must be the only one there: gas would be another, of an unknown temperature."""


def _energy(establishment: Establishment, recipe: Recipe, size: float, rng: np.random.Generator) -> Iterator[Flow]:
    carriers = (
        ("energy.electricity", recipe.electricity, COUNTRY, "metered"),
        ("energy.gas", recipe.gas, COUNTRY, "metered"),
        ("energy.diesel", recipe.diesel, COUNTRY, "invoiced"),
        ("energy.heating_oil", recipe.heating_oil, COUNTRY, "invoiced"),
    )
    for resource, per_employee, place, how in carriers:
        if resource == "energy.gas" and establishment.establishment_id in _HEATED_BY_HEAT_ALONE:
            continue
        amount = per_employee * size * float(np.exp(0.15 * rng.standard_normal()))
        if per_employee and amount > 0.5:
            yield _flow(establishment, "in", resource, place, significant(amount), how, says=_of_energy(resource, rng))
    if rng.random() < 0.2:
        amount = significant(establishment.floor_area * float(rng.uniform(0.01, 0.05)))
        yield _flow(establishment, "in", "energy.ambient", NATURE, amount, "metered")
    for direction, resource, per_employee, place in recipe.other:
        if not resource.startswith("water."):
            amount = significant(per_employee * size)
            how = "metered" if resource.startswith("energy.") else "estimated"
            end = NATURE if resource.startswith("emission.") else place.lower()
            yield _flow(establishment, direction, resource, end, amount, how)


def _water(establishment: Establishment, recipe: Recipe, size: float) -> Iterator[Flow]:
    others = [(resource, amount) for _, resource, amount, _ in recipe.other if resource.startswith("water.")]
    needs = [
        e for e in plan.EXCHANGES if e.receiver == establishment.establishment_id and e.needed.startswith("water.")
    ]
    total = (recipe.water + sum(amount for _, amount in others)) * size + sum(need.need for need in needs)
    for resource, amount in others:
        yield _flow(establishment, "in", resource, NATURE, significant(amount * size), "metered")
    kept = 1.0
    for resource, share, how in (
        ("water.evaporated", recipe.evaporated, "estimated"),
        ("water.in_product", recipe.in_product, "counted"),
    ):
        if share:
            kept -= share
            end = NATURE if resource == "water.evaporated" else COUNTRY
            yield _flow(establishment, "out", resource, end, significant(total * share), how)
    commune = establishment.commune
    yield _flow(establishment, "out", "water.wastewater", commune, significant(total * kept), "estimated")
    yield _flow(establishment, "in", "water.drinking", commune, 1.0, "metered", closes=WATER)


def _shares(places: str, rng: np.random.Generator) -> list[tuple[str, float]]:
    """The places with random shares that add to one, the first the largest on average."""
    names = [place.lower() if place != "unknown" else UNKNOWN for place in places.split(";")]
    weights = np.array([float(rng.uniform(0.6, 1.4)) / (position + 1) for position in range(len(names))])
    shares = [significant(weight, 3) for weight in weights[:-1] / weights.sum()]
    return list(zip(names, [*shares, 1.0 - sum(shares)], strict=True))


_USUAL_PRICE = {
    "material.food": 900.0, "material.paper": 620.0, "material.plastic": 1250.0, "material.steel": 780.0,
    "material.wood": 240.0, "material.chemical_other": 1600.0, "material.cement": 118.0, "material.sand": 19.0,
    "material.aggregate": 18.0, "material.glass": 430.0, "material.pallet": 320.0, "material.asphalt": 78.0,
    "energy.electricity": 165.0, "energy.gas": 62.0, "energy.diesel": 128.0, "energy.heating_oil": 92.0,
    "energy.wood": 38.0,
}  # fmt: skip
_DISPOSAL_PRICE = {"R1": 125.0, "R3": 60.0, "R4": -90.0, "R5": 22.0, "R9": 160.0, "R10": 12.0, "D1": 75.0, "D10": 410.0}


def _of_an_input(resource: str, rng: np.random.Generator) -> dict[str, object]:
    says: dict[str, object] = {}
    if rng.random() < 0.4:
        says["criticality"] = int(rng.integers(1, 6))
    if rng.random() < 0.35:
        says["days_of_stock"] = int(rng.choice([2, 5, 7, 10, 14, 21, 30, 45, 60]))
    if rng.random() < 0.3:
        says["substitutable"] = str(rng.choice(["yes", "no"]))
    if rng.random() < 0.15:
        says["origin_country"] = str(rng.choice(["DE", "FR", "CN", "PL", "SE", "BR"]))
    if rng.random() < 0.3 and resource in _USUAL_PRICE:
        says["price"] = _USUAL_PRICE[resource] * float(rng.uniform(0.85, 1.2))
    return says


def _of_a_waste(treatment: str, rng: np.random.Generator) -> dict[str, object]:
    says: dict[str, object] = {"partner_name": "Entsorger Muster (synthetic)"} if rng.random() < 0.4 else {}
    if rng.random() < 0.85:
        says["treatment"] = treatment
    if rng.random() < 0.5:
        says["price"] = _DISPOSAL_PRICE.get(treatment, 80.0) * float(rng.uniform(0.8, 1.3))
    if rng.random() < 0.4:
        says["times_per_year"] = int(rng.choice([4, 12, 24, 26, 52, 104]))
    if rng.random() < 0.2:
        says["contract_end"] = f"{int(rng.choice([2026, 2027, 2028]))}-12-31"
    return says


def _of_energy(resource: str, rng: np.random.Generator) -> dict[str, object]:
    says: dict[str, object] = {"partner_name": "Versorger Muster (synthetic)"} if rng.random() < 0.4 else {}
    if rng.random() < 0.45 and resource in _USUAL_PRICE:
        says["price"] = _USUAL_PRICE[resource] * float(rng.uniform(0.9, 1.15))
    if rng.random() < 0.2:
        says["rhythm"] = str(rng.choice(["continuous", "working_hours", "batch"]))
    return says


# --- what there is besides -------------------------------------------------------------------------------------------


def _transit() -> Iterator[Flow]:
    for direction, resource, amount, place in plan.TRANSIT:
        key = f"{plan.TERMINAL} transit {direction} {resource} {place}"
        yield Flow(key, plan.TERMINAL, direction, resource, place, amount, "weighed", "transit")


def need_key(exchange: plan.Exchange) -> str:
    return f"need {exchange.receiver} {exchange.needed}"


def supply_key(exchange: plan.Exchange) -> str:
    return f"supply {exchange.supplier} {exchange.supplied}"


def _planted(roster: Mapping[str, Establishment]) -> Iterator[Flow]:
    for exchange in plan.EXCHANGES:
        partner_says: dict[str, object] = {"status": "waste"} if exchange.outlet in roster else {}
        yield Flow(
            supply_key(exchange), exchange.supplier, "out", exchange.supplied, exchange.outlet, exchange.amount,
            "metered" if exchange.supplied.startswith(("energy.", "water.")) else "weighed",
            says=_of_a_supply(exchange), partner_says=partner_says,
        )  # fmt: skip
        if exchange.need:
            says = {"price": exchange.need_price, "temperature": exchange.need_temperature}
            filled = {name: value for name, value in says.items() if value is not None}
            how = "weighed" if exchange.needed.startswith(("material.", "waste.")) else "metered"
            yield Flow(
                need_key(exchange), exchange.receiver, "in", exchange.needed, exchange.need_from, exchange.need, how,
                says=filled,
            )  # fmt: skip


def _of_a_supply(exchange: plan.Exchange) -> dict[str, object]:
    says: dict[str, object] = {
        "status": "by_product" if exchange.supplied.startswith(("energy.", "water.")) else "waste",
        "available": exchange.available,
        "treatment": exchange.treatment,
        "quality": exchange.quality,
        "price": exchange.price,
        "temperature": exchange.temperature,
        "confidential": "yes" if exchange.confidential else "",
        "rhythm": "continuous" if exchange.supplied.startswith("energy.") else "",
    }
    return {name: value for name, value in says.items() if value not in ("", None)}


def _links() -> Iterator[Flow]:
    for link in plan.LINKS:
        how = "metered" if link.resource_id.startswith("energy.") else "weighed"
        says: dict[str, object] = {"resource": link.receiver_says} if link.receiver_says else {}
        if link.resource_id == "energy.heat":
            says["temperature"] = 85
        key = f"link {link.supplier} {link.receiver} {link.resource_id}"
        supplied = {"temperature": 95} if link.resource_id == "energy.heat" else {}
        yield Flow(
            key, link.supplier, "out", link.resource_id, link.receiver, link.amount, how, says=supplied,
            partner_says=says,
        )  # fmt: skip


# --- what they amount to ---------------------------------------------------------------------------------------------


_STOCKED_OFFICES = ("cd-siege", "cd-assurance")
"""Their balance of materials is not closed, so a stock changes nothing else."""


def _stocks(
    seed: int, flows: list[Flow], roster: Mapping[str, Establishment]
) -> dict[tuple[str, int], tuple[str, float, float]]:
    """Stocks of the largest input of one in three makers of something, and of two head offices; a year opens with what
    the last one closed."""
    found = {}
    for establishment_id in roster:
        rng = stream(seed, "stocks", establishment_id)
        own = [flow for flow in flows if flow.owner == establishment_id]
        inputs = [f for f in own if f.direction == "in" and f.family == MATERIAL and f.purpose == "use"]
        is_maker = rng.random() <= 0.34 and any(flow.closes == MATERIAL for flow in own)
        if not inputs or not (is_maker or establishment_id in _STOCKED_OFFICES):
            continue
        main = max(inputs, key=lambda flow: flow.base)
        held = significant(main.base * float(rng.uniform(0.04, 0.12)), 3)
        for year in YEARS:
            closing = significant(held * float(rng.uniform(0.8, 1.2)), 3)
            found[establishment_id, year] = (main.resource_id, held, closing)
            held = closing
    return found


def _values(
    seed: int, flows: Mapping[str, Flow], stocks: Mapping[tuple[str, int], tuple[str, float, float]]
) -> pd.DataFrame:
    values = pd.DataFrame(index=list(flows), columns=list(YEARS), dtype=float)
    for key, flow in flows.items():
        if not flow.closes:
            values.loc[key] = _over_the_years(seed, flow)
    touching: dict[str, list[Flow]] = {}
    for flow in flows.values():
        for end in {*flow.ends} - {NATURE, UNKNOWN, COUNTRY, *COMMUNES}:
            touching.setdefault(end, []).append(flow)
    for key, flow in flows.items():
        if flow.closes:
            for year in YEARS:
                around = [f for f in touching[flow.owner] if not f.closes]
                _, opening, closing = stocks.get((flow.owner, year), ("", 0.0, 0.0))
                left = _left_over(flow, around, values[year], opening - closing)
                values.at[key, year] = round(left * flow.base, 6)
    if not (values > 0).all(axis=None):
        raise ValueError(f"a balance leaves nothing: {values[(values <= 0).any(axis=1)].index.tolist()}")
    return values


def _over_the_years(seed: int, flow: Flow) -> list[float]:
    """What there was of it in 2024 and after. All water of one company moves together: its balance keeps its shape."""
    rng = stream(seed, "drift", f"{flow.owner} water" if flow.family == WATER else flow.key)
    amounts = [flow.base]
    for _ in YEARS[1:]:
        amounts.append(significant(amounts[-1] * (1 + _DRIFT * float(np.clip(rng.standard_normal(), -2.5, 2.5)))))
    return amounts


def _left_over(flow: Flow, around: list[Flow], amounts: pd.Series, drawn: float) -> float:
    """What closes the balance of the owner: of water, or of materials and wastes."""
    if flow.closes == WATER:
        return sum((1 if f.ends[0] == flow.owner else -1) * float(amounts[f.key]) for f in around if f.family == WATER)
    return drawn + sum(sign * float(amounts[f.key]) for f in around if (sign := _material_sign(f, flow.owner)))


def _material_sign(flow: Flow, owner: str) -> int:
    """How a flow counts in a balance of materials: what comes in less what leaves; transit does not count."""
    if flow.purpose == "transit":
        return 0
    if flow.resource_id == "water.in_product" and flow.owner == owner:
        return 1
    if flow.family in ("material", "waste") or flow.resource_id in ("emission.other", "emission.co2_process"):
        return 1 if flow.ends[1] == owner else -1
    return 0
