"""Eurostat's TSV: every trap of the format, damaged files, and the real file."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.opendata import eurostat
from metabolism.opendata.registry import UnreadableOpenData
from metabolism.tables import read_table, write_table
from tests.metabolism.opendata.conftest import WASTE_HEADER, WASTE_LINES


def shown(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    values = rows["value"].astype(object).where(rows["value"].notna(), None)
    return list(zip(rows["geo"], rows["year"], values, rows["status"], rows["flag"], rows["source_row"], strict=True))


@pytest.mark.parametrize("ending", ["\n", "\r\n", " \r\n"])
def test_a_cell_is_a_value_a_status_and_flags(tsv: Callable[..., Path], ending: str) -> None:
    rows = eurostat.read_waste(tsv(WASTE_HEADER, *WASTE_LINES, ending=ending))
    assert shown(rows) == [
        ("AT", 2004, None, "missing", "", 3),
        ("AT", 2018, None, "confidential", "c", 3),
        ("AT", 2020, 136105.0, "available", "b", 3),
        ("EL", 2004, None, "confidential", "bc", 4),
        ("EL", 2018, 0.0, "zero", "", 4),
        ("EL", 2020, 12.0, "available", "bc", 4),
        ("LU", 2004, 0.0, "zero", "e", 5),
        ("LU", 2018, 1.5, "available", "", 5),
        ("LU", 2020, None, "missing", "", 5),
    ]
    assert rows["reason"].isna().all()
    assert set(rows.columns) == set(eurostat.WASTE_SCHEMA)


def test_series_per_head_are_left_out(tsv: Callable[..., Path]) -> None:
    rows = eurostat.read_waste(tsv(WASTE_HEADER, *WASTE_LINES))
    assert set(rows["unit"]) == {"T"}
    assert rows[["activity_code", "category_code"]].drop_duplicates().values.tolist() == [["A", "PRIM"], ["C", "W061"]]


def test_the_header_of_the_former_bulk_files_is_read_too(tsv: Callable[..., Path]) -> None:
    rows = eurostat.read_waste(tsv("unit,hazard,nace_r2,waste,geo\\time\t2020 \t2018 ", "T,HAZ,A,W11,LU\t7 \t: "))
    assert shown(rows) == [("LU", 2020, 7.0, "available", "", 2), ("LU", 2018, None, "missing", "", 2)]


def test_recycling_rates_have_no_activity(tsv: Callable[..., Path]) -> None:
    path = tsv("freq,waste,unit,geo\\TIME_PERIOD\t2019 \t2020 ", "A,W1501,RT,LU\t71.5 be\t: ")
    rows = eurostat.read_recycling_rates(path)
    assert shown(rows) == [("LU", 2019, 71.5, "available", "be", 2), ("LU", 2020, None, "missing", "", 2)]
    assert set(rows.columns) == set(eurostat.RECYCLING_SCHEMA)


@pytest.mark.parametrize("cell", ["about 5", "1,5", "5 b c", "c", "1e400", "9" * 400, "nan", "inf", "--1"])
def test_an_unreadable_cell_is_missing_with_what_it_holds(tsv: Callable[..., Path], cell: str) -> None:
    rows = eurostat.read_waste(tsv(WASTE_HEADER, f"A,T,HAZ_NHAZ,A,PRIM,LU\t{cell} \t1 \t2 "))
    first = rows.iloc[0]
    assert math.isnan(first["value"])
    assert first["status"] == "missing"
    assert cell in first["reason"]
    assert rows["value"].tolist()[1:] == [1.0, 2.0]


@pytest.mark.parametrize(
    ("cell", "value", "flag", "status"),
    [("12e", 12.0, "e", "available"), (":c", None, "c", "confidential"), (": @C", None, "@C", "confidential")],
)
def test_other_spellings_of_flags(
    tsv: Callable[..., Path], cell: str, value: float | None, flag: str, status: str
) -> None:
    rows = eurostat.read_waste(tsv("unit,hazard,nace_r2,waste,geo\\time\t2020 ", f"T,HAZ,A,W11,LU\t{cell} "))
    assert shown(rows) == [("LU", 2020, value, status, flag, 2)]


def test_what_a_short_line_lacks_is_missing(tsv: Callable[..., Path]) -> None:
    rows = eurostat.read_waste(tsv(WASTE_HEADER, "A,T,HAZ_NHAZ,A,PRIM,LU\t4"))
    assert rows["status"].tolist() == ["available", "missing", "missing"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "header"),
        ([""], "header"),
        (["<html><body>Sorry</body></html>"], "header"),
        ([WASTE_HEADER], "no series"),
        ([WASTE_HEADER, "", "  "], "no series"),
        (["freq,unit,nace_r2,waste,geo\\TIME_PERIOD\t2020 ", "A,T,A,PRIM,LU\t1 "], "hazard"),
        ([WASTE_HEADER.replace("2018", "2018-Q1"), *WASTE_LINES], "2018-Q1"),
        ([WASTE_HEADER, "A,T,HAZ_NHAZ,A,PRIM,LU\t1 \t2 \t3 \t4 "], "more fields"),
        ([WASTE_HEADER, "A,T,HAZ_NHAZ,A,PRIM\t1 \t2 \t3 "], "does not name all"),
        ([WASTE_HEADER, "A,T,HAZ_NHAZ,A,PRIM,LU,x\t1 \t2 \t3 "], "does not name all"),
        ([WASTE_HEADER, WASTE_LINES[0]], "unit T"),
        ([WASTE_HEADER, WASTE_LINES[1], WASTE_LINES[1]], "twice"),
    ],
)
def test_a_damaged_file_is_refused_with_its_reason(tsv: Callable[..., Path], lines: list[str], said: str) -> None:
    with pytest.raises(UnreadableOpenData, match=said):
        eurostat.read_waste(tsv(*lines))


def test_bytes_that_are_no_text_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(UnreadableOpenData, match="UTF-8"):
        eurostat.read_waste(path)
    with pytest.raises(UnreadableOpenData, match="is not a text"):
        eurostat.read_waste(tmp_path / "none.tsv")


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**9)), min_size=1, max_size=30), st.sampled_from(["", "b", "be"]))
def test_every_number_is_read_as_it_is_written_and_nothing_else_is(values: list[int | None], flag: str) -> None:
    known = eurostat._known_cells(pd.Series([f"{':' if v is None else v} {flag}" for v in values], dtype="str"))
    expected = np.array([np.nan if v is None else v for v in values], dtype=float)
    np.testing.assert_array_equal(known["value"], expected)
    assert (known["status"] == np.where(expected == 0, "zero", np.where(expected > 0, "available", "missing"))).all()


@given(st.text(max_size=12))
def test_no_text_of_a_cell_breaks_the_reader_or_makes_a_number_up(text: str) -> None:
    known = eurostat._known_cells(pd.Series([text], dtype="str")).iloc[0]
    assert math.isnan(known["value"]) or any(letter.isdigit() for letter in text)
    assert math.isnan(known["value"]) == (known["status"] in ("missing", "confidential"))


def test_the_landed_table_keeps_every_cell(tsv: Callable[..., Path], tmp_path: Path) -> None:
    rows = eurostat.read_waste(tsv(WASTE_HEADER, *WASTE_LINES))
    write_table(rows, tmp_path / "t.parquet", eurostat.WASTE_SCHEMA)
    back = read_table(tmp_path / "t.parquet")
    assert back["value"].isna().tolist() == rows["value"].isna().tolist()
    assert back["status"].tolist() == rows["status"].tolist()
    empty = pd.DataFrame(columns=list(eurostat.WASTE_SCHEMA))
    write_table(empty, tmp_path / "e.parquet", eurostat.WASTE_SCHEMA)
    assert list(read_table(tmp_path / "e.parquet").columns) == list(eurostat.WASTE_SCHEMA)


@pytest.fixture(scope="module")
def waste(providers_files: Path) -> pd.DataFrame:
    began = time.perf_counter()
    rows = eurostat.read_waste(providers_files / "eurostat_env_wasgen" / "waste_gen_eu.tsv")
    assert time.perf_counter() - began < 5
    return rows


def test_the_real_file_has_all_its_cells(waste: pd.DataFrame) -> None:
    """Counts of SOURCES.md beside the file."""
    assert len(waste) == 38_311 * 9
    lu = waste[waste["geo"] == "LU"]
    assert len(lu) == 9_585
    assert int((lu["status"] == "missing").sum()) == 2_505
    assert lu.loc[lu["flag"] != "", "flag"].tolist() == ["e"]
    assert waste["reason"].isna().all()


def test_in_the_real_file_confidential_is_told_from_zero_and_missing(
    waste: pd.DataFrame, providers_files: Path
) -> None:
    """Counted apart, straight from the text."""
    text = (providers_files / "eurostat_env_wasgen" / "waste_gen_eu.tsv").read_text()
    cells = [cell.strip() for line in text.splitlines()[1:] for cell in line.split("\t")[1:]]
    counts = waste["status"].value_counts()
    hidden = sum(cell.startswith(":") and "c" in cell for cell in cells)
    assert counts["confidential"] == hidden > 0
    assert counts["missing"] == sum(cell.startswith(":") for cell in cells) - hidden
    assert counts["zero"] == sum(cell.split(" ")[0] == "0" for cell in cells)
    assert waste.loc[waste["status"] == "confidential", "value"].isna().all()


def test_luxembourgs_totals_are_those_of_the_provider(waste: pd.DataFrame) -> None:
    total = waste.query("geo == 'LU' and activity_code == 'TOTAL_HH' and category_code == 'TOTAL'")
    assert dict(zip(total["year"], total["value"], strict=True)) == {
        2004: 8_315_766, 2006: 8_378_911, 2008: 9_592_144, 2010: 10_441_469, 2012: 8_397_228,
        2014: 7_072_758, 2016: 10_020_519, 2018: 9_014_397, 2020: 9_215_222,
    }  # fmt: skip


def test_the_real_recycling_rates_are_percentages(providers_files: Path) -> None:
    rates = eurostat.read_recycling_rates(providers_files / "eurostat_env_wasgen" / "recycling_rate_eu.tsv")
    assert len(rates) == 292 * 24
    assert rates["value"].dropna().between(0, 100).mean() > 0.99
    lu = rates.query("geo == 'LU' and category_code == 'W1501' and value == value")
    assert lu["year"].min() >= 1997
