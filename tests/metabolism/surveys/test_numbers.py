"""Numbers and dates, in every spelling that the contract allows."""

from __future__ import annotations

import datetime
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.surveys.numbers import (
    AMBIGUOUS,
    NOT_A_DATE,
    NOT_A_NUMBER,
    OK,
    both_readings,
    parse_dates,
    parse_numbers,
    plain_text,
)

BLANKS = [" ", "\u00a0", "\u202f", "\u2009"]

anything = st.one_of(
    st.text(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


def grouped(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator)


SPELLINGS = {
    "1234.5": lambda whole, part: (f"{whole}.{part}", "0.5"),
    "1234,5": lambda whole, part: (f"{whole},{part}", "0,5"),
    "1,234.5": lambda whole, part: (f"{grouped(whole, ',')}.{part}", "0.5"),
    "1.234,5": lambda whole, part: (f"{grouped(whole, '.')},{part}", "0,5"),
    "1 234,5": lambda whole, part: (f"{grouped(whole, ' ')},{part}", "0,5"),
    "1 234.5": lambda whole, part: (f"{grouped(whole, ' ')}.{part}", "0.5"),
    "1'234.5": lambda whole, part: (grouped(whole, "'") + f".{part}", "0.5"),
    "1’234.5": lambda whole, part: (grouped(whole, "’") + f".{part}", "0.5"),
    **{f"1{blank}234,5": lambda whole, part, b=blank: (f"{grouped(whole, b)},{part}", "0,5") for blank in BLANKS},
}

wholes = st.integers(0, 10**12).map(str)
parts = st.integers(1, 9).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))


def read(*cells: object, decimal: str | None = None) -> list[float]:
    numbers, problems = parse_numbers(pd.Series(cells, dtype=object), decimal)
    assert set(problems) <= {OK}, list(problems)
    return list(numbers)


def problems_of(*cells: object, decimal: str | None = None) -> list[str]:
    return list(parse_numbers(pd.Series(cells, dtype=object), decimal)[1])


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(whole=wholes, part=parts, sign=st.sampled_from(["", "-", "+", "−"]))
def test_a_number_written_in_an_allowed_spelling_is_read_back_exactly(
    spelling: str, whole: str, part: str, sign: str
) -> None:
    written, decider = SPELLINGS[spelling](whole, part)
    expected = float(f"{sign.replace('−', '-')}{whole}.{part}")
    assert read(sign + written, decider)[0] == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_program_writes_is_read_back_exactly(number: float) -> None:
    assert read(repr(number), "0.5")[0] == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_of_a_workbook_is_never_ambiguous(number: float) -> None:
    assert read(number) == [number]
    assert read(1.234, number, 1234.0)[0] == 1.234


@pytest.mark.parametrize("written", ["1.234", "1,234", "-12.345", "+999,000"])
def test_an_ambiguous_spelling_alone_stays_open(written: str) -> None:
    assert problems_of(written) == [AMBIGUOUS]
    assert math.isnan(parse_numbers(pd.Series([written]))[0][0])


@pytest.mark.parametrize(
    ("others", "point", "comma"),
    [
        (["0.5"], 1.234, 1234.0),
        (["0,5"], 1234.0, 1.234),
        (["1,234.5"], 1.234, 1234.0),
        (["1.234,5"], 1234.0, 1.234),
        (["1,234,567"], 1.234, 1234.0),
        (["1.234.567"], 1234.0, 1.234),
        (["1 234,5"], 1234.0, 1.234),
        (["1'234.5"], 1.234, 1234.0),
        (["1234.567"], 1.234, 1234.0),
        (["0,500"], 1234.0, 1.234),
        (["12,34", "100", ""], 1234.0, 1.234),
    ],
)
def test_the_rest_of_the_column_decides(others: list[str], point: float, comma: float) -> None:
    numbers = read("1.234", "1,234", *others)
    assert numbers[:2] == [point, comma]


@pytest.mark.parametrize(
    "others", [["1234"], ["1 234"], ["n/a"], [0.5], [""], ["0.5", "0,5"], ["1,234.5", "1.234,5"], ["2,345"]]
)
def test_what_the_column_does_not_decide_stays_open(others: list[object]) -> None:
    assert problems_of("1.234", *others)[0] == AMBIGUOUS


def test_a_mapping_may_say_the_separator() -> None:
    assert read("1.234", decimal=",") == [1234.0]
    assert read("1.234", decimal=".") == [1.234]
    assert read("0,5", "1,234.5", decimal=".") == [0.5, 1234.5], "a spelling that can be read one way only is read so"


def test_both_readings_of_an_open_spelling_are_told() -> None:
    assert both_readings("1.234") == ("1.234", "1234")
    assert both_readings("−1,234") == ("-1.234", "-1234")


@pytest.mark.parametrize(
    "written",
    [
        "n/a",
        "12 t",
        "ca. 5",
        "1,23,456",
        "12.34.5",
        "1.2345,6",
        "1 23",
        "--5",
        "5-",
        "½",
        "∞",
        "nan",
        "inf",
        "1e999",
        "1_000",
        "٣",
        "0x10",
        ".",
    ],
)
def test_what_is_no_number_is_said_so(written: str) -> None:
    assert problems_of(written) == [NOT_A_NUMBER]


@pytest.mark.parametrize("cell", [True, False, datetime.date(2025, 1, 1), math.inf, 10**400])
def test_a_workbook_cell_that_is_no_quantity_is_said_so(cell: object) -> None:
    assert problems_of(cell) == [NOT_A_NUMBER]


@pytest.mark.parametrize("cell", ["", "  ", "\u00a0", None, math.nan, pd.NaT, pd.NA])
def test_an_empty_cell_is_no_problem_and_no_number(cell: object) -> None:
    numbers, problems = parse_numbers(pd.Series([cell, "5"], dtype=object))
    assert math.isnan(numbers[0])
    assert list(problems) == [OK, OK]


@given(st.lists(anything, max_size=8), st.sampled_from([None, ".", ","]))
def test_no_cell_stops_a_column(cells: list[object], decimal: str | None) -> None:
    column = pd.Series(cells, dtype=object, index=pd.RangeIndex(5, 5 + len(cells)))
    numbers, problems = parse_numbers(column, decimal)
    assert list(numbers.index) == list(problems.index) == list(column.index)
    assert numbers.dtype == float
    empty = plain_text(column) == ""
    assert (numbers.notna() == ((problems == OK) & ~empty)).all(), "a filled cell is a number or a problem"
    assert not numbers.isin([math.inf, -math.inf]).any()


@given(st.lists(st.sampled_from(["1.234", "2,345", "0.5", "0,5", "7", "x", "1,234,567"]), min_size=1), st.randoms())
def test_the_order_of_rows_decides_nothing(cells: list[str], random: object) -> None:
    order = list(range(len(cells)))
    random.shuffle(order)  # type: ignore[attr-defined]
    numbers, problems = parse_numbers(pd.Series(cells))
    shuffled, shuffled_problems = parse_numbers(pd.Series(cells).iloc[order])
    assert shuffled.sort_index().equals(numbers)
    assert shuffled_problems.sort_index().equals(problems)


def test_a_text_column_of_pandas_is_read_as_well() -> None:
    column = pd.Series(["1,5", None, " 2 "], dtype="string")
    assert list(plain_text(column)) == ["1,5", "", "2"]
    assert parse_numbers(column)[0].tolist()[::2] == [1.5, 2.0]


# --- cells as text ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.0, "3"),
        (38.21, "38.21"),
        (True, "yes"),
        (False, "no"),
        (1, "1"),
        (datetime.datetime(2025, 12, 31), "2025-12-31"),
        (datetime.datetime(2025, 12, 31, 8, 30), "2025-12-31 08:30:00"),
        (datetime.date(2025, 12, 31), "2025-12-31"),
        (datetime.time(8, 5), "08:05"),
        (datetime.timedelta(hours=22), "22:00"),
        (" L’Oréal –\u00a0Sàrl ", "L’Oréal – Sàrl"),
    ],
)
def test_a_workbook_cell_as_text(cell: object, text: str) -> None:
    assert list(plain_text(pd.Series([cell], dtype=object))) == [text]


# --- dates -----------------------------------------------------------------------------------------------------------


@given(st.dates())
def test_a_date_in_an_allowed_spelling_is_read_back(day: datetime.date) -> None:
    iso = day.isoformat()
    written = [iso, f"{day.day:02d}.{day.month:02d}.{day.year:04d}", f"{day.day}/{day.month}/{day.year:04d}", day]
    dates, problems = parse_dates(pd.Series(written, dtype=object))
    assert list(dates) == [iso] * 4
    assert list(problems) == [OK] * 4


@pytest.mark.parametrize(
    "written", ["2025-02-30", "31.04.2025", "12/31/2025", "soon", "31.12.25", "1/2.2025", "0000-01-01"]
)
def test_what_is_no_date_is_said_so(written: str) -> None:
    dates, problems = parse_dates(pd.Series([written]))
    assert list(dates) == [None]
    assert list(problems) == [NOT_A_DATE]


@given(st.lists(anything, max_size=5))
def test_no_cell_stops_a_column_of_dates(cells: list[object]) -> None:
    column = pd.Series(cells, dtype=object)
    dates, problems = parse_dates(column)
    for text, date, problem in zip(plain_text(column), dates, problems, strict=True):
        assert (date is None) == (text == "" or problem == NOT_A_DATE)
