"""Whatever arrives: a finding that its author understands, the rest goes on, and nothing is dropped."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from metabolism.layout import DataFolder
from tests.e2e.conftest import circulez, folder_of, query

pytestmark = pytest.mark.slow
FLOWS = "establishment_id,line,direction,resource,quantity,unit,period,how_known,partner_country\n"
MAPPING = """
files: "export_*.csv"
establishment:
  establishment_id: {column: Permit}
  name: {column: Site}
  nace: {value: "38.21"}
flows:
  - direction: {value: in}
    resource: {column: Code}
    %s: {column: Tonnes}
    unit: {value: t}
    period: {value: year}
"""
TRANSFER = """
files: "station.csv"
establishment: {establishment_id: {column: Id}, name: {column: Id}, nace: {value: "38.21"}}
flows:
  - {direction: {value: in}, resource: {value: "1501"}, quantity: {column: In}, unit: {value: t}, period: {value: year}}
  - {direction: {value: out}, resource: {value: "1501"}, quantity: {column: Out}, unit: {value: t}, period: {value: year}}
"""


def workbook(**sheets: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return stream.getvalue()


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory, refreshed: Callable[[DataFolder], DataFolder]) -> DataFolder:
    """The tiny case among everything that goes wrong with files and rows."""
    data = folder_of("tiny", tmp_path_factory.mktemp("faulty"))
    here = data.surveys / "z" / "2025"

    def put(name: str, content: bytes | str) -> None:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    good = workbook(flows=[["establishment_id", "direction"], ["e1", "in"]])
    put("truncated.xlsx", good[: len(good) // 2])
    put("photo.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0")
    put("scan.pdf", b"%PDF-1.7")
    put("empty.flows.csv", "")
    put("header_only.flows.csv", FLOWS)
    put("letter.csv", "Dear sirs,\nplease find our answer\n")
    put("cover.xlsx", workbook(Cover=[["Thank you"]]))
    put(
        "x1.flows.csv",
        FLOWS
        + "x1,1,in,material.sand,about 3,t,year,invoiced,FR\n"
        + "x1,2,in,material.sand,5,barrows,year,invoiced,FR\n"
        + "x1,3,in,unobtainium,5,t,year,invoiced,FR\n"
        + "x1,4,sideways,material.sand,5,t,year,invoiced,FR\n"
        + "x1,5,in,material.textile,5,m3,year,invoiced,FR\n"
        + "x1,6,in,material.sand,1.234,t,year,invoiced,FR\n"
        + ",7,in,material.sand,5,t,year,invoiced,FR\n"
        + "x1,8,in,material.sand,-7,t,year,invoiced,FR\n"
        + "x1,9,in,material.sand,11,t,year,guessed,FR\n",
    )
    put("no_unit.flows.csv", "establishment_id,direction,resource,quantity,period\nx2,in,material.sand,4,year\n")
    put("wrong_key/mapping.yaml", MAPPING % "quantiti")
    put("wrong_key/export_1.csv", "Permit,Site,Code,Tonnes\np1,A,150101,1\np2,B,150101,2\n")
    put("wrong_column/mapping.yaml", (MAPPING % "quantity").replace("Permit", "Permitt"))
    put("wrong_column/export_1.csv", "Permit,Site,Code,Tonnes\np3,A,150101,1\n")
    put("broken/mapping.yaml", "files: [export_*.csv\nflows: -")
    put("broken/export_1.csv", "Permit,Site,Code,Tonnes\np4,A,150101,1\n")
    put("transfer/mapping.yaml", TRANSFER)
    put("transfer/station.csv", "Id,In,Out\ns1,0,0\ns2,5,5\n")
    misplaced = data.surveys / "z" / "forgotten.flows.csv"
    misplaced.write_text(FLOWS + "x9,1,in,material.sand,1,t,year,weighed,FR\n")
    unknown = data.surveys / "atlantis" / "2025" / "a1.flows.csv"
    unknown.parent.mkdir(parents=True)
    unknown.write_text(FLOWS + "a1,1,in,material.sand,1,t,year,weighed,FR\n")
    put_tables_with_faults(data)
    return refreshed(data)


def put_tables_with_faults(data: DataFolder) -> None:
    """Tables that people edit, and samples of commuters, in which something cannot be."""
    with data.territories.open("a") as territories:
        territories.write(",No id,zone,lu,\nnature,Woods,zone,lu,\nring1,R,zone,ring2,\nring2,R,zone,ring1,\n")
    tables = {
        "surveys/nemo/2025/n.establishment.csv": "establishment_id,name,nace,employees\nn1,N,10,10\nn2,N,10,\n",
        "surveys/nemo/2025/n.flows.csv": FLOWS + "n1,1,in,material.sand,5,t,year,weighed,FR\n",
        "surveys/nemo/2025/n.mobility.csv": "establishment_id,mode,commuters,surveyed\n"
        "n1,bus,8,12\nn1,bike,5,6\nn2,tram,2,4\nn2,walk,1,0\n",
        "surveys/Capital Letters/2025/m.flows.csv": FLOWS + "m1,1,in,material.sand,5,t,year,weighed,FR\n",
        "frame/nemo.csv": "establishment_id,name,nace,employees\nn1,N,10,10\n",
        "controls.csv": "territory_id,year,resource_id,side,value,unit\nnemo,2025,material.sand,in,5,t\n"
        "nemo,2025,material.sand,in,5.1,t\nnemo,2025,material.textile,in,3,t\nnemo,2024,material.sand,in,5,t\n",
        "actors.csv": "actor_id,name,kind\nn1,Rail,operator\nrail,Rail,operator\n",
        "postcodes.csv": "country,postcode,territory_id\nLU,1234,narnia\nLU,1235,c1\n",
        "pilots.csv": "pilot_id,territory_id,kind\np1,Z,exchange\n",
    }
    for name, text in tables.items():
        path = data.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture(scope="module")
def findings(faulty: DataFolder) -> pd.DataFrame:
    return query(faulty, "select * from marts.mart_data_quality")


def kinds_of(findings: pd.DataFrame, name: str) -> list[str]:
    return sorted(findings.loc[findings["source_file"].fillna("").str.endswith(name), "kind"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("truncated.xlsx", "unreadable_file"),
        ("photo.csv", "unreadable_file"),
        ("scan.pdf", "unrecognised_file"),
        ("letter.csv", "unrecognised_file"),
        ("cover.xlsx", "no_sheet"),
        ("no_unit.flows.csv", "missing_column"),
        ("wrong_key/mapping.yaml", "mapping_refused"),
        ("wrong_column/mapping.yaml", "mapping_refused"),
        ("broken/mapping.yaml", "mapping_refused"),
        ("z/forgotten.flows.csv", "misplaced_file"),
        ("Capital Letters/2025/m.flows.csv", "misplaced_file"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_finding(findings: pd.DataFrame, name: str, kind: str) -> None:
    assert kind in kinds_of(findings, name)


def test_each_faulty_row_is_told_by_its_row_and_column(findings: pd.DataFrame) -> None:
    rows = findings[findings["source_file"].fillna("").str.endswith("x1.flows.csv")]
    told = {(row.source_row, row.column_name, row.kind) for row in rows.itertuples()}
    assert told == {
        (2, "quantity", "not_a_number"),
        (3, "unit", "unknown_unit"),
        (4, "resource", "unknown_resource"),
        (5, "direction", "unknown_choice"),
        (6, "unit", "no_factor"),
        (7, "quantity", "ambiguous_number"),
        (8, "establishment_id", "missing_value"),
        (9, "quantity", "sign"),
        (10, "how_known", "unreadable_value"),
    }


def test_a_sample_that_cannot_be_is_told(findings: pd.DataFrame) -> None:
    told = findings[findings["kind"].str.startswith("sample_")].set_index(["establishment_id", "kind"])["message_en"]
    assert set(told.index) == {
        ("n1", "sample_exceeded"), ("n1", "sample_larger_than_staff"), ("n1", "sample_unclear"),
        ("n2", "sample_unclear"), ("n2", "sample_without_staff"),
    }  # fmt: skip
    assert "(13 > 12)" in told["n1", "sample_exceeded"]
    assert "(12 > 10)" in told["n1", "sample_larger_than_staff"]
    assert "(6 / 12)" in told["n1", "sample_unclear"]
    assert "(4 / —)" in told["n2", "sample_unclear"]
    nobody = findings[findings["source_file"].fillna("").str.endswith("n.mobility.csv")]
    assert nobody[["kind", "source_row", "column_name"]].to_numpy().tolist() == [["unreadable_value", 5, "surveyed"]]


def test_what_is_wrong_in_tables_that_people_edit_is_told_by_its_line(findings: pd.DataFrame) -> None:
    lines = findings[findings["source_file"].isin(["controls.csv", "actors.csv", "postcodes.csv", "pilots.csv"])]
    assert sorted(zip(lines["source_file"], lines["source_row"], lines["kind"], strict=True)) == [
        ("actors.csv", 2, "actor_is_establishment"),
        ("controls.csv", 2, "control_twice"),
        ("controls.csv", 3, "control_twice"),
        ("controls.csv", 4, "control_over_nothing"),
        ("controls.csv", 5, "control_not_all_answered"),
        ("pilots.csv", 2, "line_of_unknown_territory"),
        ("postcodes.csv", 2, "line_of_unknown_territory"),
    ]
    assert lines.set_index("source_file").loc["pilots.csv", "suggested"] == "z"
    listed = findings[findings["message_en"].str.contains("territories.csv")]
    assert {"bad_territory_id", "territories_in_a_circle"} <= set(listed["kind"])
    unnamed = findings[(findings["source_file"] == "territories.csv") & (findings["kind"] == "missing_value")]
    assert unnamed[["source_row", "column_name"]].to_numpy().tolist() == [[6, "territory_id"]]


def test_a_mapping_is_refused_with_the_nearest_name(findings: pd.DataFrame) -> None:
    refused = findings[findings["kind"] == "mapping_refused"].set_index("source_file")
    by_folder = {path.split("/")[-2]: row for path, row in refused.iterrows()}
    assert "«quantiti»" in by_folder["wrong_key"]["message_en"]
    assert by_folder["wrong_key"]["suggested"] == "quantity"
    assert by_folder["wrong_column"]["suggested"] == "Permit"


def test_rows_received_are_accepted_quarantined_or_out_of_scope(faulty: DataFolder) -> None:
    files = query(faulty, "select * from marts.mart_files").set_index("source_file")
    kept = files["rows_accepted"] + files["rows_quarantined"] + files["rows_out_of_scope"]
    assert (files["rows_received"] == kept).all()
    counts = {path.split("2025/")[-1]: tuple(row) for path, row in files[
        ["rows_received", "rows_accepted", "rows_quarantined"]].iterrows()}  # fmt: skip
    assert counts["x1.flows.csv"] == (9, 2, 7)
    assert counts["no_unit.flows.csv"] == (1, 0, 1)
    assert counts["wrong_key/export_1.csv"] == (2, 0, 2)
    assert counts["header_only.flows.csv"] == (0, 0, 0)
    assert counts["truncated.xlsx"] == (0, 0, 0)
    assert counts["surveys/z/forgotten.flows.csv"] == (1, 0, 1)


def test_one_row_may_declare_the_same_quantity_twice(faulty: DataFolder) -> None:
    """A transfer station sends out what it takes in: two declarations of one row, of one value."""
    rows = query(
        faulty,
        "select source_row, source_entry, value from marts.mart_flow_sources where declared_by in ('s1', 's2') order by all",
    )
    assert rows.to_numpy().tolist() == [[2, 0, 0.0], [2, 1, 0.0], [3, 0, 5.0], [3, 1, 5.0]]


def test_the_rest_goes_on(faulty: DataFolder, tiny: DataFolder) -> None:
    sql = "select value from marts.mart_metabolism where territory_id = 'z' and resource_id = 'water' order by side"
    assert query(faulty, sql).equals(query(tiny, sql))


def test_what_is_negative_stands_in_no_total_but_in_what_was_declared(faulty: DataFolder) -> None:
    sand = query(
        faulty,
        "select m.value, m.declared_value from marts.mart_metabolism as m"
        " where territory_id = 'atlantis' and resource_id = 'material.sand' and side = 'in'",
    )
    assert sand["value"].tolist() == [1.0]
    flow = query(faulty, "select * from marts.mart_flow_sources where declared_by = 'x1' order by source_row")
    assert flow[["value", "excluded", "reason"]].fillna("").to_numpy().tolist() == [
        [-7.0, True, "sign"],
        [11.0, False, ""],
    ]
    made = query(faulty, "select value, declared_value, gross_error, status from marts.mart_flows"
                         " where to_establishment_id = 'x1'")  # fmt: skip
    assert made.to_numpy().tolist() == [[11.0, 4.0, True, "single"]]


def test_a_territory_that_is_not_listed_stands_alone_with_a_warning(findings: pd.DataFrame) -> None:
    about = findings[findings["territory_id"] == "atlantis"]
    assert {"unknown_territory", "located_by_folder"} <= set(about["kind"])


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["run", "--data", "{tmp}/nowhere"], 2, "There is no data folder"),
        (["run", "--data", "{tmp}"], 2, "no folder raw/"),
        (["run", "--territory", "atlantis"], 2, "No surveys of a territory «atlantis»"),
        (["run", "--yaer", "2025"], 2, "--yaer"),
        (["explain", "mart_metabolism", "--data", "{tmp}/nowhere"], 2, "There is no data folder"),
        (["report", "--territory", "nowhere"], 2, "no page of a territory «nowhere»"),
    ],
)
def test_a_wrong_call_says_what_to_do(tmp_path: Path, arguments: list[str], status: int, says: str) -> None:
    said = circulez(*[argument.format(tmp=tmp_path) for argument in arguments])
    assert said.returncode == status
    assert says in said.stderr
    assert "Traceback" not in said.stderr + said.stdout


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in circulez("run", "--data", tmp_path / "nowhere", "--debug").stderr


def test_init_makes_a_folder_that_runs_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "my campaign"
    assert circulez("init", folder).returncode == 0
    again = circulez("init", folder)
    assert again.returncode == 2
    assert "is a data folder already" in again.stderr
    ran = circulez("run", "--data", folder)
    assert ran.returncode == 0, ran.stderr
    assert query(DataFolder(folder), "select count(*) as n from marts.mart_metabolism")["n"].tolist() == [0]


def test_synthetic_and_real_surveys_do_not_mix(tmp_path: Path) -> None:
    data = folder_of("tiny", tmp_path)
    listed = data.territories.read_text().splitlines()
    data.territories.write_text("\n".join([listed[0] + ",members,synthetic", *(f"{line},,no" for line in listed[1:-1]),
                                           listed[-1] + ",,yes"]))  # fmt: skip
    said = circulez("run", "--data", data.root)
    assert said.returncode == 1
    assert "mixes synthetic surveys (z) with others (c1)" in said.stderr
    assert "Traceback" not in said.stderr
