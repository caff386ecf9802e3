"""What the UI says of the columns of every asset: type, unit, meaning, and the columns that each is made of.

Models are read off their SQL (`sql_lineage`), once for each state of the project, and kept beside the manifest; what
Python makes is declared (`declared_lineage`).
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import warnings
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from assets import analyse, campaigns, land, open_data, pages, sql_lineage, synergies
from assets.column_units import unit_of
from assets.declared_lineage import DECLARED, OPEN_DATA_COLUMNS, received_columns, sources_of
from assets.manifest import manifest_path
from assets.project import DBT_PROJECT
from assets.sql_lineage import Column, Source
from metabolism.tables import write_text

STAGES = ("published", "marts", "analysed", "intermediate", "staging", "landed", "seeds", "received")
"""From the release back to what was received; seeds are tables of the project itself."""
WAY_BACK = "columns_back_to_what_was_received"
_KINDS = {"string": "varchar", "double": "double", "int64": "bigint", "int32": "integer", "bool": "boolean",
          "text": "varchar", "choice": "varchar", "choices": "varchar", "date": "varchar", "number": "double",
          "whole": "bigint"}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """The columns of an asset. `words`: meaning and unit of a column, where they are written down. `file`: below
    dbt_project/, of what dbt makes."""

    columns: Mapping[str, Column]
    words: Mapping[str, str]
    file: str = ""


@functools.cache
def tables() -> dict[str, Table]:
    """Every asset with columns, by name."""
    python = {name: Table(columns, _units(name, columns)) for name, columns in _made_by_python().items()}
    received = {name: words for name, (_, words) in received_columns().items()}
    python["received/files"] = Table(python["received/files"].columns, received)
    dbt = _made_by_dbt(python)
    return {**python, **dbt, **_published(dbt)}


def _made_by_python() -> dict[str, dict[str, Column]]:
    schemas: dict[str, Mapping[str, Any]] = {
        **{f"landed/{name}": schema for name, schema in land.SCHEMAS.items()},
        **{f"landed/{name}": table.schema for name, table in open_data.TABLES.items()},
        "landed/open_sources": open_data.STATUS,
        "landed/campaigns": campaigns.TOLD,
        **{f"analysed/{name}": schema for name, schema in {**analyse.SCHEMAS, **synergies.SCHEMAS}.items()},
    }
    made = {}
    for name, schema in schemas.items():
        sources = sources_of(DECLARED.get(name, {}))
        made[name] = {
            column: Column(_sql_type(kind), tuple(sources.get(column, ()))) for column, kind in schema.items()
        }
    made["received/files"] = {name: Column(_sql_type(kind)) for name, (kind, _) in received_columns().items()}
    of_source = [f"{source}.{column}" for source, columns in OPEN_DATA_COLUMNS.items() for column in columns]
    made["received/open_data"] = {name: Column("varchar") for name in (*open_data.RECEIVED, *of_source)}
    return made


def _sql_type(kind: Any) -> str:
    if isinstance(kind, pa.ListType):
        return f"{_sql_type(kind.value_type)}[]"
    if isinstance(kind, pa.StructType):
        return f"struct({', '.join(f'{field.name} {_sql_type(field.type)}' for field in kind)})"
    return _KINDS.get(str(kind), "?")


def _units(name: str, columns: Iterable[str]) -> dict[str, str]:
    return {column: f"Unit: {unit}." for column in columns if (unit := unit_of(name, column))}


def _made_by_dbt(python: Mapping[str, Table]) -> dict[str, Table]:
    """Models and seeds, as they are kept beside the manifest, else read off it."""
    known = {name: table.columns for name, table in python.items()}
    digest = hashlib.sha256(repr(sorted(known.items())).encode())
    for module in (__file__, sql_lineage.__file__, unit_of.__code__.co_filename):
        digest.update(Path(module).read_bytes())
    kept = manifest_path().with_name(f"columns-{digest.hexdigest()[:16]}.json")
    if not kept.exists():
        read = _read_off_the_manifest(known)
        write_text(json.dumps({name: _to_json(table) for name, table in read.items()}), kept)
    return {name: _from_json(table) for name, table in json.loads(kept.read_text()).items()}


def _read_off_the_manifest(known: Mapping[str, Mapping[str, Column]]) -> dict[str, Table]:
    manifest = json.loads(manifest_path().read_text())
    made_here = {
        f"{node['schema']}/{node['name']}": node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    seeds = {name: _columns_of_seed(node) for name, node in made_here.items() if node["resource_type"] == "seed"}
    models = sql_lineage.columns_of_models(manifest["nodes"], manifest["sources"], {**known, **seeds})
    return {name: _with_yaml(name, columns, made_here[name]) for name, columns in {**seeds, **models}.items()}


def _columns_of_seed(node: Mapping[str, Any]) -> dict[str, Column]:
    with (DBT_PROJECT / node["original_file_path"]).open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    kinds = node["config"].get("column_types") or {}
    return {name: Column(kinds.get(name, "?")) for name in names}


def _with_yaml(name: str, columns: Mapping[str, Column], node: Mapping[str, Any]) -> Table:
    """The contract's types before those that the parser finds, and what the YAML says of columns."""
    told = node["columns"]
    typed = {
        column: Column(told.get(column, {}).get("data_type") or found.kind, found.sources)
        for column, found in columns.items()
    }
    words = {}
    for column in columns:
        yaml = told.get(column, {})
        unit = yaml.get("config", {}).get("meta", {}).get("unit") or unit_of(name, column)
        words[column] = " ".join([*(yaml.get("description") or "").split(), *([f"Unit: {unit}."] if unit else [])])
    return Table(typed, {column: text for column, text in words.items() if text}, node["original_file_path"])


def _to_json(table: Table) -> list[Any]:
    columns = {name: [column.kind, column.sources] for name, column in table.columns.items()}
    return [columns, dict(table.words), table.file]


def _from_json(kept: list[Any]) -> Table:
    columns, words, file = kept
    return Table({n: Column(kind, tuple(map(tuple, sources))) for n, (kind, sources) in columns.items()}, words, file)


def _published(dbt: Mapping[str, Table]) -> dict[str, Table]:
    """The release holds every column of every mart, the pages are given those of some: `<mart>.<column>`."""

    def of(marts: Iterable[str]) -> Table:
        columns = {
            f"{mart}.{name}": Column(column.kind, ((f"marts/{mart}", name),))
            for mart in sorted(marts)
            for name, column in dbt[f"marts/{mart}"].columns.items()
        }
        return Table(columns, {})

    marts = [name.partition("/")[2] for name in dbt if name.startswith("marts/")]
    return {"published/release": of(marts), "published/reports": of(pages.MARTS)}


# --- a figure back to what was received ------------------------------------------------------------------------------


def back_to_the_sources(table: str, column: str) -> list[Source]:
    """(table, column) of everything that a column is made of, directly or not, itself first: by stage, and within one
    by the steps away from it."""
    known = tables()
    steps = {(table, column): 0}
    waiting = deque(steps)
    while waiting:
        at = waiting.popleft()
        new = set(_sources_of(known, *at)) - set(steps)
        steps |= dict.fromkeys(new, steps[at] + 1)
        waiting += sorted(new)
    nearest = {name: min(n for (other, _), n in steps.items() if other == name) for name, _ in steps}
    return sorted(steps, key=lambda found: (STAGES.index(found[0].partition("/")[0]), nearest[found[0]], *found))


def _sources_of(known: Mapping[str, Table], table: str, column: str) -> tuple[Source, ...]:
    """Nothing for a source that is not there: no run stops for it, a test does."""
    made = known[table].columns.get(column) if table in known else None
    return made.sources if made else ()


def rests_on(table: str, column: str) -> list[Source]:
    """The ends of the way back: columns of received files and open data, and of the project's own seeds."""
    return [
        found for found in back_to_the_sources(table, column) if found[0].partition("/")[0] in ("received", "seeds")
    ]


def way_back(table: str) -> str:
    """Every column of a table with what it is made of, stage by stage, as Markdown with links to the assets."""
    return "\n".join(_way_of(table, column) for column in tables()[table].columns)


def _way_of(table: str, column: str) -> str:
    by_table: dict[str, list[str]] = {}
    for source, name in back_to_the_sources(table, column)[1:]:
        by_table.setdefault(source, []).append(f"`{name}`")
    lines = [f"- {_link(source)}: {', '.join(names)}" for source, names in by_table.items()]
    return "\n".join([f"#### {column}\n", *(lines or ["- made of nothing received"]), ""])


def _link(table: str) -> str:
    return f"[{table}](/assets/{table})"


# --- on the assets ---------------------------------------------------------------------------------------------------


def with_columns(assets: Sequence[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """The same assets, with their columns, where these come from, and where the code stands."""
    known = tables()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # links to code are new in Dagster
        return [_with_columns(definition, known) for definition in assets]


def _with_columns(definition: dg.AssetsDefinition, known: Mapping[str, Table]) -> dg.AssetsDefinition:
    compute: Any = definition.op.compute_fn
    # Not by `dg.with_source_code_references`: of a decorated function it shows the decorator's file
    make = inspect.unwrap(compute.decorated_fn)
    line = inspect.getsourcelines(make)[1]
    code = dg.LocalFileCodeReference(file_path=str(inspect.getsourcefile(make)), line_number=line)
    linked = dg.CodeReferencesMetadataValue(code_references=[code])

    def told(spec: dg.AssetSpec) -> dg.AssetSpec:
        metadata = {**spec.metadata, "dagster/code_references": linked}
        return _told(spec.replace_attributes(metadata=metadata), known.get("/".join(spec.key.path)))

    return definition.map_asset_specs(told)


def _told(spec: dg.AssetSpec, table: Table | None) -> dg.AssetSpec:
    if table is None:
        return spec
    columns = [
        dg.TableColumn(name, column.kind, description=_in_words(table.words.get(name, ""), column.sources))
        for name, column in table.columns.items()
    ]
    told: dict[str, Any] = {
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/column_lineage": _lineage(table),
    }
    name = "/".join(spec.key.path)
    if name.startswith("marts/"):
        told[WAY_BACK] = dg.MetadataValue.md(way_back(name))
    if table.file:
        told["dagster/code_references"] = _code_of(table.file)
    return spec.replace_attributes(metadata={**spec.metadata, **told})


def _in_words(meaning: str, sources: Iterable[Source]) -> str | None:
    """Meaning and unit, and each table that the column is made of, as a link to its page in the UI."""
    by_table: dict[str, list[str]] = {}
    for table, column in sources:
        by_table.setdefault(table, []).append(column)
    made_of = "; ".join(f"{_link(table)} {', '.join(columns)}" for table, columns in by_table.items())
    return "\n\n".join(part for part in (meaning, f"← {made_of}" if made_of else "") if part) or None


def _lineage(table: Table) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(dg.AssetKey(source.split("/")), of) for source, of in column.sources]
            for name, column in table.columns.items()
            if column.sources
        }
    )


def _code_of(file: str) -> dg.CodeReferencesMetadataValue:
    """The SQL of a model or the rows of a seed, and the YAML beside it: found on this machine as the UI starts."""
    path = DBT_PROJECT / file
    beside = [path, path.with_suffix(".yml")] if path.suffix == ".sql" else [path]
    return dg.CodeReferencesMetadataValue(
        code_references=[dg.LocalFileCodeReference(file_path=str(place)) for place in beside]
    )
