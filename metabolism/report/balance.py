"""The balance: each family with its totals, its picture, its table, and its earlier years."""

from dataclasses import dataclass

from metabolism.report import bands, bars, figures, nomenclature, sankey, tables, units
from metabolism.report.flows import Flows
from metabolism.report.sides import TITLES, WAYS, Way


@dataclass(frozen=True)
class Total:
    """A family's in or out among the key facts."""

    way: Way
    title: str
    written: figures.Written | None
    bar: bars.Bar | None


@dataclass(frozen=True)
class FamilySection:
    """Everything of one family. `drawings` is empty where there is nothing to draw; `shares` says what part of each
    way comes from where; `earlier` are the tables of the years before, the newest first.
    """

    anchor: str
    label: str
    unit: str
    unit_sign: str
    unit_words: str
    totals: tuple[Total, ...]
    shares: dict[Way, str]
    drawings: tuple[sankey.Drawing, ...]
    description: str
    not_drawn: int
    table: tables.FlowTable
    years: tuple[tables.YearRow, ...]
    earlier: tuple[tuple[int, tables.FlowTable], ...]


def families(flows: Flows, year: int | None, name: str) -> tuple[FamilySection, ...]:
    """The sections of a year; `name` is the territory's."""
    if year is None:
        return ()
    return tuple(_family(flows, family, year, name) for family in flows.families(year))


def past_families(flows: Flows, year: int | None) -> tuple[tuple[str, int], ...]:
    """Families that an earlier year has and this one has not, with their last year: they should not vanish
    unsaid.
    """
    if year is None:
        return ()
    gone = [family for family in flows.families() if family not in flows.families(year)]
    return tuple(
        (flows.names.label(family), next(past for past in flows.years if family in flows.families(past)))
        for family in gone
    )


def _family(flows: Flows, family: str, year: int, name: str) -> FamilySection:
    picture = bands.picture(flows, family, year)
    drawn = not picture.empty and family not in nomenclature.DRAWN_AS_TABLE_ONLY
    language, unit = flows.names.language, flows.unit(family)
    return FamilySection(
        anchor=f"family-{flows.families(year).index(family) + 1}",
        label=flows.names.label(family),
        unit=unit,
        unit_sign=units.sign(unit, language),
        unit_words=units.in_full(unit, language),
        totals=_totals(picture),
        shares={way: bands.shares(picture.groups[way], language) for way in WAYS},
        drawings=tuple(sankey.draw(picture, name, form) for form in sankey.FORMS) if drawn else (),
        description=sankey.describe(picture),
        not_drawn=picture.not_drawn,
        table=tables.flow_table(flows, family, year),
        years=tables.year_table(flows, family),
        earlier=_earlier(flows, family, year),
    )


def _earlier(flows: Flows, family: str, year: int) -> tuple[tuple[int, tables.FlowTable], ...]:
    past = [one for one in flows.years if one < year and family in flows.families(one)]
    return tuple((one, tables.flow_table(flows, family, one)) for one in past)


def _totals(picture: bands.Picture) -> tuple[Total, ...]:
    language = picture.language
    drawn = bars.bars([picture.totals[way] for way in WAYS])
    return tuple(
        Total(
            way,
            language.message(TITLES[way]),
            figures.write(total, language, picture.unit) if (total := picture.totals[way]) else None,
            bar,
        )
        for way, bar in zip(WAYS, drawn, strict=True)
    )
