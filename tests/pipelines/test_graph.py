"""The graph of assets as a reviewed text: a change of lineage is a change of this file's neighbour `graph.txt`."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build

GRAPH = Path(__file__).with_name("graph.txt")


@pytest.fixture(scope="module")
def graph() -> dg.AssetGraph:
    return build().resolve_asset_graph()


def lines_of(graph: dg.AssetGraph) -> list[str]:
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.path):
        node = graph.get(key)
        parents = sorted("/".join(parent.path) for parent in node.parent_keys)
        lines.append(f"{node.group_name}: {'/'.join(key.path)} <- {', '.join(parents) or 'raw files'}")
    return lines


def test_the_graph_is_the_reviewed_one(graph: dg.AssetGraph) -> None:
    assert lines_of(graph) == GRAPH.read_text().splitlines(), (
        "The lineage changed. If it is meant, write it anew: python -m tests.pipelines.test_graph"
    )


def test_every_asset_is_described_owned_and_of_a_stage(graph: dg.AssetGraph) -> None:
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name in {"receive", "land", "prepare", "analyse", "publish"}, key
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key


def test_the_release_comes_after_every_mart_and_every_check_that_blocks(graph: dg.AssetGraph) -> None:
    release = dg.AssetKey(["published", "release"])
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    assert marts <= graph.get(release).parent_keys
    blocking = {check.name for check in graph.asset_check_keys if graph.get(check).blocking}
    assert {"delivered_files_stand", "expectations", "both_sides_agree"} <= blocking


def test_every_mart_rests_on_the_files_received(graph: dg.AssetGraph) -> None:
    received = dg.AssetKey(["received", "files"])
    for key in graph.get_all_asset_keys():
        if key.path[0] == "marts" and key.path[-1] != "mart_territories":
            above = {key}
            while wider := {parent for each in above for parent in graph.get(each).parent_keys} - above:
                above |= wider
            assert received in above, key


if __name__ == "__main__":
    GRAPH.write_text("\n".join(lines_of(build().resolve_asset_graph())) + "\n")
