"""How wide a text is in a figure, and where it breaks. There is no browser here: widths are those of Arial, a
little generous.
"""

import unicodedata

NARROW = frozenset("ijl.,:;'|!()[]ftI /-\u202f\u00a0")
WIDE = frozenset("mwMW@%&—")
GENEROUS = 1.05  # fallback fonts run wider than Arial
ELLIPSIS = "…"


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels at a font size of `size` pixels."""
    return sum(map(_em, text)) * size * GENEROUS * (1.07 if bold else 1.0)


def _em(sign: str) -> float:
    if sign in NARROW:
        return 0.33
    if sign in WIDE:
        return 0.92
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.05
    if sign.isupper() or sign == "…":
        return 0.72 if ord(sign) < 0x2E80 else 1.0
    return 0.57 if ord(sign) < 0x250 else 0.8


def wrap(text: str, room: float, size: float, lines: int = 3, bold: bool = False) -> list[str]:
    """Break a text at its blanks so that no line is wider than `room` pixels; what does not fit ends in an
    ellipsis.
    """
    words = [word for word in text.split(" ") if word]
    broken: list[str] = []
    while words and len(broken) < lines:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, bold) <= room:
            line = f"{line} {words.pop(0)}"
        broken.append(line)
    if words:
        broken[-1] = f"{broken[-1]} {ELLIPSIS}"
    return [_clip(line, room, size, bold) for line in broken]


def _clip(line: str, room: float, size: float, bold: bool) -> str:
    if width(line, size, bold) <= room:
        return line
    kept = line.rstrip(ELLIPSIS)
    while kept and width(kept + ELLIPSIS, size, bold) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS
