"""The page of one territory, put together from its parts. The words of the page are in the templates."""

from dataclasses import dataclass

from markupsafe import Markup

from metabolism.report import (
    activities,
    balance,
    bars,
    dependency,
    dots,
    exchanges,
    flows,
    highlights,
    indicators,
    labels,
    pilots,
    pools,
    provenance,
    records,
    sources,
    transit,
    years,
)
from metabolism.report import language as languages
from metabolism.report.environment import environment
from metabolism.report.flows import Flows
from metabolism.report.labels import Labels
from metabolism.report.language import AUTONYMS, LANGUAGES, Language
from metabolism.report.territory import TerritoryTables

__all__ = ["TerritoryTables", "file_name", "render"]

ANALYSED = ("dependency", "indicators", "exchanges", "pools", "activities")


@dataclass(frozen=True)
class Edition:
    """The same page in one language. `current`: it is the page itself."""

    code: str
    autonym: str
    file: str
    current: bool


def file_name(territory_id: str, language: str = "en") -> str:
    """Where a page stands beside its other languages: z.html, z.fr.html, z.de.html."""
    return f"{territory_id}.html" if language == LANGUAGES[0] else f"{territory_id}.{language}.html"


def render(tables: TerritoryTables, language: str = "en") -> str:
    """One self-contained HTML page: no script, no font, no image, nothing that is loaded.

    Raises ValueError for a language that is none of en, fr, de.
    """
    tongue = languages.of(language)
    templates = environment(language)
    css = "".join(templates.get_template(f"{name}.css.j2").render() for name in ("style", "cards", "print"))
    page: str = templates.get_template("page.html.j2").render(
        **_frame(tables, tongue),
        **_sections(tables, tongue),
        css=Markup(css),  # the style sheets as they stand in the package: nothing from outside gets into them
    )
    return page


def _frame(tables: TerritoryTables, language: Language) -> dict[str, object]:
    """What surrounds the sections."""
    return {
        "language": language.code,
        "editions": tuple(
            Edition(code, AUTONYMS[code], file_name(records.text(tables.territory_id), code), code == language.code)
            for code in LANGUAGES
        ),
        "name": _name(tables),
        "kind": labels.kind_of_territory(records.text(tables.kind), language),
        "synthetic": tables.synthetic,
        "bar_width": bars.WIDTH,
        "dots_width": dots.WIDTH,
    }


def _name(tables: TerritoryTables) -> str:
    return records.text(tables.name) or records.text(tables.territory_id)


def _sections(tables: TerritoryTables, language: Language) -> dict[str, object]:
    words = labels.of_tables(tables, language)
    all_flows = flows.of_table(tables.metabolism, words.resources)
    year = _year(tables)
    return {
        "year": year,
        **_balance(tables, all_flows, year),
        "transit": transit.section(flows.of_table(tables.transit, words.resources), year),
        **_quality(tables, words, year),
        **_analysis(tables, words, all_flows, year),
        "pilots": pilots.section(tuple(records.rows(tables.pilots)), words),
        "sources": sources.section(tables.open_sources, language),
    }


def _year(tables: TerritoryTables) -> int | None:
    """The page's year: the newest of the first table that has one."""
    ordered = (tables.metabolism, tables.files, tables.establishments, tables.quality, tables.dependency)
    return provenance.newest_year((*ordered, tables.indicators))


def _balance(tables: TerritoryTables, all_flows: Flows, year: int | None) -> dict[str, object]:
    return {
        "coverage": None if year is None else all_flows.coverage(year),
        "families": balance.families(all_flows, year, _name(tables)),
        "past_families": balance.past_families(all_flows, year),
    }


def _quality(tables: TerritoryTables, words: Labels, year: int | None) -> dict[str, object]:
    received, earlier_files = provenance.files(tables.files, year)
    found, earlier_findings = provenance.findings(tables.quality, year, words.parties, words.language)
    return {
        "respondents": provenance.respondents(tables.establishments, year, words.language),
        "files": received,
        "earlier_files": earlier_files,
        "findings": found,
        "earlier_findings": earlier_findings,
    }


def _analysis(tables: TerritoryTables, words: Labels, all_flows: Flows, year: int | None) -> dict[str, object]:
    """Dependence, indicators and synergies of the year, and the messages that are made from them."""
    chosen = {name: years.newest(getattr(tables, name), year) for name in ANALYSED}
    best = exchanges.section(chosen["exchanges"], words)
    pooled = pools.section(chosen["pools"], words)
    shared = activities.section(chosen["activities"], words)
    language = words.language
    people = provenance.respondents(tables.establishments, year, language)
    coverage = None if year is None else all_flows.coverage(year)
    strategic = dependency.most_strategic(chosen["dependency"], all_flows, words)
    messages = (
        highlights.response(people, coverage, language),
        highlights.largest_inflow(all_flows, year, words),
        highlights.strategic(strategic, language),
        highlights.best_exchange(best, language),
        highlights.together(pooled, shared, language),
    )
    return {
        "other_years": {name: one.year for name, one in chosen.items() if not one.is_of(year)},
        "messages": [message for message in messages if message],
        "dependency": dependency.section(chosen["dependency"], all_flows, words),
        "themes": indicators.section(chosen["indicators"], tables.indicator_catalogue, words),
        "exchanges": best,
        "all_exchanges": len(chosen["exchanges"].rows),
        "pools": pooled,
        "activities": shared,
    }
