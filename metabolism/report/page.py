"""The page of one territory, put together from its parts. The words of the page are in the templates."""

from dataclasses import dataclass

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from metabolism.report import bands, bars, figures, flows, nomenclature, provenance, records, sankey, tables
from metabolism.report.flows import Flows
from metabolism.report.sides import WAYS, Way

SYNTHETIC = "Synthetic data: fictional companies, invented figures"

TEMPLATES = Environment(
    loader=PackageLoader("metabolism.report"),
    autoescape=True,  # names and messages come from companies: none of them is markup
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class TerritoryTables:
    """What the page is made of: the rows of one territory, every year, with the columns of the public
    contract.

    `metabolism`: rows of mart_metabolism. `resources`: resource_id, parent_id, unit, label_en (and network,
    optional). `quality`: rows of mart_data_quality. `files`: rows of mart_files. `establishments`:
    establishment_id, name, nace, employees, answered, year. Any of them may be empty, and any figure null.
    """

    territory_id: str
    name: str
    kind: str
    synthetic: bool
    metabolism: pd.DataFrame
    resources: pd.DataFrame
    quality: pd.DataFrame
    files: pd.DataFrame
    establishments: pd.DataFrame


@dataclass(frozen=True)
class Total:
    """A family's in or out among the key facts."""

    way: Way
    written: figures.Written | None
    bar: bars.Bar | None


@dataclass(frozen=True)
class FamilySection:
    """Everything of one family. `drawings` is empty where there is nothing to draw."""

    anchor: str
    label: str
    unit: str
    unit_words: str
    totals: tuple[Total, ...]
    shares: dict[Way, list[tuple[str, str]]]
    drawings: tuple[sankey.Drawing, ...]
    description: str
    not_drawn: int
    table: tables.FlowTable
    years: tuple[tables.YearRow, ...]


def render(territory: TerritoryTables) -> str:
    """One self-contained HTML page: no script, no font, no image, nothing that is loaded."""
    all_flows = flows.of_table(territory.metabolism, nomenclature.of_table(territory.resources))
    year = provenance.newest_year((territory.metabolism, territory.files, territory.establishments, territory.quality))
    name = records.text(territory.name) or records.text(territory.territory_id)
    known_names = provenance.names(territory.establishments)
    found, earlier_findings = provenance.findings(territory.quality, year, known_names)
    received, earlier_files = provenance.files(territory.files, year)
    page: str = TEMPLATES.get_template("page.html.j2").render(
        name=name,
        kind=records.text(territory.kind),
        year=year,
        years=all_flows.years,
        synthetic=SYNTHETIC if territory.synthetic else "",
        families=_families(all_flows, year, name),
        past_families=_past_families(all_flows, year),
        coverage=None if year is None else all_flows.coverage(year),
        respondents=provenance.respondents(territory.establishments, year),
        files=received,
        earlier_files=earlier_files,
        findings=found,
        earlier_findings=earlier_findings,
        words=figures,
        bar_width=bars.WIDTH,
        css=_styles(),
    )
    return page


def _styles() -> Markup:
    """The style sheet as it stands in the package: nothing from outside ever gets into it."""
    return Markup(TEMPLATES.get_template("style.css.j2").render())


def _families(all_flows: Flows, year: int | None, name: str) -> tuple[FamilySection, ...]:
    if year is None:
        return ()
    return tuple(_family(all_flows, family, year, name) for family in all_flows.families(year))


def _past_families(all_flows: Flows, year: int | None) -> tuple[tuple[str, int], ...]:
    """Families that an earlier year has and this one has not, with their last year: they should not vanish
    unsaid.
    """
    if year is None:
        return ()
    gone = [family for family in all_flows.families() if family not in all_flows.families(year)]
    return tuple(
        (
            all_flows.names.label(family),
            next(past for past in all_flows.years if family in all_flows.families(past)),
        )
        for family in gone
    )


def _family(all_flows: Flows, family: str, year: int, name: str) -> FamilySection:
    picture = bands.picture(all_flows, family, year)
    drawn = not picture.empty and family not in nomenclature.DRAWN_AS_TABLE_ONLY
    unit = all_flows.unit(family)
    return FamilySection(
        anchor=f"family-{all_flows.families(year).index(family) + 1}",
        label=all_flows.names.label(family),
        unit=figures.UNITS.get(unit, unit),
        unit_words=figures.UNIT_WORDS.get(unit, unit),
        totals=_totals(picture),
        shares={way: bands.shares(picture.groups[way]) for way in WAYS},
        drawings=tuple(sankey.draw(picture, name, form) for form in sankey.FORMS) if drawn else (),
        description=sankey.describe(picture),
        not_drawn=picture.not_drawn,
        table=tables.flow_table(all_flows, family, year),
        years=tables.year_table(all_flows, family),
    )


def _totals(picture: bands.Picture) -> tuple[Total, ...]:
    drawn = bars.bars([picture.totals[way] for way in WAYS])
    return tuple(
        Total(way, figures.write(total, picture.unit) if (total := picture.totals[way]) else None, bar)
        for way, bar in zip(WAYS, drawn, strict=True)
    )
