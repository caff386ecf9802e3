"""What a trade needs and leaves, per employee and year: orders of magnitude, invented to be plausible.

`inputs`: resource, t an employee, where it comes from. `wastes`: code, t an employee, treatment. Energy in MWh, water in
m³. What is made is what is left of the inputs after the wastes, so that the balance of materials closes.
"""

from __future__ import annotations

from dataclasses import dataclass

Input = tuple[str, float, str]
Waste = tuple[str, float, str]


@dataclass(frozen=True)
class Recipe:
    """`places` of inputs and of `sales` are country codes, `zone_commune` or `unknown`, `;` between."""

    inputs: tuple[Input, ...] = ()
    wastes: tuple[Waste, ...] = ()
    product: str = ""
    sales: str = "DE;FR;LU"
    electricity: float = 4.0
    gas: float = 3.0
    diesel: float = 0.0
    heating_oil: float = 0.0
    water: float = 12.0
    evaporated: float = 0.0
    in_product: float = 0.0
    other: tuple[tuple[str, str, float, str], ...] = ()
    """Further flows: direction, resource, amount an employee, place."""


_OFFICE = Recipe(
    inputs=(("material.paper", 0.03, "unknown"), ("material.equipment", 0.025, "DE")),
    wastes=(("200101", 0.035, "R3"), ("200136", 0.006, "R4")),
    electricity=3.6, gas=2.4, water=9.0,
)  # fmt: skip
_SHOP = Recipe(
    inputs=(("material.product", 22.0, "DE;FR;BE"),),
    wastes=(("150101", 0.45, "R3"), ("150102", 0.09, "R3")),
    product="material.product", sales="LU", electricity=9.0, gas=4.0, water=11.0,
)  # fmt: skip
_METALWORK = Recipe(
    inputs=(("material.steel", 17.0, "DE;FR"), ("material.chemical_other", 0.12, "DE")),
    wastes=(("120101", 1.9, "R4"), ("120109", 0.08, "R9"), ("150101", 0.11, "R3")),
    product="material.steel", electricity=15.0, gas=7.0, water=16.0, evaporated=0.08,
)  # fmt: skip
_MACHINES = Recipe(
    inputs=(("material.steel", 9.0, "DE;FR"), ("material.equipment", 3.5, "DE;IT"), ("material.plastic", 0.4, "BE")),
    wastes=(("120101", 0.5, "R4"), ("150101", 0.16, "R3"), ("150103", 0.14, "R3")),
    product="material.equipment", electricity=8.0, gas=6.0, water=10.0,
)  # fmt: skip
_BUILDING = Recipe(
    inputs=(("material.concrete", 30.0, "LU"), ("material.steel", 1.6, "DE"), ("material.wood", 1.2, "DE")),
    wastes=(("170904", 4.0, "R5"), ("170201", 0.4, "R3"), ("170405", 0.25, "R4")),
    electricity=1.6, gas=1.6, diesel=7.0, water=12.0,
)  # fmt: skip
_FITTING = Recipe(
    inputs=(("material.equipment", 2.6, "DE;FR"), ("material.copper", 0.25, "DE")),
    wastes=(("170904", 0.5, "R5"), ("170411", 0.05, "R4"), ("150101", 0.12, "R3")),
    electricity=1.9, gas=2.2, diesel=5.0, water=9.0,
)  # fmt: skip
_WHOLESALE = Recipe(
    inputs=(("material.product", 70.0, "DE;FR;BE"),),
    wastes=(("150101", 0.5, "R3"), ("150102", 0.12, "R3"), ("150103", 0.3, "R3")),
    product="material.product", sales="LU;FR", electricity=5.0, gas=4.0, diesel=9.0, water=10.0,
)  # fmt: skip
_HAULAGE = Recipe(
    inputs=(("material.product", 0.5, "DE"), ("material.chemical_other", 0.1, "BE")),
    wastes=(("160103", 0.25, "R3"), ("130205", 0.06, "R9")),
    electricity=2.0, gas=2.5, diesel=130.0, water=14.0,
)  # fmt: skip
_STORAGE = Recipe(
    inputs=(("material.pallet", 1.6, "DE"), ("material.plastic", 0.15, "BE")),
    wastes=(("150101", 0.7, "R3"), ("150102", 0.25, "R3")),
    electricity=16.0, gas=6.0, diesel=6.0, water=11.0,
)  # fmt: skip
_INN = Recipe(
    inputs=(("material.food", 5.0, "LU;FR"), ("material.textile", 0.06, "unknown")),
    wastes=(("200108", 0.9, "R3"), ("150107", 0.25, "R5")),
    electricity=9.0, gas=9.0, water=120.0, evaporated=0.04,
)  # fmt: skip
_CANTEEN = Recipe(
    inputs=(("material.food", 13.0, "LU;FR"), ("material.paper", 0.2, "unknown")),
    wastes=(("200108", 2.6, "R3"), ("200125", 0.12, "R9")),
    electricity=11.0, gas=8.0, water=90.0, evaporated=0.10,
)  # fmt: skip
_FOOD = Recipe(
    inputs=(("material.food", 62.0, "FR;DE;LU"), ("material.paper", 3.2, "DE"), ("material.plastic", 1.1, "BE")),
    wastes=(("020304", 4.2, "R3"), ("150101", 0.9, "R3")),
    product="material.food", electricity=19.0, gas=24.0, water=150.0, evaporated=0.12, in_product=0.10,
)  # fmt: skip

RECIPES: dict[str, Recipe] = {
    "01": Recipe(
        inputs=(("material.chemical_other", 0.8, "NL"), ("material.plastic", 0.35, "NL"), ("material.soil", 6.0, "DE")),
        wastes=(("020103", 2.2, "R3"), ("020104", 0.2, "R3")),
        product="material.food", sales="LU;DE", electricity=13.0, gas=35.0, water=260.0, evaporated=0.75,
        other=(("in", "water.rain", 180.0, ""),),
    ),
    "10": _FOOD,
    "11": Recipe(
        inputs=(("material.food", 52.0, "DE;FR"), ("material.glass", 38.0, "FR"), ("material.paper", 5.0, "DE"),
                ("material.plastic", 6.0, "BE")),
        wastes=(("150102", 0.4, "R3"), ("150101", 0.8, "R3"), ("020704", 1.0, "R3")),
        product="material.food", sales="LU;FR;BE", electricity=26.0, gas=22.0, water=900.0, evaporated=0.05,
        in_product=0.55,
    ),
    "16.21": Recipe(
        inputs=(("material.wood", 620.0, "DE;FR;BE"), ("material.chemical_other", 48.0, "DE")),
        wastes=(("030105", 6.0, "R1"), ("150101", 0.3, "R3")),
        product="material.wood", electricity=85.0, gas=18.0, water=70.0, evaporated=0.5,
        other=(("in", "energy.wood", 95.0, "DE"),),
    ),
    "16.23": Recipe(
        inputs=(("material.wood", 34.0, "DE;FR"), ("material.chemical_other", 0.4, "DE")),
        wastes=(("150101", 0.2, "R3"), ("080111", 0.05, "R1")),
        product="material.wood", sales="LU", electricity=8.0, gas=3.0, water=9.0,
    ),
    "16.24": Recipe(
        inputs=(("material.wood", 58.0, "DE"), ("material.pallet", 22.0, "FR;BE"), ("material.steel", 0.6, "DE")),
        wastes=(("030105", 3.0, "R1"),),
        product="material.pallet", sales="LU;DE", electricity=10.0, gas=3.0, water=8.0,
    ),
    "17.12": Recipe(
        inputs=(("material.paper", 230.0, "FR;DE"), ("material.chemical_other", 9.0, "DE")),
        wastes=(("030307", 14.0, "R1"), ("030310", 9.0, "R3")),
        product="material.paper", electricity=150.0, gas=210.0, water=1500.0, evaporated=0.09, in_product=0.01,
    ),
    "17.21": Recipe(
        inputs=(("material.paper", 110.0, "DE;FR"), ("material.chemical_other", 1.5, "DE")),
        wastes=(("080312", 0.1, "R1"),),
        product="material.paper", electricity=18.0, gas=14.0, water=40.0, evaporated=0.15,
    ),
    "18": Recipe(
        inputs=(("material.paper", 42.0, "DE;BE"), ("material.chemical_other", 0.8, "DE")),
        wastes=(("150101", 3.0, "R3"), ("080312", 0.12, "R1")),
        product="material.paper", sales="LU", electricity=16.0, gas=6.0, water=12.0,
    ),
    "20.30": Recipe(
        inputs=(("material.chemical_other", 46.0, "DE;BE"), ("material.plastic", 2.0, "DE")),
        wastes=(("080111", 0.5, "D10"), ("150101", 0.3, "R3")),
        product="material.chemical_other", electricity=12.0, gas=9.0, water=70.0, evaporated=0.03, in_product=0.30,
    ),
    "20.59": Recipe(
        inputs=(("material.chemical_other", 38.0, "DE;BE;FR"), ("material.solvent", 3.0, "DE")),
        wastes=(("070104", 0.4, "D10"), ("150101", 0.2, "R3")),
        product="material.chemical_other", electricity=17.0, gas=16.0, water=140.0, evaporated=0.25,
    ),
    "22": Recipe(
        inputs=(("material.plastic", 62.0, "BE;DE;FR"), ("material.chemical_other", 1.6, "DE")),
        wastes=(("070213", 1.4, "R3"), ("150101", 0.4, "R3")),
        product="material.plastic", electricity=46.0, gas=5.0, water=30.0, evaporated=0.3,
    ),
    "23.13": Recipe(
        inputs=(("material.sand", 150.0, "DE;BE"), ("material.glass", 34.0, "FR"),
                ("material.chemical_other", 42.0, "FR"), ("material.cement", 36.0, "BE")),
        wastes=(("101112", 3.5, "R5"), ("150101", 0.6, "R3")),
        product="material.glass", sales="FR;DE;LU", electricity=48.0, gas=330.0, water=120.0, evaporated=0.7,
        other=(("out", "emission.co2_process", 38.0, ""),),
    ),
    "23.6": Recipe(
        inputs=(("material.aggregate", 900.0, "DE;FR"), ("material.sand", 560.0, "DE"), ("material.cement", 290.0, "LU")),
        wastes=(("101314", 14.0, "R5"),),
        product="material.concrete", sales="LU;FR", electricity=16.0, gas=4.0, diesel=14.0, water=150.0,
        evaporated=0.05, in_product=0.82,
    ),
    "24.10": Recipe(
        inputs=(("material.steel", 640.0, "FR;DE;LU"), ("material.metal_other", 12.0, "DE"),
                ("material.cement", 28.0, "LU")),
        wastes=(("100202", 70.0, "R5"), ("100207", 9.0, "R4"), ("161104", 2.0, "R5")),
        product="material.steel", sales="DE;FR;NL", electricity=380.0, gas=160.0, water=70.0, evaporated=0.55,
        other=(("in", "water.industrial", 420.0, ""), ("out", "emission.co2_process", 19.0, "")),
    ),
    "25": _METALWORK,
    "28": _MACHINES,
    "29": Recipe(
        inputs=(("material.steel", 11.0, "DE;FR"), ("material.plastic", 7.5, "BE;DE"), ("material.equipment", 4.0, "DE")),
        wastes=(("070213", 0.3, "R3"), ("150101", 0.8, "R3")),
        product="material.equipment", sales="DE;FR", electricity=14.0, gas=8.0, water=18.0, evaporated=0.1,
    ),
    "33": Recipe(
        inputs=(("material.equipment", 1.2, "DE"), ("material.steel", 1.1, "DE")),
        wastes=(("170405", 0.5, "R4"), ("150101", 0.07, "R3")),
        electricity=4.0, gas=4.0, diesel=3.0, water=9.0,
    ),
    "35.21": Recipe(
        inputs=(("material.chemical_other", 0.6, "DE"),),
        wastes=(("190606", 420.0, "R10"),),
        electricity=30.0, gas=0.0, diesel=8.0, water=40.0,
        other=(("out", "energy.biogas", 700.0, "lu"),),
    ),
    "35.30": Recipe(
        inputs=(("material.chemical_other", 0.4, "DE"),),
        wastes=(("150101", 0.1, "R3"),),
        electricity=60.0, gas=1500.0, water=60.0, evaporated=0.2,
    ),
    "38.21": Recipe(
        inputs=(("material.wood", 12.0, "LU"),),
        wastes=(("191212", 25.0, "R1"),),
        electricity=8.0, gas=0.0, diesel=26.0, water=60.0, evaporated=0.8,
        other=(("out", "material.biomass", 260.0, "lu"),),
    ),
    "38.32": Recipe(
        inputs=(("material.steel", 0.4, "DE"),),
        wastes=(("191202", 38.0, "R4"), ("191204", 16.0, "R3"), ("191212", 30.0, "R1")),
        electricity=22.0, gas=2.0, diesel=18.0, water=14.0,
        other=(("in", "waste.150106", 60.0, "lu"), ("in", "waste.170904", 34.0, "lu")),
    ),
    "41": _BUILDING,
    "42": Recipe(
        inputs=(("material.asphalt", 150.0, "LU"), ("material.aggregate", 240.0, "DE;FR"), ("material.soil", 45.0, "FR")),
        wastes=(("170302", 60.0, "R5"), ("170405", 0.2, "R4")),
        electricity=2.0, gas=1.5, diesel=24.0, water=30.0, evaporated=0.4,
    ),
    "43.1": Recipe(
        inputs=(("material.equipment", 0.4, "DE"),),
        wastes=(("170904", 45.0, "R5"), ("170201", 5.0, "R3"), ("170405", 9.0, "R4")),
        electricity=1.3, gas=1.2, diesel=30.0, water=35.0, evaporated=0.3,
    ),
    "43": _FITTING,
    "45": Recipe(
        inputs=(("material.equipment", 1.5, "DE;FR"), ("material.chemical_other", 0.35, "BE")),
        wastes=(("160117", 0.5, "R4"), ("160103", 0.35, "R3"), ("160601", 0.09, "R4")),
        electricity=5.0, gas=6.0, diesel=2.0, water=28.0, evaporated=0.05,
    ),
    "46": _WHOLESALE,
    "46.39": Recipe(
        inputs=(("material.food", 150.0, "FR;DE;BE"),),
        wastes=(("150101", 1.1, "R3"), ("200108", 0.6, "R3")),
        product="material.food", sales="LU;FR", electricity=16.0, gas=3.0, diesel=16.0, water=14.0,
    ),
    "47": _SHOP,
    "49": _HAULAGE,
    "52": _STORAGE,
    "52.24": Recipe(
        inputs=(("material.equipment", 0.6, "DE"), ("material.pallet", 0.5, "DE")),
        wastes=(("150103", 0.35, "R3"), ("130205", 0.05, "R9")),
        electricity=14.0, gas=4.0, diesel=22.0, water=14.0,
    ),
    "55": _INN,
    "56": _CANTEEN,
    "63.11": Recipe(
        inputs=(("material.equipment", 0.5, "NL"),),
        wastes=(("200136", 0.2, "R4"), ("150101", 0.1, "R3")),
        electricity=330.0, gas=2.0, water=60.0, evaporated=0.6,
    ),
    "77": Recipe(
        inputs=(("material.equipment", 3.0, "DE;IT"),),
        wastes=(("130205", 0.08, "R9"), ("150101", 0.1, "R3")),
        electricity=3.0, gas=3.0, diesel=9.0, water=35.0,
    ),
    "81.2": Recipe(
        inputs=(("material.chemical_other", 0.2, "BE"), ("material.textile", 0.02, "unknown")),
        wastes=(("150102", 0.02, "R3"),),
        electricity=0.6, gas=0.6, diesel=2.0, water=16.0, evaporated=0.2,
    ),
    "81.3": Recipe(
        inputs=(("material.soil", 6.0, "LU"), ("material.biomass", 1.4, "DE;NL")),
        wastes=(("200138", 0.8, "R1"),),
        electricity=0.9, gas=0.8, diesel=9.0, water=40.0, evaporated=0.6,
    ),
    "96": Recipe(
        inputs=(("material.textile", 0.7, "DE"), ("material.chemical_other", 0.9, "DE")),
        wastes=(("200111", 0.4, "R3"), ("150102", 0.05, "R3")),
        electricity=10.0, gas=26.0, water=260.0, evaporated=0.12,
    ),
}  # fmt: skip


def recipe_of(nace: str) -> Recipe:
    """The recipe of the longest prefix; offices where no other serves."""
    fitting = [prefix for prefix in RECIPES if nace.startswith(prefix)]
    return RECIPES[max(fitting, key=len)] if fitting else _OFFICE
