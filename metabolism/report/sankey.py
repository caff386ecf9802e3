"""Where the bands of a Sankey go: geometry in pixels of the figure's own viewBox. The template only draws it.

A figure has one scale: pixels per unit of the family, the same left and right, so a band twice as high is
twice the quantity, however small. Labels need more room than a thin band has, therefore each band sits in a
slot that is as high as the higher of the two. Two forms are made of every figure: a wide one for screens,
projectors and paper, and a narrow one for telephones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from metabolism.report import figures, units
from metabolism.report.bands import Band, Group, Picture
from metabolism.report.lettering import ELLIPSIS, width, wrap
from metabolism.report.sides import TITLES, UNDETERMINED, Way

LINE = 1.25  # line height, in font sizes


@dataclass(frozen=True)
class Form:
    """The measures of one form of the figure, in pixels."""

    name: str
    width: float
    label: float
    bar: float
    gap: float
    node: float
    flow: float
    size: float
    head: float

    def x(self, way: Way) -> dict[str, float]:
        """Where a way's label, bar and face of the territory stand; `out` is the mirror of `in`."""
        face = (self.width - self.node) / 2
        if way == "in":
            return {"label": self.label, "bar": self.label + self.gap, "face": face}
        bar = self.width - self.label - self.gap - self.bar
        return {"label": self.width - self.label, "bar": bar, "face": self.width - face - self.bar}


WIDE = Form("wide", width=1000, label=252, bar=9, gap=10, node=180, flow=270, size=14, head=22)
NARROW = Form("narrow", width=358, label=112, bar=6, gap=5, node=44, flow=230, size=11.5, head=15)
FORMS = (WIDE, NARROW)


@dataclass(frozen=True)
class Text:
    """One line; `runs` are pieces of it with their class."""

    x: float
    y: float
    anchor: str
    size: float
    runs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Ribbon:
    """A band between two verticals, equally high at both ends. `vague`: its other end is not known."""

    x1: float
    top1: float
    x2: float
    top2: float
    height: float
    colour: str
    vague: bool = False

    @property
    def path(self) -> str:
        """The outline: along the upper edge, down, and back along the lower one."""
        middle = f"{(self.x1 + self.x2) / 2:.2f}"
        x1, x2 = f"{self.x1:.2f}", f"{self.x2:.2f}"
        top1, top2 = f"{self.top1:.3f}", f"{self.top2:.3f}"
        low1, low2 = f"{self.top1 + self.height:.3f}", f"{self.top2 + self.height:.3f}"
        there = f"M{x1} {top1}C{middle} {top1} {middle} {top2} {x2} {top2}"
        return f"{there}L{x2} {low2}C{middle} {low2} {middle} {low1} {x1} {low1}Z"


@dataclass
class Drawing:
    """What the template draws. `bars[way]` are the coloured ends of the bands, in the order of the groups."""

    form: str
    width: float
    height: float = 0.0
    node: Box = Box(0, 0, 0, 0, "")
    texts: list[Text] = field(default_factory=list)
    ribbons: list[Ribbon] = field(default_factory=list)
    bars: dict[Way, list[Box]] = field(default_factory=lambda: {"in": [], "out": []})
    faces: list[Box] = field(default_factory=list)


@dataclass(frozen=True)
class Slot:
    """The room of one heading (without a band) or of one band, from the top of its column."""

    group: Group
    band: Band | None
    lines: tuple[tuple[tuple[str, str], ...], ...]
    top: float
    height: float


def draw(picture: Picture, name: str, form: Form) -> Drawing:
    """Lay out a family's picture; `name` is the territory's."""
    drawing = Drawing(form.name, form.width)
    scale = form.flow / max(sum(group.value for group in groups) for groups in picture.groups.values())
    top = _heads(drawing, picture, form)
    columns = {way: _column(groups, picture, scale, form) for way, groups in picture.groups.items()}
    heights = {way: slots[-1].top + slots[-1].height if slots else 0.0 for way, slots in columns.items()}
    body = max(*heights.values(), form.flow)
    face = (body - form.flow) / 2
    faces: dict[Way, list[Box]] = {}
    for way, slots in columns.items():
        middle = face + sum(group.value for group in picture.groups[way]) * scale / 2
        # a short column stands as near its face as there is room
        column = min(max(middle - heights[way] / 2, 0), body - heights[way])
        faces[way] = _way(drawing, slots, way, (top + column, top + face), scale, form)
    drawing.node = Box(form.x("in")["face"], top + face - 5, form.node, form.flow + 10, "")
    inside = _through(drawing, picture, faces)
    _name(drawing, name, inside, form)
    drawing.height = round(top + body + 8, 1)
    return drawing


def _heads(drawing: Drawing, picture: Picture, form: Form) -> float:
    """The totals above both columns; gives back where the columns may start."""
    deepest = max(_head(drawing, picture, way, _total(picture, way, form), form) for way in TITLES)
    return form.head + max(deepest, 2) * form.size * LINE + form.size * 1.6


def _name(drawing: Drawing, name: str, inside: float, form: Form) -> None:
    """The territory's name: in its box, below the internal bands (`inside` pixels high), or else above,
    between the totals.
    """
    lines = wrap(name, form.node - 2 * form.bar - form.size, form.size, 4, bold=True)
    block = len(lines) * form.size * LINE
    free = form.flow - inside
    if free > block + form.size and not any(ELLIPSIS in line for line in lines):
        top = drawing.node.y + 5 + inside + (free - block) / 2
    else:
        lines = wrap(name, form.width - 2 * (form.label + form.gap), form.size, 3, bold=True)
        top = form.head - form.size
    for row, line in enumerate(lines):
        y = top + row * form.size * LINE + form.size
        drawing.texts.append(Text(form.width / 2, y, "middle", form.size, (("name", line),)))


def _total(picture: Picture, way: Way, form: Form) -> list[tuple[str, str]]:
    total = picture.totals[way]
    if total is None:
        return [("quiet", picture.language.gettext("no flow known"))]
    written = figures.write(total, picture.language, picture.unit)
    interval = written.interval
    if width(interval, form.size) > form.label:
        interval = interval.replace("–", "– ")  # a long one breaks behind its dash: figures are never cut
    return [("value", written.value), *(("quiet", line) for line in wrap(interval, form.label, form.size))]


def _head(drawing: Drawing, picture: Picture, way: Way, lines: list[tuple[str, str]], form: Form) -> int:
    """The title of a column and its lines; gives back how many lines there are below the title."""
    anchor, x = ("end", form.label) if way == "in" else ("start", form.width - form.label)
    drawing.texts.append(Text(x, form.head, anchor, form.head, (("title", picture.language.message(TITLES[way])),)))
    for row, run in enumerate(lines, start=1):
        drawing.texts.append(Text(x, form.head + row * form.size * LINE + 2, anchor, form.size, (run,)))
    return len(lines)


def _column(groups: Sequence[Group], picture: Picture, scale: float, form: Form) -> list[Slot]:
    """The slots of one way from top to bottom: each group's heading, then its bands."""
    slots: list[Slot] = []
    y = 0.0
    for group in groups:
        for band in (None, *group.bands):
            lines = _band_lines(band, picture, form) if band else _group_lines(group, picture, form)
            room = len(lines) * form.size * LINE + 4
            height = max(room, band.value * scale + 3) if band else room
            slots.append(Slot(group, band, tuple(lines), y, height))
            y += height
        y += form.size * 0.9
    return slots


def _group_lines(group: Group, picture: Picture, form: Form) -> list[tuple[tuple[str, str], ...]]:
    """A group's heading, with its sum where it has several bands."""
    value = _amount(group.value, group.step, picture) if len(group.bands) > 1 else ""
    return _label(group.heading, value, "group", form)


def _band_lines(band: Band, picture: Picture, form: Form) -> list[tuple[tuple[str, str], ...]]:
    return _label(band.label, _amount(band.value, band.step, picture), "label", form)


def _label(words: str, value: str, kind: str, form: Form) -> list[tuple[tuple[str, str], ...]]:
    """Words and value on one line where they fit, else the value below."""
    bold = kind == "group"
    lines: list[tuple[tuple[str, str], ...]] = [((kind, line),) for line in wrap(words, form.label, form.size, 3, bold)]
    if not value:
        return lines
    together = width(lines[-1][0][1], form.size, bold) + width(f"  {value}", form.size, bold=True)
    if together <= form.label:
        return [*lines[:-1], (lines[-1][0], ("value", f"  {value}"))]
    return [*lines, (("value", value),)]


def _way(
    drawing: Drawing, slots: list[Slot], way: Way, tops: tuple[float, float], scale: float, form: Form
) -> list[Box]:
    """Bars, labels and ribbons of one way, and the pieces of the territory's face, which it gives back.

    `tops` are where the column and the face begin.
    """
    top, face = tops
    x = form.x(way)
    pieces: list[Box] = []
    for slot in slots:
        _lines(drawing, slot, x["label"], top, "end" if way == "in" else "start", form)
        if slot.band is None:
            continue
        height = slot.band.value * scale
        bar = Box(x["bar"], top + slot.top + (slot.height - height) / 2, form.bar, height, slot.band.colour)
        piece = Box(x["face"], face, form.bar, height, slot.band.colour)
        ends = (bar, piece) if way == "in" else (piece, bar)
        vague = slot.group.side == UNDETERMINED[way]
        drawing.ribbons.append(_between(*ends, vague))
        drawing.bars[way].append(bar)
        pieces.append(piece)
        face += height
    drawing.faces.extend(pieces)
    return pieces


def _between(left: Box, right: Box, vague: bool = False) -> Ribbon:
    return Ribbon(left.x + left.width, left.y, right.x, right.y, left.height, left.colour, vague)


def _lines(drawing: Drawing, slot: Slot, x: float, top: float, anchor: str, form: Form) -> None:
    """The lines of a slot's label, centred on its height."""
    block = len(slot.lines) * form.size * LINE
    first = top + slot.top + (slot.height - block) / 2 + form.size * 0.95
    for row, runs in enumerate(slot.lines):
        drawing.texts.append(Text(x, first + row * form.size * LINE, anchor, form.size, runs))


def _through(drawing: Drawing, picture: Picture, faces: dict[Way, list[Box]]) -> float:
    """Bands that are internal cross the territory from one face to the other.

    Gives back how high they are together, in pixels.
    """
    inside: dict[Way, tuple[Band, ...]] = {
        way: next((group.bands for group in groups if group.side == "internal"), ())
        for way, groups in picture.groups.items()
    }
    crossing = [
        (left, right)
        for left, right, band, other in zip(faces["in"], faces["out"], inside["in"], inside["out"], strict=False)
        if band == other
    ]
    drawing.ribbons.extend(_between(left, right) for left, right in crossing)
    return sum(left.height for left, _ in crossing)


def describe(picture: Picture) -> str:
    """The figure in words, for who cannot see it."""
    return " ".join(_describe_way(picture, way) for way in ("in", "out"))


def _describe_way(picture: Picture, way: Way) -> str:
    language, groups = picture.language, picture.groups[way]
    title = language.message(TITLES[way])
    if not groups:
        return language.gettext("%(way)s: no flow known.", way=title)
    parts = (
        language.gettext("%(origin)s: %(flows)s", origin=group.heading, flows=_flows(picture, group))
        for group in groups
    )
    return language.gettext("%(way)s: %(flows)s.", way=title, flows="; ".join(parts))


def _flows(picture: Picture, group: Group) -> str:
    return ", ".join(f"{band.label} {_amount(band.value, band.step, picture)}" for band in group.bands)


def _amount(value: float, step: int, picture: Picture) -> str:
    return units.behind(figures.number(value, step, picture.language), picture.unit, picture.language)
