"""Every column of every table: where it comes from, in which unit, and that the way back ends at something received."""

from __future__ import annotations

import re
from pathlib import Path

import dagster as dg
import pytest

from assets import lineage, pages
from assets.column_units import UNITS, unit_of
from assets.declared_lineage import DECLARED, sources_of
from assets.sql_lineage import Column, columns_of_models
from pipelines.definitions import build
from tests.conftest import PROJECT

MADE_OF_NOTHING_RECEIVED = {
    ("marts/mart_establishments", "direction"): "the name of an end: `in` or `out`",
    ("marts/mart_transit", "suppressed"): "a constant in the facilitator's edition",
    ("marts/mart_transit", "band"): "null in the facilitator's edition",
    ("marts/mart_flows", "n_declarations"): "a number of rows",
    ("marts/mart_national_waste", "unit"): "always t",
    ("marts/mart_metabolism", "suppressed"): "a constant in the facilitator's edition",
    ("marts/mart_metabolism", "band"): "null in the facilitator's edition",
}
"""Columns of marts that are made of no column of a file or seed, and why."""
NOT_QUANTITIES = {"band"}


@pytest.fixture(scope="module")
def tables() -> dict[str, lineage.Table]:
    return lineage.tables()


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return build().resolve_asset_graph()


def test_every_asset_tells_its_columns(tables: dict[str, lineage.Table], graph: dg.AssetGraph) -> None:
    assets = {"/".join(key.path) for key in graph.get_all_asset_keys()}
    assert assets - set(tables) == set(), "say their columns in assets/lineage.py"
    assert set(tables) - assets == set(), "these are no assets"
    unread = {name for name, told in tables.items() if not told.columns}
    assert unread == set(), "their SQL could not be followed: the warnings say why"


def test_what_python_makes_is_declared_column_by_column(tables: dict[str, lineage.Table]) -> None:
    made = {name for name in tables if name.startswith(("landed/", "analysed/"))}
    assert set(DECLARED) == made, "declare them in assets/declared_lineage.py"
    for name in sorted(made):
        assert set(sources_of(DECLARED[name])) == set(tables[name].columns), (
            f"declare the columns of {name} in assets/declared_lineage.py"
        )


def test_every_source_is_a_column_that_there_is(tables: dict[str, lineage.Table]) -> None:
    wrong = [
        f"{name}.{column} <- {table}.{source}"
        for name, told in tables.items()
        for column, made in told.columns.items()
        for table, source in made.sources
        if source not in getattr(tables.get(table), "columns", {})
    ]
    assert wrong == []


def test_every_source_is_a_parent_in_the_graph(tables: dict[str, lineage.Table], graph: dg.AssetGraph) -> None:
    # Seeds are read as files where Python lands or analyses, beside what dbt makes of them
    for name, told in tables.items():
        above = {"/".join(key.path) for key in graph.get(dg.AssetKey(name.split("/"))).parent_keys}
        used = {table for made in told.columns.values() for table, _ in made.sources if not table.startswith("seeds/")}
        assert used <= above, name


def test_every_column_of_a_mart_rests_on_what_was_received_or_on_a_seed(tables: dict[str, lineage.Table]) -> None:
    for mart in sorted(name for name in tables if name.startswith("marts/")):
        for column in tables[mart].columns:
            ends = lineage.rests_on(mart, column)
            if (mart, column) in MADE_OF_NOTHING_RECEIVED:
                assert ends == [], f"{mart}.{column} is made of something: no exception any more"
            else:
                assert ends, f"{mart}.{column} is made of nothing received: name it as an exception, with the reason"


def test_the_value_of_a_figure_rests_on_what_companies_wrote() -> None:
    ends = set(lineage.rests_on("marts/mart_metabolism", "value"))
    wrote = {("received/files", f"flows.{name}") for name in ("quantity", "unit", "period", "resource", "how_known")}
    assert wrote <= ends
    assert ("seeds/resources", "density_t_per_m3") in ends
    way = lineage.back_to_the_sources("marts/mart_metabolism", "value")
    stages = [table.partition("/")[0] for table, _ in way]
    assert list(dict.fromkeys(stages)) == [
        "marts",
        "analysed",
        "intermediate",
        "staging",
        "landed",
        "seeds",
        "received",
    ]


def test_every_quantity_has_a_unit(tables: dict[str, lineage.Table]) -> None:
    without = {
        f"{name}.{column}"
        for name, told in tables.items()
        if not name.startswith(("received/", "published/"))
        for column, made in told.columns.items()
        if made.kind == "double" and column not in NOT_QUANTITIES and "Unit: " not in told.words.get(column, "")
    }
    assert without == set(), "say their unit in the mart's YAML or in assets/column_units.py"


def test_no_unit_is_said_of_a_column_that_is_not_there(tables: dict[str, lineage.Table]) -> None:
    names = {column for told in tables.values() for column in told.columns}
    assert set(UNITS) - names == set()
    assert unit_of("staging/stg_facts", "value") != unit_of("staging/stg_flows", "value")


def test_the_pages_are_made_of_the_marts_that_are_named() -> None:
    assert set(re.findall(r'marts\["(mart_\w+)"\]', Path(pages.__file__).read_text())) <= pages.MARTS


def test_assets_link_to_their_code_and_name_no_folder_of_this_machine_in_the_tree(graph: dg.AssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        files = [
            Path(reference.file_path)
            for reference in graph.get(key).metadata["dagster/code_references"].code_references
        ]
        assert files, key
        assert all(file.is_relative_to(PROJECT) and file.exists() for file in files), (key, files)
        if key.path[0] in ("staging", "intermediate", "marts"):
            assert [file.name for file in files] == [f"{key.path[-1]}.sql", f"{key.path[-1]}.yml"]


@pytest.mark.parametrize(
    ("path", "file", "function"),
    [
        ("analysed/flow_estimates", "analyse.py", "reconciled_flows"),  # left out where nothing is new: decorated
        ("landed/flows", "land.py", "landed_tables"),
        ("landed/campaigns", "campaigns.py", "landed_campaigns"),
        ("published/release", "publish.py", "release"),
    ],
)
def test_the_link_leads_to_the_function_that_makes_the_asset(
    graph: dg.AssetGraph, path: str, file: str, function: str
) -> None:
    (told,) = graph.get(dg.AssetKey(path.split("/"))).metadata["dagster/code_references"].code_references
    lines = Path(told.file_path).read_text(encoding="utf-8").splitlines()[told.line_number - 1 :]
    assert Path(told.file_path).name == file
    assert next(line for line in lines if line.startswith("def ")).startswith(f"def {function}(")


def test_the_ui_is_told_columns_with_unit_and_links(graph: dg.AssetGraph) -> None:
    metadata = graph.get(dg.AssetKey(["marts", "mart_metabolism"])).metadata
    value = next(c for c in metadata["dagster/column_schema"].columns if c.name == "value")
    assert value.type == "double"
    assert "Unit: as column `unit`, a year." in value.description
    assert "[analysed/flow_estimates](/assets/analysed/flow_estimates) value" in value.description
    deps = metadata["dagster/column_lineage"].deps_by_column["value"]
    assert deps == [dg.TableColumnDep(dg.AssetKey(["analysed", "flow_estimates"]), "value")]


def test_what_a_company_was_asked_stands_at_the_end_of_the_way(graph: dg.AssetGraph) -> None:
    columns = graph.get(dg.AssetKey(["received", "files"])).metadata["dagster/column_schema"].columns
    direction = next(column for column in columns if column.name == "flows.direction")
    assert direction.description == "Column of the sheet `flows`; required; one of in, out."


def test_a_model_that_cannot_be_followed_says_why_and_stops_nothing() -> None:
    model = {"resource_type": "model", "schema": "made", "name": "it", "compiled_code": "select * from elsewhere",
             "relation_name": '"m"."made"."it"', "depends_on": {"nodes": []}}  # fmt: skip
    with pytest.warns(UserWarning, match="made/it could not be followed"):
        assert columns_of_models({"model.it": model}, {}, {}) == {"made/it": {}}


def test_a_column_comes_through_joins_unions_and_sub_queries() -> None:
    sql = """
        with a as (select * from "m"."raw"."left_hand"),
        b as (select a.k, a.x + r.y as sum_of_both from a inner join "m"."raw"."right_hand" as r on a.k = r.k),
        c as (select k, sum_of_both from b union all select k, (select max(z) from "m"."raw"."right_hand") from a)
        select c.k, sum_of_both as total, count(*) as n, fsum(sum_of_both order by k) filter (where k is not null) as s
        from c group by all
    """
    raw = {
        "raw/left_hand": {"k": Column("varchar"), "x": Column("double")},
        "raw/right_hand": {"k": Column("varchar"), "y": Column("double"), "z": Column("double")},
    }
    relations = {f"source.{name}": {"relation_name": f'"m"."raw"."{name.split("/")[1]}"', "source_name": "raw",
                                    "name": name.split("/")[1]} for name in raw}  # fmt: skip
    model = {"resource_type": "model", "schema": "made", "name": "it", "compiled_code": sql,
             "relation_name": '"m"."made"."it"', "depends_on": {"nodes": []}}  # fmt: skip
    found = columns_of_models({"model.it": model}, relations, raw)["made/it"]
    both = (("raw/left_hand", "x"), ("raw/right_hand", "y"), ("raw/right_hand", "z"))
    assert found["k"] == Column("varchar", (("raw/left_hand", "k"),))
    assert found["total"] == Column("double", both)
    assert found["n"].sources == ()
    assert found["s"] == Column("double", (("raw/left_hand", "k"), *both))
