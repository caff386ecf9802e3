"""What a reviewer sees in the Dagster UI, in a real browser: the graph, and a check that failed, red with its reason."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.lineage import WAY_BACK
from metabolism.layout import DataFolder
from tests.conftest import PROJECT
from tests.e2e.conftest import folder_of, run_once

pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A folder whose second run was stopped: a delivered file is gone."""
    data = folder_of("tiny", tmp_path_factory.mktemp("failed"))
    assert run_once(data).published
    (data.surveys / "c1" / "2025" / "e3.flows.csv").unlink()
    assert not run_once(data).published
    return data


@pytest.fixture(scope="module")
def server(failed: DataFolder) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    webserver = Path(sys.executable).with_name("dagster-webserver")
    command = [webserver, "--read-only", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "CIRCULEZ_DATA": str(failed.root), "DAGSTER_DISABLE_TELEMETRY": "1"}
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        wait_for(address)
        yield address
        process.terminate()


def wait_for(address: str) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=5)
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"no server came up at {address}")


def ask(address: str, query: str) -> Any:
    request = urllib.request.Request(
        f"{address}/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def test_the_runs_of_the_command_show_in_the_ui(server: str) -> None:
    runs = ask(server, "{ runsOrError(limit: 2) { ... on Runs { results { jobName status } } } }")
    assert [run["status"] for run in runs["runsOrError"]["results"]] == ["FAILURE", "SUCCESS"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as chromium:
        yield chromium


def look(browser: Any, url: str, texts: tuple[str, ...], picture: str) -> str:
    """Opens a page, waits until it shows all texts, and keeps a picture in `CIRCULEZ_PICTURES` where that is set."""
    from playwright.sync_api import TimeoutError as TooLate

    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.goto(url)
    with contextlib.suppress(TooLate):  # what is missing is told by the test, which has what was shown instead
        page.wait_for_function(
            "texts => texts.every(t => document.body.innerText.includes(t))", arg=texts, timeout=60_000
        )
    page.wait_for_timeout(500)
    if folder := os.environ.get("CIRCULEZ_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{picture}.png"))
    shown: str = page.inner_text("body")
    page.close()
    return shown


def test_a_reviewer_sees_the_graph_from_files_to_release(server: str, browser: Any) -> None:
    # What lies outside the window is not drawn: an asset's own lineage shows its neighbours
    for path, neighbours in {
        "landed/flows": ("files", "stg_flows"),
        "analysed/flow_estimates": ("int_flows", "mart_flows"),
        "analysed/exchanges": ("int_haves_wants", "prices", "mart_sy"),  # the UI shortens long names
        "published/release": ("mart_flows", "reports"),
    }.items():
        picture = path.rpartition("/")[2]
        shown = look(browser, f"{server}/assets/{path}?view=lineage", (picture, *neighbours), f"lineage_{picture}")
        for name in neighbours:
            assert name in shown, (path, name)
    stages = ("receive", "land", "prepare", "analyse", "publish")
    shown = look(browser, f"{server}/asset-groups", stages, "stages")
    for stage in stages:
        assert stage in shown


def test_the_lineage_of_columns_is_there_for_whoever_asks(server: str) -> None:
    lineage = (
        "... on TableColumnLineageMetadataEntry { lineage { columnName columnDeps { assetKey { path } columnName } } }"
    )
    key = '{path: ["marts", "mart_metabolism"]}'
    node = f"assetNodeOrError(assetKey: {key}) {{ ... on AssetNode {{ metadataEntries {{ {lineage} }} }} }}"
    entries = ask(server, f"{{ {node} }}")["assetNodeOrError"]["metadataEntries"]
    columns = {column["columnName"]: column["columnDeps"] for entry in entries for column in entry.get("lineage", [])}
    assert columns["value"] == [{"assetKey": {"path": ["analysed", "flow_estimates"]}, "columnName": "value"}]


def test_a_reviewer_follows_a_column_back_to_what_was_received(server: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.goto(f"{server}/assets/marts/mart_metabolism?view=overview")
    value = page.locator("tr", has=page.get_by_text("value", exact=True)).first
    value.get_by_role("link", name="analysed/flow_estimates").wait_for(timeout=60_000)
    assert "Unit: as column unit, a year." in value.inner_text()
    page.get_by_role("row").filter(has_text=WAY_BACK).get_by_text("Show").click()
    # Under the column's name, stage by stage
    ways = page.get_by_role("heading", name="value", exact=True).locator("xpath=following-sibling::ul[1]")
    shown = ways.inner_text(timeout=10_000)
    stages = ("flow_estimates: value", "int_measurements: ", "stg_flows: ", "landed/flows: ", "received/files: ")
    places = [shown.index(stage) for stage in stages]
    assert places == sorted(places)
    assert "flows.quantity" in shown[places[-1] :]
    if folder := os.environ.get("CIRCULEZ_PICTURES"):
        page.set_viewport_size({"width": 1600, "height": 1800})
        ways.screenshot(path=str(Path(folder) / "columns.png"))
    page.keyboard.press("Escape")
    value.get_by_role("link", name="analysed/flow_estimates").click()
    page.wait_for_url("**/assets/analysed/flow_estimates*")
    page.get_by_role("link", name="intermediate/int_measurements").first.wait_for(timeout=60_000)
    page.get_by_text("analyse.py").first.wait_for(timeout=60_000)
    page.close()


def test_a_failed_check_is_red_with_its_reason(server: str, browser: Any) -> None:
    url = f"{server}/assets/received/files?view=checks&checkDetail=delivered_files_stand"
    shown = look(browser, url, ("Failed", "surveys/c1/2025/e3.flows.csv"), "failed_check")
    assert "Failed" in shown
    assert "surveys/c1/2025/e3.flows.csv" in shown
