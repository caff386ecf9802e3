"""Questionnaires: every row received is accepted, or quarantined with a finding that names it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metabolism.findings import LANGUAGES, RULES, worded
from metabolism.surveys.contract import HOW_KNOWN_PCT, PERIODS, SHEETS
from metabolism.surveys.landed import SCHEMAS
from tests.metabolism.surveys.answers import ESTABLISHMENT, FLOW, FOLDER, Landed, csv_of, flows, land, workbook

FILE = f"{FOLDER}/a.flows.csv"


def land_flows(*changes: Mapping[str, object]) -> Landed:
    return land({FILE: flows(*changes)})


def accepted_rows(answer: Landed, sheet: str = "flows") -> list[int]:
    rows = answer[sheet]
    return rows.loc[rows["accepted"].astype(bool), "source_row"].tolist()


# --- one row ---------------------------------------------------------------------------------------------------------


def test_a_row_without_fault_lands_with_its_source_and_its_meaning() -> None:
    answer = land({FILE: flows({"quantity": "1.5", "unit": "hl", "period": "month", "how_known": "metered"})})
    assert answer.kinds == []
    assert answer.counts(FILE) == (1, 1, 0, 0)
    row = answer["flows"].iloc[0]
    assert row["source_file"] == f"surveys/{FILE}"
    assert len(row["source_sha256"]) == 64
    assert (row["source_sheet"], row["source_row"], row["territory_id"], row["year"]) == ("flows", 2, "z", 2025)
    assert (row["resource_id"], row["family"], row["canonical_unit"]) == ("water.drinking", "water", "m3")
    assert row["value"] == pytest.approx(1.5 * 0.1 * 12)
    assert row["sd"] == pytest.approx(1.8 * 4 / 100 / 1.96)
    assert row["purpose"] == "use", "what an empty cell means"


@pytest.mark.parametrize(("period", "times"), PERIODS.items())
def test_a_quantity_is_for_a_year(period: str, times: float) -> None:
    assert land_flows({"period": period})["flows"]["value"].tolist() == [10 * times]


@pytest.mark.parametrize(("how_known", "pct"), {**HOW_KNOWN_PCT, "": 50.0}.items())
def test_the_uncertainty_is_by_how_it_is_known_unless_given(how_known: str, pct: float) -> None:
    rows = land_flows({"how_known": how_known}, {"how_known": how_known, "uncertainty_pct": "7,5"})["flows"]
    assert rows["uncertainty"].tolist() == [pct, 7.5]


def test_the_uncertainty_of_a_waste_density_adds_in_squares() -> None:
    rows = land_flows({"resource": "15 01 01", "unit": "m3", "how_known": "weighed"})["flows"]
    assert rows["value"].tolist() == [1.0]
    assert rows["uncertainty"].tolist() == pytest.approx([(6**2 + 50**2) ** 0.5])


# --- every finding, with its row -------------------------------------------------------------------------------------

BLOCKING = {
    "no id": ({"establishment_id": ""}, "missing_value", "establishment_id", None, None),
    "no direction": ({"direction": " "}, "missing_value", "direction", None, None),
    "no quantity": ({"quantity": "\u00a0"}, "missing_value", "quantity", None, None),
    "no unit": ({"unit": ""}, "missing_value", "unit", None, None),
    "no resource": ({"resource": ""}, "missing_value", "resource", None, None),
    "no period": ({"period": ""}, "missing_value", "period", None, None),
    "a word for a number": ({"quantity": "a lot"}, "not_a_number", "quantity", "a lot", None),
    "an open spelling": ({"quantity": "1.234"}, "ambiguous_number", "quantity", "1.234", None),
    "an open price": ({"price": "1,234"}, "ambiguous_number", "price", "1,234", None),
    "another direction": ({"direction": "inn"}, "unknown_choice", "direction", "inn", "in"),
    "another period": ({"period": "montly"}, "unknown_choice", "period", "montly", "month"),
    "an unknown resource": ({"resource": "watter"}, "unknown_resource", "resource", "watter", "water"),
    "an unknown unit": ({"unit": "littres"}, "unknown_unit", "unit", "littres", "litres"),
    "no factor": ({"unit": "pieces"}, "no_factor", "unit", "pieces", "m3"),
}
WARNING = {
    "a bad date": ({"contract_end": "soon"}, "contract_end", "soon"),
    "a bad choice": ({"how_known": "guessed"}, "how_known", "guessed"),
    "a bad number": ({"temperature": "hot"}, "temperature", "hot"),
    "too large": ({"criticality": "9"}, "criticality", "9"),
    "too small": ({"uncertainty_pct": "-4"}, "uncertainty_pct", "-4"),
}


@pytest.mark.parametrize(("change", "kind", "column", "declared", "suggested"), BLOCKING.values(), ids=list(BLOCKING))
def test_what_breaks_the_contract_quarantines_its_row_alone(
    change: dict[str, object], kind: str, column: str, declared: str | None, suggested: str | None
) -> None:
    answer = land_flows({}, change, {})
    finding = answer.the(kind)
    assert RULES[kind].severity == "blocking"
    assert (finding["source_row"], finding["source_sheet"], finding["column_name"]) == (3, "flows", column)
    assert pd.isna(finding["declared"]) if declared is None else finding["declared"] == declared
    assert pd.isna(finding["suggested"]) if suggested is None else finding["suggested"] == suggested
    assert accepted_rows(answer) == [2, 4]
    assert answer.counts(FILE) == (3, 2, 1, 0)
    assert len(answer["flows"]) == 3, "a quarantined row is kept"


@pytest.mark.parametrize(("change", "column", "declared"), WARNING.values(), ids=list(WARNING))
def test_an_optional_cell_that_is_not_understood_is_a_warning_and_its_row_stands(
    change: dict[str, object], column: str, declared: str
) -> None:
    answer = land_flows({}, change)
    finding = answer.the("unreadable_value")
    assert (finding["source_row"], finding["column_name"], finding["declared"]) == (3, column, declared)
    assert answer.counts(FILE) == (2, 2, 0, 0)
    default = SHEETS["flows"][column].default
    cell = answer["flows"][column][1]
    assert pd.isna(cell) if default is None else cell == default


def test_both_readings_of_an_open_number_are_told() -> None:
    assert land_flows({"quantity": "1,234"}).the("ambiguous_number")["detail"] == "1.234 / 1234"


def test_an_open_number_is_decided_by_its_column_and_not_by_another() -> None:
    assert land_flows({"quantity": "1.234"}, {"quantity": "0,5"})["flows"]["quantity"].tolist() == [1234.0, 0.5]
    assert land_flows({"quantity": "1.234", "price": "0,5"}).kinds == ["ambiguous_number"]


def test_a_spelling_of_which_one_reading_alone_is_possible_is_not_open() -> None:
    place = {**ESTABLISHMENT, "longitude": "6.123", "latitude": "49,612"}
    answer = land({f"{FOLDER}/a.establishment.csv": csv_of([place])})
    assert answer.kinds == []
    assert answer["establishment"][["longitude", "latitude"]].values.tolist() == [[6.123, 49.612]]


def test_a_negative_quantity_is_accepted_and_flagged() -> None:
    answer = land_flows({"quantity": "-5"}, {"quantity": "−2,5"})
    found = answer.found("sign")
    assert found[["source_row", "declared", "suggested"]].values.tolist() == [[2, "-5", "5"], [3, "-2.5", "2.5"]]
    assert answer.counts(FILE) == (2, 2, 0, 0)
    assert answer["flows"]["value"].tolist() == [-5.0, -2.5]
    assert (answer["flows"]["sd"] > 0).all()


def test_a_quarantined_negative_quantity_is_no_sign_to_decide() -> None:
    assert land_flows({"quantity": "-5", "unit": "bucket"}).kinds == ["unknown_unit"]


def test_one_row_may_have_several_faults() -> None:
    answer = land_flows({"quantity": "x", "unit": "bucket", "direction": ""})
    assert answer.kinds == ["missing_value", "not_a_number", "unknown_unit"]
    assert answer.counts(FILE) == (1, 0, 1, 0)


@pytest.mark.parametrize("commuters", ["-1", "some"])
def test_a_required_number_out_of_range_quarantines(commuters: str) -> None:
    row = {"establishment_id": "e1", "mode": "bus", "commuters": commuters}
    assert land({f"{FOLDER}/a.mobility.csv": csv_of([row])}).counts(f"{FOLDER}/a.mobility.csv") == (1, 0, 1, 0)


def test_stocks_are_turned_into_canonical_units() -> None:
    row = {"establishment_id": "e1", "resource": "Diesel", "opening": "1000", "closing": "0", "unit": "l"}
    answer = land({f"{FOLDER}/a.stocks.csv": csv_of([row, {**row, "resource": "material.paper", "unit": "m3"}])})
    assert answer["stocks"]["opening_value"].tolist()[0] == pytest.approx(0.84 * 11.9444)
    assert answer["stocks"]["closing_value"].tolist()[0] == 0.0
    assert answer.the("no_factor")["source_row"] == 3


def test_families_are_a_list() -> None:
    row = {**ESTABLISHMENT, "complete_for": " Waste; water ", "none_for": "people;tea"}
    answer = land({f"{FOLDER}/a.establishment.csv": csv_of([row])})
    assert answer["establishment"]["complete_for"].tolist() == ["water;waste"]
    assert answer["establishment"]["none_for"].tolist() == ["people"]
    assert answer.the("unreadable_value")["declared"] == "tea"


def test_what_an_empty_cell_of_an_establishment_means() -> None:
    row = land({f"{FOLDER}/a.establishment.csv": csv_of([ESTABLISHMENT])})["establishment"].iloc[0]
    told = row[["nace_edition", "country", "share_level", "open_figures"]].tolist()
    assert told == ["2", "LU", "aggregate", "no"]
    assert pd.isna(row["employees"])


# --- words of the lists ----------------------------------------------------------------------------------------------


def test_services_themes_barriers_and_facts_are_named_by_id_or_label_and_may_be_texts_of_their_own() -> None:
    service = {"establishment_id": "e1", "service": "Gardiennage et sécurité", "open_to_pooling": "yes"}
    issue = {"establishment_id": "e1", "theme": "Food waste", "priority": "5", "barrier": "leadership"}
    fact = {"establishment_id": "e1", "fact": "Nutzbare Dachfläche", "value": "120"}
    answer = land(
        {
            f"{FOLDER}/a.services.csv": csv_of([service, {**service, "service": "securiti"}]),
            f"{FOLDER}/a.issues.csv": csv_of([issue, {**issue, "barrier": "the moon"}]),
            f"{FOLDER}/a.facts.csv": csv_of([fact]),
        }
    )
    assert answer["services"]["service_id"].fillna("").tolist() == ["security", ""]
    assert answer["services"]["service"].tolist()[1] == "securiti"
    assert answer["issues"][["theme_id", "barrier_id"]].fillna("").values.tolist() == [
        ["food_waste", "leadership"],
        ["food_waste", ""],
    ]
    assert answer["facts"]["fact_id"].tolist() == ["roof"]
    assert answer.kinds == ["own_word", "own_word"]
    told = answer.found("own_word").set_index("declared")["suggested"]
    assert told["securiti"] == "security"
    assert answer.counts(f"{FOLDER}/a.services.csv") == (2, 2, 0, 0)


def test_what_is_had_or_wanted_is_a_resource_a_service_a_fact_or_a_text() -> None:
    row = {"establishment_id": "e1", "kind": "have"}
    wishes = [
        {**row, "what": "15 01 03", "quantity": "500", "unit": "kg", "period": "month", "from": "2025-03-01"},
        {**row, "what": "Salles de réunion", "quantity": "2", "unit": "days"},
        {**row, "what": "roof", "quantity": "", "unit": ""},
        {**row, "kind": "want", "what": "somebody to talk to", "quantity": "", "unit": ""},
        {**row, "what": "material.paper", "quantity": "3", "unit": "bucket"},
        {**row, "what": "material.paper", "quantity": "3", "unit": ""},
    ]
    answer = land({f"{FOLDER}/a.haves_wants.csv": csv_of([{**dict.fromkeys(wishes[0], ""), **w} for w in wishes])})
    table = answer["haves_wants"]
    assert table["resource_id"].fillna("").tolist() == ["waste.150103", "", "", "", "material.paper", "material.paper"]
    assert table["service_id"].fillna("").tolist() == ["", "meeting_rooms", "", "", "", ""]
    assert table["fact_id"].fillna("").tolist() == ["", "", "roof", "", "", ""]
    assert table["value"].fillna(-1).tolist() == [pytest.approx(6.0), -1, -1, -1, -1, -1], "no quantity is invented"
    assert answer.the("unclear_unit")["declared"] == "bucket"
    assert answer["haves_wants"]["accepted"].all()


def test_a_price_is_per_canonical_unit() -> None:
    columns = {"resource": "15 01 01", "direction": "out", "quantity": "1200", "unit": "kg", "price": "0.09"}
    answer = land({FILE: csv_of([{**FLOW, **columns}])})
    assert answer["flows"]["price_per_unit"].tolist() == [pytest.approx(90.0)]


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "establishment_id,direction,resource,quantity,unit,period",
        " ESTABLISHMENT_ID , Direction,RESOURCE,Quantity *,uNit,PERIOD",
        "Establishment id,Direction,Resource,Quantity,Unit,Period",
        "Identifiant de l’établissement,SENS,Ressource,Quantité,Unite,Période",
        "Betriebskennung,richtung,Ressource,MENGE,Einheit,Zeitraum",
    ],
)
def test_a_column_is_recognised_by_its_id_or_label_in_any_case_and_accents(header: str) -> None:
    answer = land({FILE: f"{header}\ne1,in,water,10,m3,year\n"})
    assert answer.kinds == []
    assert answer["flows"]["value"].tolist() == [10.0]


@settings(max_examples=10)
@given(st.permutations(list(FLOW)))
def test_the_order_of_columns_is_no_matter(order: list[str]) -> None:
    answer = land({FILE: csv_of([{name: FLOW[name] for name in order}])})
    assert answer.kinds == []
    assert answer["flows"]["value"].tolist() == [10.0]


def test_unknown_columns_are_reported_and_kept() -> None:
    content = csv_of(
        [{**FLOW, "Colour": "blue", "Odour ": "", "quantity2": "7"}, {**FLOW, "Colour": "", "Odour ": " "}]
    )
    answer = land({FILE: content})
    found = answer.found("unknown_column")
    assert found["declared"].tolist() == ["Colour", "Odour", "quantity2"]
    assert found["source_row"].isna().all()
    assert answer.counts(FILE) == (2, 2, 0, 0)
    extra = answer["flows"]["extra"]
    assert json.loads(extra[0]) == {"Colour": "blue", "quantity2": "7"}
    assert pd.isna(extra[1])


def test_every_sheet_keeps_unknown_columns() -> None:
    assert all("extra" in schema for schema in SCHEMAS.values())


def test_a_column_that_stands_twice_is_read_once_and_kept() -> None:
    answer = land({FILE: csv_of([FLOW]).replace('"quantity"', '"quantity","Menge"').replace('"10"', '"10","11"')})
    assert answer.the("duplicate_column")["declared"] == "Menge"
    assert answer["flows"]["quantity"].tolist() == [10.0]
    assert json.loads(answer["flows"]["extra"][0]) == {"Menge": "11"}


@pytest.mark.parametrize("column", list(FLOW))
def test_a_missing_required_column_quarantines_all_rows_with_one_finding(column: str) -> None:
    rows = [{name: cell for name, cell in FLOW.items() if name != column}] * 3
    answer = land({FILE: csv_of(rows)})
    finding = answer.the("missing_column")
    assert finding["column_name"] == column
    assert pd.isna(finding["source_row"])
    assert answer.kinds == ["missing_column"], "one cause, one finding"
    assert answer.counts(FILE) == (3, 0, 3, 0)


def test_a_missing_column_may_be_one_that_is_mistyped() -> None:
    answer = land({FILE: csv_of([FLOW]).replace('"quantity"', '"quantitiy"')})
    assert answer.the("missing_column")["suggested"] == "quantitiy"
    assert answer.the("unknown_column")["suggested"] == "quantity"


def test_cells_beyond_the_header_are_told_with_their_row() -> None:
    header = "establishment_id,direction,resource,unit,period,quantity"
    answer = land({FILE: f"{header}\ne1,in,water,m3,year,5\ne1,in,water,m3,year,1,5\n"})
    finding = answer.the("ragged_row")
    assert (finding["source_row"], finding["declared"]) == (3, "5")
    assert json.loads(answer["flows"]["extra"][1]) == {"column 7": "5"}


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_workbook_is_one_answer_of_several_sheets() -> None:
    file = f"{FOLDER}/answer.xlsx"
    sheets = {
        "Établissement": [["Betriebskennung", "name", "NACE"], ["e1", "One", 38.21]],
        "Flows": [[], [], list(FLOW), [], [*list(FLOW.values())[:3], 1.234, "m3", "year"], ["e1", "out"]],
        "Notes": [["to whom it may concern"]],
    }
    answer = land({file: workbook(sheets)})
    assert answer.the("unknown_sheet")["declared"] == "Notes"
    assert answer["flows"]["source_row"].tolist() == [5, 6], "the sheet's own rows"
    assert answer["flows"]["source_sheet"].tolist() == ["Flows", "Flows"]
    assert answer["flows"]["value"].tolist()[0] == 1.234, "a number of a workbook is never ambiguous"
    assert answer["establishment"]["nace"].tolist() == ["38.21"]
    assert answer.counts(file) == (3, 2, 1, 0)
    assert set(answer.found("missing_value")["source_row"]) == {6}
    assert set(answer["flows"]["answer_id"]) == {f"surveys/{file}"}


def test_dates_and_times_of_a_workbook_are_text_of_the_contract() -> None:
    day = datetime.date(2026, 1, 31)
    service = [["establishment_id", "service", "contract_end"], ["e1", "cleaning", day]]
    shift = [["establishment_id", "mode", "commuters", "shift_start"], ["e1", "bus", 3, datetime.time(6, 0)]]
    answer = land({f"{FOLDER}/a.xlsx": workbook({"services": service, "mobility": shift})})
    assert answer["services"]["contract_end"].tolist() == ["2026-01-31"]
    assert answer["mobility"]["shift_start"].tolist() == ["06:00"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.xlsx", workbook({"flows": [["x"]]})[:300], "unreadable_file"),
        ("a.flows.csv", b"\x00\x01\x02\x03" * 9, "unreadable_file"),
        ("a.xlsx", b"", "unreadable_file"),
        ("notes.txt", b"hello", "unrecognised_file"),
        ("letter.pdf", b"%PDF", "unrecognised_file"),
        ("answers.csv", b"a,b\n1,2\n3,4\n", "unrecognised_file"),
        ("answers.flow.csv", b"a\n", "unrecognised_file"),
        ("a.xlsx", workbook({"Notes": [["x"], [1]]}), "no_sheet"),
    ],
)
def test_a_file_that_cannot_be_read_blocks_nothing_but_itself(name: str, content: bytes, kind: str) -> None:
    answer = land({f"{FOLDER}/{name}": content, f"{FOLDER}/good.flows.csv": flows({})})
    assert answer.the(kind)["source_file"] == f"surveys/{FOLDER}/{name}"
    assert RULES[kind].severity == "blocking"
    assert answer.counts(f"{FOLDER}/good.flows.csv") == (1, 1, 0, 0)
    received, accepted, quarantined, out_of_scope = answer.counts(f"{FOLDER}/{name}")
    assert accepted == out_of_scope == 0
    assert received == quarantined == (2 if name == "answers.csv" else 0)


@pytest.mark.parametrize("content", ["", "\n\n", csv_of([FLOW]).splitlines()[0]])
def test_an_empty_file_holds_no_rows(content: str) -> None:
    answer = land({FILE: content})
    assert answer.counts(FILE) == (0, 0, 0, 0)
    assert answer.kinds == []


@pytest.mark.parametrize("path", ["a.flows.csv", "z/a.flows.csv", "z/soon/a.flows.csv", "z/20255/a.flows.csv"])
def test_a_file_outside_a_territory_and_year_is_told(path: str) -> None:
    answer = land({path: flows({})})
    assert answer.the("misplaced_file")["source_file"] == f"surveys/{path}"
    assert answer.counts(path) == (1, 0, 1, 0)
    assert len(answer["flows"]) == 0


def test_subfolders_are_read_and_office_litter_is_not() -> None:
    files = {
        f"{FOLDER}/deep/er/a.flows.csv": flows({}),
        f"{FOLDER}/~$b.xlsx": b"x",
        f"{FOLDER}/.c.flows.csv": "x",
        f"{FOLDER}/.git/d.flows.csv": "x",
    }
    assert land(files)["files"]["source_file"].tolist() == [f"surveys/{FOLDER}/deep/er/a.flows.csv"]


# --- copies ----------------------------------------------------------------------------------------------------------


def test_identical_files_of_one_territory_and_year_count_once_by_the_first_path() -> None:
    names = [f"{FOLDER}/{name}.flows.csv" for name in ("b", "c/a", "a")]
    answer = land(dict.fromkeys(names, flows({})))
    assert answer["flows"]["source_file"].tolist() == [f"surveys/{FOLDER}/a.flows.csv"]
    copies = answer.found("duplicate_file")
    assert copies["source_file"].tolist() == [f"surveys/{FOLDER}/b.flows.csv", f"surveys/{FOLDER}/c/a.flows.csv"]
    assert set(copies["suggested"]) == {f"surveys/{FOLDER}/a.flows.csv"}
    assert worded(copies)["finding_id"].nunique() == 2
    assert answer.counts(f"{FOLDER}/b.flows.csv") == (0, 0, 0, 0)


def test_the_same_file_for_another_year_or_territory_is_no_copy() -> None:
    files = dict.fromkeys(["z/2024/a.flows.csv", "z/2025/a.flows.csv", "y/2025/a.flows.csv"], flows({}))
    answer = land(files)
    assert answer.kinds == []
    assert len(answer["flows"]) == 3


def test_a_copy_under_a_name_that_can_be_read_stands_before_one_that_cannot() -> None:
    answer = land({f"{FOLDER}/a.csv": flows({}), f"{FOLDER}/b.flows.csv": flows({})})
    assert answer["flows"]["source_file"].tolist() == [f"surveys/{FOLDER}/b.flows.csv"]
    assert answer.the("duplicate_file")["source_file"] == f"surveys/{FOLDER}/a.csv"


# --- nothing is dropped ----------------------------------------------------------------------------------------------

faults = st.sampled_from([None, None, None, *BLOCKING, *WARNING, "negative", "blank"])


def faulty(fault: str | None) -> dict[str, object]:
    if fault in BLOCKING:
        return {**FLOW, **BLOCKING[fault][0]}
    if fault in WARNING:
        return {**FLOW, **WARNING[fault][0]}
    if fault == "blank":
        return dict.fromkeys(FLOW, " ")
    return {**FLOW, "quantity": "-5"} if fault == "negative" else FLOW


@settings(max_examples=40)
@given(st.lists(faults, max_size=12), st.booleans(), st.booleans())
def test_rows_received_are_accepted_or_quarantined_whatever_their_faults(
    given_faults: list[str | None], as_workbook: bool, with_unknown_column: bool
) -> None:
    rows = [
        faulty(fault) | ({"colour": "blue"} if with_unknown_column and fault != "blank" else {})
        for fault in given_faults
    ]
    table = pd.DataFrame(
        rows,
        columns=[
            *FLOW,
            "contract_end",
            "price",
            "how_known",
            "temperature",
            "criticality",
            "uncertainty_pct",
            "colour",
        ],
    )
    table = table.fillna("")
    name = f"{FOLDER}/a.xlsx" if as_workbook else FILE
    content = workbook({"flows": [list(table), *table.values.tolist()]}) if as_workbook else table.to_csv(index=False)
    answer = land({name: content})

    numbered = list(enumerate(given_faults, start=2))
    quarantined = [row for row, fault in numbered if fault in BLOCKING]
    received = [row for row, fault in numbered if fault != "blank"]
    assert answer["flows"]["source_row"].tolist() == received
    assert accepted_rows(answer) == [row for row in received if row not in quarantined]
    assert answer.counts(name) == (len(received), len(received) - len(quarantined), len(quarantined), 0)

    expected = {(row, BLOCKING[fault][1]) for row, fault in numbered if fault in BLOCKING}
    expected |= {(row, "unreadable_value") for row, fault in numbered if fault in WARNING}
    expected |= {(row, "sign") for row, fault in numbered if fault == "negative"}
    findings = answer["findings"]
    of_rows = findings[findings["source_row"].notna()]
    assert set(of_rows[["source_row", "kind"]].itertuples(index=False, name=None)) == expected
    blocked = set(of_rows.loc[of_rows["kind"].map(lambda kind: RULES[kind].severity) == "blocking", "source_row"])
    assert blocked == set(quarantined), "a row is quarantined exactly where a blocking finding says why"
    assert answer["flows"]["extra"].notna().tolist() == [with_unknown_column] * len(received)


anything = st.one_of(
    st.text(max_size=8), st.sampled_from(["e1", "in", "water", "10", "m3", "year", "1.234", "-3", "", "15 01 01"])
)


@settings(max_examples=60)
@given(st.sampled_from(sorted(SHEETS)), st.data())
def test_no_cell_of_any_sheet_stops_it_and_every_row_is_accounted_for(sheet: str, data: st.DataObject) -> None:
    columns = list(SHEETS[sheet])
    table = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, anything)), max_size=4))
    name = f"{FOLDER}/a.{sheet}.csv"
    answer = land({name: csv_of(table) if table else ",".join(columns)})
    received, accepted, quarantined, out_of_scope = answer.counts(name)
    assert received == accepted + quarantined
    assert out_of_scope == 0
    assert len(answer[sheet]) == received
    assert int(answer[sheet]["accepted"].astype(bool).sum()) == accepted
    told = worded(answer["findings"])
    assert not told[[f"message_{language}" for language in LANGUAGES]].isna().any(axis=None)


def test_messages_leave_no_slot_empty() -> None:
    changes = [change for change, *_ in BLOCKING.values()] + [change for change, *_ in WARNING.values()]
    answer = land({FILE: flows(*changes, {"quantity": "-5", "colour": "blue"})})
    told = worded(answer["findings"])
    for language in LANGUAGES:
        for words in told[f"message_{language}"]:
            assert not re.search(r"«\s*»|\(\s*\)|  |None|nan|[{}]", words), words
