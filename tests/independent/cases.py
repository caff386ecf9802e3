"""Random raw folders that exercise the rules of the balance, from a seed and a set of features.

A case is a small country of its own: two zones (one over two communes), a set, a canton, a neighbour, and
5 to 12 establishments. Its quantities come from a truth in which every balance closes, and every declaration lies within
1.4 sd of it, so that nothing in it is a gross error. Several cases go into one folder, up to the number of COUNTRIES: they
share no territory and no establishment (but the errors of density lines).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.independent import reference

STANDING = frozenset(
    {"meters", "pairs", "codes", "water", "nature", "places", "sign", "quarantine", "zero", "bounds", "transit"}
)
"""Measurements, both ends of a flow, water balances, places."""

FEATURES = STANDING | {"parents", "mass", "controls", "equivalents", "density", "commuting", "years"}
"""Every rule of section 3 but gross errors and estimates of non-respondents."""

COUNTRIES = (
    ("LU", "BE"), ("DE", "NL"), ("FR", "ES"), ("AT", "CH"), ("IT", "SI"), ("PT", "IE"), ("DK", "SE"), ("FI", "EE"),
    ("LV", "LT"), ("HR", "HU"), ("RO", "BG"), ("GR", "CY"), ("CZ", "SK"), ("IS", "GB"), ("TR", "MT"), ("CA", "MX"),
    ("BR", "AR"), ("CL", "PE"), ("AU", "NZ"), ("IN", "CN"),
)  # fmt: skip
"""A home and a neighbour for each case of a folder."""

FAR = ("PL", "US", "NO", "JP")  # without a territory

FLOWS = [
    "establishment_id",
    "line",
    "direction",
    "resource",
    "quantity",
    "unit",
    "period",
    "how_known",
    "uncertainty_pct",
    "partner_id",
    "partner_postcode",
    "partner_commune",
    "partner_country",
    "purpose",
]
ESTABLISHMENT = ["establishment_id", "name", "nace", "employees", "commune", "country", "complete_for", "none_for"]
STOCKS = ["establishment_id", "resource", "opening", "closing", "unit"]
MOBILITY = [
    "establishment_id",
    "residence",
    "residence_postcode",
    "residence_country",
    "mode",
    "commuters",
    "surveyed",
    "days_per_week",
]
FRAME = ["establishment_id", "name", "nace", "employees", "commune", "none_for"]
TERRITORIES = ["territory_id", "name", "kind", "within", "overlaps", "members"]
CONTROLS = ["territory_id", "year", "resource_id", "side", "value", "unit", "uncertainty_pct", "source"]

Cells = dict[str, str]
KNOWN = ("metered", "weighed", "invoiced", "counted", "estimated", "")
MATERIALS = (
    "material.plastic",
    "material.wood",
    "material.cement",
    "material.solvent",
    "material.food",
    "material.glass",
)
WASTES = ("200301", "150106", "200201", "170402", "120101", "150102", "200138")
FINE = {"1501": ("150101", "150102", "150103", "150106"), "1704": ("170402", "170405"), "20": ("200108", "200301")}
ALIKE = (("150103", "material.wood"), ("150101", "material.paper"), ("170405", "material.steel"))
UNITS = {
    "material": ("t", "kg", "lb"),
    "waste": ("t", "kg"),
    "water": ("m3", "l", "hl", "t"),
    "energy": ("MWh", "kWh", "GJ", "MJ", "toe"),
    "emission": ("t", "kg"),
}
MODES = ("car_alone", "carpool", "train", "bus", "bike", "unknown")


class Establishment(NamedTuple):
    name: str
    folder: str
    commune: str
    employees: int


@dataclass
class Declared:
    """A row to be written, and the true quantity that it measures."""

    establishment: str
    direction: str
    resource: str
    truth: float
    cells: Cells


@dataclass
class Year:
    """One case's answers for a year."""

    rows: list[Declared] = field(default_factory=list)
    stocks: list[Cells] = field(default_factory=list)
    mobility: list[Cells] = field(default_factory=list)
    water: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # in minus out, by establishment
    mass: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Case:
    """A seed's territories and establishments; `year` makes its answers."""

    def __init__(self, seed: int, position: int, features: Iterable[str]) -> None:
        self.seed = seed
        self.features = frozenset(features)
        self.home, self.neighbour = COUNTRIES[position]
        self.prefix = f"s{seed}"
        plan = Random(f"{seed} territories")
        self.has_country = "places" not in self.features or plan.random() < 0.75
        self.years = (2024, 2025) if "years" in self.features and plan.random() < 0.5 else (2025,)
        z, y, c4 = plan.randint(3, 5), plan.randint(2, 4), plan.randint(0, 3)
        folders = ["z"] * z + ["y"] * y + ["c4"] * c4
        self.establishments = []
        for number, folder in enumerate(folders, start=1):
            commune = {"z": plan.choice(("c1", "c2")), "y": "c3", "c4": "c4"}[folder]
            if "places" in self.features and folder == "y" and plan.random() < 0.3:
                commune = ""
            self.establishments.append(
                Establishment(
                    f"{self.prefix}e{number}", self.id(folder), commune and self.id(commune), plan.randint(20, 90)
                )
            )
        names = [one.name for one in self.establishments]
        plan.shuffle(names)
        half = (len(names) + 1) // 2
        self.water = set(names[:half]) if "water" in self.features else set()
        self.mass = set(names[half - 1 :]) if "mass" in self.features else set()
        self.no_parent: set[tuple[str, str, str]] = set()
        self.silent = f"{self.prefix}silent"  # of the frame of the zone y, without an answer

    def id(self, name: str) -> str:
        return self.prefix + name

    def territories(self) -> list[Cells]:
        top = self.home.lower() if self.has_country else ""
        rows = [
            ("k", "canton", top, "", ""),
            ("c1", "commune", self.id("k"), "", ""),
            ("c2", "commune", self.id("k"), "", ""),
            ("c3", "commune", self.id("k"), "", ""),
            ("c4", "commune", top, "", ""),
            ("z", "zone", self.id("k"), f"{self.id('c1')};{self.id('c2')}", ""),
            ("y", "zone", self.id("c3"), "", ""),
            ("set", "set", "", "", f"{self.id('z')};{self.id('y')}"),
            ("n1", "commune", self.neighbour.lower(), "", ""),
        ]
        countries = [self.home, self.neighbour] if self.has_country else [self.neighbour]
        found = [{"territory_id": code.lower(), "name": f"Country {code}", "kind": "country"} for code in countries]
        for own, kind, within, overlaps, members in rows:
            name = f"{kind.title()} {self.id(own)}"
            found.append(
                {"territory_id": self.id(own), "name": name, "kind": kind, "within": within, "overlaps": overlaps,
                 "members": members}
            )  # fmt: skip
        return found

    def postcodes(self) -> list[Cells]:
        known = [(self.home, "1001", "c1"), (self.home, "1002", "c2"), (self.home, "1003", "c1"), (self.home, "1003", "c2"),
                 (self.neighbour, "2001", "n1")]  # fmt: skip
        return [{"country": code, "postcode": post, "territory_id": self.id(own)} for code, post, own in known]

    def place(self, plan: Random) -> Cells:
        """Where a partner may be: the cells that say it."""
        choices: list[Cells] = [
            {"partner_commune": self.id("c1")},
            {"partner_commune": self.id("c3")},
            {"partner_country": self.neighbour},
            {"partner_country": plan.choice(FAR)},
        ]
        if "places" in self.features:
            choices += [
                {},
                {"partner_country": self.home},
                {"partner_commune": self.id("c2"), "partner_country": self.home},
                {"partner_commune": self.id("c4")},
                {"partner_commune": self.id("y")},
                {"partner_postcode": "1001"},
                {"partner_postcode": "L-1002" if self.home == "LU" else "10 02", "partner_country": self.home},
                {"partner_postcode": "2001", "partner_country": self.neighbour},
                {"partner_postcode": "9999", "partner_country": self.neighbour},
                {"partner_commune": "nowhere", "partner_country": self.neighbour},
                {"partner_id": "unheard-of", "partner_commune": self.id("c1")},
                {"partner_id": self.silent},
            ]
        return plan.choice(choices)

    def year(self, year: int) -> Year:
        """The answers of a year: the same structure each year, quantities within a tenth, errors of their own."""
        return Writer(self, year).write()

    def establishment_rows(self, year: int, answers: Year) -> list[Cells]:
        told = defaultdict(set)
        for row in answers.rows:
            told[row.establishment].add(row.resource.split(".")[0])
        for cells in answers.mobility:
            told[cells["establishment_id"]].add("people")
        found = []
        for number, one in enumerate(self.establishments):
            complete = [f for f, names in (("water", self.water), ("material", self.mass), ("waste", self.mass))
                        if one.name in names]  # fmt: skip
            none = [f for f in ("material", "water", "energy", "waste", "people") if f not in told[one.name] and
                    f not in complete]  # fmt: skip
            found.append(
                {"establishment_id": one.name, "name": f"Works {one.name}", "nace": ("23.11", "17.21", "10.71")[number % 3],
                 "employees": str(one.employees), "commune": one.commune, "country": self.home,
                 "complete_for": ";".join(complete), "none_for": ";".join(none)}
            )  # fmt: skip
        return found


class Writer:
    """Makes one year of a case."""

    def __init__(self, case: Case, year: int) -> None:
        self.case = case
        self.plan = Random(f"{case.seed} plan")
        self.noise = Random(f"{case.seed} {year}")
        self.answers = Year()
        self.busy: set[tuple[str, str]] = set()
        self.closed: set[str] = set()  # whose water is told already
        self.folder = {one.name: one.folder for one in case.establishments}

    def has(self, feature: str) -> bool:
        return feature in self.case.features

    def write(self) -> Year:
        names = [one.name for one in self.case.establishments]
        for name in names:
            self._energy(name)
            self._materials(name)
            self._wastes(name)
            self._nature(name)
            self._transit_and_zero(name)
        self._exchanges(names)
        self._unreadable(names)
        self._bound(names)
        for name in names:
            self._water(name)
            self._close_mass(name)
        if self.has("parents"):
            for name in names:
                self._parents(name)
        if self.has("commuting"):
            for one in self.case.establishments:
                self._mobility(one)
        return self.answers

    # ---- one flow

    def _book(self, name: str, direction: str, resource: str, truth: float) -> None:
        sign = 1 if direction == "in" else -1
        family = resource.split(".")[0]
        if family == "water":
            self.answers.water[name] += sign * truth
        if family in ("material", "waste") or resource in ("emission.other", "emission.co2_process"):
            self.answers.mass[name] += sign * truth
        if resource == "water.in_product":
            self.answers.mass[name] -= sign * truth

    def _declare(
        self, name: str, direction: str, resource: str, truth: float, partner: Cells, *, percent: float | None = None,
        meters: int = 1, unit: str | None = None, purpose: str = "", lean: float | None = None,
    ) -> None:  # fmt: skip
        """Rows that measure `truth` together. `lean`: how many sd the first lies off, else drawn."""
        known = "" if percent is not None else self.plan.choice(KNOWN)
        split = self.plan.uniform(0.3, 0.7) if meters == 2 else 1.0
        for share in (split, 1 - split)[:meters]:
            self._row(name, direction, resource, truth * share, partner, percent, known, unit, purpose, lean)

    def _row(
        self, name: str, direction: str, resource: str, truth: float, partner: Cells, percent: float | None, known: str,
        unit: str | None, purpose: str, lean: float | None,
    ) -> None:  # fmt: skip
        if percent is None and self.plan.random() < 0.3:
            percent = self.plan.choice((2, 3.5, 8, 15, 30))
        pct = percent if percent is not None else reference.PERCENT[known]
        off = lean if lean is not None else max(-1.4, min(1.4, self.noise.gauss(0, 1)))
        declared = truth * max(0.05, 1 + pct / 196 * off)
        unit = unit or self._unit(resource)
        period = self.plan.choice(tuple(reference.PERIODS))
        converted = reference.conversion(_id(resource), unit)
        assert converted is not None, (resource, unit)
        factor, line = converted
        if line:
            error = max(-0.8, min(0.8, Random(f"density {line}").gauss(0, 1)))
            declared *= 1 + float(reference.DENSITIES[line]["uncertainty_pct"]) / 196 * error
        quantity = declared / factor / reference.PERIODS[period]
        self.answers.rows.append(
            Declared(name, direction, resource, truth, {
                "quantity": f"{quantity:.7f}", "unit": unit, "period": period, "how_known": known,
                "uncertainty_pct": "" if percent is None else f"{percent:g}", "purpose": purpose, **partner,
            })
        )  # fmt: skip

    def _unit(self, resource: str) -> str:
        family = resource.split(".")[0]
        if family.isdigit():
            family = "waste"
            if self.has("density") and reference.conversion(_id(resource), "m3") and self.plan.random() < 0.5:
                return "m3"
        if resource in ("material.wood", "material.cement", "material.solvent", "material.glass"):
            return self.plan.choice(("t", "kg", "m3", "l"))
        if resource == "material.pallet":
            return self.plan.choice(("t", "pieces"))
        if resource in ("energy.gas", "energy.diesel", "energy.heating_oil"):
            return self.plan.choice(("kWh", "m3", "l", "kg", "MJ", *(["kWh PCS"] if resource == "energy.gas" else [])))
        return self.plan.choice(UNITS[family])

    def _true(self, low: float, high: float) -> float:
        return self.plan.uniform(low, high) * self.noise.uniform(0.93, 1.07)

    def _simple(self, name: str, direction: str, resource: str, low: float, high: float, **more: object) -> None:
        truth = self._true(low, high)
        meters = 2 if self.has("meters") and self.plan.random() < 0.3 else 1
        self._book(name, direction, _id(resource), truth)
        self._declare(name, direction, resource, truth, self.case.place(self.plan), meters=meters, **more)  # type: ignore[arg-type]

    # ---- what an establishment does alone

    def _energy(self, name: str) -> None:
        self._simple(name, "in", "energy.electricity", 200, 800)
        self._simple(name, "in", self.plan.choice(("energy.gas", "energy.diesel", "energy.heating_oil")), 50, 200)

    def _materials(self, name: str) -> None:
        for resource in self.plan.sample(MATERIALS, self.plan.randint(1, 3)):
            self._simple(name, "in", resource, 60, 200)
        if self.plan.random() < 0.3:
            self._simple(name, "in", "material.pallet", 2, 6)

    def _wastes(self, name: str) -> None:
        for code in self.plan.sample(WASTES, self.plan.randint(1, 3)):
            self._simple(name, "out", code, 2, 10)
        if self.has("parents") and self.plan.random() < 0.25:  # a row above a single one stays a flow of its own
            truth = self._true(2, 10)
            self._book(name, "out", "waste.13", truth)
            self._declare(name, "out", "13", truth, {})
            self._simple(name, "out", "130205", 1, 3)

    def _nature(self, name: str) -> None:
        if not self.has("nature"):
            return
        for direction, resource, partner, low, high in (
            ("in", "energy.ambient", {}, 10, 60),
            ("out", "emission.co2", {}, 50, 90),
            ("out", "emission.other", {"partner_country": self.case.home}, 1, 4),
            ("out", "emission.co2_process", {}, 3, 8),
            ("in", "material.aggregate", {"partner_id": "nature"}, 30, 60),
            ("in", "energy.electricity", {"partner_id": "nature"}, 10, 60),
        ):
            if self.plan.random() < 0.3:
                truth = self._true(low, high)
                self._book(name, direction, resource, truth)
                self._declare(name, direction, resource, truth, partner)

    def _transit_and_zero(self, name: str) -> None:
        if self.has("transit") and self.plan.random() < 0.4:
            for direction in ("in", "out"):
                truth = self._true(20, 60)
                self._declare(
                    name, direction, "material.equipment", truth, self.case.place(self.plan), purpose="transit"
                )
        if self.has("zero") and self.plan.random() < 0.3:
            self._declare(name, "in", "material.sand", 0.0, self.case.place(self.plan), unit="t")

    def _water(self, name: str) -> None:
        complete = name in self.case.water
        if name in self.closed or (not complete and self.plan.random() < 0.4):
            return
        self._simple(name, "in", "water.drinking", 1500, 4000)
        for direction, resource, partner, chance in (
            ("in", "water.rain", {}, 0.3),
            ("in", "water.industrial", {}, 0.3),
            ("out", "water.evaporated", {}, 0.6),
            ("out", "water.in_product", {"partner_country": self.case.neighbour}, 0.4),
        ):
            if self.plan.random() < chance:
                truth = self._true(40, 160)
                self._book(name, direction, resource, truth)
                self._declare(name, direction, resource, truth, partner)
        drawn = 0.0
        if complete and self.plan.random() < 0.5:
            drawn = self._stock(name, "water.industrial", "m3", self.plan.uniform(100, 300))
        truth = self.answers.water[name] + drawn
        self._book(name, "out", "water.wastewater", truth)
        self._declare(name, "out", "water.wastewater", truth, self.case.place(self.plan), meters=1 + self.has("meters"))

    def _stock(self, name: str, resource: str, unit: str, opening: float) -> float:
        """What is drawn from a stock in the year, in canonical units."""
        closing = opening * self.noise.uniform(0.9, 1.1)
        cells = {
            "establishment_id": name,
            "resource": resource,
            "opening": f"{opening:.7f}",
            "closing": f"{closing:.7f}",
        }
        self.answers.stocks.append({**cells, "unit": unit})
        converted = reference.conversion(_id(resource), unit)
        assert converted is not None
        return (float(cells["opening"]) - float(cells["closing"])) * converted[0]

    def _close_mass(self, name: str) -> None:
        drawn = 0.0
        if name in self.case.mass and self.plan.random() < 0.6:
            drawn += self._stock(name, "material.cement", "kg", self.plan.uniform(40000, 90000))
            drawn += self._stock(name, "200301", "t", self.plan.uniform(1, 3))
        truth = self.answers.mass[name] + drawn
        if name in self.case.mass and truth < 20:
            self._book(name, "in", "material.cement", 60 - truth)
            self._declare(name, "in", "material.cement", 60 - truth, {"partner_country": self.case.neighbour})
            truth = 60.0
        if name in self.case.mass or truth > 20:
            truth = truth if name in self.case.mass else truth / 2
            self._declare(name, "out", "material.product", truth, self.case.place(self.plan))

    # ---- between establishments

    def _exchanges(self, names: list[str]) -> None:
        kinds = ["one"]
        kinds += ["both"] * 3 if self.has("pairs") else []
        kinds += ["coarse"] * 2 if self.has("codes") else []
        kinds += ["near", "far"] if self.has("equivalents") else []
        pairs = [(one, other) for one in names for other in names if one != other]
        self.plan.shuffle(pairs)
        kinds *= 2
        self.plan.shuffle(kinds)
        for (giver, taker), kind in zip(pairs, kinds, strict=False):
            self._exchange(giver, taker, kind)
            self.busy |= {(giver, taker)}

    def _exchange(self, giver: str, taker: str, kind: str) -> None:
        if kind in ("near", "far"):
            self._alike(giver, taker, kind)
        elif kind == "coarse":
            self._coarse(giver, taker)
        else:
            resource = self.plan.choice(("energy.heat", "material.product", "150102", "200301", "water.reused"))
            low, high = {"e": (20, 90), "w": (50, 150)}.get(resource[0], (2, 8))
            truth = self._true(low, high)
            self._between(giver, taker, resource, truth)
            both = kind == "both"
            speaker = self.plan.choice((giver, taker))
            for name, other, direction in ((giver, taker, "out"), (taker, giver, "in")):
                if both or name == speaker:
                    meters = 2 if self.has("meters") and self.plan.random() < 0.3 else 1
                    self._declare(name, direction, resource, truth, {"partner_id": other}, meters=meters)

    def _between(self, giver: str, taker: str, resource: str, truth: float) -> None:
        self._book(giver, "out", _id(resource), truth)
        self._book(taker, "in", _id(resource), truth)

    def _coarse(self, giver: str, taker: str) -> None:
        """One end knows the codes, the other their ancestor alone."""
        code = self.plan.choice(tuple(FINE))
        fine = self.plan.sample(FINE[code], self.plan.randint(1, 2))
        exact, rough = (giver, taker) if self.plan.random() < 0.5 else (taker, giver)
        direction = {giver: "out", taker: "in"}
        total = 0.0
        for one in fine:
            truth = self._true(3, 9)
            total += truth
            self._between(giver, taker, one, truth)
            self._declare(exact, direction[exact], one, truth, {"partner_id": rough})
        self._declare(rough, direction[rough], code, total, {"partner_id": exact}, unit="t")
        self.case.no_parent.add((rough, direction[rough], "waste"))

    def _alike(self, giver: str, taker: str, kind: str) -> None:
        """One end calls it waste, the other a material."""
        code, material = self.plan.choice(ALIKE)
        truth = self._true(5, 12)
        seller, buyer = (code, material) if self.plan.random() < 0.7 else (material, code)
        other = truth if kind == "near" else truth * 4
        self._between(giver, taker, code, truth)
        if kind == "far":
            self._between(giver, taker, material, other)
        for name, partner, direction, resource in ((giver, taker, "out", seller), (taker, giver, "in", buyer)):
            quantity = truth if resource == code else other
            self._declare(name, direction, resource, quantity, {"partner_id": partner}, percent=8)
            self.case.no_parent |= {(name, direction, "waste"), (name, direction, "material")}

    def _bound(self, names: list[str]) -> None:
        """Next to nothing, declared as a rough small flow, beside exact large ones that leave it less than nothing."""
        if not self.has("bounds"):
            return
        wet = {end for row in self.answers.rows if row.resource.startswith("water") for end in
               (row.establishment, row.cells.get("partner_id"))}  # fmt: skip
        for name in names:
            if name in self.case.water - wet and self.plan.random() < 0.6:
                self.closed.add(name)
                truth = self._true(2700, 3300)
                small, place = truth / 3000, {"partner_commune": self.case.id("c3")}
                self._declare(name, "in", "water.drinking", truth, place, percent=1, lean=-1.2)
                self._declare(name, "out", "water.wastewater", truth - small, place, percent=1, lean=1.2)
                self._declare(name, "out", "water.cooling", small * 20, place, percent=190, lean=0.0)

    def _unreadable(self, names: list[str]) -> None:
        """Rows that cannot be converted, or whose sign is open."""
        if self.has("quarantine"):
            for resource, unit, group in (
                ("water.drinking", "kWh", self.case.water),
                ("material.paper", "m3", self.case.mass),
                ("zzqx unobtainium", "t", set(names)),
            ):
                able = sorted(group)
                if able and self.plan.random() < 0.5:
                    name = self.plan.choice(able)
                    cells = {"quantity": "12", "unit": unit, "period": "year", "how_known": "weighed"}
                    self.answers.rows.append(
                        Declared(name, "in", resource, 0.0, {**cells, **self.case.place(self.plan)})
                    )
                    self.case.no_parent |= {(name, "in", "material"), (name, "in", "water")}
        if self.has("sign"):
            free = [(a, b) for a in names for b in names if a != b and (a, b) not in self.busy]
            giver, taker = self.plan.choice(free)
            resource = self.plan.choice(("water.reused", "120105", "energy.cold"))
            truth = self._true(5, 12)
            self._between(giver, taker, resource, truth)
            wrong, right = (giver, taker) if self.plan.random() < 0.5 else (taker, giver)
            direction = {giver: "out", taker: "in"}
            self._declare(right, direction[right], resource, truth, {"partner_id": wrong})
            self._declare(wrong, direction[wrong], resource, truth, {"partner_id": right})
            last = self.answers.rows[-1].cells
            last["quantity"] = "-" + last["quantity"]
            for family in ("water", "waste"):
                self.case.no_parent.add((wrong, direction[wrong], family))
            if self.has("meters"):  # one of two meters runs backwards
                name = self.plan.choice(names)
                self._declare(name, "in", "energy.cold", self._true(5, 12), self.case.place(self.plan), meters=2)
                last = self.answers.rows[-1].cells
                last["quantity"] = "-" + last["quantity"]

    # ---- what sums what

    def _parents(self, name: str) -> None:
        for direction, family in (("out", "waste"), ("in", "material"), ("out", "water"), ("out", "emission")):
            if self.plan.random() < 0.6 and (name, direction, family) not in self.case.no_parent:
                self._parent(name, direction, family)

    def _parent(self, name: str, direction: str, family: str) -> None:
        own = [row for row in self.answers.rows if (row.establishment, row.direction) == (name, direction)]
        own = [row for row in own if not row.cells.get("purpose") and _id(row.resource).split(".")[0] == family]
        sums: dict[str, float] = defaultdict(float)
        for row in own:
            sums[_id(row.resource)] += row.truth
        sums = {one: truth for one, truth in sums.items() if not any(reference.is_below(one, other) for other in sums)}
        if len(sums) >= 2:
            self._declare(name, direction, family, sum(sums.values()), {}, unit=UNITS[family][0])
            if self.plan.random() < 0.7:
                self._nested(name, direction, family, sums)

    def _nested(self, name: str, direction: str, family: str, sums: dict[str, float]) -> None:
        """A second level of parents, where two or more children stand below it."""
        level = "material.mineral" if family == "material" else "waste.15" if family == "waste" else ""
        below = {resource: truth for resource, truth in sums.items() if level and reference.is_below(resource, level)}
        if len(below) >= 2 and len(sums) > len(below):
            self._declare(name, direction, level, sum(below.values()), {}, unit="t")

    def _mobility(self, one: Establishment) -> None:
        if self.plan.random() < 0.3:
            return
        homes: list[Cells] = [
            {"residence": self.case.id("c1")},
            {"residence": self.case.id("c3")},
            {"residence": self.case.id("y")},
            {"residence_postcode": "1001", "residence_country": self.case.home},
            {"residence_postcode": "1003"},
            {"residence_postcode": "2001", "residence_country": self.case.neighbour},
            {"residence_postcode": "00-950", "residence_country": "PL"},
        ]
        sample = one.employees * 2 // 3 if self.plan.random() < 0.4 else 0
        left = sample or one.employees
        for _ in range(self.plan.randint(2, 5)):
            commuters = self.plan.randint(1, max(1, left // 4))
            left -= commuters
            days = self.plan.choice(("", "5", "4", "2.5"))
            cells = {"establishment_id": one.name, "mode": self.plan.choice(MODES), "commuters": str(commuters),
                     "surveyed": str(sample or ""), "days_per_week": days, **self.plan.choice(homes)}  # fmt: skip
            self.answers.mobility.append(cells)
        if self.plan.random() < 0.5:
            self.answers.mobility.append(
                {"establishment_id": one.name, "mode": "remote", "commuters": "3", "surveyed": str(sample or ""),
                 **homes[0]}
            )  # fmt: skip


def _id(resource: str) -> str:
    found = reference.resource_id(resource)
    assert found is not None, resource
    return found


# ---------------------------------------------------------------------------------------------------------- the folder


def write(root: Path, seeds: Iterable[int], features: Iterable[str] = FEATURES) -> Path:
    """Writes the cases of all seeds into one data folder, and returns its `raw`."""
    raw = root / "raw"
    cases = [Case(seed, position, features) for position, seed in enumerate(seeds)]
    _save(raw / "territories.csv", TERRITORIES, [row for case in cases for row in case.territories()])
    _save(
        raw / "postcodes.csv", ["country", "postcode", "territory_id"], [r for case in cases for r in case.postcodes()]
    )
    for case in cases:
        for year in case.years:
            _save_year(raw, case, year)
        _save_frames(raw, case)
    if any("controls" in case.features for case in cases):
        _save(raw / "controls.csv", CONTROLS, _controls(raw, cases))
    return raw


def _save(path: Path, columns: list[str], rows: list[Cells]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _save_year(raw: Path, case: Case, year: int) -> None:
    answers = case.year(year)
    abouts = {row["establishment_id"]: row for row in case.establishment_rows(year, answers)}
    for folder in sorted({one.folder for one in case.establishments}):
        own = [one.name for one in case.establishments if one.folder == folder]
        flows = [
            {"establishment_id": row.establishment, "line": str(line), "direction": row.direction, "resource": row.resource,
             **row.cells}
            for line, row in enumerate((r for r in answers.rows if r.establishment in own), start=1)
        ]  # fmt: skip
        here = raw / "surveys" / folder / str(year)
        _save(here / "answers.flows.csv", FLOWS, flows)
        _save(here / "answers.establishment.csv", ESTABLISHMENT, [abouts[name] for name in own])
        for sheet, columns, rows in (("stocks", STOCKS, answers.stocks), ("mobility", MOBILITY, answers.mobility)):
            if chosen := [row for row in rows if row["establishment_id"] in own]:
                _save(here / f"answers.{sheet}.csv", columns, chosen)


def _save_frames(raw: Path, case: Case) -> None:
    """The zone z answered in full; somebody of the zone y did not; the rest has no frame."""
    for zone in ("z", "y"):
        rows = [
            {"establishment_id": one.name, "name": f"Works {one.name}", "nace": "23.11", "employees": str(one.employees),
             "commune": one.commune}
            for one in case.establishments
            if one.folder == case.id(zone)
        ]  # fmt: skip
        if zone == "y":
            rows.append({"establishment_id": case.silent, "name": "Silent Works", "nace": "23.11", "employees": "30",
                         "commune": case.id("c3")})  # fmt: skip
        _save(raw / "frame" / f"{case.id(zone)}.csv", FRAME, rows)


def _controls(raw: Path, cases: list[Case]) -> list[Cells]:
    """Totals near what was declared, for z; one far off that may not be used, for y; one without a frame, for c4."""
    ledger = reference.Ledger(reference.Answers(raw))
    said: dict[int, list[float]] = defaultdict(list)  # of a flow, negative rows aside
    for one in ledger.declarations:
        if len(one.flows) == 1 and one.counted:
            said[one.flows[0]].append(one.value)
    found: list[Cells] = []
    for case in cases:
        plan = Random(f"{case.seed} controls")
        year = case.years[-1]
        for resource, side, unit in (
            ("energy.electricity", "in", "kWh"), ("waste", "out", "t"), ("waste.20", "export", "kg"),
            ("material", "import", "t"), ("people.commute", "in", "trip"), ("water", "in", "m3"),
            ("material.product", "internal", "t"), ("energy", "undetermined_in", "GJ"), ("emission.co2", "to_nature", "t"),
        ):  # fmt: skip
            flows = reference.controlled(ledger, case.id("z"), year, resource, side)
            total = sum(sum(said[flow]) / len(said[flow]) for flow in flows)
            if total > 0 and plan.random() < 0.6:
                factor = 1.0 if unit == "trip" else reference.conversion(resource, unit)[0]  # type: ignore[index]
                percent = plan.choice(("", "5", "20"))
                value = total * (1 + plan.uniform(-1, 1) * float(percent or 10) / 196) / factor
                found.append(_control(case.id("z"), year, resource, side, value, unit, percent))
        found.append(_control(case.id("y"), year, "energy", "in", 9000.0, "MWh", "5"))
        found.append(_control(case.id("c4"), year, "waste", "out", 70.0, "t", ""))
    return found


def _control(territory: str, year: int, resource: str, side: str, value: float, unit: str, percent: str) -> Cells:
    return {"territory_id": territory, "year": str(year), "resource_id": resource, "side": side, "value": f"{value:.4f}",
            "unit": unit, "uncertainty_pct": percent, "source": "a count"}  # fmt: skip
