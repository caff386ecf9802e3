"""Which bands a Sankey has: groups of origins on the left and of destinations on the right, with a band a
resource.

The bands are the resources one level below the family. What the family has beyond them (a waste without a
code) is a band of its own, so that the bands of a side always add up to its published figure. In and out need
not match, and are not made to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from metabolism.report import figures, nomenclature
from metabolism.report.figures import Figure
from metabolism.report.flows import Flows
from metabolism.report.language import Language
from metabolism.report.sides import NETWORK, PARTS, UNDETERMINED, WORDS, Way

MOST_BANDS = 10  # a way; more cannot be told apart on a projector
MOST_INTERNAL = 4  # of them; the same on both ways, as internal flows pass through
NEGLIGIBLE = 1e-9  # of the side: rounding of sums, not a flow
GREY = "#747a82"
PALE_GREY = "#868c94"


@dataclass(frozen=True)
class Band:
    """One resource on one side. `value` is in the unit of the family, rounded to `step` when written."""

    resource: str
    label: str
    value: float
    step: int
    colour: str
    folded: int = 0


@dataclass(frozen=True)
class Group:
    """The bands of one origin or destination, the largest first."""

    side: str
    heading: str
    phrase: str
    bands: tuple[Band, ...]

    @property
    def value(self) -> float:
        return sum(band.value for band in self.bands)

    @property
    def step(self) -> int:
        return max(band.step for band in self.bands)


@dataclass(frozen=True)
class Picture:
    """All that a Sankey of one family and year shows. `totals` are the published sums `in` and `out`."""

    family: str
    unit: str
    groups: dict[Way, tuple[Group, ...]]
    totals: dict[Way, Figure | None]
    not_drawn: int
    language: Language

    @property
    def empty(self) -> bool:
        return not any(self.groups.values())


def picture(flows: Flows, family: str, year: int) -> Picture:
    """The bands of a family, folded to what can be told apart."""
    totals: dict[Way, Figure | None] = {}
    groups: dict[Way, tuple[Group, ...]] = {}
    for way in ("in", "out"):
        total = flows.get(year, family, way)
        totals[way] = total.figure if total else None
        groups[way] = fold(list(_groups(flows, family, year, way)), flows.names.language)
    return Picture(family, flows.unit(family), groups, totals, _not_drawn(flows, family, year), flows.names.language)


def fold(groups: Sequence[Group], language: Language) -> tuple[Group, ...]:
    """At most MOST_BANDS bands a way; the smallest of a group become its 'other'."""
    inside = [group for group in groups if group.side == "internal"]
    others = [group for group in groups if group.side != "internal"]
    kept_inside = _fold_to(inside, MOST_INTERNAL, language)
    room = MOST_BANDS - sum(len(group.bands) for group in kept_inside)
    return (*kept_inside, *_fold_to(others, room, language))


def _fold_to(groups: Sequence[Group], room: int, language: Language) -> list[Group]:
    """Merge the two smallest bands of a group, again and again, where that hides least, until all fit."""
    sizes = [len(group.bands) for group in groups]

    def hidden(place: int) -> tuple[bool, float, int]:
        smallest = sum(band.value for band in groups[place].bands[sizes[place] - 2 :])
        return (
            sizes[place] == 2,
            smallest,
            place,
        )  # a group that is nothing but 'other' says little: last resort

    while sum(sizes) > room and any(size > 1 for size in sizes):
        sizes[min((place for place, size in enumerate(sizes) if size > 1), key=hidden)] -= 1
    return [_fold_group(group, size, language) for group, size in zip(groups, sizes, strict=True)]


def _fold_group(group: Group, most: int, language: Language) -> Group:
    if len(group.bands) <= most:
        return group
    kept, rest = group.bands[: most - 1], group.bands[most - 1 :]
    other = Band(
        resource="other",
        label=language.gettext("Other (%(count)s)", count=len(rest)),
        value=sum(band.value for band in rest),
        step=max(band.step for band in rest),
        colour=GREY,
        folded=len(rest),
    )
    return replace(group, bands=(*kept, other))


def _groups(flows: Flows, family: str, year: int, way: Way) -> Iterable[Group]:
    for side in PARTS[way]:
        bands = sorted(_bands(flows, family, year, side), key=lambda band: (-band.value, band.resource))
        if side == UNDETERMINED[way]:
            by_network = [band for band in bands if flows.names.by_network(band.resource)]
            bands = [band for band in bands if band not in by_network]
            yield from _group(way, NETWORK, by_network, flows.names.language)
        yield from _group(way, side, bands, flows.names.language)


def _group(way: Way, side: str, bands: Sequence[Band], language: Language) -> Iterable[Group]:
    if bands:
        words = WORDS[way, side]
        yield Group(side, language.message(words.heading), language.message(words.phrase), tuple(bands))


def _bands(flows: Flows, family: str, year: int, side: str) -> Iterable[Band]:
    """The children of the family on one side, and what the family has beyond them."""
    whole = flows.get(year, family, side)
    known = 0.0
    for resource in flows.resources(year, family):
        flow = flows.get(year, resource, side)
        value = flow.figure.value if flow else None
        if flow is None or value is None or value <= 0 or len(flows.names.path(resource)) != 2:
            continue
        known += value
        step = figures.step(value, flow.figure.sd)
        yield Band(resource, flows.names.short_label(resource), value, step, nomenclature.colour(resource))
    total = whole.figure.value if whole else None
    if whole and total is not None and total - known > NEGLIGIBLE * max(abs(total), known):
        step = figures.step(total - known, whole.figure.sd)
        yield Band(family, flows.names.language.gettext("Not specified further"), total - known, step, PALE_GREY)


def _not_drawn(flows: Flows, family: str, year: int) -> int:
    """How many flows have no size to draw: their value is not known."""
    levels = (resource for resource in flows.resources(year, family) if len(flows.names.path(resource)) == 2)
    found = (flows.get(year, resource, side) for resource in levels for side in {*PARTS["in"], *PARTS["out"]})
    return sum(flow is not None and flow.figure.value is None for flow in found)


def shares(groups: Sequence[Group], language: Language) -> str:
    """What part of a way each group is, the largest first: '61 % from outside and 39 % from inside'."""
    total = sum(group.value for group in groups)
    if total <= 0:
        return ""
    ranked = sorted(groups, key=lambda group: (-group.value, group.side))
    return language.listed([f"{figures.share(group.value / total, language)} {group.phrase}" for group in ranked])
