"""Open data as an asset: the mirror, the provider, what is missing, and the marts that rest on it."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pandas as pd
import pytest
import requests
from requests.adapters import BaseAdapter
from urllib3.util import Retry

from assets import open_data
from assets.download import NotFetched, fetch, https_session
from assets.folder import Folder
from assets.land import TERRITORIES
from assets.lock import let_go
from assets.manifest import dbt_executable
from assets.project import DBT_PROJECT, SEEDS
from metabolism.layout import DataFolder
from metabolism.opendata.registry import read_registry
from metabolism.surveys import received
from metabolism.tables import read_table, write_table
from tests.metabolism.opendata.conftest import WASTE_HEADER, WASTE_LINES, opendata

MODELS = "open_sources nace_waste_activities waste_categories stg_territories stg_open_waste stg_open_sources"
MODELS += " stg_recycling_rates int_waste_codes mart_territories mart_open_sources mart_national_waste"
CATEGORIES_LACK = {2008: 102_998}
"""Luxembourg's total of 2008 is larger, in t, than all the categories that the provider publishes for that year."""
SECONDARY_IS_NOUGHT = {(2010, "C"), (2012, "C"), (2014, "C")}
"""Where the provider publishes no secondary waste of Luxembourg, but 41, 21 and 17 t in its categories."""
OF_OTHERS = [
    f"relationships_{mart}_territory_id__territory_id__ref_mart_territories_"
    for mart in ("mart_metabolism", "mart_transit")
]
SOURCES = {source.source_id: source for source in read_registry(SEEDS)}


@pytest.fixture(autouse=True)
def _no_mirror_and_no_fetching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(open_data.MIRROR, raising=False)
    monkeypatch.delenv(open_data.FETCH, raising=False)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "l'étude")


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mirror with Eurostat's waste alone."""
    folder = tmp_path / "mirror"
    path = folder / SOURCES["eurostat_waste"].mirror_file
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([WASTE_HEADER, *WASTE_LINES]) + "\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))  # 2023-11-14
    monkeypatch.setenv(open_data.MIRROR, str(folder))
    return folder


def materialise(data: DataFolder) -> pd.DataFrame:
    """Receives and lands; returns what became of each source."""
    assets = [open_data.received_open_data, open_data.landed_open_data]
    try:
        assert dg.materialize(assets, resources={"folder": Folder(root=str(data.root))}).success
    finally:
        let_go(data)
    return read_table(data.landed / "open_sources.parquet").set_index("source_id")


def content(data: DataFolder) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in sorted(data.landed.glob("*.parquet"))}


def test_without_a_copy_a_mirror_and_the_provider_every_table_is_there_and_empty(data: DataFolder) -> None:
    status = materialise(data)
    assert status.index.tolist() == sorted(SOURCES)
    assert (status["status"] == "not available").all()
    assert status["reason"].str.contains("CIRCULEZ_MIRROR").all()
    assert status["reason"].str.contains("CIRCULEZ_FETCH").all()
    for name, table in open_data.TABLES.items():
        landed = read_table(data.landed / f"{name}.parquet")
        assert list(landed.columns) == list(table.schema)
        assert len(landed) == 0
    assert not data.open_data.exists()


def test_a_mirror_that_lacks_files_gives_what_it_has_and_says_the_rest(data: DataFolder, mirror: Path) -> None:
    status = materialise(data)
    waste = status.loc["eurostat_waste"]
    file = "open/eurostat_waste/2023-11-14/waste_gen_eu.tsv"
    assert waste[["status", "source_file", "retrieved", "n_rows"]].tolist() == ["available", file, "2023-11-14", 9]
    assert waste["source_sha256"] == received.sha256_of(data.raw / file)
    assert pd.isna(waste["reason"])
    landed = read_table(data.landed / "open_waste.parquet")
    assert set(landed["source_file"]) == {file}
    assert set(landed["source_id"]) == {"eurostat_waste"}
    others = status.drop("eurostat_waste")
    assert (others["status"] == "not available").all()
    for source_id, reason in others["reason"].items():
        assert f"the mirror has no file {SOURCES[str(source_id)].mirror_file}" in reason
        assert str(mirror) not in reason
    assert len(read_table(data.landed / "communes.parquet")) == 0


def test_a_copy_stays_when_the_mirror_changes_or_is_gone(
    data: DataFolder, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    materialise(data)
    first = content(data)
    (mirror / SOURCES["eurostat_waste"].mirror_file).write_text("changed")
    materialise(data)
    monkeypatch.delenv(open_data.MIRROR)
    status = materialise(data)
    assert status.loc["eurostat_waste", "status"] == "available"
    waste = str(data.landed / "open_waste.parquet")
    assert content(data)[waste] == first[waste]


def test_the_same_input_gives_the_same_bytes(data: DataFolder, mirror: Path) -> None:
    materialise(data)
    first = content(data)
    materialise(data)
    assert content(data) == first


def test_a_later_copy_is_used_and_a_copy_that_is_gone_has_a_receipt_to_tell(data: DataFolder, mirror: Path) -> None:
    materialise(data)
    receipts = received.with_new_receipts(received.read_receipts(data), received.inventory(data), "now")
    later = data.open_data / "eurostat_waste" / "2024-01-01" / "waste_gen_eu.tsv"
    later.parent.mkdir()
    later.write_text("\n".join([WASTE_HEADER, WASTE_LINES[3]]))
    assert materialise(data).loc["eurostat_waste", ["retrieved", "n_rows"]].tolist() == ["2024-01-01", 3]
    assert received.gone(receipts, received.inventory(data)) == []
    shutil.rmtree(data.open_data / "eurostat_waste" / "2023-11-14")
    assert received.gone(receipts, received.inventory(data)) == ["open/eurostat_waste/2023-11-14/waste_gen_eu.tsv"]


@pytest.mark.parametrize("damaged", ["", "<html></html>", WASTE_HEADER])
def test_a_damaged_file_of_the_mirror_is_not_received(data: DataFolder, mirror: Path, damaged: str) -> None:
    (mirror / SOURCES["eurostat_waste"].mirror_file).write_text(damaged)
    status = materialise(data)
    assert status.loc["eurostat_waste", "status"] == "not available"
    assert "waste_gen_eu.tsv has" in status.loc["eurostat_waste", "reason"]
    assert not data.open_data.exists()


def test_a_damaged_copy_in_raw_is_said_and_gives_no_rows(data: DataFolder) -> None:
    path = data.open_data / "lu_communes" / "2025-01-01" / "communes4326.geojson"
    path.parent.mkdir(parents=True)
    path.write_text("{")
    status = materialise(data).loc["lu_communes"]
    assert status["status"] == "not available"
    assert "communes4326.geojson" in status["reason"]
    assert pd.isna(status["n_rows"])
    assert len(read_table(data.landed / "communes.parquet")) == 0


@pytest.mark.parametrize("named", ["nowhere", "file"])
def test_a_mirror_that_is_no_folder_stops_nothing(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(open_data.MIRROR, str(tmp_path / named))
    assert (materialise(data)["status"] == "not available").all()


class Provider(BaseAdapter):
    """Answers for every address, without a network."""

    def __init__(self, body: bytes, status: int = 200) -> None:
        super().__init__()
        self.body, self.status = body, status
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, *arguments: object, **options: object) -> requests.Response:
        import io

        self.asked.append(str(request.url))
        answer = requests.Response()
        answer.status_code, answer.raw, answer.request = self.status, io.BytesIO(self.body), request
        if self.status in (301, 302):
            answer.headers["Location"] = self.body.decode()
        return answer

    def close(self) -> None:
        pass


def session_of(provider: Provider) -> requests.Session:
    session = https_session()
    session.mount("https://", provider)
    return session


def test_the_provider_is_asked_only_where_that_is_wanted(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider("\n".join([WASTE_HEADER, *WASTE_LINES]).encode())
    monkeypatch.setattr(open_data, "https_session", lambda: session_of(provider))
    for wanted in ("0", "", "yes"):
        monkeypatch.setenv(open_data.FETCH, wanted)
        materialise(data)
    assert provider.asked == []
    monkeypatch.setenv(open_data.FETCH, "1")
    status = materialise(data)
    assert sorted(provider.asked) == sorted(source.fetch_address for source in SOURCES.values())
    assert status.loc["eurostat_waste", "status"] == "available"
    # What the provider gave for the others is not what their cards say
    assert (status.drop("eurostat_waste")["status"] == "not available").all()
    provider.asked.clear()
    materialise(data)
    assert SOURCES["eurostat_waste"].fetch_address not in provider.asked


def test_a_provider_that_fails_stops_nothing(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(open_data.FETCH, "1")
    monkeypatch.setattr(open_data, "https_session", lambda: session_of(Provider(b"", 503)))
    status = materialise(data)
    assert status["reason"].str.contains("status 503").all()
    assert not data.open_data.exists()


def test_a_file_that_is_too_large_or_too_slow_or_not_over_https_is_refused(tmp_path: Path) -> None:
    target, address = tmp_path / "f", "https://provider.example/f"
    with pytest.raises(NotFetched, match="larger"):
        fetch(address, target, session_of(Provider(b"x" * 2_000_001)), largest_bytes=2_000_000)
    with pytest.raises(NotFetched, match="within 0 s"):
        fetch(address, target, session_of(Provider(b"x")), longest_s=0)
    with pytest.raises(NotFetched, match="not https"):
        fetch("http://provider.example/f", target, session_of(Provider(b"x")))
    with pytest.raises(NotFetched, match="not https"):
        fetch(address, target, session_of(Provider(b"http://provider.example/f", 302)))
    fetch(address, target, session_of(Provider(b"whole")))
    assert target.read_bytes() == b"whole"


@pytest.fixture
def plain_server() -> Iterator[int]:
    """A server on this machine that speaks no TLS."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_provider_that_cannot_be_reached_is_said(tmp_path: Path, plain_server: int) -> None:
    with https_session(Retry(total=1, backoff_factor=0)) as session, pytest.raises(NotFetched, match="reached"):
        fetch(f"https://127.0.0.1:{plain_server}/f", tmp_path / "f", session)


def build(data: DataFolder, territories: dict[str, str]) -> None:
    """The models of open data alone, made by dbt from what was landed."""
    listed = pd.DataFrame({"territory_id": list(territories), "kind": list(territories.values())})
    write_table(listed.assign(name="n"), data.landed / "territories.parquet", TERRITORIES)
    for folder in (data.prepared, data.built):
        folder.mkdir(parents=True, exist_ok=True)
    command = [dbt_executable(), "build", "--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    command += ["--target-path", data.lake / "target", "--log-path", data.lake]
    command += ["--exclude-resource-type", "unit_test", "--select", *MODELS.split(), "--exclude", *OF_OTHERS]
    where = {"CIRCULEZ_LAKE": str(data.lake), "CIRCULEZ_WAREHOUSE": str(data.warehouse), "DO_NOT_TRACK": "1"}
    said = subprocess.run([str(word) for word in command], capture_output=True, text=True, env={**os.environ, **where})
    assert said.returncode == 0, said.stdout[-3000:]


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """mart_national_waste from the provider's own files, for two countries."""
    data = DataFolder(tmp_path_factory.mktemp("national"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(open_data.MIRROR, str(opendata()))
        materialise(data)
    build(data, {"lu": "country", "gr": "country", "be": "zone"})
    return read_table(data.built / "mart_national_waste.parquet")


@pytest.fixture(scope="module")
def luxembourg(national: pd.DataFrame) -> pd.DataFrame:
    return national[national["territory_id"] == "lu"]


@pytest.mark.slow
def test_only_countries_of_the_folder_are_published_and_greece_has_its_own_code(national: pd.DataFrame) -> None:
    assert national["territory_id"].unique().tolist() == ["gr", "lu"]
    assert len(national[national["territory_id"] == "lu"]) == 9_585


@pytest.mark.slow
def test_luxembourg_is_as_the_provider_publishes_it(luxembourg: pd.DataFrame) -> None:
    """Figures of SOURCES.md beside the file."""
    total = luxembourg.query("activity_code == 'TOTAL_HH' and category_code == 'TOTAL'").set_index("year")["value"]
    assert total.to_dict() == {
        2004: 8_315_766, 2006: 8_378_911, 2008: 9_592_144, 2010: 10_441_469, 2012: 8_397_228,
        2014: 7_072_758, 2016: 10_020_519, 2018: 9_014_397, 2020: 9_215_222,
    }  # fmt: skip
    in_2020 = luxembourg[luxembourg["year"] == 2020]
    activities = in_2020.query("category_code == 'TOTAL' and activity_parent == 'TOTAL_HH'").set_index("activity_code")
    assert activities["value"].to_dict() == {
        "A": 11_445, "B": 101_243, "C": 600_895, "D": 31_328, "E": 323_462, "F": 7_570_240,
        "G-U_X_G4677": 372_993, "G4677": 1_366, "EP_HH": 202_250,
    }  # fmt: skip
    assert activities["value"].sum() == 9_215_222
    manufacturing = in_2020.query("category_code == 'TOTAL' and activity_parent == 'C'")
    assert (len(manufacturing), manufacturing["value"].sum()) == (10, 600_895)
    categories = in_2020.query("activity_code == 'TOTAL_HH'").set_index("category_code")["value"]
    assert categories[["W126", "W121", "W124", "W101", "W061"]].tolist() == [
        7_103_413,
        743_699,
        340_588,
        211_340,
        171_755,
    ]
    origin = in_2020.query("activity_code == 'TOTAL_HH' and category_breakdown == 'origin'").set_index("category_code")
    assert origin["value"].to_dict() == {"PRIM": 9_093_780, "SEC": 121_442}
    assert set(origin["category_parent"]) == {"TOTAL"}
    assert origin["value"].sum() == 9_215_222


@pytest.mark.slow
def test_the_leaves_count_every_tonne_once_in_every_year(luxembourg: pd.DataFrame) -> None:
    """Before 2010 and from then on other codes are leaves; a sum of all rows would count each tonne many times."""
    leaves = luxembourg[luxembourg["is_leaf_activity"] & luxembourg["is_leaf_category"]]
    total = luxembourg.query("activity_code == 'TOTAL_HH' and category_code == 'TOTAL'").set_index("year")["value"]
    lacking = total - leaves.groupby("year")["value"].sum()
    assert lacking[lacking != 0].to_dict() == CATEGORIES_LACK
    assert (luxembourg.groupby("year")["value"].sum() > 5 * total).all()


def differences(rows: pd.DataFrame, own: str, parent: str, other: str) -> pd.DataFrame:
    """Where children that all have a value do not add up to their parent; columns year, `other`, `parent`."""
    children = rows[rows[parent].notna()].groupby(["year", other, parent])["value"]
    sums = children.sum()[children.count() == children.size()].rename("sum").reset_index()
    parents = rows.rename(columns={own: "whole"})[["year", other, "whole", "value"]]
    both = sums.merge(parents, left_on=["year", other, parent], right_on=["year", other, "whole"]).dropna()
    assert len(both) > 80
    return both.loc[both["sum"] != both["value"], ["year", other, parent]]


@pytest.mark.slow
def test_activities_add_up_to_their_parent_in_every_category_and_year(luxembourg: pd.DataFrame) -> None:
    assert len(differences(luxembourg, "activity_code", "activity_parent", "category_code")) == 0


@pytest.mark.slow
def test_categories_add_up_to_their_parent_but_where_the_provider_differs_from_itself(luxembourg: pd.DataFrame) -> None:
    total = luxembourg[luxembourg["category_code"] == "TOTAL"]
    tree = luxembourg[luxembourg["category_breakdown"] == "category"]
    found = differences(tree, "category_code", "category_parent", "activity_code")
    assert set(zip(found["year"], found["category_parent"], strict=True)) == {(y, "TOTAL") for y in CATEGORIES_LACK}
    origin = pd.concat([total, luxembourg[luxembourg["category_breakdown"] == "origin"]])
    found = differences(origin, "category_code", "category_parent", "activity_code")
    assert set(zip(found["year"], found["activity_code"], strict=True)) == SECONDARY_IS_NOUGHT


@pytest.mark.slow
def test_confidential_is_told_from_zero_and_from_missing(national: pd.DataFrame) -> None:
    assert set(national["status"]) <= {"available", "zero", "confidential", "missing"}
    without = national["status"].isin(["confidential", "missing"])
    assert national.loc[without, "value"].isna().all()
    assert national.loc[without, "reason"].notna().all()
    assert national.loc[~without, "value"].notna().all()
    assert (national.loc[national["status"] == "zero", "value"] == 0).all()
    assert (national.loc[national["status"] == "available", "value"] != 0).all()
    early = national.query("territory_id == 'lu' and year == 2004 and category_code == 'W061'")
    assert set(early["reason"]) == {"the statistics of that year have not this code"}


@pytest.mark.slow
def test_confidential_cells_of_the_fixture_come_through(data: DataFolder, mirror: Path) -> None:
    materialise(data)
    build(data, {"at": "country", "gr": "country"})
    mart = read_table(data.built / "mart_national_waste.parquet").set_index(["territory_id", "year"])
    assert mart["status"].to_dict() == {
        ("at", 2004): "missing", ("at", 2018): "confidential", ("at", 2020): "available",
        ("gr", 2004): "confidential", ("gr", 2018): "zero", ("gr", 2020): "available",
    }  # fmt: skip
    assert mart.loc[("at", 2018), "reason"] == "the provider keeps it confidential"


@pytest.mark.slow
def test_without_open_data_the_marts_say_so(data: DataFolder) -> None:
    materialise(data)
    build(data, {"lu": "country"})
    assert len(read_table(data.built / "mart_national_waste.parquet")) == 0
    with duckdb.connect(str(data.warehouse), read_only=True) as connection:
        cards = connection.execute("select * from marts.mart_open_sources").df()
    assert sorted(cards["source_id"]) == sorted(SOURCES)
    assert set(cards["status"]) == {"not available"}
    assert cards[["reason", "title", "licence", "landing_page"]].notna().all(axis=None)
    assert cards[["source_file", "source_sha256", "retrieved", "n_rows"]].isna().all(axis=None)
