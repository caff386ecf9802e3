"""Landing in Dagster: nothing that stands in raw is overlooked by what is kept, and campaigns are its partitions."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from assets import campaigns, expectations, fresh, land, open_data, receive
from assets.folder import Folder
from assets.lock import let_go
from assets.project import SEEDS
from metabolism.layout import DataFolder
from metabolism.opendata.registry import read_registry
from metabolism.surveys import landing
from metabolism.surveys.received import read_receipts
from tests.conftest import CASES
from tests.metabolism.opendata.conftest import WASTE_HEADER, WASTE_LINES

ASSETS = [receive.received_files, open_data.received_open_data, land.landed_tables, open_data.landed_open_data]
FLOWS = "establishment_id,direction,resource,quantity,unit,period\n"
TABLES = {
    "postcodes.csv": "country,postcode,territory_id\nLU,1111,c1\n",
    "actors.csv": "actor_id,name,kind,territories,themes\nrail,The Railway,operator,z,mobility\n",
    "prices.csv": "resource_id,year,price_eur_per_unit,disposal_eur_per_unit,source\nsteel,2024,600,0,here\n",
    "pilots.csv": "pilot_id,territory_id,kind,title\np1,z,exchange,Glass\n",
}


@pytest.fixture(autouse=True)
def _no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(open_data.MIRROR, raising=False)
    monkeypatch.delenv(open_data.FETCH, raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataFolder]:
    folder = DataFolder(tmp_path / "first")
    for case in ("tiny", "waldbierg"):
        shutil.copytree(CASES / case / "raw", folder.raw, dirs_exist_ok=True)
    shutil.copyfile(CASES / "tiny" / "raw" / "territories.csv", folder.territories)
    for name, text in TABLES.items():
        (folder.raw / name).write_text(text)
    yield folder
    let_go(folder)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(data: DataFolder, instance: dg.DagsterInstance, **asked: object) -> dg.ExecuteInProcessResult:
    result = dg.materialize(
        ASSETS,
        resources={"folder": Folder(root=str(data.root))},
        instance=instance,
        tags=fresh.Asked(**asked).tags(),  # type: ignore[arg-type]
    )
    let_go(data)
    return result


def landed_bytes(data: DataFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(data.landed.glob("*.parquet"))}


def from_nothing(data: DataFolder, target: Path) -> dict[str, bytes]:
    """What a run lands that has nothing but `raw/`."""
    shutil.copytree(data.raw, target / "raw")
    with dg.DagsterInstance.ephemeral() as other:
        run(DataFolder(target), other)
    return landed_bytes(DataFolder(target))


def _add(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(path.read_text() + text)


def _dated_back(path: Path) -> None:
    receipts = pd.read_csv(path, dtype=str)
    receipts.assign(first_seen="2025-01-31T00:00:00+00:00").to_csv(path, index=False)


def _withdrawn(path: Path) -> None:
    """A delivered file that is gone, and for which nobody asks any more."""
    path.unlink()
    receipts = path.parents[3] / "receipts.csv"
    table = pd.read_csv(receipts, dtype=str)
    table[~table["file"].str.endswith(path.name)].to_csv(receipts, index=False)


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a survey file": (
        "surveys/z/2025/late.flows.csv",
        lambda path: path.write_text(FLOWS + "e4,in,steel,3,t,year\ne4,in,steel,9e9,t,year\n"),
    ),
    "a file in no campaign": ("surveys/lost.csv", lambda path: path.write_text(FLOWS)),
    "a file that is withdrawn": ("surveys/z/2025/e2.flows.csv", _withdrawn),
    "the mapping": (
        "surveys/demo/2025/erp_export/mapping.yaml",
        lambda path: path.write_text(path.read_text().replace("flows:", "flows:", 1) + "\nunheard_of: 1\n"),
    ),
    "a frame": ("frame/z.csv", _add("e9,Garage Neuf,45.20,9,c1\n")),
    "the territories": ("territories.csv", _add("c3,Commune Three,commune,lu,\n")),
    "the postcodes": ("postcodes.csv", _add("LU,2222,c2\n")),
    "the actors": ("actors.csv", _add("town,The Town,authority,c1,\n")),
    "the prices": ("prices.csv", _add("paper,2024,100,0,there\n")),
    "the pilots": ("pilots.csv", _add("p2,z,pooling,Cleaning\n")),
    "the receipts": ("receipts.csv", _dated_back),
    "control totals": (
        "controls.csv",
        lambda path: path.write_text("territory_id,year,resource_id,side,value,unit\nz,2025,steel,import,9,t\n"),
    ),
    "a withdrawal": (
        "withdrawals.csv",
        lambda path: path.write_text("establishment_id,date,by\ne2,2026-01-31,e2\n"),
    ),
    "shapes": (
        "territories.geojson",
        lambda path: path.write_text(
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"territory_id": "z"},'
            ' "geometry": {"type": "Polygon", "coordinates": [[[6.1, 49.5], [6.2, 49.5], [6.2, 49.6], [6.1, 49.5]]]}}]}'
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_in_raw_is_landed_as_from_nothing(
    data: DataFolder, instance: dg.DagsterInstance, tmp_path: Path, change: str
) -> None:
    run(data, instance)
    before = landed_bytes(data)
    name, make = CHANGES[change]
    make(data.raw / name)
    run(data, instance)
    after = landed_bytes(data)
    assert after != before
    assert after == from_nothing(data, tmp_path / "new")


def test_a_copy_from_the_mirror_is_landed_as_from_nothing(
    data: DataFolder, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, instance)
    before = landed_bytes(data)
    source = next(source for source in read_registry(SEEDS) if source.source_id == "eurostat_waste")
    path = tmp_path / "mirror" / source.mirror_file
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([WASTE_HEADER, *WASTE_LINES]) + "\n")
    monkeypatch.setenv(open_data.MIRROR, str(tmp_path / "mirror"))
    run(data, instance)
    after = landed_bytes(data)
    assert after != before
    assert after == from_nothing(data, tmp_path / "new")


def test_nothing_new_reads_nothing_and_examines_nothing(
    data: DataFolder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, instance)
    before = landed_bytes(data)

    def never(*_: object, **__: object) -> object:
        raise AssertionError("read again")

    monkeypatch.setattr(landing, "land", never)
    monkeypatch.setattr(expectations, "examine", never)
    result = run(data, instance)
    assert landed_bytes(data) == before
    (_, suite) = sorted(check.check_name for check in result.get_asset_check_evaluations())
    assert suite == "plausible_range"
    CHANGES["the prices"][1](data.raw / "prices.csv")
    run(data, instance)
    assert landed_bytes(data) != before, "other tables are landed, though no survey is read and no row examined"


def test_outcomes_that_are_kept_flag_the_same_rows(data: DataFolder, instance: dg.DagsterInstance) -> None:
    CHANGES["a survey file"][1](data.raw / CHANGES["a survey file"][0])
    run(data, instance)
    flags = (data.landed / "flags.parquet").read_bytes()
    assert len(pd.read_parquet(data.landed / "flags.parquet").query("reason == 'outlier'")) == 1
    CHANGES["the prices"][1](data.raw / "prices.csv")
    result = run(data, instance)
    assert (data.landed / "flags.parquet").read_bytes() == flags
    checks = {check.check_name: check for check in result.get_asset_check_evaluations()}
    assert not checks["plausible_range"].passed
    assert checks["expectations"].passed


def partitions_read(result: dg.ExecuteInProcessResult) -> set[str | None]:
    events = result.get_asset_materialization_events()
    return {event.partition for event in events if event.asset_key == campaigns.KEY}


def test_each_campaign_that_is_read_is_a_partition_with_its_rows(
    data: DataFolder, instance: dg.DagsterInstance
) -> None:
    everything = {"c1/2025", "demo/2025", "z/2025"}
    run(data, instance)
    assert set(instance.get_dynamic_partitions("campaigns")) == everything
    assert instance.get_materialized_partitions(campaigns.KEY) == everything
    CHANGES["a survey file"][1](data.raw / CHANGES["a survey file"][0])
    second = run(data, instance)
    assert partitions_read(second) == {"z/2025"}
    latest = instance.get_latest_materialization_event(campaigns.KEY)
    assert latest is not None
    assert latest.asset_materialization is not None
    told = {name: value.value for name, value in latest.asset_materialization.metadata.items()}
    assert (told["files"], told["rows_received"]) == (5, 13)
    assert partitions_read(run(data, instance)) == set()


def test_a_narrowed_run_reads_what_it_names_and_lands_all(data: DataFolder, instance: dg.DagsterInstance) -> None:
    run(data, instance)
    before = landed_bytes(data)
    assert partitions_read(run(data, instance, territory="z")) == {"z/2025"}
    assert partitions_read(run(data, instance, territory="z", year=2024)) == set()
    assert partitions_read(run(data, instance, year=2025)) == {"c1/2025", "demo/2025", "z/2025"}
    assert landed_bytes(data) == before
    assert len(read_receipts(data)) > 0


def test_a_campaign_that_left_raw_is_no_partition_any_more(
    data: DataFolder, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    run(data, instance)
    shutil.rmtree(data.surveys / "c1")
    data.receipts.unlink()
    run(data, instance)
    assert set(instance.get_dynamic_partitions("campaigns")) == {"demo/2025", "z/2025"}
    assert not (data.lake / "campaigns" / "c1" / "2025.campaign").exists()
    assert landed_bytes(data) == from_nothing(data, tmp_path / "new")


def test_records_that_are_younger_than_the_lake_learn_of_its_campaigns(data: DataFolder) -> None:
    for turn in range(2):
        with dg.DagsterInstance.ephemeral() as other:
            result = run(data, other)
            assert other.get_materialized_partitions(campaigns.KEY) == {"c1/2025", "demo/2025", "z/2025"}, turn
            notes = [e.materialization.metadata.get("read") for e in result.get_asset_materialization_events()]
            assert sum(note is not None for note in notes) == 3 * turn


def test_partitions_are_read_again_by_hand_several_in_one_run(
    data: DataFolder, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(data, instance)
    read: list[str] = []
    land_files = landing.land

    def noted(files: list[landing.ReceivedFile], *arguments: object, **options: object) -> object:
        read.append(files[0].folder)
        return land_files(files, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(landing, "land", noted)
    first, *_, last = instance.get_dynamic_partitions("campaigns")
    result = dg.materialize(
        [receive.received_files, campaigns.landed_campaigns],
        selection=[campaigns.KEY],
        resources={"folder": Folder(root=str(data.root))},
        instance=instance,
        tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last},
    )
    let_go(data)
    assert len(read) == 3
    rows = {
        event.partition: event.materialization.metadata["rows_received"].value
        for event in result.get_asset_materialization_events()
    }
    assert rows["z/2025"] == 11
    assert len(rows) == 3
