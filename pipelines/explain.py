"""`circulez explain`: from a published figure to the rows that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import duckdb
import pandas as pd

from assets.release import SNAPSHOT, current
from metabolism.errors import WrongCall
from metabolism.layout import DataFolder
from metabolism.text import nearest

_SHOWN = 20
_BELOW = """
        with recursive below as (
            select resource_id from marts.mart_resources where resource_id = $resource_id
            union
            select resources.resource_id
            from marts.mart_resources as resources
            inner join below on resources.parent_id = below.resource_id
        )
"""
_BY_SIDE = (
    _BELOW
    + """
        select flows.flow_id
        from marts.mart_flows as flows
        inner join marts.mart_flow_sides as sides on flows.flow_id = sides.flow_id
        inner join below on flows.resource_id = below.resource_id
        where sides.territory_id = $territory_id and sides.side = $side and flows.year = $year
"""
)
_FIGURES = {
    "mart_metabolism": _BY_SIDE + " and coalesce(flows.purpose, 'use') <> 'transit'",
    "mart_transit": _BY_SIDE + " and flows.purpose = 'transit'",
    "mart_establishments": _BELOW
    + """
        select flows.flow_id
        from marts.mart_flows as flows
        inner join below on flows.resource_id = below.resource_id
        where
            case when $direction = 'in' then flows.to_establishment_id else flows.from_establishment_id end
            = $establishment_id
            and flows.year = $year
            and coalesce(flows.purpose, 'use') <> 'transit'
    """,
    "mart_flows": "select flow_id from marts.mart_flows where flow_id = $flow_id",
}
_KEYS = {
    "mart_metabolism": ["territory_id", "year", "resource_id", "side"],
    "mart_transit": ["territory_id", "year", "resource_id", "side"],
    "mart_establishments": ["establishment_id", "year", "resource_id", "direction"],
    "mart_flows": ["flow_id"],
}


@dataclass(frozen=True)
class Explanation:
    """One figure, and the parts that add up to it (canonical unit a year).

    `sources`: a row of a file each, with `weight`, `value` and `part` = weight × value. `adjustments`: a constraint
    each, with `part`.
    """

    figure: pd.Series
    sources: pd.DataFrame
    adjustments: pd.DataFrame

    @property
    def total(self) -> float:
        return float(self.sources["part"].sum() + self.adjustments["part"].sum())


def explain_figures(data: DataFolder, mart: str, conditions: list[str], *, everything: bool = False) -> str:
    """The explanation in words of every row of `mart` that the conditions (`COLUMN=VALUE`) name."""
    with open_snapshot(data) as connection:
        rows = select_rows(connection, mart, conditions)
        if mart not in _FIGURES:
            return _as_lines(rows)
        if len(rows) > 10:
            raise WrongCall(
                f"{len(rows)} figures of {mart} fit.", f"Name one of them by {', '.join(_KEYS[mart])}: COLUMN=VALUE."
            )
        return "\n\n".join(_in_words(explain_row(connection, mart, row), everything) for _, row in rows.iterrows())


def open_snapshot(data: DataFolder) -> duckdb.DuckDBPyConnection:
    release = current(data)
    if release is None:
        raise WrongCall(f"Nothing is published in {data.marts} yet.", "Run first: circulez run")
    return duckdb.connect(str(release / SNAPSHOT), read_only=True)


def select_rows(connection: duckdb.DuckDBPyConnection, mart: str, conditions: list[str]) -> pd.DataFrame:
    """Rows of a mart where each `COLUMN=VALUE` holds (compared as text). Raises `WrongCall` where nothing fits."""
    marts = [row[0] for row in connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'")
             .fetchall()]  # fmt: skip
    if mart not in marts:
        raise WrongCall(f"There is no mart «{mart}»{_perhaps(mart, marts)}.", f"There are: {', '.join(sorted(marts))}.")
    columns = [row[0] for row in connection.execute(f"describe marts.{mart}").fetchall()]
    clauses, values = [], []
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if not equals or column not in columns:
            raise WrongCall(
                f"«{condition}» is not COLUMN=VALUE of {mart}{_perhaps(column, columns)}.",
                f"Its columns: {', '.join(columns)}.",
            )
        clauses.append(f'cast("{column}" as varchar) = ?')
        values.append(value)
    where = f" where {' and '.join(clauses)}" if clauses else ""
    rows = connection.execute(f"select * from marts.{mart}{where} order by all", values).df()
    if rows.empty:
        raise WrongCall(
            f"No row of {mart} fits {' '.join(conditions)}.", "Look at what there is: leave conditions out."
        )
    return rows


def _perhaps(word: str, candidates: list[str]) -> str:
    guess = nearest(word, candidates)
    return f" (perhaps {guess})" if guess else ""


def explain_row(connection: duckdb.DuckDBPyConnection, mart: str, row: pd.Series) -> Explanation:
    """The parts of one figure of a mart of `_KEYS`."""
    keys: dict[str, Any] = {key: row[key].item() if hasattr(row[key], "item") else row[key] for key in _KEYS[mart]}
    flows = connection.execute(_FIGURES[mart], keys).df()
    connection.register("explained_flows", flows)
    sources = connection.execute(
        """
        select sources.*, sources.weight * sources.value as part
        from marts.mart_flow_sources as sources
        inner join explained_flows on sources.flow_id = explained_flows.flow_id
        order by abs(part) desc, sources.source_file, sources.source_row
        """
    ).df()
    adjustments = connection.execute(
        """
        select adjustments.kind, adjustments.establishment_id, sum(adjustments.value) as part
        from marts.mart_flow_adjustments as adjustments
        inner join explained_flows on adjustments.flow_id = explained_flows.flow_id
        group by adjustments.kind, adjustments.establishment_id
        order by abs(part) desc, adjustments.establishment_id
        """
    ).df()
    connection.unregister("explained_flows")
    return Explanation(row, sources, adjustments)


def _in_words(explanation: Explanation, everything: bool) -> str:
    figure, unit = explanation.figure, explanation.figure["unit"]
    names = [n for n in dict.fromkeys(chain(*_KEYS.values())) if n in figure.index]
    lines = ["  ".join(f"{name}={figure[name]}" for name in names)]
    lines.append(f"value {_number(figure['value'])} {unit}, sd {_number(figure['sd'])}")
    lines.append(f"\nSources: weight × value ({unit} a year)")
    shown = explanation.sources if everything else explanation.sources.head(_SHOWN)
    for source in shown.itertuples():
        where = f"{source.source_file} [{source.source_sheet} row {source.source_row}]"
        left_out = _decided(source)
        written = f"{_number(source.declared_quantity)} {source.declared_unit}"
        weighed = f"{source.weight:.6g} × {_number(source.value)}"
        lines.append(f"{_number(source.part):>18}  = {weighed:<28} {where} «{written}»{left_out}")
    rest = explanation.sources.iloc[len(shown) :]
    if len(rest):
        lines.append(f"{_number(rest['part'].sum()):>18}  in {len(rest)} more rows (--everything shows them)")
    lines.append("\nAdjustments by constraints")
    for adjustment in explanation.adjustments.itertuples():
        of = f" of {adjustment.establishment_id}" if isinstance(adjustment.establishment_id, str) else ""
        lines.append(f"{_number(adjustment.part):>18}  {adjustment.kind.replace('_', ' ')}{of}")
    if explanation.adjustments.empty:
        lines.append(f"{'none':>18}")
    lines.append(f"\nEstimates\n{'none':>18}")
    lines.append(f"\n{_number(explanation.total):>18}  sum; published {_number(figure['value'])}")
    return "\n".join(lines)


def _decided(source: Any) -> str:
    """What became of a row that was flagged."""
    if source.excluded:
        return f"  left out: {source.reason}"
    if not isinstance(source.reason, str):
        return ""
    instead = "" if pd.isna(source.decided_quantity) else f" as {_number(source.decided_quantity)}"
    return f"  {source.reason}, {source.decision}: counts{instead or ' as declared'}"


def _number(value: float) -> str:
    return "not known" if pd.isna(value) else f"{value:.10g}"


def _as_lines(rows: pd.DataFrame) -> str:
    """Rows of a mart that is no figure: their columns one under the other."""
    shown = rows.head(_SHOWN)
    width = max(map(len, rows.columns))
    blocks = [
        "\n".join(f"{name:<{width}}  {value}" for name, value in row.items() if not _is_null(value))
        for _, row in shown.iterrows()
    ]
    more = [f"… and {len(rows) - len(shown)} more rows"] if len(rows) > len(shown) else []
    return "\n\n".join(blocks + more)


def _is_null(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))
