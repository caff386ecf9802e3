"""The worked example whose figures were computed by hand, and everything that a release of it must be."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from metabolism.layout import DataFolder
from tests.conftest import CASES, PROJECT
from tests.e2e.conftest import circulez, query

pytestmark = pytest.mark.slow
KEYS = ["territory_id", "year", "resource_id", "side"]


def test_every_row_of_the_metabolism_is_as_computed_by_hand(tiny: DataFolder) -> None:
    expected = pd.read_csv(CASES / "tiny" / "expected" / "metabolism.csv").set_index(KEYS).sort_index()
    published = query(tiny, "select * from marts.mart_metabolism").set_index(KEYS).sort_index()
    assert list(published.index) == list(expected.index)
    for column in ("value", "sd", "n_establishments", "declared_value", "coverage"):
        np.testing.assert_allclose(published[column].astype(float), expected[column].astype(float), rtol=1e-6)


def test_the_row_that_cannot_be_read_is_told_to_its_author(tiny: DataFolder) -> None:
    counts = query(
        tiny,
        "select rows_received, rows_accepted, rows_quarantined from marts.mart_files"
        " where source_file like '%/e3.flows.csv'",
    )
    assert counts.to_numpy().tolist() == [[3, 2, 1]]
    finding = query(tiny, "select * from marts.mart_data_quality where severity = 'blocking'")
    assert finding[["source_row", "column_name", "kind", "declared"]].to_numpy().tolist() == [
        [4, "quantity", "not_a_number", "a lot"]
    ]
    assert "row 4" in finding["message_en"].iloc[0]
    assert "ligne 4" in finding["message_fr"].iloc[0]
    assert "Zeile 4" in finding["message_de"].iloc[0]


def test_a_flow_carries_both_of_its_ends(tiny: DataFolder) -> None:
    flows = query(tiny, "select * from marts.mart_flows where resource_id = 'waste.150101'")
    ends = ["from_establishment_id", "from_territory_id", "to_establishment_id", "to_territory_id"]
    assert flows[ends].to_numpy().tolist() == [["e1", "c1", "e2", "c2"]]
    assert flows["status"].tolist() == ["paired"]
    foreign = query(tiny, "select from_territory_id from marts.mart_flows where resource_id = 'material.sand'")
    assert foreign["from_territory_id"].tolist() == ["FR"]


@pytest.mark.parametrize(
    "figure",
    [
        "territory_id=z resource_id=waste side=internal",
        "territory_id=c2 resource_id=water side=out",
        "territory_id=lu resource_id=water side=in",
        "territory_id=c1 resource_id=material side=import",
    ],
)
def test_an_explanation_adds_up_to_its_figure(tiny: DataFolder, figure: str) -> None:
    from pipelines.explain import explain_row, open_snapshot, select_rows

    with open_snapshot(tiny) as connection:
        row = select_rows(connection, "mart_metabolism", figure.split()).iloc[0]
        explained = explain_row(connection, "mart_metabolism", row)
    assert math.isclose(explained.total, row["value"], rel_tol=1e-9)
    assert (explained.sources["source_file"].str.startswith("surveys/")).all()


def test_explain_shows_files_rows_weights_and_the_balance(tiny: DataFolder) -> None:
    said = circulez("explain", "mart_metabolism", "territory_id=c2", "resource_id=water.wastewater", "side=in",
                    "--data", tiny.root)  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "surveys/z/2025/e2.flows.csv [flows row 5]" in said.stdout
    assert "water balance of e2" in said.stdout
    assert "3348.998214" in said.stdout


def test_the_parquet_files_and_the_snapshot_are_the_same_tables(tiny: DataFolder) -> None:
    names = query(tiny, "select table_name from duckdb_tables() where table_name like 'mart_%'")["table_name"]
    assert {"mart_flows", "mart_flow_sources", "mart_metabolism", "mart_files", "mart_data_quality"} <= set(names)
    for name in names:
        path = tiny.marts / f"{name}.parquet"
        sql = f"(from marts.{name} except all from read_parquet($${path}$$))"
        assert query(tiny, f"select count(*) as n from {sql}")["n"].tolist() == [0]


def test_the_data_package_tells_fields_units_and_sha256(tiny: DataFolder) -> None:
    package = json.loads((tiny.marts / "datapackage.json").read_text())
    resources = {resource["name"]: resource for resource in package["resources"]}
    for resource in resources.values():
        content = (tiny.marts / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["bytes"] == len(content)
    metabolism = resources["mart_metabolism"]
    fields = {field["name"]: field for field in metabolism["schema"]["fields"]}
    assert list(fields) == pq.read_schema(tiny.marts / "mart_metabolism.parquet").names
    assert fields["value"]["type"] == "number"
    assert "unit" in fields["value"]
    assert all(field["description"] for field in fields.values())


def test_an_older_client_reads_the_snapshot(tiny: DataFolder) -> None:
    python = PROJECT / ".venv-duckdb-1.5" / "bin" / "python"
    if not python.exists():
        pytest.skip("no DuckDB 1.5 on this machine: `make test` installs one")
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True);"
        "print(duckdb.__version__, c.execute('select count(*) from marts.mart_metabolism').fetchone()[0])"
    )
    said = subprocess.run([python, "-c", code, tiny.marts / "circulez.duckdb"], capture_output=True, text=True)
    version, rows = said.stdout.split()
    assert version.startswith("1.5")
    assert rows == "160"


def test_the_same_input_gives_the_same_release(tiny: DataFolder, refreshed: object) -> None:
    before = {path.name: path.read_bytes() for path in (tiny.marts / "current").iterdir() if path.is_file()}
    pointer = (tiny.marts / "current").readlink()
    refreshed(tiny)  # type: ignore[operator]
    assert (tiny.marts / "current").readlink() == pointer
    assert {path.name: path.read_bytes() for path in (tiny.marts / "current").iterdir() if path.is_file()} == before


def test_verify_holds_and_tells_what_was_touched(tiny: DataFolder) -> None:
    assert circulez("verify", "--data", tiny.root).returncode == 0
    answer = tiny.surveys / "z" / "2025" / "e1.flows.csv"
    kept = answer.read_bytes()
    try:
        answer.write_bytes(kept.replace(b"1200000", b"1300000"))
        said = circulez("verify", "--data", tiny.root)
    finally:
        answer.write_bytes(kept)
    assert said.returncode == 3
    assert "raw/surveys/z/2025/e1.flows.csv was changed since the release" in said.stdout


def test_every_territory_has_its_page_in_three_languages(tiny: DataFolder) -> None:
    pages = {path.stem: path.read_text() for path in (tiny.marts / "reports").glob("*.html")}
    assert set(pages) == {f"{place}{ending}" for place in ("lu", "c1", "c2", "z") for ending in ("", ".fr", ".de")}
    assert "The Zone" in pages["z"]
    assert "<script" not in pages["z"]
    assert circulez("report", "--territory", "z", "--data", tiny.root).stdout.strip().endswith("reports/z.html")
    in_french = circulez("report", "--territory", "z", "--lang", "fr", "--data", tiny.root).stdout
    assert in_french.strip().endswith("reports/z.fr.html")
    assert circulez("report", "--territory", "z", "--lang", "lb", "--data", tiny.root).returncode == 2
