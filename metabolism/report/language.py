"""The language of a page: its words (gettext), its numbers and its dates (Babel), and its spaces.

The English words stand in code and templates; the others in `locales/<language>/LC_MESSAGES/circulez.po`, which is
read as it is: there is no compiled file that could be forgotten. A literal percent sign is written %% in a message,
since every message takes its values by %(name)s.
"""

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

from metabolism.report import records

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "circulez"
LANGUAGES = ("en", "fr", "de")
AUTONYMS = {"en": "English", "fr": "Français", "de": "Deutsch"}
VARIANTS = {"en": "en_GB", "fr": "fr", "de": "de"}

THIN = "\u202f"  # narrow no-break space: a number is never broken over two lines
NO_BREAK = "\u00a0"
NO_BREAK_HYPHEN = "\u2011"


def marked(message: str) -> str:
    """A message that is translated where it is used: this only tells the extraction that it is one."""
    return message


@dataclass(frozen=True)
class Language:
    """One of LANGUAGES. `point` and `thousands` are the signs within its numbers."""

    code: str
    catalogue: gettext.NullTranslations
    locale: Locale
    point: str
    thousands: str

    def message(self, message: str) -> str:
        """The translation with its spaces, its placeholders not filled."""
        return typeset(self.catalogue.gettext(message), self.code)

    def plural(self, one: str, many: str, number: int) -> str:
        """The translation in the form for `number`, its placeholders not filled."""
        return typeset(self.catalogue.ngettext(one, many, number), self.code)

    def gettext(self, message: str, **values: object) -> str:
        return self.message(message) % values

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """In the form for `number`, which stands in the message as %(count)s."""
        return self.plural(one, many, number) % {"count": self.digits(f"{number:,}"), **values}

    def digits(self, written: str) -> str:
        """A number written 1,234.5 in this language's signs."""
        return written.translate(str.maketrans(",.", self.thousands + self.point))

    def date(self, iso: str) -> str:
        """2026-11-24 as '24 November 2026'; what is no date stays as it is."""
        try:
            day = date.fromisoformat(iso[:10])
        except ValueError:
            return iso
        written = str(format_date(day, "long", self.locale))
        return re.sub("^1 ", "1er ", written) if self.code == "fr" else written

    def listed(self, things: Sequence[str]) -> str:
        """'a, b and c'."""
        return str(format_list(list(things), "standard", self.locale)) if things else ""

    def country(self, code: str) -> str:
        """The name of a country by its two letters, '' where there is none."""
        known = re.fullmatch("[a-z]{2}", code) and code != "zz"  # ZZ is 'unknown region'
        return str(self.locale.territories.get(code.upper(), "")) if known else ""

    def text(self, row: Mapping[str, object], stem: str) -> str:
        """What a row says in this language (`<stem>_fr`), else in English (`<stem>_en`, or plain `<stem>`)."""
        found = (records.text(row.get(column)) for column in self._columns(stem))
        return typeset(next((text for text in found if text), ""), self.code)

    def texts(self, row: Mapping[str, object], stem: str) -> tuple[str, ...]:
        """The same for a list of texts."""
        found = (records.texts(row.get(column)) for column in self._columns(stem))
        return tuple(typeset(text, self.code) for text in next((texts for texts in found if texts), ()))

    def _columns(self, stem: str) -> tuple[str, str, str]:
        return (f"{stem}_{self.code}", f"{stem}_en", stem)


def typeset(text: str, code: str) -> str:
    """The signs and spaces that a language wants: a number is not parted from its %, nor a French word from its
    colon.
    """
    text = re.sub(r" (?=%(?!\())", THIN, text)
    if code == "fr":
        text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
        text = re.sub(r" (?=[;!?])", THIN, text)
        text = re.sub(r" (?=[:»])|(?<=«) ", NO_BREAK, text)
    if code == "de":
        text = re.sub(r"(?<=\d)-(?=%)|(?<=%)-(?=Int)", NO_BREAK_HYPHEN, text)
    return text


@cache
def of(code: str) -> Language:
    """The language of a code. Raises ValueError for one that the pages are not made in."""
    if code not in LANGUAGES:
        raise ValueError(f"«{code}» is no language of the report: take one of {', '.join(LANGUAGES)}")
    locale = Locale.parse(VARIANTS[code])
    return Language(code, _catalogue(code), locale, get_decimal_symbol(locale), get_group_symbol(locale))


def po_file(code: str) -> Path:
    return LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    with po_file(code).open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale=code, domain=DOMAIN))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
