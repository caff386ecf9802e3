"""The words of the nomenclatures, by id and language: what an answer may write instead of an id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "fr", "de")


@dataclass(frozen=True)
class Words:
    """`labels`: nomenclature (`resources`, `services`, `themes`, `facts`, `barriers`) → id → language → label."""

    labels: Mapping[str, Mapping[str, Mapping[str, str]]]

    def say(self, nomenclature: str, word: str, language: str) -> str:
        """The label in this language, or the id itself where the answer is in ids or the word has no label."""
        return self.labels.get(nomenclature, {}).get(word, {}).get(language, word)
