"""The tables of flows (a family in one year) and of years (a family over the years), as text."""

from dataclasses import dataclass

from metabolism.report import figures
from metabolism.report.figures import Figure
from metabolism.report.flows import Flow, Flows
from metabolism.report.language import Language, marked
from metabolism.report.sides import NETWORK_OR_UNKNOWN, PARTS, UNDETERMINED, WAYS, WORDS, Way

BY_NETWORK = marked("by the network")


@dataclass(frozen=True)
class Cell:
    """One figure in a table. `notes` are short remarks below it."""

    value: str
    interval: str = ""
    known: bool = True
    notes: tuple[str, ...] = ()
    total: bool = False
    open: bool = False


@dataclass(frozen=True)
class Column:
    """`side` is a side, `in` or `out`, or `n_in`/`n_out` for the establishments behind a total."""

    way: Way
    side: str
    heading: str


@dataclass(frozen=True)
class Row:
    label: str
    depth: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class FlowTable:
    """All flows of a family in one year; `spans` says how many columns each way takes."""

    columns: tuple[Column, ...]
    spans: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class YearRow:
    year: int
    totals: tuple[Cell | None, ...]
    coverage: str


def flow_table(flows: Flows, family: str, year: int) -> FlowTable:
    """Rows in the order of the nomenclature, columns for the sides that have a flow."""
    resources = flows.resources(year, family)
    present = set(resources)
    columns = tuple(column for way in WAYS for column in _columns(flows, family, year, way))
    rows = tuple(
        Row(
            label=flows.names.label(resource),
            depth=sum(step in present for step in flows.names.path(resource)) - 1,
            cells=tuple(_cell(flows, year, resource, column) for column in columns),
        )
        for resource in resources
    )
    counted = [(way, sum(column.way == way for column in columns)) for way in WAYS]
    return FlowTable(columns, tuple((way, number) for way, number in counted if number), rows)


def _columns(flows: Flows, family: str, year: int, way: Way) -> list[Column]:
    """Sides without a flow get no column; a way without any gets none at all."""
    used = {row.side for row in flows.rows if row.year == year and flows.names.family(row.resource) == family}
    parts = [Column(way, side, _heading(flows, family, way, side)) for side in PARTS[way] if side in used]
    if not parts and way not in used:
        return []
    language = flows.names.language
    return [
        *parts,
        Column(way, way, language.gettext("Total")),
        Column(way, f"n_{way}", language.gettext("Establish\u00adments")),
    ]


def _heading(flows: Flows, family: str, way: Way, side: str) -> str:
    networked = any(flows.names.family(network) == family for network in flows.names.networks)
    ambiguous = side == UNDETERMINED[way] and networked
    return flows.names.language.message(NETWORK_OR_UNKNOWN if ambiguous else WORDS[way, side].heading)


def _cell(flows: Flows, year: int, resource: str, column: Column) -> Cell | None:
    flow = flows.get(year, resource, column.side.removeprefix("n_"))
    language = flows.names.language
    if flow is None:
        return None
    if column.side.startswith("n_"):
        return None if flow.n_establishments is None else Cell(figures.count(flow.n_establishments, language))
    networked = column.side == UNDETERMINED[column.way] and flows.names.by_network(resource)
    return flow_cell(
        flow, language, (language.message(BY_NETWORK),) if networked else (), total=column.side == column.way
    )


def flow_cell(flow: Flow, language: Language, notes: tuple[str, ...] = (), total: bool = False) -> Cell:
    """A flow as text; what was declared stands beside it where it differs by more than one sd."""
    written = figures.write(flow.figure, language)
    if flow.differs and flow.declared is not None:
        declared = figures.write(Figure(flow.declared, flow.figure.sd), language).value
        notes = (*notes, language.gettext("declared %(value)s", value=declared))
    return Cell(written.value, written.interval, written.known, notes, total, written.open)


def year_table(flows: Flows, family: str) -> tuple[YearRow, ...]:
    """In and out of a family, the newest year first; empty where there is only one year."""
    years = [year for year in flows.years if family in flows.families(year)]
    return tuple(_year(flows, family, year) for year in years) if len(years) > 1 else ()


def _year(flows: Flows, family: str, year: int) -> YearRow:
    totals = (flows.get(year, family, way) for way in WAYS)
    coverage = flows.coverage(year)
    language = flows.names.language
    return YearRow(
        year=year,
        totals=tuple(flow_cell(flow, language) if flow else None for flow in totals),
        coverage=language.gettext("no register") if coverage is None else figures.share(coverage, language),
    )
