"""Who depends on what: how much of each resource is used, from where it comes, and what would hurt if it stopped."""

from collections.abc import Iterable
from dataclasses import dataclass

from metabolism.report import figures, records
from metabolism.report.figures import Figure, Written
from metabolism.report.flows import Flows
from metabolism.report.labels import Labels
from metabolism.report.language import Language, marked
from metabolism.report.nomenclature import CANONICAL_UNITS, family_order
from metabolism.report.years import Row, Selection

MOST_IN_FULL = 15  # what a page can be asked to hold; the rest stands folded below it
MOST_ORIGINS = 3
# Herfindahl-Hirschman: the limits of the US Horizontal Merger Guidelines (Department of Justice, 2010)
CONCENTRATION = (
    (0.15, marked("many origins")),
    (0.25, marked("several origins")),
    (0.99, marked("few origins")),
    (float("inf"), marked("one origin")),
)
CRITICALITY = (
    (0.25, marked("low")),
    (0.5, marked("moderate")),
    (0.75, marked("high")),
    (float("inf"), marked("very high")),
)


@dataclass(frozen=True)
class Part:
    """A piece of a bar, from `start` to `start + width` in % of its length. `kind`: inside, network, unknown, mixed
    (by a network, or not known) or outside.
    """

    kind: str
    start: float
    width: float


@dataclass(frozen=True)
class Dependence:
    """One resource. `sources` and `origins` are written lists, '' where nothing is known."""

    anchor: str
    resource: str
    label: str
    strategic: bool
    consumption: Written
    parts: tuple[Part, ...]
    sources: str
    origins: str
    concentration: str
    criticality: str
    days_of_stock: str
    establishments: int | None
    reason: str


@dataclass(frozen=True)
class DependencySection:
    shown: tuple[Dependence, ...]
    folded: tuple[Dependence, ...]

    @property
    def strategic(self) -> tuple[Dependence, ...]:
        return tuple(one for one in (*self.shown, *self.folded) if one.strategic)


def section(selected: Selection, flows: Flows, labels: Labels) -> DependencySection:
    """The strategic resources first, the most critical at the top; then the others in the order of the balance."""
    rows = [row for row in selected.rows if records.text(row.get("resource_id"))]
    ordered = sorted(rows, key=lambda row: _order(row, flows, labels))
    found = tuple(_dependence(row, number, flows, labels) for number, row in enumerate(ordered, start=1))
    return DependencySection(found[:MOST_IN_FULL], found[MOST_IN_FULL:])


def most_strategic(selected: Selection, flows: Flows, labels: Labels) -> Dependence | None:
    """The strategic resource that is most critical; the finest one where a parent stands beside its child."""

    def place(row: Row) -> tuple[float, int, str]:
        resource = records.text(row.get("resource_id"))
        return (-(records.number(row.get("criticality")) or 0.0), -len(labels.resources.path(resource)), resource)

    rows = sorted((row for row in selected.rows if records.truth(row.get("strategic"))), key=place)
    return _dependence(rows[0], 0, flows, labels) if rows else None


def _order(row: Row, flows: Flows, labels: Labels) -> tuple[bool, float, tuple[int, str], list[tuple[float, str]]]:
    resource = records.text(row.get("resource_id"))
    strategic = records.truth(row.get("strategic"))
    criticality = records.number(row.get("criticality")) or 0.0
    year = records.integer(row.get("year"))
    place = flows.place(year, resource) if year is not None else [(0.0, resource)]
    return (not strategic, -criticality if strategic else 0.0, family_order(labels.resources.family(resource)), place)


def _dependence(row: Row, number: int, flows: Flows, labels: Labels) -> Dependence:
    language = labels.language
    resource = records.text(row.get("resource_id"))
    networked = labels.resources.by_network(resource) or records.truth(row.get("is_network"))
    shares = _shares(row, networked, labels.resources.holds_network(resource))
    concentration, criticality = (records.number(row.get(column)) for column in ("hhi", "criticality"))
    days = records.number(row.get("days_of_stock"))
    return Dependence(
        anchor=f"depends-{number}",
        resource=resource,
        label=labels.resource(resource),
        strategic=records.truth(row.get("strategic")),
        consumption=figures.write(_consumption(row, flows), language, _unit(row, flows, resource)),
        parts=tuple(_parts(shares)),
        sources=_sources(shares, networked, labels),
        origins=_origins(row, labels),
        concentration=_graded(concentration, CONCENTRATION, labels),
        criticality=_graded(criticality, CRITICALITY, labels),
        days_of_stock="" if days is None else _days(days, language),
        establishments=records.integer(row.get("n_establishments")),
        reason=language.text(row, "reason"),
    )


def _days(days: float, language: Language) -> str:
    """'6 days', '0.5 days'."""
    written = figures.trimmed(Figure(days, 0.0), 0 if days >= 10 else -1, language)
    whole = int(days) if days == int(days) else 2
    return language.plural("%(days)s day", "%(days)s days", whole) % {"days": written}


def _unit(row: Row, flows: Flows, resource: str) -> str:
    family = flows.names.family(resource)
    return records.text(row.get("unit")) or flows.unit(family) or CANONICAL_UNITS.get(family, "")


def _consumption(row: Row, flows: Flows) -> Figure:
    """With the row's own interval, else that of the balance where it is the same quantity, else without one."""
    value, sd, low, high = (records.number(row.get(column)) for column in ("consumption", "sd", "low", "high"))
    year = records.integer(row.get("year"))
    if low is None and high is None and year is not None and value is not None:
        whole = flows.get(year, records.text(row.get("resource_id")), "in")
        if whole and whole.figure.value is not None and abs(whole.figure.value - value) <= 1e-9 * abs(value):
            return whole.figure
    return Figure(value, sd, low, high) if low is not None or high is not None else Figure.around(value, sd, floor=0.0)


def _shares(row: Row, networked: bool, holds_network: bool) -> dict[str, float]:
    """What part came from where, {} where not known. Of what comes by a network nothing is ever inside: nobody knows
    where it was made.
    """
    inside, unknown = (records.number(row.get(column)) for column in ("local_share", "undetermined_share"))
    if inside is None and unknown is None:
        return {}
    inside, unknown = inside or 0.0, unknown or 0.0
    outside = max(1.0 - inside - unknown, 0.0)
    if networked:
        return {"outside": outside, "network": inside + unknown}
    return {"inside": inside, "outside": outside, "mixed" if holds_network else "unknown": unknown}


def _parts(shares: dict[str, float]) -> Iterable[Part]:
    start = 0.0
    for kind, share in shares.items():
        width = min(max(share, 0.0), 1.0) * 100
        if width > 0:
            yield Part(kind, start, width)
        start += width


def _sources(shares: dict[str, float], networked: bool, labels: Labels) -> str:
    language = labels.language
    words = {
        "inside": language.gettext("from inside"),
        "network": language.gettext("by the network"),
        "unknown": language.gettext("from an origin not known precisely"),
        "mixed": language.gettext("by the network, or from an origin not known precisely"),
        "outside": language.gettext("from outside, by the network") if networked else language.gettext("from outside"),
    }
    shown = ((kind, share) for kind, share in shares.items() if share > 1e-9)
    return language.listed([f"{figures.share(min(share, 1.0), language)} {words[kind]}" for kind, share in shown])


def _origins(row: Row, labels: Labels) -> str:
    """The largest origins with their shares; where the list is missing, the main one."""
    found = (
        (records.text(one.get("origin")), records.number(one.get("share")))
        for one in records.fields(row.get("origins"))
    )
    known = sorted((-share, origin) for origin, share in found if origin and share)
    if not known:
        return labels.place(records.text(row.get("main_origin")))
    written = [f"{labels.place(origin)} {figures.share(min(-share, 1.0), labels.language)}" for share, origin in known]
    more = len(written) - MOST_ORIGINS
    kept = written[:MOST_ORIGINS]
    if more > 0:
        kept.append(labels.language.ngettext("%(count)s other", "%(count)s others", more))
    return ", ".join(kept)


def _graded(value: float | None, grades: tuple[tuple[float, str], ...], labels: Labels) -> str:
    """'high (0.75)': a grade in words with its figure between 0 and 1."""
    if value is None:
        return ""
    words = next(words for limit, words in grades if value < limit)
    return f"{labels.language.message(words)} ({figures.number(value, -2, labels.language)})"
