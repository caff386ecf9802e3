"""The tables that people edit: frames, and whatever is a plain table of text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from metabolism.surveys.contract import REGISTERS
from metabolism.surveys.registers import POSTCODE_COLUMNS, read_frames, read_register, read_typed
from tests.metabolism.surveys.answers import workbook, write

FRAME = "establishment_id,name,nace,employees\ne1,One,38.21,12\ne2,Two,10,\n,Three,10,5\ne4,Four,10,many\n"


def frames(root: Path, files: dict[str, bytes | str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: list[pd.DataFrame] = []
    made = read_frames(write(root, files), found)
    return made, pd.concat(found, ignore_index=True) if found else pd.DataFrame({"kind": []})


def test_a_frame_needs_id_name_nace_and_employees(tmp_path: Path) -> None:
    made, found = frames(tmp_path, {"frame/z.csv": FRAME})
    assert made[["establishment_id", "employees", "territory_id", "source_file"]].values.tolist() == [
        ["e1", 12.0, "z", "frame/z.csv"]
    ]
    told = found[found["kind"] == "missing_value"]
    assert sorted(zip(told["source_row"], told["column_name"], strict=True)) == [
        (3, "employees"),
        (4, "establishment_id"),
        (5, "employees"),
    ]


@pytest.mark.parametrize("column", ["establishment_id", "name", "nace", "employees"])
def test_a_frame_without_a_required_column_holds_nobody(tmp_path: Path, column: str) -> None:
    table = {"establishment_id": "e1", "name": "One", "nace": "38", "employees": "5"}
    del table[column]
    made, found = frames(tmp_path, {"frame/z.csv": ",".join(table) + "\n" + ",".join(table.values())})
    assert len(made) == 0
    assert found["kind"].tolist() == ["missing_column"]
    assert found["column_name"].tolist() == [column]


def test_a_frame_is_recognised_by_labels_and_numbers_of_a_workbook_are_never_ambiguous(tmp_path: Path) -> None:
    table = [["Betriebskennung", "Nom", "NACE code", "Effectif", "Longitude"], ["e1", "One", 38, 1.234, 6.123]]
    made, found = frames(tmp_path, {"frame/z.xlsx": workbook({"any": table})})
    assert made[["employees", "longitude", "nace"]].values.tolist() == [[1.234, 6.123, "38"]]
    assert len(found) == 0


def test_frames_of_several_territories_stand_together_and_a_broken_one_blocks_only_itself(tmp_path: Path) -> None:
    made, found = frames(
        tmp_path, {"frame/z.csv": FRAME, "frame/y.csv": FRAME, "frame/x.xlsx": b"broken", "frame/README.md": "x"}
    )
    assert made["territory_id"].tolist() == ["y", "z"]
    assert found.loc[found["source_file"] == "frame/x.xlsx", "kind"].tolist() == ["unreadable_file"]


def test_an_id_that_a_frame_lists_twice_stands_once_and_is_told(tmp_path: Path) -> None:
    twice = "establishment_id,name,nace,employees\ne1,One,38.21,12\ne2,Two,10,5\ne1,Uno,38.21,90\n"
    made, found = frames(tmp_path, {"frame/z.csv": twice, "frame/y.csv": twice.replace("e1,Uno,38.21,90\n", "")})
    assert made[["territory_id", "establishment_id", "employees"]].values.tolist() == [
        ["y", "e1", 12.0],
        ["y", "e2", 5.0],
        ["z", "e1", 12.0],
        ["z", "e2", 5.0],
    ], "frames of two territories may list one establishment"
    told = found[["kind", "source_file", "source_row", "declared", "establishment_id"]]
    assert told.values.tolist() == [["frame_twice", "frame/z.csv", 4, "e1", "e1"]]


def test_without_frames_there_are_columns_and_no_rows(tmp_path: Path) -> None:
    made, _ = frames(tmp_path, {})
    assert len(made) == 0
    assert {"source_file", "territory_id", "establishment_id", "employees"} <= set(made.columns)


def test_a_register_is_text_by_id_under_its_source_rows(tmp_path: Path) -> None:
    data = write(tmp_path, {"territories.csv": " Territory ID ;NAME;name\n\nlu;Lëtzebuerg;x\n"})
    found: list[pd.DataFrame] = []
    table = read_register(data.territories, found, "territories.csv")
    assert table.to_dict("index") == {3: {"territory_id": "lu", "name": "Lëtzebuerg"}}
    assert found == []


@pytest.mark.parametrize("content", ["", "territory_id,name\n"])
def test_an_empty_register_is_an_empty_table(tmp_path: Path, content: str) -> None:
    assert len(read_register(write(tmp_path, {"territories.csv": content}).territories, [], "territories.csv")) == 0


def test_a_register_that_is_not_there_is_empty_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    found: list[pd.DataFrame] = []
    data = write(tmp_path, {"postcodes.csv": b"\x00\x01\x02" * 99})
    assert read_register(data.territories, found, "territories.csv").empty
    assert found == []
    assert read_register(data.postcodes, found, "postcodes.csv").empty
    assert found[0][["kind", "source_file"]].values.tolist() == [["unreadable_file", "postcodes.csv"]]


def test_a_mistyped_header_of_a_register_is_told(tmp_path: Path) -> None:
    from metabolism.surveys.registers import TERRITORY_COLUMNS, read_register

    path = tmp_path / "territories.csv"
    path.write_text("id_territory,name,kind,withinn\nz,Z,zone,lu\n")
    found: list[pd.DataFrame] = []
    read_register(path, found, "territories.csv", TERRITORY_COLUMNS)
    told = pd.concat(found)[["kind", "column_name", "suggested"]].to_numpy().tolist()
    assert ["missing_column", "territory_id", "id_territory"] in told
    assert ["unknown_column", "withinn", "within"] in told


def test_damaged_receipts_say_so(tmp_path: Path) -> None:
    from metabolism.errors import CirculezError
    from metabolism.layout import DataFolder
    from metabolism.surveys.received import read_receipts

    data = DataFolder(tmp_path)
    data.raw.mkdir()
    data.receipts.write_text("x")
    with pytest.raises(CirculezError, match=r"receipts\.csv is damaged"):
        read_receipts(data)


# --- typed registers -------------------------------------------------------------------------------------------------


def typed(tmp_path: Path, name: str, text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: list[pd.DataFrame] = []
    write(tmp_path, {f"{name}.csv": text})
    table = read_typed(tmp_path / "raw" / f"{name}.csv", found, f"{name}.csv", REGISTERS[name])
    return table, pd.concat(found, ignore_index=True) if found else pd.DataFrame({"kind": []})


def test_prices_are_numbers_and_a_text_for_one_is_told(tmp_path: Path) -> None:
    text = "resource_id;year;price_eur_per_unit;disposal_eur_per_unit\nwaste;2024;;95,5\nenergy;2025;dear;\n;2025;1;2\n"
    table, found = typed(tmp_path, "prices", text)
    assert table["disposal_eur_per_unit"].fillna(-1).tolist() == [95.5, -1]
    assert sorted(zip(found["kind"], found["source_row"], strict=True)) == [
        ("missing_value", 4),
        ("unreadable_value", 3),
    ]


def test_pilots_have_dates_and_measures(tmp_path: Path) -> None:
    text = (
        "pilot_id,territory_id,status,start,baseline,colour\np1,z,Realised,01.03.2017,120.5,red\np2,z,dreamt,soon,,\n"
    )
    table, found = typed(tmp_path, "pilots", text)
    assert table["start"].fillna("").tolist() == ["2017-03-01", ""]
    assert table["status"].fillna("").tolist() == ["realised", ""]
    assert table["stage"].tolist() == ["pilot", "pilot"]
    assert table["baseline"].fillna(-1).tolist() == [120.5, -1]
    assert sorted(found["kind"]) == ["unknown_column", "unreadable_value", "unreadable_value"]


def test_a_typed_register_that_is_not_there_is_empty(tmp_path: Path) -> None:
    found: list[pd.DataFrame] = []
    table = read_typed(tmp_path / "prices.csv", found, "prices.csv", REGISTERS["prices"])
    assert list(table) == list(REGISTERS["prices"])
    assert len(table) == 0
    assert not found


def test_a_table_lacks_the_columns_that_it_cannot_do_without(tmp_path: Path) -> None:
    data = write(tmp_path, {"postcodes.csv": "country,postcode,territory\nLU,1234,z\n"})
    found: list[pd.DataFrame] = []
    read_register(data.postcodes, found, "postcodes.csv", *[POSTCODE_COLUMNS] * 2)
    told = pd.concat(found)[["kind", "column_name", "suggested"]].to_numpy().tolist()
    assert told == [
        ["unknown_column", "territory", "territory_id"],
        ["missing_column", "territory_id", "territory"],
    ]


def test_what_an_empty_cell_means_holds_for_numbers_too(tmp_path: Path) -> None:
    table = (
        "territory_id,year,resource_id,side,value,unit,uncertainty_pct\nz,2025,waste,out,4,t,\nz,2025,waste,in,4,t,2\n"
    )
    found: list[pd.DataFrame] = []
    rows = read_typed(write(tmp_path, {"c.csv": table}).raw / "c.csv", found, "c.csv", REGISTERS["controls"])
    assert rows["uncertainty_pct"].tolist() == [10.0, 2.0]
