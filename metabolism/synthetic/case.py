"""The whole case of a seed: every file below raw/ and truth/, as bytes by path. The same seed gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from metabolism.synthetic import campaign, context, declarations, exports, mistakes, registers, shapes, truth
from metabolism.synthetic.campaign import COMMON, CSV, FORM, LEDGER, WORKBOOK, Shape
from metabolism.synthetic.declarations import Row
from metabolism.synthetic.network import NATURE, Network, make_network
from metabolism.synthetic.roster import YEARS, ZONES, Establishment, make_roster
from metabolism.synthetic.words import Words

Cells = dict[str, object]
Sheets = dict[str, list[Cells]]
Rename = Callable[[str], str]

_ID_COLUMNS = ("establishment_id", "partner_id", "partner_commune", "commune", "residence")


@dataclass(frozen=True)
class Case:
    """What was drawn, before it becomes files. `answers`: all sheets by (establishment, year); `rows`: the declarations
    of flows as they were drawn, mistakes not in them."""

    roster: dict[str, Establishment]
    network: Network
    answering: dict[int, list[str]]
    shapes: dict[str, Shape]
    rows: dict[tuple[str, int], list[Row]]
    spoilt: mistakes.Spoilt
    other_sheets: dict[tuple[str, int], Sheets]


@dataclass(frozen=True)
class CaseFiles:
    """`delivered`: answers and frames, bytes by path below the data folder; `tables`: those that several cases in one
    folder share, with the columns that tell their rows apart; `truth`: the tables below truth/."""

    delivered: dict[str, bytes]
    tables: dict[str, tuple[pd.DataFrame, list[str]]]
    truth: dict[str, pd.DataFrame]


def make_case(seed: int, words: Words, east: float = 0.0) -> Case:
    """`east`: degrees of longitude by which all establishments are moved."""
    roster = {name: _moved_east(establishment, east) for name, establishment in make_roster(seed).items()}
    network = make_network(seed, roster)
    answering = campaign.respondents(seed, roster)
    shape = {name: campaign.shape_of(seed, establishment) for name, establishment in roster.items()}
    rows: dict[tuple[str, int], list[Row]] = {}
    sheets: dict[tuple[str, int], Sheets] = {}
    for year in YEARS:
        of_year = declarations.flow_rows(seed, year, network, roster, answering[year], shape, words)
        for name in answering[year]:
            rows[name, year] = of_year[name]
            others = context.sheets_of(seed, year, roster[name], network, shape[name], words)
            sheets[name, year] = {sheet: list(cells) for sheet, cells in others.items()}
    spoilt = mistakes.spoil(seed, rows, roster, shape)
    return Case(roster, network, answering, shape, rows, spoilt, sheets)


def _moved_east(establishment: Establishment, degrees: float) -> Establishment:
    if establishment.longitude is None or not degrees:
        return establishment
    return replace(establishment, longitude=round(establishment.longitude + degrees, 5))


def case_files(seed: int, words: Words, prefix: str = "", east: float = 0.0) -> CaseFiles:
    """All files of the case. `prefix` stands before every id of an establishment, an actor, a pilot and a territory but
    countries, so that several cases can stand in one folder; `east` moves them apart, so that they are no neighbours."""
    case = make_case(seed, words, east)
    rename = _renaming(prefix)
    delivered, of_ledgers = _delivered(case, prefix)
    tables = {
        "raw/territories.csv": (registers.territories(), ["territory_id"]),
        "raw/postcodes.csv": (_own_postcodes(registers.postcodes(), prefix), ["country", "postcode", "territory_id"]),
        "raw/actors.csv": (registers.actors(), ["actor_id"]),
        "raw/pilots.csv": (registers.pilots(seed), ["pilot_id"]),
        "raw/prices.csv": (registers.prices(), ["resource_id", "year"]),
    }
    renamed = {path: (_renamed(table, rename), keys) for path, (table, keys) in tables.items()}
    known = {name: _renamed(table, rename) for name, table in _truth(seed, case, of_ledgers).items()}
    known["mistakes"]["file"] = [_moved(file, prefix) for file in known["mistakes"]["file"]]
    return CaseFiles(delivered, renamed, known)


# --- names -----------------------------------------------------------------------------------------------------------


def _renaming(prefix: str) -> Rename:
    def rename(word: str) -> str:
        return ";".join(part if part == NATURE or len(part) <= 2 else prefix + part for part in word.split(";"))

    return rename


_NAMED = (*_ID_COLUMNS, "territory_id", "within", "overlaps", "actor_id", "territories", "pilot_id", "participants",
          "verified_by", "zone", "from", "to", "declared_by", "supplier_id", "receiver_id", "members",
          "leaders")  # fmt: skip


def _renamed(table: pd.DataFrame, rename: Rename) -> pd.DataFrame:
    changed = {name: [rename(str(cell)) for cell in table[name]] for name in table if name in _NAMED}
    return table.assign(**changed)


def _renamed_cells(cells: Mapping[str, object], prefix: str) -> Cells:
    rename = _renaming(prefix)
    own = {name: rename(str(cell)) if name in _ID_COLUMNS else cell for name, cell in cells.items()}
    for name in ("postcode", "partner_postcode"):
        if name in own:
            own[name] = _own_postcode(str(own[name]), prefix)
    return own


def _own_postcode(postcode: str, prefix: str) -> str:
    """A postcode of this case alone, so that no other case in the folder makes it ambiguous."""
    return postcode + "".join(c for c in prefix.upper() if c.isalnum())


def _own_postcodes(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    return table.assign(postcode=[_own_postcode(code, prefix) for code in table["postcode"]])


def _moved(file: str, prefix: str) -> str:
    """`surveys/zone/…` → `surveys/<prefix>zone/…`."""
    top, _, rest = file.partition("/")
    zone, _, name = rest.partition("/")
    folder, slash, last = name.rpartition("/")
    is_workbook_of_one = last.endswith(".xlsx") and "form_export" not in last
    return f"{top}/{prefix}{zone}/{folder}{slash}{prefix if is_workbook_of_one else ''}{last}"


# --- files -----------------------------------------------------------------------------------------------------------


def _delivered(case: Case, prefix: str) -> tuple[dict[str, bytes], list[mistakes.Mistake]]:
    files: dict[str, bytes] = {}
    late: list[mistakes.Mistake] = []
    for year in YEARS:
        for zone_id in ZONES:
            names = [n for n in case.answering[year] if case.roster[n].zone_id == zone_id]
            for name in names:
                if case.shapes[name].kind in (WORKBOOK, CSV):
                    files |= _own_files(case, name, year, prefix)
            common = [name for name in names if case.shapes[name].kind in (COMMON, LEDGER, FORM)]
            files |= _common_files(case, zone_id, common, year, prefix)
            made, told = _exports(case, zone_id, names, year, prefix)
            files |= made
            late += told
    for zone_id, frame in registers.frames(case.roster).items():
        table = _renamed(frame, _renaming(prefix))
        table["postcode"] = [_own_postcode(code, prefix) for code in table["postcode"]]
        files[f"raw/frame/{prefix}{zone_id}.csv"] = table.to_csv(index=False, lineterminator="\n").encode()
    return files, late


def _sheets(case: Case, name: str, year: int, rows: Sequence[Row], prefix: str) -> Sheets:
    """All sheets of one answer in the contract's order, under the names of this case."""
    others = case.other_sheets[name, year]
    sheets: Mapping[str, Sequence[Mapping[str, object]]] = {
        "establishment": others["establishment"],
        "flows": [row.cells for row in rows],
        **{sheet: cells for sheet, cells in others.items() if sheet != "establishment"},
    }
    return {sheet: [_renamed_cells(row, prefix) for row in cells] for sheet, cells in sheets.items()}


def _own_files(case: Case, name: str, year: int, prefix: str) -> dict[str, bytes]:
    """The workbook of one establishment, with a first version or a copy of it; or its CSV files."""
    shape = case.shapes[name]
    folder = f"raw/surveys/{prefix}{case.roster[name].zone_id}/{year}/{prefix}{name}"
    sheets = _sheets(case, name, year, case.spoilt.rows[name, year], prefix)
    if shape.kind == CSV:
        return {
            f"{folder}.{sheet}.csv": shapes.sheet_csv(sheet, rows, shape.csv_style, shape.language)
            for sheet, rows in sheets.items()
            if rows
        }
    book = shapes.workbook(sheets, shape.language)
    if (name, year) in case.spoilt.superseded:
        first = _sheets(case, name, year, case.spoilt.superseded[name, year], prefix)
        return {f"{folder}.xlsx": shapes.workbook(first, shape.language), f"{folder}_v2.xlsx": book}
    if (name, year) in case.spoilt.copied:
        return {f"{folder}.xlsx": book, f"{folder}_copie.xlsx": book}
    return {f"{folder}.xlsx": book}


def _common_files(case: Case, zone_id: str, names: Sequence[str], year: int, prefix: str) -> dict[str, bytes]:
    """One CSV a sheet for several companies of a zone; those with an export give the other sheets alone."""
    common: Sheets = {}
    for name in names:
        for sheet, rows in _sheets(case, name, year, case.spoilt.rows[name, year], prefix).items():
            if case.shapes[name].kind == COMMON or sheet not in ("establishment", "flows", "stocks"):
                common.setdefault(sheet, []).extend(rows)
    folder = f"raw/surveys/{prefix}{zone_id}/{year}/{zone_id}_answers"
    style = campaign.COMMON_STYLES.get(zone_id, "plain")
    return {f"{folder}.{sheet}.csv": shapes.sheet_csv(sheet, rows, style) for sheet, rows in common.items() if rows}


def _exports(
    case: Case, zone_id: str, names: Sequence[str], year: int, prefix: str
) -> tuple[dict[str, bytes], list[mistakes.Mistake]]:
    """The ledger or the form of a zone, where there is one."""
    rename = _renaming(prefix)
    for kind in (LEDGER, FORM):
        told = {n: case.spoilt.rows[n, year] for n in names if case.shapes[n].kind == kind}
        if not told:
            continue
        folder = f"surveys/{prefix}{zone_id}/{year}/{kind}_export"
        if kind == LEDGER:
            unnamed = f"surveys/{zone_id}/{year}/{kind}_export"
            made, late = exports.ledger(year, told, case.network.flows, case.roster, unnamed, rename)
        else:
            abouts = {n: _renamed_cells(case.other_sheets[n, year]["establishment"][0], prefix) for n in told}
            own = {n: [_with_cells(row, _renamed_cells(row.cells, prefix)) for row in rows] for n, rows in told.items()}
            made, late = exports.form(year, own, abouts, case.network.flows, folder), []
        return {f"raw/{folder}/{path.rpartition('/')[2]}": content for path, content in made.items()}, late
    return {}, []


def _with_cells(row: Row, cells: Cells) -> Row:
    return Row(cells, row.key, row.true_value, row.drawn, row.pct)


def _truth(seed: int, case: Case, of_ledgers: Sequence[mistakes.Mistake]) -> dict[str, pd.DataFrame]:
    commuting = {
        (name, year): context.commuting(seed, year, establishment)
        for year in YEARS
        for name, establishment in case.roster.items()
    }
    telling = {
        year: [n for n in case.answering[year] if case.other_sheets[n, year]["mobility"]] for year in case.answering
    }
    flows = truth.flows(case.network, commuting, case.answering, telling)
    return {
        "flows": flows,
        "totals": truth.totals(flows, case.roster),
        "establishments": truth.establishments(case.roster, case.answering),
        "exchanges": truth.exchanges(case.network, case.roster),
        "pools": truth.pools(),
        "activities": truth.activities(),
        "mistakes": truth.mistakes([*case.spoilt.mistakes, *of_ledgers]),
    }
