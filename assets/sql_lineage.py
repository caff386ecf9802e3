"""Which columns of which tables each column of a model is made of, read off its SQL.

A column comes from those that its expression names, through every common table expression and sub-query; what rows are
joined, filtered or grouped by says which rows there are, not what stands in them, and is no source of the column.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Source = tuple[str, str]
"""(table, column); a table is named as its asset is: `intermediate/int_flows`."""


@dataclass(frozen=True)
class Column:
    """`kind`: the type as SQL spells it, `?` where it is not told. `sources`: the columns that it is made of."""

    kind: str
    sources: tuple[Source, ...] = ()


def columns_of_models(
    nodes: Mapping[str, Any], sources: Mapping[str, Any], known: Mapping[str, Mapping[str, Column]]
) -> dict[str, dict[str, Column]]:
    """The columns of every model of a compiled manifest, by the name of its asset.

    `nodes`, `sources`: those of the manifest. `known`: columns of the tables that no model makes, the sources and the
    seeds. A model that cannot be followed has no columns, with a warning that says why: no run stops for it, a test does.
    """
    from sqlglot import MappingSchema, exp
    from sqlglot.errors import SqlglotError

    schema = MappingSchema(dialect="duckdb")

    def tell(name: str, columns: Mapping[str, Column]) -> None:
        stage, table = name.split("/")
        kinds = {name: "unknown" if column.kind == "?" else column.kind for name, column in columns.items()}
        schema.add_table(exp.table_(table, db=stage), kinds, dialect="duckdb")

    for name, columns in known.items():
        tell(name, columns)
    written = {node["relation_name"]: f'"{node["source_name"]}"."{node["name"]}"' for node in sources.values()}
    written |= {n["relation_name"]: f'"{n["schema"]}"."{n["name"]}"' for n in nodes.values() if n.get("relation_name")}
    made: dict[str, dict[str, Column]] = {}
    for node in _in_order(nodes):
        name, sql = f"{node['schema']}/{node['name']}", node["compiled_code"]
        for relation, plain in written.items():
            sql = sql.replace(relation, plain)
        try:
            made[name] = _columns_of(sql, schema)
        except (SqlglotError, KeyError, ValueError) as error:
            warnings.warn(f"the columns of {name} could not be followed: {error}", stacklevel=2)
            made[name] = {}
        tell(name, made[name])
    return made


def _in_order(nodes: Mapping[str, Any]) -> Iterable[Any]:
    """The models, each after those that it reads."""
    done: set[str] = set()

    def visit(unique_id: str) -> Iterable[Any]:
        node = nodes.get(unique_id)
        if node is None or node["resource_type"] != "model" or unique_id in done:
            return
        done.add(unique_id)
        for above in node["depends_on"]["nodes"]:
            yield from visit(above)
        yield node

    for unique_id in sorted(nodes):
        yield from visit(unique_id)


def _columns_of(sql: str, schema: Any) -> dict[str, Column]:
    from sqlglot import parse_one
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    # The sum that does not depend on the order of rows is made of the same columns as the one that the parser knows
    query: Any = parse_one(sql.replace("fsum(", "sum("), dialect="duckdb")
    query = qualify(query, schema=schema, dialect="duckdb", quote_identifiers=False)
    query = annotate_types(query, schema=schema, dialect="duckdb")
    if "*" in query.named_selects:
        raise ValueError("it selects * from a table whose columns are not known")
    followed = _Followed().columns(build_scope(query))
    return {
        column.alias_or_name: Column(_kind(column), tuple(sorted(followed[column.alias_or_name])))
        for column in query.selects
    }


def _kind(column: Any) -> str:
    kind = column.type.sql(dialect="duckdb").lower() if column.type else "?"
    return {"text": "varchar", "int": "integer", "unknown": "?", "null": "?"}.get(kind, kind)


class _Followed:
    """Sources of the columns of scopes; each scope is followed once."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, set[Source]]] = {}

    def columns(self, scope: Any) -> dict[str, set[Source]]:
        """Column → its sources, in the order of the columns."""
        key = id(scope.expression)
        if key not in self._known:
            names = scope.expression.named_selects
            # A recursive query reads itself: what it adds to its own columns, they have from its first branch
            self._known[key] = {name: set() for name in names}
            branches = scope.set_operation_scopes
            if branches:
                for branch in branches:
                    for name, found in zip(names, self.columns(branch).values(), strict=True):
                        self._known[key][name] |= found
            else:
                for column in scope.expression.selects:
                    self._known[key][column.alias_or_name] = self._of_expression(column, scope)
        return self._known[key]

    def _of_expression(self, expression: Any, scope: Any) -> set[Source]:
        from sqlglot import exp

        found: set[Source] = set()
        inner = [sub for sub in scope.subquery_scopes if _is_within(sub.expression, expression)]
        for sub in inner:
            found |= set().union(*self.columns(sub).values())
        for column in expression.find_all(exp.Column):
            if any(_is_within(column, sub.expression) for sub in inner):
                continue
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                found.add((f"{source.db}/{source.name}", column.name))
            elif source is not None:
                found |= self.columns(source)[column.name]
        return found


def _is_within(expression: Any, outer: Any) -> bool:
    while expression is not None:
        if expression is outer:
            return True
        expression = expression.parent
    return False
