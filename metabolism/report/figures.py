"""How a figure is written: as many digits as its sd allows, thin spaces between thousands, words instead of a
null.

A figure is rounded by the rule of the Particle Data Group: the three leading digits of its sd decide. Up to
354 the sd keeps two digits, above it keeps one, and the value, `low` and `high` are rounded to the same
place. So 24.529 with an sd of 0.64 is written 24.5, and no rounding moves a value by more than 0.15 of its
sd.
"""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

THIN = "\u202f"  # narrow no-break space: a number is never broken over two lines
MINUS = "\u2212"
FINEST = -4  # no figure is written finer than 0.0001: of a tonne that is 100 g, of a MWh 100 Wh
DIGITS_IF_EXACT = 6
DIGITS_IF_SD_UNKNOWN = 3
NOISE = 1e-9  # an sd below this share of the value is what floating point leaves of nought

UNITS = {"m3": "m³", "trip": "trips"}
UNIT_WORDS = {"t": "tonnes", "m3": "cubic metres", "MWh": "megawatt-hours", "trip": "trips"}


@dataclass(frozen=True)
class Figure:
    """A quantity, its sd and its 95 % interval, all in one unit; None where not known."""

    value: float | None
    sd: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Written:
    """A figure as text: the value, its 95 % interval (may be empty), and whether the value is known."""

    value: str
    interval: str
    known: bool


def magnitude(number: float) -> int:
    """The power of ten of the leading digit: 3 for 2,500 and -1 for 0.25."""
    return math.floor(math.log10(abs(number)))


def step(value: float | None, sd: float | None) -> int:
    """The power of ten to which a figure is rounded (2 = to hundreds, -1 = to tenths)."""
    exponent = FINEST
    if sd is None:
        exponent = magnitude(value) - DIGITS_IF_SD_UNKNOWN + 1 if value else 0
    elif sd <= NOISE * abs(value or 0.0):
        exponent = magnitude(value) - DIGITS_IF_EXACT + 1 if value else 0
    elif sd > 0:
        leading = sd / 10.0 ** magnitude(sd) if magnitude(sd) > -300 else 1.0
        exponent = magnitude(sd) - (1 if leading < 3.55 else 0)
    if value and abs(value) < 0.5 * 10.0**exponent:
        exponent = magnitude(value)  # much less than its own sd, yet not nought: keep one digit
    return max(exponent, FINEST)


def number(quantity: float, exponent: int) -> str:
    """A number rounded to a power of ten, as text."""
    place = Decimal(1).scaleb(exponent)
    rounded = Decimal(repr(quantity)).quantize(place, ROUND_HALF_EVEN, Context(prec=700))
    if rounded == 0 and quantity != 0 and exponent == FINEST:
        return f"<{THIN}0.0001" if quantity > 0 else f">{THIN}{MINUS}0.0001"
    if rounded == 0:
        return "0"
    written = format(abs(rounded), ",f").replace(",", THIN)
    return MINUS + written if rounded < 0 else written


def interval(figure: Figure, exponent: int) -> str:
    """The 95 % interval as text. A null `high` means that the uncertainty has no upper end, which is worth
    saying.
    """
    low = None if figure.low is None else number(figure.low, exponent)
    high = None if figure.high is None else number(figure.high, exponent)
    if figure.value is None and low is None and high is None:
        return ""
    if low is None and high is None:
        return "interval not known"
    if high is None:
        return f"from {low}, no upper bound"
    if low is None:
        return f"up to {high}"
    return "exact" if low == high and figure.sd == 0 else f"{low}–{high}"


def write(figure: Figure, unit: str = "") -> Written:
    """A figure as text, with its unit behind the value where one is given."""
    exponent = step(figure.value, figure.sd)
    if figure.value is None:
        finite = [end for end in (figure.low, figure.high) if end is not None]
        return Written("not known", interval(figure, step(max(finite, default=0.0), figure.sd)), known=False)
    return Written(with_unit(trimmed(figure, exponent), unit), interval(figure, exponent), known=True)


def trimmed(figure: Figure, exponent: int) -> str:
    """The value as text. Noughts behind the point say how precise a figure is: without an sd they would say
    too much.
    """
    written = number(figure.value or 0.0, exponent)
    exact = not figure.sd or figure.sd <= NOISE * abs(figure.value or 0.0)
    return written.rstrip("0").rstrip(".") if exact and "." in written and written[0] not in "<>" else written


def with_unit(written: str, unit: str) -> str:
    return f"{written}{THIN}{UNITS.get(unit, unit)}" if unit else written


def count(quantity: int) -> str:
    """A whole number of things."""
    return number(float(quantity), 0)


def things(quantity: int, one: str, many: str = "") -> str:
    """'1 row', '3 rows'."""
    return f"{count(quantity)} {one if quantity == 1 else many or one + 's'}"


def share(part: float) -> str:
    """A share (0 to 1) in %. Nearly all is never written as all, nor nearly nothing as nothing."""
    percent = round(part * 100)
    if percent >= 100 and part < 1:
        return f"over 99{THIN}%"
    if percent <= 0 and part > 0:
        return f"under 1{THIN}%"
    return f"{percent}{THIN}%"
