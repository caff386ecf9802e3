"""The small figure beside an indicator: its value as a dot, its 95 % interval as a line, what it is compared with as
marks, all on one scale. Geometry only.
"""

from dataclasses import dataclass

from metabolism.report.figures import Figure

WIDTH = 200.0
MARGIN = 8.0


@dataclass(frozen=True)
class Dots:
    """Places in pixels from the left; None where there is nothing to mark. `open`: the interval has no upper end."""

    value: float
    low: float
    high: float
    zero: float | None
    reference: float | None
    before: float | None
    open: bool


def dots(figure: Figure, reference: float | None, before: float | None) -> Dots | None:
    """None where the value is not known, or where there is nothing but a nought."""
    if figure.value is None:
        return None
    marks = [one for one in (figure.value, figure.low, figure.high, reference, before) if one is not None]
    no_end = figure.high is None and figure.low is not None
    least, most = min(0.0, *marks), max(0.0, *marks) * (1.25 if no_end else 1.0)
    if most <= least:
        return None

    def place(one: float) -> float:
        return MARGIN + (one - least) / (most - least) * (WIDTH - 2 * MARGIN)

    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return Dots(
        value=place(figure.value),
        low=place(low),
        high=WIDTH if no_end else place(high),
        zero=place(0.0),
        reference=None if reference is None else place(reference),
        before=None if before is None else place(before),
        open=no_end,
    )
