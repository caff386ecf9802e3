"""`mapping.yaml`: how any table becomes answers (contract 2.11)."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import yaml

from metabolism.surveys.contract import SHEETS
from metabolism.surveys.numbers import parse_numbers, plain_text
from metabolism.surveys.tables import RawTable
from metabolism.text import nearest, slug

_TOP_KEYS = ("files", "sheet", "encoding", "delimiter", "decimal", "where", "year", "establishment")
SECTIONS = tuple(sheet for sheet in SHEETS if sheet != "establishment")
_FIELD_KEYS = ("value", "column", "add", "extract", "unknown", "map", "default", "slug", "prefix", "factor")


class MappingRefused(Exception):
    """The mapping cannot be used as a whole: `detail` says why, `suggested` the nearest existing name."""

    def __init__(self, detail: str, suggested: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.suggested = suggested


@dataclass(frozen=True)
class Field:
    """One contract column of one entry: a constant, or a column with what is done to it, in the contract's order."""

    value: str | None = None
    column: str | None = None
    add: tuple[str, ...] = ()
    extract: re.Pattern[str] | None = None
    unknown: tuple[str, ...] = ()
    map: Mapping[str, str] | None = None
    default: str | None = None
    slug: bool = False
    prefix: str = ""
    factor: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return self.add or ((self.column,) if self.column else ())


@dataclass(frozen=True)
class Entry:
    """One entry of a section: it makes one declaration from each row, of the establishment that the section
    `establishment` names, unless the entry names another."""

    section: str
    fields: Mapping[str, Field]
    repeat: str = "add"


@dataclass(frozen=True)
class MappingPlan:
    """A mapping that was read and whose words are all known; its columns are looked at with each file."""

    files: tuple[str, ...]
    entries: tuple[Entry, ...]
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    where: Mapping[str, tuple[str, ...]] | None = None
    year: Field | None = None

    @property
    def columns(self) -> set[str]:
        used = {column for entry in self.entries for field in entry.fields.values() for column in field.columns}
        return used | set(self.where or ()) | set(self.year.columns if self.year else ())


# --- reading the file ------------------------------------------------------------------------------------------------


def file_patterns(text: str) -> tuple[str, ...]:
    """The globs under `files`, where the text lets them be read at all: a refused mapping still claims its files."""
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)
        return _texts(document["files"], "files")
    except (yaml.YAMLError, MappingRefused, KeyError, TypeError):
        return ()


def matches(file_name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(file_name, pattern) for pattern in patterns)


def parse(text: str) -> MappingPlan:
    """Reads a mapping; every scalar is text. Raises `MappingRefused` on anything that the contract does not know."""
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        where = f" (line {error.problem_mark.line + 1})" if getattr(error, "problem_mark", None) else ""  # type: ignore[attr-defined]
        raise MappingRefused(f"it is not valid YAML{where}") from error
    _known_keys(document, (*_TOP_KEYS, *SECTIONS), "the mapping")
    if "files" not in document:
        raise MappingRefused("it names no files")
    establishment = _entry("establishment", _mapping(document.get("establishment"), "establishment"))
    if "establishment_id" not in establishment.fields:
        raise MappingRefused("the section establishment has no establishment_id")
    whose = {"establishment_id": establishment.fields["establishment_id"]}
    entries = [establishment]
    for section in SECTIONS:
        for given in _list(document.get(section, []), section):
            entry = _entry(section, given)
            entries.append(replace(entry, fields={**whose, **entry.fields}))
    decimal = document.get("decimal")
    if decimal not in (None, ".", ","):
        raise MappingRefused(f"decimal is «{decimal}», and can be . or ,")
    delimiter = document.get("delimiter")
    if delimiter is not None and len(delimiter) != 1:
        raise MappingRefused(f"delimiter is «{delimiter}», and must be one character")
    return MappingPlan(
        files=_texts(document["files"], "files"),
        entries=tuple(entries),
        sheet=document.get("sheet"),
        encoding=document.get("encoding"),
        delimiter=delimiter,
        decimal=decimal,
        where={k: _texts(v, f"where: {k}") for k, v in _mapping(document.get("where", {}), "where").items()},
        year=_field(document["year"], "year") if "year" in document else None,
    )


def _entry(section: str, entry: Any) -> Entry:
    fields = dict(_mapping(entry, section))
    repeat = fields.pop("repeat", "add") if section == "flows" else "add"
    if repeat not in ("add", "same"):
        raise MappingRefused(f"repeat is «{repeat}», and can be add or same", nearest(str(repeat), ("add", "same")))
    _known_keys(fields, tuple(SHEETS[section]), f"the section {section}")
    return Entry(section, {name: _field(value, f"{section}.{name}") for name, value in fields.items()}, repeat)


def _field(value: Any, where: str) -> Field:
    if isinstance(value, str):
        raise MappingRefused(f"{where} is «{value}»; write {{value: {value}}} or {{column: {value}}}")
    _known_keys(value, _FIELD_KEYS, where)
    if "value" in value and len(value) > 1 or not {"value", "column", "add"} & set(value):
        raise MappingRefused(f"{where} needs either a value, or a column")
    return Field(
        value=value.get("value"),
        column=value.get("column"),
        add=_texts(value.get("add", []), f"{where}: add"),
        extract=_pattern(value["extract"], where) if "extract" in value else None,
        unknown=_texts(value.get("unknown", []), f"{where}: unknown"),
        map=_mapping(value["map"], f"{where}: map") if "map" in value else None,
        default=value.get("default"),
        slug=value.get("slug", "false").lower() in ("true", "yes"),
        prefix=value.get("prefix", ""),
        factor=_number(value["factor"], where) if "factor" in value else None,
    )


def _pattern(text: str, where: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise MappingRefused(f"{where}: extract is not a regular expression ({error})") from error
    if pattern.groups < 1:
        raise MappingRefused(f"{where}: extract needs a group in brackets: what it takes is the first group")
    return pattern


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise MappingRefused(f"{where}: factor is «{text}», and must be a number such as 0.001") from error


def _known_keys(document: Any, known: Iterable[str], where: str) -> None:
    for key in _mapping(document, where):
        if key not in known:
            raise MappingRefused(f"{where} has the unknown key «{key}»", nearest(key, known))


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingRefused(f"{where} must be a list of `name: value` pairs" if value is not None else f"{where} is missing")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise MappingRefused(f"{where} must be a list: begin each entry with `-`")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise MappingRefused(f"{where} must be a text or a list of texts")
    return tuple(texts)


# --- using it on a table ---------------------------------------------------------------------------------------------


def check_columns(plan: MappingPlan, header: list[str]) -> None:
    """Raises `MappingRefused` where the mapping names a column that the file has not."""
    for column in sorted(plan.columns):
        if column not in header:
            raise MappingRefused(f"the file has no column «{column}»", nearest(column, header))


def in_scope(plan: MappingPlan, table: RawTable, year: int) -> pd.Series:
    """Which rows `where` and `year` keep; the others are counted as out of scope."""
    keep = pd.Series(True, index=table.cells.index)
    for column, values in (plan.where or {}).items():
        keep &= plain_text(table.column(column)).isin(values)
    if plan.year:
        years, _ = parse_numbers(field_values(plan.year, table, plan.decimal, numeric=True))
        keep &= years == year
    return keep


def entry_cells(entry: Entry, table: RawTable, keep: pd.Series, decimal: str | None) -> pd.DataFrame:
    """The cells of one entry under contract names, for the rows kept; a flow where its quantity is not empty."""
    cells = pd.DataFrame(index=table.cells.index)
    for name, field in entry.fields.items():
        numeric = SHEETS[entry.section][name].kind == "number"
        cells[name] = field_values(field, table, decimal, numeric=numeric)
    cells = cells[keep]
    counted = _COUNTED.get(entry.section)
    if counted in entry.fields:
        cells = cells[plain_text(cells[counted]) != ""]
    return cells


_COUNTED = {"flows": "quantity", "stocks": "closing", "mobility": "commuters", "facts": "value"}


def field_values(field: Field, table: RawTable, decimal: str | None, *, numeric: bool) -> pd.Series:
    """One contract column: constants, or what becomes of a column, in the order add … factor."""
    if field.value is not None:
        return pd.Series(field.value, index=table.cells.index, dtype=object)
    values = _added(field, table, decimal) if field.add else table.column(str(field.column))
    if field.extract:
        values = plain_text(values).str.extract(field.extract, expand=True)[0].fillna("")
    if field.unknown:
        values = values.mask(plain_text(values).isin(field.unknown), "")
    if field.map is not None:
        text = plain_text(values)
        mapped = text.map(dict(field.map))
        fallback = text if field.default is None else pd.Series(field.default, index=text.index)
        values = mapped.fillna(fallback)
    elif field.default is not None:
        values = values.mask(plain_text(values) == "", field.default)
    if field.slug:
        values = _each(plain_text(values), slug)
    if field.prefix:
        text = plain_text(values)
        values = text.mask(text != "", field.prefix + text)
    return _scaled(values, decimal, 1.0 if field.factor is None else field.factor) if numeric else values


def _added(field: Field, table: RawTable, decimal: str | None) -> pd.Series:
    """Sum of several columns; empty where all are, and the text itself where one is not a number."""
    parts = [table.column(column) for column in field.add]
    readings = [parse_numbers(part, decimal) for part in parts]
    total = pd.concat([number for number, _ in readings], axis=1).sum(axis=1, min_count=1).astype(object)
    total = total.where(total.notna(), "")
    for part, (_, problem) in zip(parts, readings, strict=True):
        total = total.mask(problem != "", part)
    return total


def _scaled(values: pd.Series, decimal: str | None, factor: float) -> pd.Series:
    """Numbers times `factor`; what is not a number stays as it is, to be told to its author."""
    number, problem = parse_numbers(values, decimal)
    scaled = (number * factor).astype(object)
    return scaled.where(number.notna() & (problem == ""), values.astype(object))


def _each(text: pd.Series, function: Any) -> pd.Series:
    return text.map({word: function(word) for word in text.unique()})
