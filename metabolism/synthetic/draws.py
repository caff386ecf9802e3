"""Streams of random numbers: one for each thing that is drawn, so that one more draw here changes nothing there."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def stream(seed: int, *names: object) -> np.random.Generator:
    """The generator of what these names say, the same on every machine."""
    key = zlib.crc32("/".join(map(str, names)).encode())
    return np.random.default_rng(np.random.SeedSequence([seed, key]))


def one_of(rng: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(rng.integers(len(choices)))]


def shuffled(rng: np.random.Generator, items: Sequence[T]) -> list[T]:
    return [items[int(position)] for position in rng.permutation(len(items))]


def significant(value: float, digits: int = 6) -> float:
    """The value with so many significant digits: what a person would write down."""
    return float(f"{value:.{digits}g}")
