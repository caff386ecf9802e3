"""The page that one shows: the metabolism of one territory as a single self-contained HTML file.

What belongs here: turning published tables (marts) into words, rounded figures, tables and static SVG.
`render` is a pure function: the same tables give the same bytes.

What does not: computing a flow, an sd or an interval (that is reconciliation and dbt), hiding a figure (that
is disclosure: this page is the facilitator's and holds everything), reading or writing a file, Dagster, dbt,
DuckDB.

    territory      the tables that a page is made of
    language       words, numbers, dates and spaces of English, French and German (gettext, Babel)
    catalogue      which messages there are, and their translations brought up to date
    environment    the templates in one language

    records        cells of a data frame as plain Python values, null as None
    years          which rows a section shows: those of the page's year
    figures        rounding: how many digits a figure deserves, given its sd
    units          units as signs and in full
    amounts        money, carbon dioxide, distances, dates
    nomenclature   the tree of resources and their labels
    labels         what every other id is called

    flows          rows of mart_metabolism as objects, by year, family and side
    sides          the sides of a flow, in plain words
    bands          which bands a Sankey has, and what stands on them
    lettering      how wide a text is, and where it breaks
    sankey         where the bands go: geometry only
    bars, dots     the small figures beside key facts and indicators: geometry only
    tables         the tables of flows, and of years
    balance        the balance of each family
    transit        what only passes through

    highlights     the key messages
    dependency, indicators, exchanges, pools, activities, pilots, sources
                   one section each
    provenance     who answered, what was received, what was found
    kinds          the headings of findings
    page           puts it all together
"""

from metabolism.report.page import file_name, render
from metabolism.report.territory import TerritoryTables

__all__ = ["TerritoryTables", "file_name", "render"]
