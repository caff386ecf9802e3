"""How a figure is written: as many digits as its sd allows, in the signs of the page's language, words instead of
a null.

A figure is rounded by the rule of the Particle Data Group: the three leading digits of its sd decide. Up to
354 the sd keeps two digits, above it keeps one, and the value, `low` and `high` are rounded to the same
place. So 24.529 with an sd of 0.64 is written 24.5, and no rounding moves a value by more than 0.15 of its
sd.
"""

import math
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal

from metabolism.report import units
from metabolism.report.language import THIN, Language
from metabolism.uncertainty import Z_95

MINUS = "\u2212"
FINEST = -4  # no figure is written finer than 0.0001: of a tonne that is 100 g, of a MWh 100 Wh
DIGITS_IF_EXACT = 6
DIGITS_IF_SD_UNKNOWN = 3
FINEST_EXACT_PERCENT = -1
NOISE = 1e-9  # an sd below this share of the value is what floating point leaves of nought


@dataclass(frozen=True)
class Figure:
    """A quantity, its sd and its 95 % interval, all in one unit; None where not known."""

    value: float | None
    sd: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def around(cls, value: float | None, sd: float | None, floor: float = -math.inf) -> "Figure":
        """A figure that has an sd alone: its interval is symmetric, and ends at `floor`."""
        if value is None or sd is None:
            return cls(value, sd)
        return cls(value, sd, min(max(value - Z_95 * sd, floor), value), value + Z_95 * sd)

    def times(self, factor: float) -> "Figure":
        scaled = (None if one is None else one * factor for one in (self.value, self.sd, self.low, self.high))
        return Figure(*scaled)


@dataclass(frozen=True)
class Written:
    """A figure as text: the value, its 95 % interval (may be empty), and whether the value is known. `open`: the
    interval has no upper end. `bounded`: there is an interval.
    """

    value: str
    interval: str
    known: bool
    open: bool = False
    bounded: bool = True


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


def number(quantity: float, exponent: int, language: Language) -> str:
    """A number rounded to a power of ten, as text."""
    place = Decimal(1).scaleb(exponent)
    rounded = Decimal(repr(quantity)).quantize(place, ROUND_HALF_EVEN, Context(prec=700))
    if rounded == 0 and quantity != 0 and exponent == FINEST:
        least = language.digits("0.0001")
        return f"<{THIN}{least}" if quantity > 0 else f">{THIN}{MINUS}{least}"
    if rounded == 0:
        return "0"
    written = language.digits(format(abs(rounded), ",f"))
    return MINUS + written if rounded < 0 else written


def interval(figure: Figure, exponent: int, language: Language) -> str:
    """The 95 % interval as text. A null `high` means that the uncertainty has no upper end, which is worth
    saying.
    """
    low = None if figure.low is None else number(figure.low, exponent, language)
    high = None if figure.high is None else number(figure.high, exponent, language)
    if figure.value is None and low is None and high is None:
        return ""
    if low is None and high is None:
        return language.gettext("interval not known")
    if high is None:
        return language.gettext("from %(low)s, no upper bound", low=low)
    if low is None:
        return language.gettext("up to %(high)s", high=high)
    if low == high and figure.sd == 0:
        return language.gettext("exact")
    # a minus within a range is read as one only where the range is in words
    return language.gettext("%(low)s to %(high)s", low=low, high=high) if MINUS in low else f"{low}–{high}"


def write(figure: Figure, language: Language, unit: str = "") -> Written:
    """A figure as text, with its unit behind the value where one is given."""
    if unit == "share":
        figure = figure.times(100)
    exponent = step(figure.value, figure.sd)
    if unit in ("share", "%", "point") and _is_exact(figure):
        exponent = max(exponent, FINEST_EXACT_PERCENT)
    if figure.value is None:
        finite = [end for end in (figure.low, figure.high) if end is not None]
        ends = interval(figure, step(max(finite, default=0.0), figure.sd), language)
        return Written(language.gettext("not known"), ends, known=False)
    value = units.behind(trimmed(figure, exponent, language), unit, language)
    ends = interval(figure, exponent, language)
    bounded = figure.low is not None or figure.high is not None
    return Written(value, ends, known=True, open=bounded and figure.high is None, bounded=bounded)


def _is_exact(figure: Figure) -> bool:
    return figure.sd is not None and figure.sd <= NOISE * abs(figure.value or 0.0)


def signed(written: Written, figure: Figure) -> Written:
    """A difference: a plus stands before what is more than nought."""
    more = figure.value is not None and figure.value > 0
    return replace(written, value=f"+{written.value}") if more else written


def trimmed(figure: Figure, exponent: int, language: Language) -> str:
    """The value as text. Noughts behind the point say how precise a figure is: without an sd they would say
    too much.
    """
    written = number(figure.value or 0.0, exponent, language)
    exact = not figure.sd or figure.sd <= NOISE * abs(figure.value or 0.0)
    if exact and language.point in written and written[0] not in "<>":
        return written.rstrip("0").rstrip(language.point)
    return written


def count(quantity: int, language: Language) -> str:
    """A whole number of things."""
    return number(float(quantity), 0, language)


def share(part: float, language: Language) -> str:
    """A share (0 to 1) in %. Nearly all is never written as all, nor nearly nothing as nothing."""
    percent = round(part * 100)
    if percent >= 100 and part < 1:
        return language.gettext("over 99 %%")
    if percent <= 0 and part > 0:
        return language.gettext("under 1 %%")
    return f"{percent}{THIN}%"
