"""Prepare and publish in SQL: the two passes of dbt, one Dagster step each."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets
from packaging.version import Version

from assets import fresh
from assets.folder import Folder, dbt_environment
from assets.manifest import dbt_executable, manifest_path
from assets.project import DBT_PROJECT
from assets.quantities import of_model
from assets.receive import OWNER

PASSES = {"prepare": "prepared", "publish": "built"}
"""The tag of each pass, and the folder of the lake into which its models hand over their rows."""

STAGES = {
    "prepare": fresh.Stage(
        "prepare",
        reads=("lake/landed/*.parquet",),
        makes=("lake/prepared/*.parquet", "warehouse.duckdb"),
    ),
    "publish": fresh.Stage(
        "publish",
        reads=("lake/landed/*.parquet", "lake/prepared/*.parquet", "lake/analysed/*.parquet"),
        makes=("lake/built/*.parquet", "warehouse.duckdb"),
        alters=("prepare",),
    ),
}


class Translator(DagsterDbtTranslator):
    """How dbt's models look in the UI: their group is the stage, their owner the team."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return "publish" if "publish" in dbt_resource_props.get("tags", []) else "prepare"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return [OWNER]


TRANSLATOR = Translator(settings=DagsterDbtTranslatorSettings(enable_code_references=False))


class Dbt(DbtCliResource):
    """dagster-dbt's own resource, for the dbt of this environment."""

    @cached_property
    def _cli_version(self) -> Version:
        # dagster-dbt starts `dbt --version` and waits (4 s of each run); our executable is that of the installed package
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        # a handle for asking the warehouse for columns: it would read all of dbt's macros (1 s of each run), and only one
        # process at a time may hold the warehouse
        return None


def resource(kind: type[Dbt] = Dbt) -> Dbt:
    return kind(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        target="folder",
        dbt_executable=str(dbt_executable()),
        global_config_flags=["--no-use-colors"],
    )


def dbt_pass(stage: str) -> dg.AssetsDefinition:
    """All models, seeds and tests of one pass, as one step: `dbt build`."""

    @dbt_assets(
        manifest=manifest_path(),
        select=f"tag:{stage}",
        name=f"dbt_{stage}",
        dagster_dbt_translator=TRANSLATOR,
    )
    @fresh.kept(STAGES[stage])
    def run_pass(context: dg.AssetExecutionContext, dbt: DbtCliResource, folder: Folder) -> Iterator[Any]:
        data = folder.data
        handed_over = data.lake / PASSES[stage]
        handed_over.mkdir(parents=True, exist_ok=True)
        with dbt_environment(data):
            # Unit tests hold the SQL, not the data: they run in `make test`, not in every refresh. Seeds are made anew: one
            # that got a column since the warehouse was made would not fit into its old table.
            command = ["build", "--full-refresh", "--exclude-resource-type", "unit_test"]
            invocation = dbt.cli(command, context=context, target_path=data.lake / "dbt" / stage)
            for event in invocation.stream():
                yield _with_quantities(event, handed_over)

    return run_pass


def _with_quantities(event: Any, folder: Path) -> Any:
    """Adds rows and quantities handed over, read from Parquet: dbt's own count would hold the warehouse open."""
    import pyarrow.parquet as pq

    if not isinstance(event, dg.Output):
        return event
    model = str(event.metadata["unique_id"].value).rsplit(".", 1)[-1]
    handed_over = folder / f"{model}.parquet"
    if not handed_over.exists():
        return event
    told = {"dagster/row_count": pq.read_metadata(handed_over).num_rows, **of_model(folder.parent, model)}
    return dg.Output(value=event.value, output_name=event.output_name, metadata={**event.metadata, **told})
