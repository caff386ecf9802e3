"""What is planted: exchanges that would close a loop, decoys that must never be proposed, pools and shared activities.

Amounts are those of 2024, in canonical units a year; the network moves them a little from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass

PLANTED, DECOY = "planted", "decoy"


@dataclass(frozen=True)
class Exchange:
    """An outflow of `supplier`, and what `receiver` would use it for.

    `outlet`: where the outflow goes today. `price`: EUR per canonical unit that the supplier pays for it. `need`: the
    receiver's inflow where its trade's recipe has none; `need_price` what it pays a unit now.
    """

    kind: str
    supplier: str
    receiver: str
    supplied: str
    needed: str
    amount: float
    why: str
    outlet: str = ""
    price: float | None = None
    treatment: str = ""
    available: str = "yes"
    confidential: bool = False
    temperature: float | None = None
    need: float = 0.0
    need_from: str = "lu"
    need_price: float | None = None
    need_temperature: float | None = None
    has_have: bool = False
    has_want: bool = False
    quality: str = ""


_HOT = "waste heat at 80 °C or more, rejected to the air, beside a need at 60 °C"
_COOL = "clean cooling water goes to the sewer, beside a need of industrial water"
EXCHANGES = (
    Exchange(PLANTED, "ba-charpente", "ba-palettes", "waste.150103", "material.pallet", 85,
             "used pallets and crates, beside a maker of pallets", "fr", 45, "R1", need_price=310, has_have=True,
             has_want=True),
    Exchange(PLANTED, "ba-menuiserie", "ba-panneaux", "waste.030105", "material.wood", 320,
             "sawdust is burnt abroad, beside a maker of panels", "de", 30, "R1", available="", need_price=95),
    Exchange(PLANTED, "ba-conserves", "ba-papeterie", "waste.150101", "material.paper", 140,
             "sorted cardboard leaves the zone, beside a paper mill", "", 40, "R3", need_price=160),
    Exchange(PLANTED, "ba-limonade", "ba-verrerie", "waste.150107", "material.glass", 160,
             "broken bottles leave the country, beside a glass works", "be", 25, "R5", need_price=85, has_have=True),
    Exchange(PLANTED, "ba-verrerie", "ba-serres", "energy.heat", "energy.heat", 5200, _HOT, "nature", temperature=85,
             need=2600, need_price=82, need_temperature=60, has_have=True, has_want=True),
    Exchange(PLANTED, "ba-extrusion", "ba-tri", "water.cooling", "water.industrial", 22000, _COOL, "kaerjeng", 2.1,
             need=14000, need_from="kaerjeng", need_price=1.9, quality="clean"),
    Exchange(PLANTED, "ba-conserves", "ba-biogaz", "waste.020304", "waste.200108", 640,
             "food residues leave the country, beside a biogas plant that wants them", "fr", 55, "R3", need=1500,
             need_price=-20, has_want=True),
    Exchange(PLANTED, "db-demolition", "db-beton", "waste.170101", "material.aggregate", 5200,
             "crushed concrete goes to landfill, beside a maker of concrete", "fr", 14, "D1", need_price=17,
             has_have=True),
    Exchange(PLANTED, "db-tournage", "db-acierie", "waste.120101", "material.steel", 240,
             "clean turnings leave the zone, beside a steelworks that melts scrap", "", 15, "R4", available="",
             need_price=320),
    Exchange(PLANTED, "db-automobile", "db-entrepot", "waste.150103", "material.pallet", 150,
             "pallets are shredded, beside a warehouse that buys pallets", "de", 42, "R1", need_price=300,
             has_want=True),
    Exchange(PLANTED, "db-terrassement", "db-routes", "waste.170504", "material.soil", 9000,
             "clean soil goes to landfill, beside road works that buy soil", "", 9, "D1", need=11000, need_from="fr",
             need_price=8, has_have=True),
    Exchange(PLANTED, "db-grossiste", "db-films", "waste.150102", "material.plastic", 110,
             "sorted film is burnt, beside a maker of film", "be", 95, "R1", need_price=1150),
    Exchange(PLANTED, "db-acierie", "db-blanchisserie", "energy.heat", "energy.heat", 9500, _HOT, "nature",
             temperature=85, need=3200, need_price=78, need_temperature=60, has_want=True),
    Exchange(PLANTED, "db-jardins", "db-compost", "waste.200201", "waste.200201", 900,
             "green waste leaves the country, beside a composting plant that wants it", "fr", 48, "R3", need=2600,
             need_price=-30, has_want=True),
    Exchange(PLANTED, "kb-hypermarche", "kb-digesteur", "waste.200108", "waste.200108", 210,
             "unsold food leaves the country, beside a digester that wants it", "de", 140, "R3", need=700,
             need_price=-45, has_have=True, has_want=True),
    Exchange(PLANTED, "kb-donnees", "kb-reseau-chaleur", "energy.heat", "energy.heat", 6200, _HOT, "nature",
             temperature=80, need=5000, need_price=70, need_temperature=60, has_have=True),
    Exchange(PLANTED, "kb-calcul", "kb-proprete", "water.cooling", "water.industrial", 15000, _COOL,
             "luxembourg-ville", 2.2, need=9000, need_from="luxembourg-ville", need_price=2.0, quality="clean"),
    Exchange(PLANTED, "cd-galerie", "cd-logistique", "waste.150103", "material.pallet", 45,
             "pallets of a shopping centre are shredded, beside a hub that buys pallets", "", 60, "R1", available="",
             need_price=320, has_have=True),
    Exchange(DECOY, "db-chimie", "db-films", "waste.150110", "material.plastic", 95,
             "hazardous: packaging contaminated by what it held", "de", 420, "D10"),
    Exchange(DECOY, "db-terrassement", "db-routes", "waste.170503", "material.soil", 1400,
             "hazardous: contaminated soil", "de", 95, "D9"),
    Exchange(DECOY, "ba-peintures", "ba-vernis", "waste.140603", "material.solvent", 60, "hazardous: spent solvents",
             "de", 380, "R2", need=70, need_from="de", need_price=1400),
    Exchange(DECOY, "kb-serveurs", "kb-hotel", "energy.heat", "energy.heat", 3000,
             "heat at 35 °C beside a need at 90 °C", "nature", temperature=35, need=1800, need_price=85,
             need_temperature=90),
    Exchange(DECOY, "ba-cartonnages", "ba-papeterie", "waste.150101", "material.paper", 380, "its holder says no",
             "fr", -35, "R3", available="no"),
    Exchange(DECOY, "ba-ebenisterie", "ba-panneaux", "waste.030105", "material.wood", 140,
             "goes to that very receiver already, all of it", "ba-panneaux", 0, "R3", available=""),
    Exchange(DECOY, "db-decolletage", "db-acierie", "waste.120101", "material.steel", 95, "confidential", "de", 10, "R4",
             confidential=True),
    Exchange(DECOY, "kb-palace", "kb-restaurant-est", "waste.150107", "material.glass", 75,
             "the receiver has another trade and no such need", "de", 30, "R5"),
    Exchange(DECOY, "db-garage", "", "waste.130205", "", 18, "hazardous: offered, but waste oil may not go to a neighbour",
             "de", 150, "R9", has_have=True),
)  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """A service that `members` buy each for itself. `contract_years`: when their contracts end, one a member."""

    kind: str
    zone_id: str
    service_id: str
    members: tuple[str, ...]
    contract_years: tuple[int, ...]
    open_to_pooling: str
    why: str


def _pool(zone_id: str, service_id: str, year: int, *members: str) -> Pool:
    why = f"same service in the zone, open to pooling, contracts ending in {year}"
    return Pool(PLANTED, zone_id, service_id, members, (year,) * len(members), "yes", why)


POOLS = (
    _pool("bascharage", "waste_collection", 2026, "ba-conserves", "ba-limonade", "ba-verrerie", "ba-extrusion",
          "ba-charpente"),
    _pool("bascharage", "green_spaces", 2027, "ba-panneaux", "ba-papeterie", "ba-verrerie", "ba-tri"),
    _pool("dudelange-bettembourg", "security", 2026, "db-acierie", "db-automobile", "db-entrepot", "db-terminal"),
    _pool("kirchberg", "security", 2026, "kb-donnees", "kb-calcul", "kb-hypermarche"),
    _pool("kirchberg", "waste_collection", 2027, "kb-restaurant-est", "kb-restaurant-ouest", "kb-restaurant-nord",
          "kb-restaurant-sud"),
    _pool("cloche-dor", "shuttle", 2027, "cd-audit", "cd-banque", "cd-assurance", "cd-telecom"),
    _pool("cloche-dor", "childcare", 2026, "cd-audit", "cd-fonds", "cd-siege"),
    Pool(DECOY, "dudelange-bettembourg", "cleaning", ("db-films", "db-grossiste", "db-tournage"), (2026, 2026, 2026),
         "no", "none of them is open to pooling"),
    Pool(DECOY, "kirchberg", "maintenance", ("kb-hotel", "kb-palace", "kb-reseau-chaleur"), (2026, 2029, 2032), "maybe",
         "the contracts end in years far apart"),
    Pool(DECOY, "cloche-dor", "energy_purchase", ("cd-ingenierie",), (2026,), "yes", "one member only"),
    Pool(DECOY, "bascharage", "training", ("ba-tri",), (2026,), "yes", "one member only"),
)  # fmt: skip
COST_EUR_PER_EMPLOYEE = {
    "waste_collection": 190.0, "green_spaces": 80.0, "security": 310.0, "shuttle": 120.0, "childcare": 160.0,
    "cleaning": 260.0, "maintenance": 240.0, "energy_purchase": 25.0, "training": 60.0, "office_supplies": 45.0,
    "delivery": 90.0, "catering": 420.0,
}  # fmt: skip


@dataclass(frozen=True)
class Activity:
    """An issue that `members` share. The first `n_leaders` of them would lead, the others `wants_to`."""

    kind: str
    zone_id: str
    theme_id: str
    members: tuple[str, ...]
    n_leaders: int
    wants_to: str
    barrier_id: str


ACTIVITIES = (
    Activity(PLANTED, "cloche-dor", "mobility", ("cd-audit", "cd-banque", "cd-assurance", "cd-telecom", "cd-fonds",
             "cd-siege", "cd-ingenierie"), 2, "join", "leadership"),
    Activity(PLANTED, "cloche-dor", "accessibility", ("cd-galerie", "cd-banque", "cd-fonds", "cd-siege"), 1, "join",
             "cost"),
    Activity(PLANTED, "kirchberg", "food_waste", ("kb-restaurant-ouest", "kb-restaurant-est", "kb-restaurant-nord",
             "kb-restaurant-sud", "kb-hypermarche"), 1, "join", "time"),
    Activity(PLANTED, "kirchberg", "energy", ("kb-reseau-chaleur", "kb-donnees", "kb-calcul", "kb-hotel"), 1, "join",
             "technical"),
    Activity(PLANTED, "bascharage", "waste", ("ba-papeterie", "ba-conserves", "ba-limonade", "ba-charpente",
             "ba-extrusion"), 1, "join", "cost"),
    Activity(PLANTED, "bascharage", "energy", ("ba-verrerie", "ba-papeterie", "ba-extrusion"), 1, "join", "contract"),
    Activity(PLANTED, "dudelange-bettembourg", "accessibility", ("db-grossiste", "db-acierie", "db-automobile",
             "db-entrepot", "db-terminal"), 1, "join", "leadership"),
    Activity(PLANTED, "dudelange-bettembourg", "safety", ("db-terminal", "db-acierie", "db-routes", "db-demolition"), 1,
             "join", "time"),
    Activity(DECOY, "dudelange-bettembourg", "biodiversity", ("db-films", "db-chimie", "db-beton", "db-tournage"), 0,
             "informed", "space"),
    Activity(DECOY, "kirchberg", "wellbeing", ("kb-palace", "kb-hotel", "kb-proprete"), 0, "no", "time"),
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A flow that there is already between two companies of a zone, as both ends call it."""

    supplier: str
    receiver: str
    resource_id: str
    amount: float
    receiver_says: str = ""
    """Another name of the receiver's, where it does not write the supplier's code."""


LINKS = (
    Link("ba-panneaux", "ba-menuiserie", "material.wood", 260),
    Link("ba-cartonnages", "ba-limonade", "material.paper", 130),
    Link("ba-verrerie", "ba-limonade", "material.glass", 1500),
    Link("ba-palettes", "ba-verrerie", "material.pallet", 210),
    Link("ba-palettes", "ba-conserves", "material.pallet", 95),
    Link("ba-papeterie", "ba-cartonnages", "material.paper", 3800),
    Link("ba-peintures", "ba-charpente", "material.chemical_other", 9),
    Link("ba-limonade", "ba-papeterie", "waste.200101", 14, "material.paper"),
    Link("ba-charpente", "ba-tri", "waste.170405", 130, "waste.1704"),
    Link("db-acierie", "db-tournage", "material.steel", 640),
    Link("db-acierie", "db-automobile", "material.steel", 900),
    Link("db-films", "db-grossiste", "material.plastic", 70),
    Link("db-beton", "db-routes", "material.concrete", 2400),
    Link("kb-hypermarche", "kb-restaurant-est", "material.food", 36),
    Link("kb-hypermarche", "kb-restaurant-sud", "material.food", 22),
    Link("kb-reseau-chaleur", "kb-palace", "energy.heat", 1700),
    Link("kb-reseau-chaleur", "kb-agence", "energy.heat", 820),
    Link("kb-reseau-chaleur", "kb-banque-un", "energy.heat", 900),
    Link("kb-reseau-chaleur", "kb-banque-deux", "energy.heat", 1300),
    Link("kb-reseau-chaleur", "kb-conseil", "energy.heat", 540),
    Link("kb-reseau-chaleur", "kb-salle", "energy.heat", 450),
)

# What passes through the freight terminal: it belongs to others, and must not drown the zone.
TRANSIT = (
    ("in", "material.product", 310_000.0, "de"),
    ("in", "material.product", 190_000.0, "it"),
    ("in", "material.chemical_other", 95_000.0, "be"),
    ("in", "material.steel", 140_000.0, "de"),
    ("out", "material.product", 330_000.0, "fr"),
    ("out", "material.product", 170_000.0, "es"),
    ("out", "material.chemical_other", 95_000.0, "fr"),
    ("out", "material.steel", 140_000.0, "it"),
)
TERMINAL = "db-terminal"
