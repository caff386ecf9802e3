"""From bytes to text: UTF-8, UTF-16, and telling Windows-1252 from MacRoman by the words that each would make."""

from __future__ import annotations

import itertools
import re

_LOOKED_AT = 5_000
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1b\x7f]")
_SMALL = set("àâäçéèêëîïôöùûüÿœæßáíóúñãõ")
_CAPITAL = set("ÀÂÄÇÉÈÊÎÔÖÜŒ")
_NEVER_FIRST = set("ëïùûÿß")
_RARE_CAPITAL = set("ËÏÙÛÆŸÁÍÓÚÑÃÕ")
_OPENING = set("«“‘„‚")
_CLOSING = set("»”…™")
_NEVER_BESIDE_A_LETTER = set("€§")
_SIGNS = set("°²³±µ·×–—½\xa0")


class NotText(Exception):
    """The bytes are no text in an encoding that is read here; the message says so to the file's author."""


def decode(content: bytes, encoding: str | None = None) -> str:
    """Text of a CSV, without a byte order mark. Raises `NotText`."""
    text = _decoded(content, encoding).removeprefix("\ufeff").rstrip("\x1a")
    if "\0" in text or len(_CONTROL.findall(text)) > len(text) // 100:
        raise NotText("it is not text")
    return text


def _decoded(content: bytes, encoding: str | None) -> str:
    if encoding:
        return _as(content, encoding, f"it is not text in the encoding {encoding}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(content, "utf-16")
    if content[:200].count(b"\0") > len(content[:200]) // 4:
        return _as(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _windows_or_mac(content)


def _as(content: bytes, encoding: str, reason: str = "it is not text in any encoding that is known here") -> str:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError) as error:
        raise NotText(reason) from error


def _windows_or_mac(content: bytes) -> str:
    mac = content.decode("mac_roman")
    try:
        windows = content.decode("cp1252")
    except UnicodeDecodeError:
        return mac
    return mac if _likeness(mac) > _likeness(windows) else windows


def _likeness(text: str) -> float:
    """How much the letters and signs beyond ASCII look like French, German or English: each by its neighbours."""
    found = itertools.islice(_NOT_ASCII.finditer(text), _LOOKED_AT)
    return sum(_fits(text[max(at.start() - 1, 0) : at.start()], at[0], text[at.end() : at.end() + 1]) for at in found)


def _fits(before: str, sign: str, after: str) -> float:
    """Whether a letter or sign can stand between these neighbours: 1 yes, −1 no, 0 as well as not."""
    return (
        _fits_as_letter(before, sign, after) if sign.isalpha() and sign != "µ" else _fits_as_sign(before, sign, after)
    )


def _fits_as_letter(before: str, letter: str, after: str) -> float:
    if before.isdigit() or after.isdigit():
        return -1.0
    if letter in "œŒ" and after in ("u", "U") and not (letter == "Œ" and before.islower()):
        return 2.0
    if letter in _SMALL:
        if before.isupper() and after.isupper():
            return -1.0
        return 0.0 if letter in _NEVER_FIRST and not before.isalpha() else 1.0
    if letter in _CAPITAL | _RARE_CAPITAL and not before.islower():
        return 1.0 if letter in _CAPITAL else 0.0
    return -1.0


def _fits_as_sign(before: str, sign: str, after: str) -> float:
    if sign == "’":
        fits = before.isalpha() or not after.isalpha()
    elif sign in _OPENING:
        fits = not before.isalpha()
    elif sign in _CLOSING:
        fits = not after.isalpha()
    elif sign in _NEVER_BESIDE_A_LETTER:
        fits = not before.isalpha() and not after.isalpha()
    else:
        fits = sign in _SIGNS and not (before.isalpha() and after.isalpha())
    return 1.0 if fits else -1.0
