"""The questionnaire as data: its columns, their types on disk, and the labels by which they are recognised."""

from __future__ import annotations

import pyarrow as pa
import pytest

from metabolism.surveys.contract import SHEETS
from metabolism.surveys.labels import COLUMN_LABELS, SHEET_LABELS, column_id, sheet_id
from metabolism.surveys.landed import SCHEMAS
from metabolism.tables import write_table
from tests.metabolism.surveys.answers import ESTABLISHMENT, FLOW, FOLDER, csv_of, flows, land

COLUMNS = [(sheet, column) for sheet, columns in SHEETS.items() for column in columns]


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_is_recognised_by_its_id_and_its_labels(sheet: str) -> None:
    for name in (sheet, sheet.upper(), f" {sheet} ", *SHEET_LABELS[sheet]):
        assert sheet_id(name) == sheet, name


@pytest.mark.parametrize(("sheet", "column"), COLUMNS)
def test_a_column_is_recognised_by_its_id_and_its_labels(sheet: str, column: str) -> None:
    for name in (column, column.upper(), f" {column} * ", column.replace("_", " "), *COLUMN_LABELS[column]):
        assert column_id(sheet, name) == column, name


@pytest.mark.parametrize("name", ["", "colour", "flow", "Feuil1", "quantity (kg)"])
def test_another_word_is_no_sheet_and_no_column(name: str) -> None:
    assert sheet_id(name) is None
    assert column_id("flows", name) is None


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("language", range(3))
def test_no_two_columns_of_a_sheet_share_a_label(sheet: str, language: int) -> None:
    labels = [COLUMN_LABELS[column][language].lower() for column in SHEETS[sheet]]
    assert len(set(labels)) == len(labels)


def test_every_label_belongs_to_a_column() -> None:
    assert set(COLUMN_LABELS) == {column for _, column in COLUMNS}
    assert set(SHEET_LABELS) == set(SHEETS)


@pytest.mark.parametrize(("sheet", "column"), COLUMNS)
def test_choices_are_written_as_they_are_compared(sheet: str, column: str) -> None:
    of = SHEETS[sheet][column]
    assert all(choice == choice.lower().strip() for choice in of.choices)
    assert bool(of.choices) == (of.kind in ("choice", "choices"))
    assert of.default is None or not of.choices or of.default in of.choices
    assert not (of.required and of.default)


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_lands_fits_the_types_that_were_promised(sheet: str, tmp_path: object) -> None:
    columns = SHEETS[sheet]
    row = {name: column.choices[0] if column.choices else "5" for name, column in columns.items()}
    answer = land({f"{FOLDER}/a.{sheet}.csv": csv_of([row, dict.fromkeys(columns, "?"), {**row, "colour": "blue"}])})
    assert list(answer[sheet].columns) == list(SCHEMAS[sheet])
    write_table(answer[sheet], tmp_path / "t.parquet", SCHEMAS[sheet])  # type: ignore[operator]
    assert {name: kind for name, kind in SCHEMAS[sheet].items() if pa.types.is_floating(kind)}.keys() >= {
        name for name, column in columns.items() if column.kind == "number"
    }


def test_an_answer_supersedes_by_the_establishments_that_it_has_rows_for() -> None:
    files = {
        f"{FOLDER}/a.flows.csv": flows({}, {"quantity": "x", "establishment_id": "e2"}, {"establishment_id": ""}),
        f"{FOLDER}/b.establishment.csv": csv_of([ESTABLISHMENT, ESTABLISHMENT]),
    }
    answers = land(files)["answers"]
    listed = sorted(answers[["sheet", "establishment_id", "answer_name"]].itertuples(index=False, name=None))
    assert listed == [
        ("establishment", "e1", "b.establishment.csv"),
        ("flows", "e1", "a.flows.csv"),
        ("flows", "e2", "a.flows.csv"),
    ]


def test_the_same_files_land_as_the_same_rows() -> None:
    files = {f"{FOLDER}/{name}.flows.csv": flows({**FLOW, "comment": name}, {"quantity": "x"}) for name in "cab"}
    once, again = land(files), land(dict(reversed(files.items())))
    assert all(once[name].equals(again[name]) for name in once.tables)
