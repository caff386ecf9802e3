"""The small bars beside the key facts: a family's in and out on one scale, each with its 95 % interval.
Geometry only.
"""

from dataclasses import dataclass

from metabolism.report.figures import Figure

WIDTH = 240.0
ROOM = 1.04  # the scale ends a little beyond the largest upper end


@dataclass(frozen=True)
class Bar:
    """A bar from nought to `value` and a whisker from `low` to `high`, in pixels; `open` where there is no
    upper bound.
    """

    value: float
    low: float
    high: float
    open: bool


def bars(figures: list[Figure | None]) -> list[Bar | None]:
    """Bars of one scale for figures of one unit; None where there is no figure."""
    known = [figure for figure in figures if figure and figure.value is not None]
    largest = max((_end(figure) for figure in known), default=0.0) * ROOM
    return [_bar(figure, largest) if figure in known and largest > 0 else None for figure in figures]


def _end(figure: Figure) -> float:
    value = figure.value or 0.0
    return max(value, figure.high) if figure.high is not None else value * (1.3 if _is_open(figure) else 1.0)


def _is_open(figure: Figure) -> bool:
    """No `high` although there is a `low`: the interval has no upper end."""
    return figure.high is None and figure.low is not None


def _bar(figure: Figure | None, largest: float) -> Bar | None:
    if figure is None or figure.value is None:
        return None
    value = max(figure.value, 0.0)
    low = value if figure.low is None else max(figure.low, 0.0)
    high = value if figure.high is None else figure.high
    scale = WIDTH / largest
    return Bar(value * scale, low * scale, WIDTH if _is_open(figure) else high * scale, _is_open(figure))
