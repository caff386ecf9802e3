"""Answers through a mapping: a ledger of bookings (CSV, four a year) and a form's export (a workbook, one row a company)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import yaml

from metabolism.surveys.contract import SHEETS
from metabolism.synthetic.declarations import Row
from metabolism.synthetic.mistakes import Mistake
from metabolism.synthetic.network import Flow
from metabolism.synthetic.roster import COMMUNES, Establishment
from metabolism.synthetic.shapes import plain_workbook, text_csv

_HEADER = [
    "Buchungsjahr", "Quartal", "Werk", "Werksname", "Wirtschaftszweig", "Beschäftigte", "Standortgemeinde", "Breite",
    "Länge", "Bewegungsart", "Artikel", "Menge", "ME", "Zweck", "Erfassung", "Gemeinde", "Land", "Verfahren", "Bezeichnung",
]  # fmt: skip
_LEDGER_UNITS = {"kWh": "KWH", "l": "L15", "m3": "M3", "t": "TO", "pieces": "ST"}
_KNOWN = {
    "metered": "Zähler",
    "weighed": "Waage",
    "invoiced": "Rechnung",
    "counted": "Zählung",
    "estimated": "Schätzung",
}
_ARTICLES = {
    "energy.electricity": "EN-STROM",
    "energy.gas": "EN-GAS",
    "energy.diesel": "EN-DIESEL",
    "water.drinking": "WA-TRINK",
    "water.wastewater": "WA-ABW",
}
_MAPPING_NOTE = "# SYNTHETIC. How {what} becomes answers.\n"


# --- the ledger ------------------------------------------------------------------------------------------------------


def ledger(
    year: int, answers: Mapping[str, Sequence[Row]], flows: Mapping[str, Flow], roster: Mapping[str, Establishment],
    folder: str, rename: Callable[[str], str],
) -> tuple[dict[str, bytes], list[Mistake]]:  # fmt: skip
    """The files of one year's ledger by path, and its one mistake: a booking of the year before."""
    works = {establishment_id: str(2000 + 10 * n) for n, establishment_id in enumerate(sorted(answers), start=1)}
    quarters: dict[int, list[list[object]]] = {quarter: [] for quarter in range(1, 5)}
    for establishment_id, rows in answers.items():
        seen: dict[str, int] = {}
        for row in rows:
            seen[row.key] = seen.get(row.key, 0) + 1
            booked = _booking(
                year, seen[row.key], works[establishment_id], roster[establishment_id], row, flows[row.key]
            )
            quarters[seen[row.key]].append(booked)
    late, moved = list(quarters[1][0]), list(quarters[2][0])
    late[0] = year - 1
    moved[_HEADER.index("Bewegungsart")] = "UMLAG"
    quarters[1].append(late)
    quarters[2].append(moved)
    names = {quarter: f"{folder}/buchungen_{year}-Q{quarter}.csv" for quarter in quarters}
    files = {names[q]: text_csv(_HEADER, rows, "ledger") for q, rows in quarters.items()}
    files[f"{folder}/mapping.yaml"] = _ledger_mapping({rename(own): work for own, work in works.items()}, rename)
    owner = next(establishment_id for establishment_id, work in works.items() if work == late[2])
    told = Mistake(owner, year, names[1], "flows", len(quarters[1]) + 1, "Buchungsjahr", "out_of_scope", str(year - 1),
                   "booked for the year before: no row of this year")  # fmt: skip
    return files, [told]


def _booking(year: int, quarter: int, work: str, establishment: Establishment, row: Row, flow: Flow) -> list[object]:
    cells = row.cells
    waste = flow.family == "waste"
    movement = "ZUGANG" if cells["direction"] == "in" else ("ENTSORG" if waste else "ABGANG")
    article = _ARTICLES.get(flow.resource_id, str(cells["resource"]))
    unit = _LEDGER_UNITS[str(cells["unit"])]
    return [
        year, quarter, work, establishment.name, establishment.nace, establishment.employees, establishment.commune,
        establishment.latitude, establishment.longitude, movement, article, cells["quantity"], unit,
        "Handelsware" if cells.get("purpose") == "resale" else "Eigenbedarf",
        _KNOWN[flow.how_known], cells.get("partner_commune"), cells.get("partner_country"),
        cells.get("treatment"), "Buchung (synthetic)",
    ]  # fmt: skip


def _ledger_mapping(works: Mapping[str, str], rename: Callable[[str], str]) -> bytes:
    communes = {name: rename(name) for name in COMMUNES}
    document = {
        "files": "buchungen_*.csv",
        "encoding": "cp1252",
        "delimiter": ";",
        "decimal": ",",
        "where": {"Bewegungsart": ["ZUGANG", "ABGANG", "ENTSORG"]},
        "year": {"column": "Buchungsjahr"},
        "establishment": {
            "establishment_id": {"column": "Werk", "map": {work: own for own, work in works.items()}},
            "name": {"column": "Werksname"},
            "nace": {"column": "Wirtschaftszweig"},
            "employees": {"column": "Beschäftigte"},
            "commune": {"column": "Standortgemeinde", "map": dict(communes)},
            "latitude": {"column": "Breite"},
            "longitude": {"column": "Länge"},
            "country": {"value": "LU"},
            "share_level": {"value": "zone"},
        },
        "flows": [
            {
                "direction": {"column": "Bewegungsart", "map": {"ZUGANG": "in", "ABGANG": "out", "ENTSORG": "out"}},
                "resource": {"column": "Artikel", "map": {article: name for name, article in _ARTICLES.items()}},
                "quantity": {"column": "Menge"},
                "unit": {"column": "ME", "map": {code: unit for unit, code in _LEDGER_UNITS.items()}},
                "period": {"value": "once"},
                "how_known": {"column": "Erfassung", "map": {word: known for known, word in _KNOWN.items()}},
                "partner_commune": {"column": "Gemeinde", "map": communes},
                "partner_country": {"column": "Land"},
                "treatment": {"column": "Verfahren"},
                "purpose": {"column": "Zweck", "map": {"Eigenbedarf": "use", "Handelsware": "resale"}},
                "comment": {"column": "Bezeichnung"},
                "repeat": "add",
            }
        ],
    }
    return _yaml(document, "the ledger of a group of companies")


# --- the form --------------------------------------------------------------------------------------------------------


def form(
    year: int, answers: Mapping[str, Sequence[Row]], abouts: Mapping[str, Mapping[str, object]],
    flows: Mapping[str, Flow], folder: str,
) -> dict[str, bytes]:  # fmt: skip
    """The export of a form: one row a company, a column for each question; and its mapping."""
    questions: dict[str, Mapping[str, object]] = {}
    rows = []
    for establishment_id, own in answers.items():
        about = abouts[establishment_id]
        row: dict[str, object] = {f"about/{name}": cell for name, cell in about.items()}
        for told in own:
            name = _question(told, flows[told.key])
            questions.setdefault(name, told.cells)
            row[name] = told.cells["quantity"]
        rows.append(row)
    used = {name for row in rows for name in row}
    about_columns = [f"about/{name}" for name in SHEETS["establishment"] if f"about/{name}" in used]
    columns = [*about_columns, *sorted(questions)]
    file = f"form_export_{year}.xlsx"
    return {
        f"{folder}/{file}": plain_workbook("Returns", columns, rows),
        f"{folder}/mapping.yaml": _form_mapping(about_columns, questions),
    }


_ASKED = ("direction", "resource", "unit", "how_known", "partner_id", "partner_commune", "partner_country", "purpose")


def _question(row: Row, flow: Flow) -> str:
    partner = next(
        (str(row.cells[n]) for n in ("partner_id", "partner_commune", "partner_country") if n in row.cells), ""
    )
    return f"flows/{row.cells['direction']}.{flow.resource_id}.{partner or 'not_known'}.{row.cells['how_known']}"


def _form_mapping(abouts: Sequence[str], questions: Mapping[str, Mapping[str, object]]) -> bytes:
    entries = []
    for name, cells in sorted(questions.items()):
        entry: dict[str, object] = {"quantity": {"column": name}, "period": {"value": "year"}}
        entry |= {asked: {"value": str(cells[asked])} for asked in _ASKED if asked in cells}
        entries.append(entry)
    document = {
        "files": "form_export_*.xlsx",
        "sheet": "Returns",
        "establishment": {name.removeprefix("about/"): {"column": name} for name in abouts},
        "flows": entries,
    }
    return _yaml(document, "the export of an online form")


def _yaml(document: Mapping[str, object], what: str) -> bytes:
    body: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120)
    return (_MAPPING_NOTE.format(what=what) + body).encode()
