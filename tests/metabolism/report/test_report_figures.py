"""How figures are written."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metabolism.report import figures, units
from metabolism.report.figures import MINUS, Figure, step
from metabolism.report.language import THIN, of

EN, FR, DE = of("en"), of("fr"), of("de")


def write(figure: Figure) -> figures.Written:
    return figures.write(figure, EN)


def number(quantity: float, exponent: int) -> str:
    return figures.number(quantity, exponent, EN)


quantities = st.floats(min_value=1e-3, max_value=1e12, allow_nan=False)
relative_sds = st.floats(min_value=1e-4, max_value=2.0, allow_nan=False)


def read(written: str) -> float:
    return float(written.replace(",", "").replace(MINUS, "-"))


@pytest.mark.parametrize(
    ("value", "sd", "written"),
    [
        (24.529411765, 0.642318555, "24.5"),
        (2600.0, 127.587749814, "2,600"),
        (1303.99974, 25.058030625, "1,304"),
        (3649.513600571, 74.2, "3,650"),
        (100.0, 3.06, "100.0"),
        (1234567.0, 98000.0, "1,230,000"),
        (0.0, 3.0, "0"),
        (0.4, 100.0, "0.4"),  # far below its sd, yet not nought
        (-12.34, 1.0, "−12.3"),
        (3650.0, 0.0, "3,650"),
        (24.529411765, None, "24.5"),
        (0.000012, 0.000001, "< 0.0001"),
    ],
)
def test_digits_follow_the_sd(value: float, sd: float | None, written: str) -> None:
    assert write(Figure(value, sd)).value == written.replace(" ", THIN)


@given(quantities, relative_sds)
def test_rounding_never_moves_a_value_by_more_than_a_sixth_of_its_sd(value: float, relative: float) -> None:
    sd = value * relative
    assume(sd >= 1e-3)  # finer than that no figure is written
    moved = abs(read(write(Figure(value, sd)).value) - value)
    assert moved <= sd / 6 + 1e-9 * value


@given(quantities, relative_sds)
def test_no_figure_pretends_to_more_than_its_sd(value: float, relative: float) -> None:
    sd = value * relative
    assert 10.0 ** step(value, sd) >= min(sd / 40, 10.0**-4) or math.isclose(sd, 0)


@given(quantities, quantities, relative_sds)
def test_rounding_keeps_the_order_of_low_value_and_high(first: float, second: float, relative: float) -> None:
    low, high = sorted((first, second))
    exponent = step(high, high * relative)
    assume(low >= 10.0**-4)
    assert read(number(low, exponent)) <= read(number(high, exponent))


@pytest.mark.parametrize(
    ("figure", "value", "interval"),
    [
        (Figure(6.0, 1.53, 3.5, None), "6.0", "from 3.5, no upper bound"),
        (Figure(None), "not known", ""),
        (Figure(None, None, 2.0, 8.0), "not known", "2.00–8.00"),
        (Figure(6.0, None), "6", "interval not known"),
        (Figure(7.0, 0.0, 7.0, 7.0), "7", "exact"),
        (Figure(0.0, 2.0, 0.0, 4.1), "0", "0–4.1"),
    ],
)
def test_nulls_have_words_and_are_never_nought(figure: Figure, value: str, interval: str) -> None:
    written = write(figure)
    assert (written.value, written.interval) == (value, interval)


def test_a_share_is_not_rounded_to_all_or_nothing() -> None:
    assert [figures.share(part, EN) for part in (0.0, 0.001, 0.5, 0.999, 1.0)] == [
        f"0{THIN}%",
        f"under 1{THIN}%",
        f"50{THIN}%",
        f"over 99{THIN}%",
        f"100{THIN}%",
    ]


@pytest.mark.parametrize(("language", "written"), [(EN, "1,234.5"), (FR, "1\u202f234,5"), (DE, "1.234,5")])
def test_numbers_are_written_as_the_language_does(language, written: str) -> None:
    assert figures.number(1234.5, -1, language) == written
    assert figures.write(Figure(1234.5, 0.0), language).value == written


def test_a_number_that_is_exact_loses_its_noughts_in_every_language() -> None:
    assert [figures.write(Figure(1200.0, 0.0), language).value for language in (EN, FR, DE)] == [
        "1,200",
        "1\u202f200",
        "1.200",
    ]


def test_a_figure_with_an_sd_alone_has_a_symmetric_interval_that_ends_at_its_floor() -> None:
    assert Figure.around(10.0, 2.0).low == pytest.approx(6.08)
    assert Figure.around(10.0, 2.0).high == pytest.approx(13.92)
    assert Figure.around(1.0, 2.0, floor=0.0).low == 0.0
    assert Figure.around(None, 2.0) == Figure(None, 2.0)


@pytest.mark.parametrize(
    ("unit", "language", "written"),
    [
        ("m3", EN, "m³"),
        ("trip", DE, "Fahrten"),
        ("t CO2e", EN, "t\u202fCO₂e"),
        ("t/employee", FR, "t par salarié"),
        ("EUR/year", DE, "€ je Jahr"),
        ("share", EN, "%"),
        ("kWh/m2", EN, "kWh per m²"),
        ("place/100 employees", DE, "Plätze je 100\u202fBeschäftigte"),
        ("0-10", FR, "/ 10"),
        ("furlong", EN, "furlong"),
        ("", FR, ""),
    ],
)
def test_units_are_signs_or_words(unit: str, language, written: str) -> None:
    assert units.sign(unit, language) == written


def test_a_share_is_shown_in_percent_with_its_interval() -> None:
    written = figures.write(Figure(0.62, 0.04, 0.54, 0.69), FR, "share")
    assert (written.value, written.interval) == (f"62{THIN}%", "54–69")
