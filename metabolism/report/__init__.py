"""The page that one shows: the metabolism of one territory as a single self-contained HTML file.

What belongs here: turning published tables (marts) into words, rounded figures, tables and static SVG.
`render` is a pure function: the same tables give the same bytes.

What does not: computing a flow, an sd or an interval (that is reconciliation and dbt), hiding a figure (that
is disclosure: this page is the facilitator's and holds everything), reading or writing a file, Dagster, dbt,
DuckDB.

    records        cells of a data frame as plain Python values, null as None
    figures        rounding: how many digits a figure deserves, given its sd
    sides          the sides of a flow, in plain words
    nomenclature   the tree of resources and their labels
    flows          rows of mart_metabolism as objects, by year, family and side
    bands          which bands a Sankey has, and what stands on them
    lettering      how wide a text is, and where it breaks
    sankey         where the bands go: geometry only
    bars           the small bars with their interval beside the key facts
    tables         the tables of flows, and of years
    provenance     who answered, what was received, what was found
    page           puts it all together
"""

from metabolism.report.page import TerritoryTables, render

__all__ = ["TerritoryTables", "render"]
