"""Ids of synergies: of their parties and what passes between them alone (contract 2.10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def synergy_id(prefix: str, parts: Iterable[str]) -> str:
    """The same in every year and territory; `parts` in an order that the caller fixes."""
    return f"{prefix}-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
