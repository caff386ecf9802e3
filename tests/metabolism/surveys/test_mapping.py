"""`mapping.yaml`: registers and exports of any shape become answers (contract 2.11)."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.findings import RULES, worded
from metabolism.surveys import mapping
from metabolism.surveys.mapping import MappingRefused, parse
from metabolism.surveys.tables import RawTable
from tests.metabolism.surveys.answers import FOLDER, Landed, csv_of, flows, land, workbook

WASTE = """
files: "waste_*.csv"
establishment:
  establishment_id: {column: Permit, prefix: "gb-"}
  name: {column: Site}
  nace: {value: 38.10}
flows:
  - direction: {value: in}
    resource: {column: Waste Code}
    quantity: {column: Tonnes}
    unit: {value: t}
    period: {value: year}
"""
ROW = {"Permit": "P1", "Site": "North", "Waste Code": "15 01 01", "Tonnes": "5"}
FILE = f"{FOLDER}/waste_1.csv"


def register(*changes: Mapping[str, object]) -> str:
    return csv_of({**ROW, **change} for change in changes)


def land_register(content: bytes | str, plan: str = WASTE, **others: bytes | str) -> Landed:
    files = {FILE: content, f"{FOLDER}/mapping.yaml": plan}
    return land(files | {f"{FOLDER}/{name}": text for name, text in others.items()})


def refusal(plan: str) -> MappingRefused:
    with pytest.raises(MappingRefused) as caught:
        parse(plan)
    return caught.value


# --- what it makes of a register -------------------------------------------------------------------------------------


def test_a_register_becomes_one_answer() -> None:
    answer = land_register(register({}, {"Waste Code": "20 03 01", "Tonnes": "1,5"}, {"Permit": "P2", "Site": "South"}))
    assert answer.kinds == []
    assert answer.counts(FILE) == (3, 3, 0, 0)
    assert answer["establishment"][["establishment_id", "name", "nace", "source_row"]].values.tolist() == [
        ["gb-P1", "North", "38.10", 2],
        ["gb-P2", "South", "38.10", 4],
    ]
    rows = answer["flows"]
    assert rows[["establishment_id", "resource_id", "value", "source_row"]].values.tolist() == [
        ["gb-P1", "waste.150101", 5.0, 2],
        ["gb-P1", "waste.200301", 1.5, 3],
        ["gb-P2", "waste.150101", 5.0, 4],
    ]
    assert set(rows["repeat"]) == {"add"}
    assert set(rows["source_sheet"]) == {"flows"}, "the sheet's id, for a CSV"
    assert rows["extra"].isna().all()


def test_files_of_one_mapping_are_one_answer() -> None:
    answer = land_register(register({}), **{"waste_2.csv": register({"Tonnes": "7"}), "other.flows.csv": flows({})})
    by_file = answer["flows"].set_index("source_file")
    of_register = by_file.loc[[f"surveys/{FOLDER}/waste_1.csv", f"surveys/{FOLDER}/waste_2.csv"]]
    assert set(of_register["answer_id"]) == {f"surveys/{FOLDER}/mapping.yaml"}
    assert set(of_register["answer_name"]) == {"waste_2.csv"}, "the later file's name decides what it supersedes"
    assert by_file.loc[f"surveys/{FOLDER}/other.flows.csv", "answer_id"] == f"surveys/{FOLDER}/other.flows.csv"


def test_globs_do_not_descend_and_a_list_of_them_may_be_given() -> None:
    plan = WASTE.replace('"waste_*.csv"', '["waste_*.csv", "late-?.csv"]')
    answer = land_register(
        register({}), plan, **{"late-1.csv": register({"Tonnes": "6"}), "sub/waste_3.csv": register({"Tonnes": "9"})}
    )
    assert sorted(answer["flows"]["quantity"]) == [5.0, 6.0]
    assert answer.the("unrecognised_file")["source_file"] == f"surveys/{FOLDER}/sub/waste_3.csv"


def test_a_mapping_serves_its_folder_though_a_subfolder_sorts_between() -> None:
    files = {
        f"{FOLDER}/a/mapping.yaml": WASTE.replace("waste_*", "*"),
        f"{FOLDER}/a/1.csv": register({}),
        f"{FOLDER}/a/deeper/b.flows.csv": flows({}),
    }
    answer = land(files)
    assert answer.kinds == []
    assert sorted(answer["flows"]["establishment_id"]) == ["e1", "gb-P1"]


def test_a_sheet_of_a_workbook_is_read_with_its_own_rows() -> None:
    plan = WASTE.replace("waste_*.csv", "*.xlsx") + "sheet: Returns\n"
    table = [[], ["Permit", "Site", "Waste Code", "Tonnes"], ["P1", "North", 150101, 1.234]]
    answer = land({f"{FOLDER}/r.xlsx": workbook({"Cover": [["x"]], "Returns": table}), f"{FOLDER}/mapping.yaml": plan})
    assert answer["flows"][["source_sheet", "source_row", "value"]].values.tolist() == [["Returns", 3, 1.234]]
    assert answer["establishment"]["source_sheet"].tolist() == ["Returns"]
    first = land(
        {f"{FOLDER}/r.xlsx": workbook({"First": table}), f"{FOLDER}/mapping.yaml": plan.replace("sheet: Returns\n", "")}
    )
    assert len(first["flows"]) == 1, "the first sheet by default"


def test_encoding_delimiter_and_decimal_may_be_given() -> None:
    plan = WASTE + 'encoding: cp850\ndelimiter: "|"\ndecimal: ","\n'
    content = "Permit|Site|Waste Code|Tonnes\nP1|Käerjeng|15 01 01|1.234\n".encode("cp850")
    answer = land_register(content, plan)
    assert answer["establishment"]["name"].tolist() == ["Käerjeng"]
    assert answer["flows"]["quantity"].tolist() == [1234.0]


def test_every_scalar_of_the_file_is_text() -> None:
    plan = parse(WASTE + "where: {Waste Code: [NO, 0104, 38.10, true, null, 2025-01-01]}\n")
    assert plan.where == {"Waste Code": ("NO", "0104", "38.10", "true", "null", "2025-01-01")}
    assert plan.entries[0].fields["nace"].value == "38.10"


def test_repeat_says_how_rows_of_one_flow_are_taken() -> None:
    same = land_register(register({}), WASTE + "    repeat: same\n")
    assert same["flows"]["repeat"].tolist() == ["same"]


def test_one_row_makes_a_declaration_for_each_entry_where_its_quantity_is_not_empty() -> None:
    plan = WASTE + WASTE.partition("flows:\n")[2].replace("in}", "out}").replace("Tonnes", "Tonnes Out")
    answer = land_register(
        register({"Tonnes Out": "3"}, {"Tonnes": "", "Tonnes Out": "0"}, {"Tonnes": " ", "Tonnes Out": ""}), plan
    )
    rows = answer["flows"]
    assert rows[["source_row", "direction", "quantity"]].values.tolist() == [
        [2, "in", 5.0],
        [2, "out", 3.0],
        [3, "out", 0.0],
    ]
    assert rows["entry"].tolist() == [0, 1, 0]
    assert answer.counts(FILE) == (3, 3, 0, 0), "a row without a quantity is received and accepted"


def test_a_row_is_quarantined_when_one_of_its_declarations_is_and_the_others_stand() -> None:
    plan = WASTE + WASTE.partition("flows:\n")[2].replace("in}", "out}").replace("Tonnes", "Tonnes Out")
    answer = land_register(register({"Tonnes Out": "lots"}, {"Tonnes Out": "1"}), plan)
    assert answer["flows"]["accepted"].tolist() == [True, True, False, True]
    assert answer.counts(FILE) == (2, 1, 1, 0)
    assert answer.the("not_a_number")["source_row"] == 2


def test_the_other_sections_take_the_establishments_id() -> None:
    plan = (
        WASTE.partition("flows:")[0]
        + """
stocks:
  - {resource: {value: energy.diesel}, opening: {column: Open}, closing: {column: Close}, unit: {value: l}}
mobility:
  - {mode: {value: bus}, commuters: {column: Bus}}
  - {establishment_id: {column: Other}, mode: {value: bike}, commuters: {column: Bike}}
services: [{service: {column: Service}}]
issues: [{theme: {value: waste}, priority: {column: P}}]
facts: [{fact: {value: roof}, value: {column: Roof}}]
haves_wants: [{kind: {value: have}, what: {column: Have}}]
"""
    )
    told = {
        "Open": "10",
        "Close": "",
        "Bus": "3",
        "Bike": "2",
        "Other": "o1",
        "Service": "s",
        "P": "5",
        "Roof": "9",
        "Have": "w",
    }
    silent = dict.fromkeys(told, "")
    answer = land({f"{FOLDER}/waste_1.csv": register(told, silent), f"{FOLDER}/mapping.yaml": plan})
    assert {sheet: answer[sheet]["establishment_id"].tolist() for sheet in mapping.SECTIONS} == {
        "flows": [],
        "stocks": ["gb-P1"],
        "mobility": ["gb-P1", "o1"],
        "services": ["gb-P1"],
        "issues": ["gb-P1"],
        "facts": ["gb-P1"],
        "haves_wants": ["gb-P1"],
    }
    assert answer.the("missing_value")["column_name"] == "closing", "an opening alone is a declaration with a fault"
    assert answer.counts(FILE) == (2, 1, 1, 0)


# --- one field -------------------------------------------------------------------------------------------------------

TABLE = RawTable(
    "t",
    ["name", "a", "b", "c"],
    pd.DataFrame(
        [["Esch-sur-Alzette", "1", "2,5", ""], [" Weiße\u00a0Straße ", "", "x", ""], ["n/a", "n/a", "4", 1.5]],
        index=[2, 3, 7],
        dtype=object,
    ),
)


def values(field: dict[str, Any], *, numeric: bool = False, decimal: str | None = None) -> list[object]:
    plan = parse(WASTE + yaml.safe_dump({"year": field}))
    assert plan.year is not None
    made = mapping.field_values(plan.year, TABLE, decimal, numeric=numeric)
    assert list(made.index) == [2, 3, 7], "each value under its source row"
    return [None if isinstance(v, float) and math.isnan(v) else v for v in made]


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ({"value": "LU"}, ["LU", "LU", "LU"]),
        ({"column": "name"}, ["Esch-sur-Alzette", " Weiße\u00a0Straße ", "n/a"]),
        ({"column": "name", "extract": r"(\w+)-sur"}, ["Esch", "", ""]),
        ({"column": "name", "extract": r"(x)?E"}, ["", "", ""]),  # the first group took no part in it
        ({"column": "name", "unknown": ["n/a"]}, ["Esch-sur-Alzette", " Weiße\u00a0Straße ", ""]),
        ({"column": "name", "unknown": "Weiße Straße"}, ["Esch-sur-Alzette", "", "n/a"]),
        ({"column": "name", "slug": "true"}, ["esch-sur-alzette", "weisse-strasse", "n-a"]),
        ({"column": "name", "map": {"n/a": "?"}}, ["Esch-sur-Alzette", " Weiße\u00a0Straße ", "?"]),
        ({"column": "name", "map": {"n/a": "?"}, "default": "d"}, ["d", "d", "?"]),
        ({"column": "name", "map": {"Weiße\u00a0Straße": "w"}, "default": "d"}, ["d", "w", "d"]),
        ({"column": "a", "default": "d"}, ["1", "d", "n/a"]),  # fills what is empty
        ({"column": "a", "map": {"": "none"}}, ["1", "none", "n/a"]),
        ({"column": "a", "prefix": "p-"}, ["p-1", "", "p-n/a"]),  # an empty cell stays empty
        ({"column": "a", "factor": "2"}, [2.0, "", "n/a"]),
        ({"value": "x", "prefix": "p-"}, ["p-x", "p-x", "p-x"]),
    ],
)
def test_what_a_field_makes_of_a_column(field: dict[str, Any], made: list[object]) -> None:
    assert values(field) == made


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ({"column": "b"}, [2.5, "x", 4.0]),  # what is no number stays, to be told to its author
        ({"column": "b", "factor": "0.001"}, [0.0025, "x", 0.004]),
        ({"column": "b", "unknown": ["x"]}, [2.5, "", 4.0]),
        ({"column": "b", "map": {"x": "7.125"}}, [2.5, 7.125, 4.0]),  # the mapping's own numbers have a point
        ({"value": "1.234"}, [1.234, 1.234, 1.234]),
        ({"value": "1.234", "factor": "10"}, [12.34, 12.34, 12.34]),
        ({"column": "a", "default": "1.234", "unknown": ["n/a"]}, [1.0, 1.234, 1.234]),
        ({"add": ["a", "b"], "unknown": ["n/a"]}, [3.5, "x", 4.0]),
        ({"column": "a", "add": ["b", "c"], "unknown": ["n/a", "x"], "factor": "2"}, [7.0, "", 11.0]),
        ({"column": "a", "add": ["a", "c"]}, [1.0, "", "n/a"]),  # each column once; the text where one is no number
        ({"column": "c", "add": ["c"]}, ["", "", 1.5]),
    ],
)
def test_what_a_field_makes_of_numbers(field: dict[str, Any], made: list[object]) -> None:
    assert values(field, numeric=True) == made


def test_the_order_of_operations_is_the_contracts() -> None:
    in_order = {
        "column": "name",
        "extract": "([A-Z].*)",
        "unknown": ["Weiße Straße"],
        "map": {"": "Là-bas ß", "Esch-sur-Alzette": "Éch"},
        "slug": "true",
        "prefix": "X ",
    }
    assert values(in_order) == ["X ech", "X la-bas-ss", "X la-bas-ss"]
    before = {"column": "b", "extract": "(\\d)", "map": {"2": "20"}, "prefix": "1", "factor": "3"}
    assert values(before, numeric=True) == [360.0, "", 42.0], "factor comes last, on what prefix made"


@pytest.mark.parametrize(("decimal", "read"), [(".", 1.234), (",", 1234.0), (None, "1.234")])
def test_decimal_decides_open_numbers(decimal: str | None, read: object) -> None:
    table = RawTable("t", ["q"], pd.DataFrame([["1.234"], ["1 of 2"]], dtype=object))
    made = mapping.field_values(mapping.Field(column="q"), table, decimal, numeric=True)
    assert made.tolist() == [read, "1 of 2"]


# --- scope -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2025", "2025.0", " 2025 ", "2 025"])
def test_the_folders_year_keeps_its_rows(year: str) -> None:
    content = register({"Year": year}, {"Year": "2024"}, {"Year": ""}, {"Year": "n/a"})
    answer = land_register(content, WASTE + "year: {column: Year}\n")
    assert answer["flows"]["source_row"].tolist() == [2]
    assert answer.counts(FILE) == (4, 1, 0, 3)


def test_the_year_of_a_workbook_or_within_a_date_is_found() -> None:
    plan = WASTE.replace("waste_*.csv", "*.xlsx")
    table = [[*ROW, "Year", "Sent"], [*ROW.values(), 2025, "2025-03-01"], [*ROW.values(), 2024.0, "2024-03-01"]]
    for year in ("{column: Year}", '{column: Sent, extract: "^([0-9]{4})"}'):
        answer = land({f"{FOLDER}/r.xlsx": workbook({"r": table}), f"{FOLDER}/mapping.yaml": f"{plan}year: {year}\n"})
        assert answer.counts(f"{FOLDER}/r.xlsx") == (2, 1, 0, 1)


def test_where_keeps_rows_by_the_words_of_a_column() -> None:
    plan = WASTE + "where: {Category: [Transfer, Côte d’Or], Open: yes}\n"
    kept = [{"Category": c, "Open": o} for c in ("Transfer", " Côte d’Or ", "Landfill", "") for o in ("yes", "no")]
    answer = land_register(register(*kept), plan)
    assert answer["flows"]["source_row"].tolist() == [2, 4]
    assert answer.counts(FILE) == (8, 2, 0, 6)


def test_a_fault_out_of_scope_is_no_fault() -> None:
    answer = land_register(
        register({"Tonnes": "x", "Year": "2024"}, {"Year": "2025"}), WASTE + "year: {column: Year}\n"
    )
    assert answer.kinds == []
    assert answer.counts(FILE) == (2, 1, 0, 1)


CELLS = ["Permit", "Waste Code", "Tonnes", "Tonnes Out", "Year", "Category"]
register_rows = st.fixed_dictionaries(
    {
        "Permit": st.sampled_from(["P1", "P2", ""]),
        "Waste Code": st.sampled_from(["15 01 01", "water", "nonsense", ""]),
        "Tonnes": st.sampled_from(["5", "-1", "x", "", "1.234", "0,5"]),
        "Tonnes Out": st.sampled_from(["5", "y", ""]),
        "Year": st.sampled_from(["2025", "2025.0", "2024", ""]),
        "Category": st.sampled_from(["a", "b", ""]),
    }
)


@settings(max_examples=60)
@given(st.lists(register_rows, max_size=8), st.booleans(), st.booleans(), st.booleans())
def test_rows_received_are_accepted_quarantined_or_out_of_scope(
    rows: list[dict[str, str]], by_year: bool, by_category: bool, both_ways: bool
) -> None:
    plan = WASTE.replace("{column: Site}", "{value: x}")
    plan += WASTE.partition("flows:\n")[2].replace("in}", "out}").replace("Tonnes", "Tonnes Out") if both_ways else ""
    plan += "year: {column: Year}\n" if by_year else ""
    plan += "where: {Category: [a, b]}\n" if by_category else ""
    answer = land({FILE: pd.DataFrame(rows, columns=CELLS).to_csv(index=False), f"{FOLDER}/mapping.yaml": plan})
    filled = {number: row for number, row in enumerate(rows, start=2) if any(row.values())}
    outside = {
        number
        for number, row in filled.items()
        if (by_year and row["Year"] not in ("2025", "2025.0")) or (by_category and row["Category"] == "")
    }
    landed = pd.concat([answer["flows"], answer["establishment"]])
    quarantined = set(landed.loc[~landed["accepted"].astype(bool), "source_row"])
    received, accepted, n_quarantined, out_of_scope = answer.counts(FILE)
    assert received == len(filled) == accepted + n_quarantined + out_of_scope
    assert out_of_scope == len(outside)
    assert n_quarantined == len(quarantined)
    assert quarantined.isdisjoint(outside)
    assert {number for number, row in filled.items() if number not in outside and row["Permit"] == ""} <= quarantined
    told = answer["findings"]
    blocking = told["kind"].map(lambda kind: RULES[kind].severity == "blocking").astype(bool)
    assert set(told.loc[blocking, "source_row"]) == quarantined


# --- one record an establishment -------------------------------------------------------------------------------------


def test_a_contradiction_between_rows_is_told_and_the_first_is_taken() -> None:
    answer = land_register(
        register({"Site": ""}, {"Site": "North"}, {"Site": "south"}, {"Site": "South"}, {"Permit": "P2"})
    )
    finding = answer.the("contradiction")
    assert finding[["establishment_id", "column_name", "declared", "suggested"]].tolist() == [
        "gb-P1",
        "name",
        "North",
        "south",
    ]
    assert finding["source_row"] == 2
    assert answer["establishment"]["name"].tolist() == ["North", "North"]
    assert answer.counts(FILE) == (5, 5, 0, 0)


def test_a_contradiction_between_files_of_one_answer_is_told() -> None:
    later = register({"Site": "Elsewhere"}, {"Permit": "P3"})
    answer = land_register(register({}, {"Permit": "P2"}), **{"waste_2.csv": later})
    finding = answer.the("contradiction")
    assert finding["source_file"] == f"surveys/{FOLDER}/waste_2.csv"
    assert finding[["declared", "suggested"]].tolist() == ["North", "Elsewhere"]
    named = answer["establishment"].groupby("establishment_id")["name"].unique()
    assert {key: list(names) for key, names in named.items()} == {
        "gb-P1": ["North"],
        "gb-P2": ["North"],
        "gb-P3": ["North"],
    }


def test_numbers_of_a_workbook_stay_numbers_in_a_record() -> None:
    plan = WASTE.replace("waste_*.csv", "*.xlsx").replace("  nace:", "  employees: {column: n}\n  nace:")
    table = [[*ROW, "n"], [*ROW.values(), 1.234], [*ROW.values(), 1.234]]
    answer = land({f"{FOLDER}/r.xlsx": workbook({"r": table}), f"{FOLDER}/mapping.yaml": plan})
    assert answer.kinds == []
    assert answer["establishment"]["employees"].tolist() == [1.234]


def test_every_row_that_names_no_establishment_is_quarantined() -> None:
    answer = land_register(register({"Permit": "", "Tonnes": ""}, {"Permit": " "}, {}))
    assert answer.counts(FILE) == (3, 1, 2, 0)
    assert answer["establishment"]["establishment_id"].fillna("").tolist() == ["", "", "gb-P1"]


# --- refused as a whole ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told", "suggested"),
    [
        (("Tonnes}", "Tonnnes}"), "no column «Tonnnes»", "Tonnes"),
        (("flows:", "flow:"), "unknown key «flow»", "flows"),
        (("flows:", "files: all.csv\nflows:"), "the key «files» stands twice", None),
        (("quantity:", "quantitiy:"), "unknown key «quantitiy»", "quantity"),
        (("column: Tonnes", "colunm: Tonnes"), "unknown key «colunm»", "column"),
        (("period: {value: year}", "period: year"), "write {value: year}", None),
        (("files:", "where: {Nowhere: x}\nfiles:"), "no column «Nowhere»", None),
        (("files:", "year: {column: Yr}\nfiles:"), "no column «Yr»", None),
        (("{column: Tonnes}", "{add: [Tonnes, Tons]}"), "no column «Tons»", "Tonnes"),
        (("files:", "sheet: Returns\n files:"), "not valid YAML", None),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_as_a_whole(
    change: tuple[str, str], told: str, suggested: str | None
) -> None:
    answer = land_register(register({}, {}), WASTE.replace(*change, 1), **{"waste_2.csv": register({"Tonnes": "1"})})
    finding = answer.the("mapping_refused")
    assert finding["source_file"] == f"surveys/{FOLDER}/mapping.yaml"
    assert told in finding["detail"]
    assert (None if pd.isna(finding["suggested"]) else finding["suggested"]) == suggested
    assert answer.kinds == ["mapping_refused"], "its files are told by it, and not as questionnaires"
    assert answer.counts(FILE) == (2, 0, 2, 0)
    assert answer.counts(f"{FOLDER}/waste_2.csv") == (1, 0, 1, 0)
    assert len(answer["flows"]) == 0
    assert told in worded(answer["findings"])["message_fr"][0]


def test_one_file_without_the_column_refuses_the_mapping_for_all() -> None:
    answer = land_register(register({}), **{"waste_2.csv": register({}).replace("Tonnes", "Tons")})
    assert answer.kinds == ["mapping_refused"]
    assert len(answer["flows"]) == 0


def test_a_missing_sheet_is_refused_with_the_nearest_name() -> None:
    plan = WASTE.replace("waste_*.csv", "*.xlsx") + "sheet: Returns\n"
    answer = land({f"{FOLDER}/r.xlsx": workbook({"Return": [["x"], [1]]}), f"{FOLDER}/mapping.yaml": plan})
    assert answer.the("mapping_refused")["suggested"] == "Return"
    assert answer.counts(f"{FOLDER}/r.xlsx") == (0, 0, 0, 0)


def test_beside_a_refused_mapping_a_questionnaire_is_still_read() -> None:
    answer = land_register(register({}), "files: [", **{"a.flows.csv": flows({})})
    assert answer.kinds == ["mapping_refused"]
    assert answer["flows"]["establishment_id"].tolist() == ["e1"]


def test_a_file_that_cannot_be_read_blocks_nothing_but_itself() -> None:
    answer = land_register(register({}), **{"waste_2.csv": b"\x00\x01\x02" * 50, "waste_3.csv": b""})
    assert answer.the("unreadable_file")["source_file"] == f"surveys/{FOLDER}/waste_2.csv"
    assert answer.kinds == ["unreadable_file"], "an empty month is no missing column"
    assert answer.counts(FILE) == (1, 1, 0, 0)
    assert answer.counts(f"{FOLDER}/waste_3.csv") == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ("decimal: ;", "decimal"),
        ("decimal: [.]", "decimal"),
        ("delimiter: tab", "delimiter"),
        ("encoding: klingon", "encoding"),
        ("encoding: [utf-8]", "encoding"),
        ("sheet: {a: b}", "sheet"),
        ("where: [a]", "where"),
        ("where: {a: {b: c}}", "where: a"),
        ("year: 2025", "year"),
        ("year: {value: a, column: b}", "either a value, or a column"),
        ("year: {prefix: a}", "either a value, or a column"),
        ("year: {add: []}", "either a value, or a column"),
        ("year: {column: [a]}", "year: column"),
        ("year: {column: a, extract: '('}", "regular expression"),
        ("year: {column: a, extract: 'a+'}", "group in brackets"),
        ("year: {column: a, factor: much}", "factor"),
        ("year: {column: a, factor: inf}", "factor"),
        ("year: {column: a, factor: [1]}", "factor"),
        ("year: {column: a, slug: maybe}", "slug"),
        ("year: {column: a, prefix: {}}", "prefix"),
        ("year: {column: a, map: [b]}", "map"),
        ("year: {column: a, map: {b: [c]}}", "map: b"),
        ("year: {column: a, unknown: {b: c}}", "unknown"),
        ("stocks: {}", "stocks must be a list"),
        ("stocks: [a]", "stocks"),
    ],
)
def test_a_word_that_is_not_understood_is_named(addition: str, told: str) -> None:
    assert told in refusal(f"{WASTE}{addition}\n").detail


@pytest.mark.parametrize(
    "plan",
    [
        "",
        "a",
        "- a",
        "[",
        "files: x",
        "files: x\nestablishment:",
        "files: x\nestablishment: {name: {value: a}}",
        "\x00",
        "%&",
        "[" * 5000,
    ],
)
def test_what_is_no_mapping_is_refused(plan: str) -> None:
    assert refusal(plan).detail


scalars = st.text(max_size=5) | st.sampled_from(["value", "column", "a", "true", "1"])
keys = st.sampled_from(
    [*mapping._TOP_KEYS, *mapping.SECTIONS, *mapping._FIELD_KEYS, "establishment_id", "quantity", "repeat", "x"]
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@given(documents, st.sampled_from([None, *mapping._TOP_KEYS, *mapping.SECTIONS]))
def test_any_document_is_a_plan_or_refused(document: Any, key: str | None) -> None:
    whole = document if key is None else {**yaml.load(WASTE, Loader=yaml.BaseLoader), key: document}
    text = yaml.safe_dump(whole, allow_unicode=True)
    mapping.file_patterns(text)
    with contextlib.suppress(MappingRefused):
        assert parse(text).files is not None


@given(st.text())
def test_any_text_is_a_plan_or_refused(text: str) -> None:
    assert isinstance(mapping.file_patterns(text), tuple)
    with contextlib.suppress(MappingRefused):
        assert parse(text).files is not None
