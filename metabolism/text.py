"""Small helpers over words: the one way in which names are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

_NEAR_PCT = 70


def folded(text: str) -> str:
    """Lower case, without accents, blanks folded: two spellings of one word become equal."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare).strip().casefold()


def identifier(text: str) -> str:
    """A header or sheet name as an id: `Établissement id ` and `establishment_id` compare by this."""
    return re.sub(r"[\s_-]+", "_", folded(text)).strip("_*")


def slug(text: str) -> str:
    """NFKD to ASCII, ß to ss, lower case, `-` between: how names become territory ids (contract 2.11)."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ẞ", "ss"))
    ascii_text = decomposed.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The existing name that a mistyped one most resembles, or None where nothing comes near."""
    wanted = folded(word)
    by_fold = {folded(candidate): candidate for candidate in candidates}
    found = process.extractOne(wanted, list(by_fold), scorer=fuzz.ratio, score_cutoff=_NEAR_PCT) if wanted else None
    return by_fold[found[0]] if found else None
