"""The balance of a raw folder by dense algebra: one quadratic problem, its covariance, and the sides of every territory.

Out of its scope: gross errors, estimates of non-respondents, geometry, corrected answers, mappings, odd spellings.

Where the contract leaves room, this program reads it so:

 1. The error of a density line is one error for all rows of the folder that use the line, in every year and territory.
 2. An error in % is of the reconciled quantity of its *measurement*: the second pass multiplies the sd that the rows of
    a measurement have together by (first pass / declared). A parent row and a control total are measurements of a sum,
    and their sd follows the first pass's sum in the same way.
 3. The slack of a mass balance is 3 % of the input side (materials in, waste in, water in products, stock drawn if it
    is positive), of declared values (the mean of both ends) in the first pass, of the first pass's values in the second.
 4. A sample of n among N employees of whom c answered a row's way: sd = N sqrt(p (1 - p) / n (N - n) / (N - 1)),
    p = c / n, rows independent of each other; it too is a percentage of the quantity.
 5. The bound of zero concerns values; the covariance is that of the problem without any bound.
 6. A balance counts every flow at the establishment, whichever end declared it, but no transit.
 7. A row with an undecided sign is left out alone: another meter of the same flow stays.
 8. The declared value of a flow is the mean of what each end declared, negative rows included. An ancestor code is
    spread over the partner's descendants as these were declared; a parent row declares none of its children.
 9. A parent row is one with no partner column filled; descendants are counted by declarations (resource and partner),
    transit aside. One that lies below another declared descendant is not a nearest one.
10. An ambiguous postcode gives an unknown place, even where all of its territories lie in one; an unknown postcode
    leaves it to the commune or the country.
11. Behind a figure stand all establishments of the territory that are an end of one of its flows, whoever declared it.
12. A control total sums the flows of its side that have an establishment of the frame at the end that lies inside.
"""

from __future__ import annotations

import contextlib
import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import connected_components

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
PERIODS = {"day": 365, "working_day": 250, "week": 52, "month": 12, "quarter": 4, "year": 1, "once": 1}
PERCENT = {"metered": 4, "weighed": 6, "invoiced": 10, "counted": 25, "estimated": 50, "": 50}
MASS = {"t": 1.0, "kg": 1e-3, "g": 1e-6, "lb": 0.45359237e-3}
VOLUME = {"m3": 1.0, "l": 1e-3, "hl": 0.1}
ENERGY = {"MWh": 1.0, "kWh": 1e-3, "MJ": 1 / 3600, "GJ": 1 / 3.6, "TJ": 1000 / 3.6, "toe": 11.63, "kWh PCS": 0.9e-3}
BALANCED = ("material", "waste")
INTO = ("import", "internal", "undetermined_in", "from_nature")
OUT_OF = ("export", "internal", "undetermined_out", "to_nature")
TINY = 1e-11  # of a quantity's own scale: below it a number is a rounded zero

NATURE = ("nature", "")
UNKNOWN = ("unknown", "")
End = tuple[str, str]  # ("establishment" | "place" | "own_country" | "foreign", id), NATURE or UNKNOWN


# ---------------------------------------------------------------------------------------------------- nomenclatures


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, none where it does not stand."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: (value or "").strip() for key, value in row.items() if key} for row in csv.DictReader(file)]


RESOURCES = {row["resource_id"]: row for row in table(SEEDS / "resources.csv")}
DENSITIES = {row["code_prefix"]: row for row in table(SEEDS / "waste_density.csv")}
EQUIVALENTS = {(f"waste.{row['waste_code']}", row["resource_id"]) for row in table(SEEDS / "equivalents.csv")}


def resource_id(text: str) -> str | None:
    """A resource's id, `waste.` and the digits for a waste code, None for what is neither."""
    if text in RESOURCES:
        return text
    digits = text.removeprefix("waste.").replace(" ", "").rstrip("*")
    return f"waste.{digits}" if digits.isdigit() and len(digits) in (2, 4, 6) else None


def parent_of(resource: str) -> str | None:
    if resource.startswith("waste."):
        code = resource.removeprefix("waste.")
        return "waste" if len(code) == 2 else f"waste.{code[:-2]}"
    return RESOURCES[resource]["parent_id"] or None


def lineage(resource: str) -> list[str]:
    """The resource and all above it, itself first."""
    line = [resource]
    while (above := parent_of(line[-1])) is not None:
        line.append(above)
    return line


def is_below(resource: str, ancestor: str) -> bool:
    """Strictly below."""
    return ancestor in lineage(resource)[1:]


def family_of(resource: str) -> str:
    return lineage(resource)[-1]


def conversion(resource: str, unit: str) -> tuple[float, str | None] | None:
    """Canonical units in one `unit`, and the density line used if it is an uncertain one; None where nothing serves."""
    family = family_of(resource)
    facts = RESOURCES.get(resource, {})
    density = float(facts["density_t_per_m3"]) if facts.get("density_t_per_m3") else None
    heat = float(facts["energy_mwh_per_t"]) if facts.get("energy_mwh_per_t") else None
    line = None
    if family == "waste":
        prefixes = [prefix for prefix in DENSITIES if resource.removeprefix("waste.").startswith(prefix)]
        line = max(prefixes, key=len, default=None)
        density = float(DENSITIES[line]["t_per_m3"]) if line else None
    if family == "energy":
        if unit in ENERGY:
            return ENERGY[unit], None
        if heat is None:
            return None
        if unit in MASS:
            return MASS[unit] * heat, None
        return (VOLUME[unit] * density * heat, None) if unit in VOLUME and density else None
    if family == "water":
        if unit in VOLUME:
            return VOLUME[unit], None
        return (MASS[unit] / density, None) if unit in MASS and density else None
    if unit in MASS:
        return MASS[unit], None
    if unit in VOLUME and density:
        return VOLUME[unit] * density, line
    if unit == "pieces" and facts.get("t_per_piece"):
        return float(facts["t_per_piece"]), None
    return None


# -------------------------------------------------------------------------------------------------------- territories


class Atlas:
    """Which territories contain which, and which share a part."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.above: dict[str, set[str]] = defaultdict(set)
        self.overlaps: set[tuple[str, str]] = set()
        self.members: dict[str, list[str]] = {}
        self.ids: list[str] = []
        for row in rows:
            own = row["territory_id"]
            self.ids.append(own)
            self.above[own] |= set(_list(row.get("within", "")))
            self.members[own] = _list(row.get("members", ""))
            for other in _list(row.get("overlaps", "")):
                self.overlaps |= {(own, other), (other, own)}
        for own, members in self.members.items():
            for member in members:
                self.above[member].add(own)

    def add(self, territory: str) -> None:
        if territory not in self.ids:
            self.ids.append(territory)

    def up(self, territory: str) -> set[str]:
        """The territory and all that wholly contain it."""
        found, todo = set(), [territory]
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo.extend(self.above.get(here, ()))
        return found

    @cached_property
    def _down(self) -> dict[str, set[str]]:
        down: dict[str, set[str]] = defaultdict(set)
        for territory in self.ids:
            for container in self.up(territory):
                down[container].add(territory)
        return down

    def share(self, one: str, other: str) -> bool:
        below_one, below_other = self._down[one], self._down[other]
        return (
            bool(below_one & below_other)
            or any((a, b) in self.overlaps for a in below_one for b in below_other)
            or bool(self.up(one) & {other})
            or bool(self.up(other) & {one})
        )

    def position(self, place: str, territory: str) -> str:
        """`inside`, `outside` or `undetermined`: a place seen from a territory."""
        members = self.members.get(place)
        if territory in self.up(place) or (members and all(territory in self.up(member) for member in members)):
            return "inside"
        return "undetermined" if self.share(place, territory) else "outside"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


# ------------------------------------------------------------------------------------------------------ declarations


@dataclass
class Row:
    """One accepted row of an answer, in canonical units a year. `errors`: sd by name of its source."""

    quantity: float
    errors: dict[str, float]


@dataclass
class Declaration:
    """What one establishment says of one flow: the sum of its rows."""

    year: int
    establishment: str
    direction: str
    partner: End
    resource: str
    transit: bool
    bare: bool
    rows: list[Row] = field(default_factory=list)
    flows: list[int] = field(default_factory=list)  # what it measures the sum of
    is_parent: bool = False

    @property
    def declared(self) -> float:
        return math.fsum(row.quantity for row in self.rows)

    @property
    def counted(self) -> list[Row]:
        return [row for row in self.rows if row.quantity >= 0]

    @property
    def value(self) -> float:
        return math.fsum(row.quantity for row in self.counted)

    @property
    def errors(self) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for row in self.counted:
            for source, sd in row.errors.items():
                sums[source] += sd
        return dict(sums)

    @property
    def sd(self) -> float:
        return math.sqrt(math.fsum(sd * sd for sd in self.errors.values()))

    @property
    def ends(self) -> tuple[End, End]:
        own: End = ("establishment", self.establishment)
        return (self.partner, own) if self.direction == "in" else (own, self.partner)


@dataclass(frozen=True)
class Flow:
    year: int
    origin: End
    target: End
    resource: str
    transit: bool

    def ends(self) -> Iterator[str]:
        for kind, name in (self.origin, self.target):
            if kind == "establishment":
                yield name


class Answers:
    """A raw folder as declarations, with what was left out."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        self.atlas = Atlas(table(raw / "territories.csv"))
        self.postcodes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in table(raw / "postcodes.csv"):
            self.postcodes[row["country"].lower(), row["postcode"]].add(row["territory_id"])
        self.frames = {path.stem: table(path) for path in sorted((raw / "frame").glob("*.csv"))}
        self.sheets = self._sheets()
        self.places: dict[str, set[str]] = defaultdict(set)
        self.about: dict[tuple[str, int], dict[str, str]] = {}
        self.framed: dict[str, dict[str, str]] = {}
        self._locate_establishments()
        self.declarations: dict[tuple[object, ...], Declaration] = {}
        self.quarantined: list[tuple[str, int]] = []
        self.signed: list[tuple[str, int]] = []
        self.answered: set[tuple[str, int]] = set()
        self.unbalanced: set[tuple[str, int, str]] = set()
        self.touched: set[tuple[str, int, str]] = set()
        self.drawn: dict[tuple[str, int, str], float] = defaultdict(float)
        for sheet, year, name, number, row in self.sheets:
            if sheet == "flows":
                self._read_flow(year, name, number, row)
            elif sheet == "mobility":
                self._read_mobility(year, name, number, row)
            elif sheet == "stocks":
                self._read_stock(year, row)

    def _sheets(self) -> list[tuple[str, int, str, int, dict[str, str]]]:
        found = []
        for path in sorted((self.raw / "surveys").rglob("*.csv")):
            territory, year = path.relative_to(self.raw / "surveys").parts[:2]
            self.atlas.add(territory)
            sheet = path.name.split(".")[-2]
            name = path.relative_to(self.raw).as_posix()
            for number, row in enumerate(table(path), start=2):
                found.append((sheet, int(year), name, number, {**row, "_folder": territory}))
        return found

    def _locate_establishments(self) -> None:
        communes: dict[str, set[str]] = defaultdict(set)
        for territory, rows in self.frames.items():
            for row in rows:
                self.places[row["establishment_id"]].add(territory)
                self.framed[row["establishment_id"]] = row
                communes[row["establishment_id"]].add(row.get("commune", ""))
        for sheet, year, _, _, row in self.sheets:
            self.places[row["establishment_id"]].add(row["_folder"])
            if sheet == "establishment":
                self.about[row["establishment_id"], year] = row
                communes[row["establishment_id"]].add(row.get("commune", ""))
        for establishment, named in communes.items():
            self.places[establishment] |= named & set(self.atlas.ids)
        self.inside = {own: set().union(*map(self.atlas.up, places)) for own, places in self.places.items()}

    def described(self, establishment: str, year: int, column: str, default: str = "") -> str:
        for row in (self.about.get((establishment, year), {}), self.framed.get(establishment, {})):
            if row.get(column):
                return row[column]
        return default

    def _country(self, code: str, own: str) -> End:
        code = code.lower()
        if code in self.atlas.ids:
            return ("place", code)
        return ("own_country", code) if code == own.lower() else ("foreign", code)

    def _place(self, postcode: str, commune: str, country: str, own: str) -> End:
        known = self.postcodes.get(((country or own).lower(), postcode.removeprefix("L-").replace(" ", "")), set())
        if postcode and len(known) > 1:
            return UNKNOWN
        if postcode and known:
            return ("place", next(iter(known)))
        if commune in self.atlas.ids:
            return ("place", commune)
        return self._country(country, own) if country else UNKNOWN

    def _partner(self, year: int, row: dict[str, str], resource: str) -> tuple[End, bool]:
        """The other end of a row, and whether the row names none."""
        columns = [row.get(f"partner_{name}", "") for name in ("id", "name", "postcode", "commune", "country")]
        bare = not any(columns)
        by_nature = (
            family_of(resource) == "emission"
            or resource in ("water.rain", "energy.ambient")
            or (resource == "water.evaporated" and row["direction"] == "out")
            or (resource == "water.industrial" and row["direction"] == "in" and bare)
            or columns[0] == "nature"
        )
        if by_nature:
            return NATURE, bare
        if columns[0] in self.places:
            return ("establishment", columns[0]), bare
        own = self.described(row["establishment_id"], year, "country", "LU")
        return self._place(*columns[2:], own), bare

    def _declare(
        self, year: int, establishment: str, direction: str, partner: End, resource: str, transit: bool, bare: bool
    ) -> Declaration:
        key = (year, establishment, direction, partner, resource, transit)
        return self.declarations.setdefault(key, Declaration(*key, bare))  # type: ignore[arg-type]

    def _read_flow(self, year: int, name: str, number: int, row: dict[str, str]) -> None:
        establishment = row["establishment_id"]
        resource = resource_id(row["resource"])
        converted = conversion(resource, row["unit"]) if resource else None
        number_of = _number(row["quantity"])
        if resource is None or converted is None or number_of is None:
            self.quarantined.append((name, number))
            families = [family_of(resource)] if resource else ["material", "water", "energy", "waste", "people"]
            self.unbalanced |= {(establishment, year, family) for family in families}
            return
        self.answered.add((establishment, year))
        self.touched.add((establishment, year, family_of(resource)))
        factor, line = converted
        quantity = number_of * PERIODS[row["period"]] * factor
        if quantity < 0:
            self.signed.append((name, number))
            self.unbalanced.add((establishment, year, family_of(resource)))
        percent = float(row["uncertainty_pct"]) if row.get("uncertainty_pct") else PERCENT[row.get("how_known", "")]
        errors = {f"{name}:{number}": quantity * percent / 196}
        if line:
            errors[f"density {line}"] = quantity * float(DENSITIES[line]["uncertainty_pct"]) / 196
        partner, bare = self._partner(year, row, resource)
        transit = row.get("purpose") == "transit"
        declaration = self._declare(year, establishment, row["direction"], partner, resource, transit, bare)
        declaration.rows.append(Row(quantity, errors))

    def _read_mobility(self, year: int, name: str, number: int, row: dict[str, str]) -> None:
        establishment = row["establishment_id"]
        self.touched.add((establishment, year, "people"))
        if row["mode"] == "remote":
            return
        trips = float(row.get("days_per_week") or 5) / 5 * 220
        commuters = float(row["commuters"])
        sd = commuters * 50 / 196
        if row.get("surveyed"):
            answered = float(row["surveyed"])
            employees = float(self.described(establishment, year, "employees"))
            sd = sampling_sd(commuters, answered, employees)
            commuters *= employees / answered
        own = self.described(establishment, year, "country", "LU")
        home = self._place(
            row.get("residence_postcode", ""), row.get("residence", ""), row.get("residence_country", ""), own
        )
        for direction in ("in", "out"):
            declaration = self._declare(year, establishment, direction, home, "people.commute", False, False)
            declaration.rows.append(Row(commuters * trips, {f"{name}:{number}": sd * trips}))

    def _read_stock(self, year: int, row: dict[str, str]) -> None:
        resource = resource_id(row["resource"])
        assert resource is not None
        converted = conversion(resource, row["unit"])
        assert converted is not None
        drawn = (float(row["opening"]) - float(row["closing"])) * converted[0]
        self.drawn[row["establishment_id"], year, family_of(resource)] += drawn

    def complete(self, establishment: str, year: int, *families: str) -> bool:
        said = _list(self.described(establishment, year, "complete_for"))
        return all(family in said and (establishment, year, family) not in self.unbalanced for family in families)


def sampling_sd(commuters: float, answered: float, employees: float) -> float:
    """The sd (persons) of a sample's share scaled up to all employees, drawn without replacement."""
    share = commuters / answered
    return employees * math.sqrt(share * (1 - share) / answered * (employees - answered) / (employees - 1))


# ------------------------------------------------------------------------------------- which declaration measures what


class Ledger:
    """The flows of a folder, and the flows whose sum each declaration measures."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.flows: list[Flow] = []
        self.index: dict[Flow, int] = {}
        self.declarations = sorted(answers.declarations.values(), key=_order)
        self.children: dict[int, list[Declaration]] = {}
        self._find_parents()
        self._match()

    def _flow(self, declaration: Declaration, resource: str) -> int:
        origin, target = declaration.ends
        flow = Flow(declaration.year, origin, target, resource, declaration.transit)
        if flow not in self.index:
            self.index[flow] = len(self.flows)
            self.flows.append(flow)
        return self.index[flow]

    def _find_parents(self) -> None:
        beside = defaultdict(list)
        for one in self.declarations:
            if not one.transit:
                beside[one.year, one.establishment, one.direction].append(one)
        for one in self.declarations:
            if not one.bare or one.transit:
                continue
            below = [
                o for o in beside[one.year, one.establishment, one.direction] if is_below(o.resource, one.resource)
            ]
            nearest = [o for o in below if not any(is_below(o.resource, between.resource) for between in below)]
            if len(nearest) >= 2:
                one.is_parent = True
                self.children[id(one)] = nearest

    def _match(self) -> None:
        partners = defaultdict(list)
        simple = [one for one in self.declarations if not one.is_parent]
        for one in simple:
            partners[one.year, one.ends, one.transit, one.direction].append(one)
        renamed: dict[int, str] = {}
        for one in simple:
            opposite = "out" if one.direction == "in" else "in"
            others = partners[one.year, one.ends, one.transit, opposite]
            finer = [o for o in others if family_of(one.resource) == "waste" and is_below(o.resource, one.resource)]
            if finer:
                one.flows = [self._flow(other, other.resource) for other in finer]
                continue
            for other in others:
                if (other.resource, one.resource) in EQUIVALENTS:
                    gap = abs(one.value - other.value)
                    if gap <= 3 * math.hypot(one.sd, other.sd):
                        renamed[id(one)] = other.resource
            one.flows = [self._flow(one, renamed.get(id(one), one.resource))]
        for one in self.declarations:
            if one.is_parent:
                one.flows = self._leaves(one)

    def _leaves(self, parent: Declaration) -> list[int]:
        found: list[int] = []
        for child in self.children[id(parent)]:
            found += self._leaves(child) if child.is_parent else child.flows
        return found

    def declared(self) -> np.ndarray:
        """What was declared of each flow: the mean over its ends."""
        sums: list[dict[str, float]] = [defaultdict(float) for _ in self.flows]
        simple = [one for one in self.declarations if not one.is_parent]
        direct = {(one.flows[0], one.establishment): one.declared for one in simple if len(one.flows) == 1}
        for one in simple:
            shares = [1.0]
            if len(one.flows) > 1:
                partner = one.partner[1]
                theirs = [direct[flow, partner] for flow in one.flows]
                shares = [their / math.fsum(theirs) for their in theirs]
            for flow, share in zip(one.flows, shares, strict=True):
                sums[flow][one.establishment] += one.declared * share
        return np.array([math.fsum(ends.values()) / len(ends) if ends else 0.0 for ends in sums])

    def status(self) -> list[str]:
        """`paired` where both ends declared it, left out or not."""
        ends: list[set[str]] = [set() for _ in self.flows]
        for one in self.declarations:
            for flow in () if one.is_parent else one.flows:
                ends[flow].add(one.establishment)
        return ["paired" if len(names) == 2 else "single" for names in ends]


def _order(one: Declaration) -> tuple[object, ...]:
    return (one.year, one.establishment, one.direction, one.partner, one.resource, one.transit)


# ------------------------------------------------------------------------------------------------------- the balance


@dataclass
class Equation:
    """Σ coefficient · flow = value, of errors with an sd by source; `inputs` are the flows that its slack is 3 % of."""

    coefficients: dict[int, float]
    value: float
    errors: dict[str, float] = field(default_factory=dict)
    slack: list[int] | None = None
    drawn: float = 0.0


class Balance:
    """Two passes of weighted least squares over all flows of a folder, and the covariance of the second."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.size = len(ledger.flows)
        self.declared = ledger.declared()
        self.measured = [self._measurement(one) for one in ledger.declarations if one.counted]
        self.controls = list(_controls(ledger))
        self.masses = list(_mass_balances(ledger))
        self.exact = list(_water_balances(ledger))
        first, _ = self._pass(None)
        self.first = first
        self.value, self.covariance = self._pass(first)

    def _measurement(self, one: Declaration) -> Equation:
        coefficients: dict[int, float] = defaultdict(float)
        for flow in one.flows:
            coefficients[flow] += 1.0
        return Equation(dict(coefficients), one.value, one.errors)

    def _scaled(self, equation: Equation, first: np.ndarray | None) -> dict[str, float]:
        """The errors of a measurement, in % of the first pass's value where there is one above zero."""
        if first is None or equation.value == 0:
            return equation.errors
        fitted = math.fsum(coefficient * first[flow] for flow, coefficient in equation.coefficients.items())
        ratio = fitted / equation.value if fitted > TINY * equation.value else 1.0
        return {source: sd * ratio for source, sd in equation.errors.items()}

    def _pass(self, first: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        uncertain = [(equation, self._scaled(equation, first)) for equation in self.measured + self.controls]
        at = self.declared if first is None else first
        for number, equation in enumerate(self.masses):
            inputs = math.fsum(at[flow] for flow in equation.slack or ()) + max(equation.drawn, 0.0)
            uncertain.append((equation, {f"slack {number}": 0.03 * inputs}))
        return solve(self.size, uncertain, self.exact)


def _mass_balances(ledger: Ledger) -> Iterator[Equation]:
    answers = ledger.answers
    for establishment, year in sorted(answers.about):
        if not answers.complete(establishment, year, *BALANCED):
            continue
        drawn = math.fsum(answers.drawn.get((establishment, year, family), 0.0) for family in BALANCED)
        equation = Equation({}, -drawn, slack=[], drawn=drawn)
        for flow, incoming in _flows_at(ledger, establishment, year):
            resource = ledger.flows[flow].resource
            solid = family_of(resource) in BALANCED
            if (solid and incoming) or (resource == "water.in_product" and not incoming):
                equation.coefficients[flow] = 1.0
                equation.slack.append(flow)  # type: ignore[union-attr]
            elif solid or (resource in ("emission.other", "emission.co2_process") and not incoming):
                equation.coefficients[flow] = -1.0
        if equation.coefficients:
            yield equation


def _water_balances(ledger: Ledger) -> Iterator[Equation]:
    answers = ledger.answers
    for establishment, year in sorted(answers.about):
        if not answers.complete(establishment, year, "water"):
            continue
        coefficients = {
            flow: 1.0 if incoming else -1.0
            for flow, incoming in _flows_at(ledger, establishment, year)
            if family_of(ledger.flows[flow].resource) == "water"
        }
        if coefficients:
            yield Equation(coefficients, -answers.drawn.get((establishment, year, "water"), 0.0))


def _flows_at(ledger: Ledger, establishment: str, year: int) -> Iterator[tuple[int, bool]]:
    """The flows of an establishment in a year, transit aside, and whether each comes in."""
    own: End = ("establishment", establishment)
    for number, flow in enumerate(ledger.flows):
        if flow.year == year and not flow.transit and flow.origin != flow.target:
            if flow.target == own:
                yield number, True
            elif flow.origin == own:
                yield number, False


def _controls(ledger: Ledger) -> Iterator[Equation]:
    for number, row in enumerate(table(ledger.answers.raw / "controls.csv")):
        territory, year, side = row["territory_id"], int(row["year"]), row["side"]
        if not _frame_answered(ledger.answers, territory, year, family_of(row["resource_id"])):
            continue
        factor = 1.0 if row["unit"] == "trip" else conversion(row["resource_id"], row["unit"])[0]  # type: ignore[index]
        value = float(row["value"]) * factor
        flows = controlled(ledger, territory, year, row["resource_id"], side)
        sd = value * float(row.get("uncertainty_pct") or 10) / 196
        yield Equation(dict.fromkeys(flows, 1.0), value, {f"control {number}": sd})


def _frame_answered(answers: Answers, territory: str, year: int, family: str) -> bool:
    def has(establishment: str) -> bool:
        said = _list(answers.described(establishment, year, "complete_for"))
        said += _list(answers.described(establishment, year, "none_for"))
        covered = family == "emission" or family in said or (establishment, year, family) in answers.touched
        return covered and (establishment, year) in answers.answered

    frame = answers.frames.get(territory, [])
    return bool(frame) and all(has(row["establishment_id"]) for row in frame)


def controlled(ledger: Ledger, territory: str, year: int, resource: str, side: str) -> list[int]:
    """The flows whose sum a control total of a territory's frame is."""
    frame = {row["establishment_id"] for row in ledger.answers.frames.get(territory, [])}
    found = []
    for number, flow in enumerate(ledger.flows):
        if flow.year != year or flow.transit or resource not in lineage(flow.resource):
            continue
        arrives = flow.target[0] == "establishment" and flow.target[1] in frame
        leaves = flow.origin[0] == "establishment" and flow.origin[1] in frame
        sides = sides_of(ledger.answers, flow, territory)
        by_side = {"in": arrives, "out": leaves}
        if by_side.get(side, side in sides and (arrives or leaves)):
            found.append(number)
    return found


def solve(
    size: int, uncertain: list[tuple[Equation, dict[str, float]]], exact: list[Equation]
) -> tuple[np.ndarray, np.ndarray]:
    """Values with no flow below zero, and the covariance without that bound: (size,), (size, size).

    Parts of the problem that share no flow and no source of error are solved one after the other, each dense.
    """
    sources = {source: number for number, source in enumerate(sorted({s for _, errors in uncertain for s in errors}))}
    links = np.zeros((size + len(sources) + len(uncertain) + len(exact),) * 2, dtype=bool)
    for number, (equation, errors) in enumerate(uncertain):
        node = size + len(sources) + number
        for other in [*equation.coefficients, *(size + sources[source] for source in errors)]:
            links[node, other] = True
    for number, equation in enumerate(exact):
        for flow in equation.coefficients:
            links[size + len(sources) + len(uncertain) + number, flow] = True
    _, part = connected_components(links, directed=False)
    value, covariance = np.zeros(size), np.zeros((size, size))
    for label in np.unique(part[:size]):
        flows = np.flatnonzero(part[:size] == label)
        mine = [pair for n, pair in enumerate(uncertain) if part[size + len(sources) + n] == label]
        bound = [e for n, e in enumerate(exact) if part[size + len(sources) + len(uncertain) + n] == label]
        value[flows], covariance[np.ix_(flows, flows)] = _solve_part(flows, mine, bound)
    return value, covariance


def _solve_part(
    flows: np.ndarray, uncertain: list[tuple[Equation, dict[str, float]]], exact: list[Equation]
) -> tuple[np.ndarray, np.ndarray]:
    column = {flow: number for number, flow in enumerate(flows)}
    source = {name: number for number, name in enumerate(sorted({s for _, errors in uncertain for s in errors}))}
    design, y = np.zeros((len(uncertain), len(flows))), np.zeros(len(uncertain))
    spread = np.zeros((len(uncertain), max(len(source), 1)))
    for number, (equation, errors) in enumerate(uncertain):
        y[number] = equation.value
        for flow, coefficient in equation.coefficients.items():
            design[number, column[flow]] = coefficient
        for name, sd in errors.items():
            spread[number, source[name]] = sd
    rules, b = np.zeros((len(exact), len(flows))), np.array([equation.value for equation in exact])
    for number, equation in enumerate(exact):
        for flow, coefficient in equation.coefficients.items():
            rules[number, column[flow]] = coefficient
    problem = Problem(design, y, spread @ spread.T, rules, b)
    return problem.bounded(), problem.covariance()


class Problem:
    """min (y − Mx)ᵀ V⁻¹ (y − Mx) subject to A x = b, x ≥ 0; V may be singular (errors that are zero or shared).

    Solved as one saddle-point system in (λ, x, μ): M x − V λ = y, Mᵀ λ + Aᵀ μ = 0, A x = b; the x-block of its inverse is
    the covariance. All is scaled by the sd of the measurements first.
    """

    def __init__(self, design: np.ndarray, y: np.ndarray, noise: np.ndarray, rules: np.ndarray, b: np.ndarray) -> None:
        self.rows, self.columns = design.shape
        sd = np.sqrt(np.diag(noise))
        self.weight = 1 / np.where(sd > 0, sd, np.maximum(np.abs(y), 1e-3))
        touched = np.where(design != 0, (1 / self.weight)[:, None], np.inf)
        self.scale = touched.min(axis=0)
        assert np.isfinite(self.scale).all(), "a flow without a measurement"
        self.design = design * self.weight[:, None] * self.scale
        self.noise = noise * self.weight[:, None] * self.weight
        self.y = y * self.weight
        rules = rules * self.scale
        size = np.abs(rules).max(axis=1, initial=0.0)
        self.rules, self.b = rules / size[:, None], b / size

    def _system(self, active: list[int]) -> tuple[np.ndarray, np.ndarray]:
        rules = np.vstack([self.rules, np.eye(self.columns)[active]])
        b = np.concatenate([self.b, np.zeros(len(active))])
        n, m, k = self.rows, self.columns, len(b)
        matrix = np.zeros((n + m + k,) * 2)
        matrix[:n, :n] = -self.noise
        matrix[:n, n : n + m] = self.design
        matrix[n : n + m, :n] = self.design.T
        matrix[n : n + m, n + m :] = rules.T
        matrix[n + m :, n : n + m] = rules
        return matrix, np.concatenate([self.y, np.zeros(m), b])

    def _equality(self, active: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """Scaled values with `active` flows at zero, and what each of these pushes against its bound."""
        matrix, right = self._system(active)
        inverse = _inverse(matrix)
        solution = inverse @ right
        for _ in range(3):
            solution += inverse @ (right - matrix @ solution)
        assert np.abs(right - matrix @ solution).max() <= 1e-9 * max(1.0, np.abs(right).max()), "equations contradict"
        start = self.rows + self.columns + len(self.b)
        return solution[self.rows : self.rows + self.columns], -solution[start:]

    def bounded(self) -> np.ndarray:
        """The minimum over x ≥ 0, by an active set whose optimality is checked."""
        active: list[int] = []
        seen: set[tuple[int, ...]] = set()
        while True:
            x, push = self._equality(active)
            span = max(1.0, np.abs(x).max())
            below = [j for j in range(self.columns) if j not in active and x[j] < -TINY * span]
            pulled = [j for j, force in zip(active, push, strict=True) if force < -TINY * span]
            if not below and not pulled:
                return np.where(np.abs(x) <= TINY * span, 0.0, x) * self.scale
            careful = tuple(active) in seen
            seen.add(tuple(active))
            if careful:  # a cycle: one change at a time, the smallest index first (Bland's rule)
                change = min(below + pulled)
                active = sorted(set(active) ^ {change})
            else:
                active = sorted((set(active) | set(below)) - set(pulled))

    def covariance(self) -> np.ndarray:
        matrix, _ = self._system([])
        block = slice(self.rows, self.rows + self.columns)
        found = _inverse(matrix)[block, block]
        return (found + found.T) / 2 * self.scale[:, None] * self.scale


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse; where equations repeat each other, the symmetric pseudo-inverse."""
    with contextlib.suppress(np.linalg.LinAlgError):
        found = np.linalg.inv(matrix)
        if np.abs(matrix @ found - np.eye(len(matrix))).max() < 1e-8:
            return found
    values, vectors = np.linalg.eigh(matrix)
    kept = np.abs(values) > 1e-12 * np.abs(values).max()
    return (vectors[:, kept] / values[kept]) @ vectors[:, kept].T


# ---------------------------------------------------------------------------------------------------------- the sides


def position_of(answers: Answers, end: End, territory: str) -> str:
    kind, name = end
    if kind == "nature":
        return "nature"
    if kind == "establishment":
        return "inside" if territory in answers.inside[name] else "outside"
    if kind == "place":
        return answers.atlas.position(name, territory)
    return "outside" if kind == "foreign" else "undetermined"


SIDES = {
    ("outside", "inside"): "import",
    ("inside", "inside"): "internal",
    ("inside", "outside"): "export",
    ("undetermined", "inside"): "undetermined_in",
    ("inside", "undetermined"): "undetermined_out",
    ("nature", "inside"): "from_nature",
    ("inside", "nature"): "to_nature",
}


def sides_of(answers: Answers, flow: Flow, territory: str) -> list[str]:
    ends = position_of(answers, flow.origin, territory), position_of(answers, flow.target, territory)
    side = SIDES.get(ends)
    if side is None:
        return []
    return [side, *(["in"] if side in INTO else []), *(["out"] if side in OUT_OF else [])]


@dataclass
class Figure:
    """One row of `mart_metabolism`. `scale` is the sd its flows would have without covariances, for tolerances."""

    value: float
    sd: float
    declared_value: float
    n_establishments: int
    scale: float


@dataclass
class FlowFigure:
    value: float
    sd: float
    status: str


@dataclass
class Result:
    """`metabolism` and `transit`: (territory, year, resource, side); `flows`: (year, resource, from, to, transit)."""

    metabolism: dict[tuple[str, int, str, str], Figure]
    transit: dict[tuple[str, int, str, str], Figure]
    flows: dict[tuple[int, str, str, str, bool], FlowFigure]
    quarantined: list[tuple[str, int]]
    signed: list[tuple[str, int]]


def figures(ledger: Ledger, balance: Balance, transit: bool) -> dict[tuple[str, int, str, str], Figure]:
    answers = ledger.answers
    behind: dict[tuple[str, int, str, str], list[int]] = defaultdict(list)
    for number, flow in enumerate(ledger.flows):
        if flow.transit != transit:
            continue
        for territory in answers.atlas.ids:
            for side in sides_of(answers, flow, territory):
                for resource in lineage(flow.resource):
                    behind[territory, flow.year, resource, side].append(number)
    found = {}
    for key, numbers in behind.items():
        covariance = balance.covariance[np.ix_(numbers, numbers)]
        ends = {end for number in numbers for end in ledger.flows[number].ends() if key[0] in answers.inside[end]}
        found[key] = Figure(
            value=math.fsum(balance.value[numbers]),
            sd=math.sqrt(max(0.0, math.fsum(covariance.ravel()))),
            declared_value=math.fsum(balance.declared[numbers]),
            n_establishments=len(ends),
            scale=math.sqrt(math.fsum(np.diag(covariance))),
        )
    return found


def compute(raw: Path) -> Result:
    """All figures of a raw folder."""
    answers = Answers(raw)
    ledger = Ledger(answers)
    balance = Balance(ledger)
    status = ledger.status()
    flows = {
        (flow.year, flow.resource, _name(flow.origin), _name(flow.target), flow.transit): FlowFigure(
            float(balance.value[number]), math.sqrt(max(0.0, balance.covariance[number, number])), status[number]
        )
        for number, flow in enumerate(ledger.flows)
    }
    return Result(
        figures(ledger, balance, transit=False),
        figures(ledger, balance, transit=True),
        flows,
        answers.quarantined,
        answers.signed,
    )


def _name(end: End) -> str:
    """As `mart_flows` names an end: an establishment, a place in lower case, `nature`, or nothing."""
    return "nature" if end == NATURE else end[1]
