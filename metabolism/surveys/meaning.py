"""What a checked row means by itself: its resource, its unit, its quantity over a year and how well it is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys.contract import HOW_KNOWN_PCT, PERIODS
from metabolism.surveys.numbers import plain_text
from metabolism.surveys.sheet import CheckedSheet
from metabolism.text import nearest
from metabolism.uncertainty import Z_95
from metabolism.units import Unit, conversion, known_units, parse_unit


def add_meaning(checked: CheckedSheet, nomenclatures: Nomenclatures) -> None:
    """Adds the columns that figures need, and quarantines rows that no factor serves.

    To `flows`: `resource_id`, `family`, `canonical_unit`, `value` (canonical units a year), `uncertainty` (half of a
    95 % interval, % of the quantity; the conversion's own added in squares), `sd`, and of this `own_sd` and
    `conversion_sd`, which all rows with the same `conversion_line` have in common; and `price_per_unit` (EUR per
    canonical unit). To `stocks`: `resource_id`, `family`, `canonical_unit`, `opening_value`, `closing_value`. To
    `services`, `issues` and `facts` the ids of their words; to `haves_wants` `resource_id`, `service_id` or `fact_id`,
    and its `value` (canonical units a year) where quantity and unit tell it.
    """
    if checked.sheet == "flows":
        factor = converted(checked, nomenclatures)
        _annual(checked, factor)
    elif checked.sheet == "stocks":
        factor = converted(checked, nomenclatures)
        for name in ("opening", "closing"):
            checked.rows[f"{name}_value"] = checked.rows[name] * factor["factor"]
    elif checked.sheet == "haves_wants":
        _resolve_wishes(checked, nomenclatures)
    for column, vocabulary in _WORDS.get(checked.sheet, {}).items():
        _resolve_words(checked, column, vocabulary, nomenclatures)


_WORDS = {
    "services": {"service": "services"},
    "issues": {"theme": "themes", "barrier": "barriers"},
    "facts": {"fact": "facts"},
}
"""By sheet: columns of which a cell is an id of a list, or a text."""


def _resolve_words(checked: CheckedSheet, column: str, vocabulary: str, nomenclatures: Nomenclatures) -> None:
    """Adds `<column>_id`. A text that is no word of the list is allowed: it is kept as written, and told."""
    text = plain_text(checked.rows[column])
    ids = {word: nomenclatures.word(vocabulary, word) for word in text.unique() if word}
    named = _mapped(text, ids)
    checked.rows[f"{column}_id"] = named
    unknown = (text != "") & named.isna()
    known = list(nomenclatures.words.get(vocabulary, {}))
    guess = {word: nomenclatures.word(vocabulary, nearest(word, known) or "") for word in text[unknown].unique()}
    checked.find(unknown, "own_word", column, declared=text, suggested=text.map(guess))


def _resolve_wishes(checked: CheckedSheet, nomenclatures: Nomenclatures) -> None:
    """What is had or wanted is a resource, a service, a fact, or a text of its own."""
    rows = checked.rows
    text = plain_text(rows["what"])
    words = [word for word in text.unique() if word]
    rows["resource_id"] = _mapped(text, {word: nomenclatures.resolve(word) for word in words})
    for name, vocabulary in (("service_id", "services"), ("fact_id", "facts")):
        ids = _mapped(text, {word: nomenclatures.word(vocabulary, word) for word in words})
        taken = rows[["resource_id", *(["service_id"] if name == "fact_id" else [])]].notna().any(axis=1)
        rows[name] = ids.where(~taken, None)
    unit_text = plain_text(rows["unit"])
    units = {word: parse_unit(word) for word in unit_text.unique()}
    unknown = (unit_text != "") & rows["resource_id"].notna() & unit_text.map(lambda word: units[word] is None)
    guess = {word: nearest(word, known_units()) for word in unit_text[unknown].unique()}
    checked.find(unknown, "unclear_unit", "unit", declared=unit_text, suggested=unit_text.map(guess))
    pairs = pd.DataFrame({"unit": unit_text, "resource_id": rows["resource_id"]})
    served = pairs.merge(_conversions(pairs, units, nomenclatures), on=["unit", "resource_id"], how="left")
    times = rows["period"].map(PERIODS).astype(float).fillna(1.0)
    rows["value"] = rows["quantity"] * served["factor"].set_axis(rows.index) * times
    rows["canonical_unit"] = _mapped(
        rows["resource_id"], {i: nomenclatures.unit(i) for i in rows["resource_id"].dropna().unique()}
    )


def converted(checked: CheckedSheet, nomenclatures: Nomenclatures) -> pd.DataFrame:
    """`factor`, `uncertainty_pct` and `line` of each row's conversion to the canonical unit."""
    rows = checked.rows
    _resolve_resources(checked, nomenclatures)
    unit_text = plain_text(rows["unit"])
    units = {text: parse_unit(text) for text in unit_text.unique()}
    unknown = (unit_text != "") & unit_text.map(lambda text: units[text] is None).astype(bool)
    guess = {text: nearest(text, known_units()) for text in unit_text[unknown].unique()}
    checked.find(unknown, "unknown_unit", "unit", declared=unit_text, suggested=unit_text.map(guess))
    pairs = pd.DataFrame({"unit": unit_text, "resource_id": rows["resource_id"]})
    served = pairs.merge(_conversions(pairs, units, nomenclatures), on=["unit", "resource_id"], how="left")
    table = served[["factor", "uncertainty_pct", "line"]].set_axis(rows.index)
    unserved = table["factor"].isna() & rows["resource_id"].notna() & ~unknown & (unit_text != "")
    wanted = rows["canonical_unit"]
    checked.find(unserved, "no_factor", "unit", declared=unit_text, suggested=wanted, detail=rows["resource_id"])
    return table


def _conversions(pairs: pd.DataFrame, units: dict[str, Unit | None], nomenclatures: Nomenclatures) -> pd.DataFrame:
    """The conversion of each pair of unit and resource that has one."""
    found = []
    for text, resource in pairs.dropna().drop_duplicates().itertuples(index=False, name=None):
        unit = units[text]
        served = conversion(unit, resource, nomenclatures) if unit else None
        if served:
            found.append((text, resource, served.factor, served.uncertainty_pct, served.line))
    columns = ["unit", "resource_id", "factor", "uncertainty_pct", "line"]
    return pd.DataFrame(found, columns=columns).astype(
        {"unit": object, "resource_id": object, "factor": float, "uncertainty_pct": float, "line": object}
    )


def _resolve_resources(checked: CheckedSheet, nomenclatures: Nomenclatures) -> None:
    rows = checked.rows
    text = plain_text(rows["resource"])
    ids = {word: nomenclatures.resolve(word) if word else None for word in text.unique()}
    rows["resource_id"] = _mapped(text, ids)
    unknown = (text != "") & rows["resource_id"].isna()
    words = [*nomenclatures.resources, *nomenclatures.labels]
    guess = {word: nearest(word, words) for word in text[unknown].unique()}
    checked.find(unknown, "unknown_resource", "resource", declared=text, suggested=text.map(guess))
    known = {i for i in ids.values() if i}
    rows["family"] = _mapped(rows["resource_id"], {i: nomenclatures.family(i) for i in known})
    rows["canonical_unit"] = _mapped(rows["resource_id"], {i: nomenclatures.unit(i) for i in known})


def _mapped(values: pd.Series, table: dict[str, str | None]) -> pd.Series:
    mapped = values.map(table).astype(object)
    return mapped.where(mapped.notna(), None)


def _annual(checked: CheckedSheet, factor: pd.DataFrame) -> None:
    rows = checked.rows
    times = rows["period"].map(PERIODS).astype(float)
    rows["value"] = rows["quantity"] * factor["factor"] * times
    own = rows["uncertainty_pct"].fillna(rows["how_known"].map(HOW_KNOWN_PCT).astype(float))
    shared = factor["uncertainty_pct"].fillna(0.0)
    rows["uncertainty"] = np.hypot(own, shared)
    rows["price_per_unit"] = rows["price"] / factor["factor"]
    one_percent = rows["value"].abs() / 100.0 / Z_95
    rows["sd"] = one_percent * rows["uncertainty"]
    rows["own_sd"] = one_percent * own
    rows["conversion_sd"] = one_percent * shared
    rows["conversion_line"] = factor["line"].astype(object).where(factor["line"].notna(), None)
    negative = (rows["quantity"] < 0) & rows["accepted"]
    declared = plain_text(rows["quantity"])
    checked.find(negative, "sign", "quantity", declared=declared, suggested=declared.str.lstrip("-"))
