"""`mapping.yaml`: how any table becomes answers (contract 2.11)."""

from __future__ import annotations

import codecs
import fnmatch
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import yaml

from metabolism.surveys.contract import SHEETS
from metabolism.surveys.numbers import parse_numbers, plain, plain_text
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
        """The columns that it reads: its own and those added to it, each once."""
        own = () if self.column is None else (self.column,)
        return tuple(dict.fromkeys((*own, *self.add)))

    @property
    def is_constant(self) -> bool:
        return self.value is not None


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
        return _texts(_mapping(_document(text), "the mapping")["files"], "files")
    except (MappingRefused, KeyError):
        return ()


def matches(file_name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(file_name, pattern) for pattern in patterns)


def parse(text: str) -> MappingPlan:
    """Reads a mapping; every scalar is text. Raises `MappingRefused` on anything that the contract does not know."""
    document = _document(text)
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
    return MappingPlan(
        files=_texts(document["files"], "files"),
        entries=tuple(entries),
        sheet=_optional(document, "sheet"),
        encoding=_encoding(_optional(document, "encoding")),
        delimiter=_delimiter(_optional(document, "delimiter")),
        decimal=_one_of(_optional(document, "decimal"), (".", ","), "decimal"),
        where={plain(k): _words(v, f"where: {k}") for k, v in _mapping(document.get("where", {}), "where").items()},
        year=_field(document["year"], "year") if "year" in document else None,
    )


def _document(text: str) -> Any:
    """The mapping with every scalar as text. A key that stands twice is refused: YAML libraries take the last silently."""
    try:
        _refuse_keys_twice(yaml.compose(text, Loader=yaml.BaseLoader))
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise MappingRefused("it is not valid YAML" + (f" (line {mark.line + 1})" if mark else "")) from error


def _refuse_keys_twice(root: Any) -> None:
    """Of each mapping below a node; an anchor may be met more than once."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if twice := next((key for at, key in enumerate(keys) if key in keys[:at]), None):
                raise MappingRefused(f"the key «{twice}» stands twice (line {node.start_mark.line + 1} and below)")
            waiting += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _entry(section: str, entry: Any) -> Entry:
    fields = dict(_mapping(entry, section))
    repeat = _text(fields.pop("repeat", "add"), "repeat") if section == "flows" else "add"
    _one_of(repeat, ("add", "same"), "repeat")
    _known_keys(fields, tuple(SHEETS[section]), f"the section {section}")
    return Entry(section, {name: _field(value, f"{section}.{name}") for name, value in fields.items()}, repeat)


def _field(value: Any, where: str) -> Field:
    if isinstance(value, str):
        raise MappingRefused(f"{where} is «{value}»; write {{value: {value}}} or {{column: {value}}}")
    _known_keys(value, _FIELD_KEYS, where)
    if ("value" in value) == ("column" in value or bool(value.get("add"))):
        raise MappingRefused(f"{where} needs either a value, or a column")
    return Field(
        value=_optional(value, "value", where),
        column=plain(_text(value["column"], f"{where}: column")) if "column" in value else None,
        add=_words(value.get("add", []), f"{where}: add"),
        extract=_pattern(_text(value["extract"], f"{where}: extract"), where) if "extract" in value else None,
        unknown=_words(value.get("unknown", []), f"{where}: unknown"),
        map=_word_map(value["map"], f"{where}: map") if "map" in value else None,
        default=_optional(value, "default", where),
        slug=_flag(_text(value.get("slug", "false"), f"{where}: slug"), f"{where}: slug"),
        prefix=_optional(value, "prefix", where) or "",
        factor=_factor(_text(value["factor"], f"{where}: factor"), where) if "factor" in value else None,
    )


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise MappingRefused(f"{where} must be a text")
    return value


def _optional(document: dict[str, Any], key: str, where: str = "") -> str | None:
    return _text(document[key], f"{where}: {key}" if where else key) if key in document else None


def _one_of(text: str | None, choices: tuple[str, ...], where: str) -> str | None:
    if text is not None and text not in choices:
        raise MappingRefused(f"{where} is «{text}», and can be {' or '.join(choices)}", nearest(text, choices))
    return text


def _flag(text: str, where: str) -> bool:
    _one_of(text.lower(), ("true", "false", "yes", "no"), where)
    return text.lower() in ("true", "yes")


def _encoding(text: str | None) -> str | None:
    try:
        codecs.lookup(text or "utf-8")
    except (LookupError, ValueError) as error:
        known = ("utf-8", "utf-16", "cp1252", "mac_roman")
        raise MappingRefused(f"encoding is «{text}», which is not known", nearest(str(text), known)) from error
    return text


def _delimiter(text: str | None) -> str | None:
    if text is not None and (len(text) != 1 or text in '"\r\n'):
        raise MappingRefused(f"delimiter is «{text}», and must be one character")
    return text


def _pattern(text: str, where: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise MappingRefused(f"{where}: extract is not a regular expression ({error})") from error
    if pattern.groups < 1:
        raise MappingRefused(f"{where}: extract needs a group in brackets: what it takes is the first group")
    return pattern


def _factor(text: str, where: str) -> float:
    number = _own_number(text)
    if isinstance(number, str):
        raise MappingRefused(f"{where}: factor is «{text}», and must be a number such as 0.001")
    return number


def _own_number(text: str) -> float | str:
    """A number that the mapping itself writes, as YAML does, with a point; any other text stays."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _known_keys(document: Any, known: Iterable[str], where: str) -> None:
    for key in _mapping(document, where):
        if key not in known:
            raise MappingRefused(f"{where} has the unknown key «{key}»", nearest(key, known))


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingRefused(f"{where} is missing" if value in (None, "") else f"{where} must be `name: value` pairs")
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


def _words(value: Any, where: str) -> tuple[str, ...]:
    """Texts that cells are compared with: their blanks are those of `plain_text`."""
    return tuple(plain(text) for text in _texts(value, where))


def _word_map(value: Any, where: str) -> dict[str, str]:
    return {plain(word): _text(meaning, f"{where}: {word}") for word, meaning in _mapping(value, where).items()}


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
    declared = keep & _is_declared(entry, cells)
    return cells[declared]


_DECLARES = {
    "flows": ("quantity",),
    "stocks": ("opening", "closing"),
    "mobility": ("commuters",),
    "services": ("service",),
    "issues": ("theme", "priority"),
    "facts": ("fact", "value"),
    "haves_wants": ("what",),
}


def _is_declared(entry: Entry, cells: pd.DataFrame) -> pd.Series:
    """Rows of which this entry makes a declaration: those where the columns that say something are not all empty.

    A flow where its quantity is not empty; constants say nothing about a row.
    """
    telling = [name for name in _DECLARES.get(entry.section, ()) if name in entry.fields]
    telling = [name for name in telling if not entry.fields[name].is_constant]
    if not telling:
        return pd.Series(True, index=cells.index)
    return pd.concat([plain_text(cells[name]) != "" for name in telling], axis=1).any(axis=1)


def field_values(field: Field, table: RawTable, decimal: str | None, *, numeric: bool) -> pd.Series:
    """One contract column: a constant or a column, and what is done to it, in the order add … factor."""
    own: Callable[[str], object] = _own_number if numeric else str
    if field.value is not None:
        values = pd.Series([own(field.value)] * len(table.cells), index=table.cells.index, dtype=object)
    else:
        values = _added(field, table, decimal) if len(field.columns) > 1 else table.column(field.columns[0])
    if field.extract:
        values = plain_text(values).str.extract(field.extract, expand=True)[0].fillna("")
    if field.unknown:
        values = values.mask(plain_text(values).isin(field.unknown), "")
    values = _renamed(values, field, own)
    if field.slug:
        text = plain_text(values)
        values = text.map({word: slug(word) for word in text.unique()})
    if field.prefix:
        text = plain_text(values)
        values = text.mask(text != "", field.prefix + text)
    return _scaled(values, decimal, field.factor) if numeric or field.factor is not None else values


def _renamed(values: pd.Series, field: Field, own: Callable[[str], object]) -> pd.Series:
    """What `map` names, by it; the rest stays, unless there is a `default`; alone, `default` fills the empty."""
    if field.map is None and field.default is None:
        return values
    text = plain_text(values)
    named = {word: own(meaning) for word, meaning in (field.map or {}).items()}
    if field.default is not None:
        left_over = (set(text.unique()) if field.map is not None else {""}) - set(named)
        named |= dict.fromkeys(left_over, own(field.default))
    return values.mask(text.isin(list(named)), text.map(named).astype(object))


def _added(field: Field, table: RawTable, decimal: str | None) -> pd.Series:
    """Sum of several columns; empty where all are, and the text itself where one is not a number. What `unknown` names
    is empty in each of them."""
    parts = [table.column(column) for column in field.columns]
    parts = [part.mask(plain_text(part).isin(field.unknown), "") for part in parts]
    readings = [parse_numbers(part, decimal) for part in parts]
    total = pd.concat([number for number, _ in readings], axis=1).sum(axis=1, min_count=1).astype(object)
    total = total.where(total.notna(), "")
    for part, (_, problem) in zip(parts, readings, strict=True):
        total = total.mask(problem != "", part)
    return total


def _scaled(values: pd.Series, decimal: str | None, factor: float | None) -> pd.Series:
    """Numbers times `factor`; what is not a number stays as it is, to be told to its author."""
    number, _ = parse_numbers(values, decimal)
    scaled = (number if factor is None else number * factor).astype(object)
    return scaled.where(number.notna(), values.astype(object))
