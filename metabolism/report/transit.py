"""What only passes through the territory: a table a family, beside the balance and in none of its figures."""

from dataclasses import dataclass

from metabolism.report import tables, units
from metabolism.report.flows import Flows


@dataclass(frozen=True)
class TransitTable:
    """The transit of one family in the page's year."""

    label: str
    unit_words: str
    table: tables.FlowTable


def section(flows: Flows, year: int | None) -> tuple[TransitTable, ...]:
    """Empty where nothing passes through."""
    if year is None:
        return ()
    return tuple(
        TransitTable(
            label=flows.names.label(family),
            unit_words=units.in_full(flows.unit(family), flows.names.language),
            table=tables.flow_table(flows, family, year),
        )
        for family in flows.families(year)
    )
