"""What a run leaves out never shows in what it publishes: it equals a run that has nothing but `raw/`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest

from assets import dbt, expectations, open_data
from assets.project import SEEDS
from metabolism.layout import DataFolder
from metabolism.opendata.registry import read_registry
from metabolism.surveys import landing
from pipelines.verify import verify_release
from tests.conftest import PROJECT
from tests.e2e.conftest import circulez, run_once
from tests.metabolism.opendata.conftest import WASTE_HEADER, WASTE_LINES

pytestmark = pytest.mark.slow
FLOWS = "establishment_id,direction,resource,quantity,unit,period,how_known,partner_country\n"


@pytest.fixture
def data(tiny: DataFolder, tmp_path: Path) -> DataFolder:
    """A folder that was published, with all that the run left in its lake."""
    shutil.copytree(tiny.root, tmp_path / "étude", symlinks=True)
    return DataFolder(tmp_path / "étude")


def published(data: DataFolder) -> dict[str, bytes]:
    """Every file of the release, but for the snapshot and what describes it, which hold the release's id."""
    release = (data.marts / "current").resolve()
    files = [path for path in sorted(release.rglob("*")) if path.suffix in (".parquet", ".html")]
    return {release.name: b"", **{path.relative_to(release).as_posix(): path.read_bytes() for path in files}}


def from_nothing(data: DataFolder, target: Path) -> dict[str, bytes]:
    """What is published from `raw/` alone."""
    shutil.copytree(data.raw, target / "raw")
    fresh_folder = DataFolder(target)
    assert run_once(fresh_folder, full=False).published
    return published(fresh_folder)


class NoDbt(dbt.Dbt):
    """The dbt of a run that must not call it."""

    def cli(self, args: Any, **_: Any) -> Any:
        raise AssertionError(f"dbt was called: {args}")


def test_nothing_new_makes_nothing_and_tells_all(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_once(data).published
    before = published(data)

    def never(*_: object, **__: object) -> object:
        raise AssertionError("made again")

    for module, name in [(landing, "land"), (expectations, "examine")]:
        monkeypatch.setattr(module, name, never)
    monkeypatch.setattr("assets.publish.write_pages", never)
    monkeypatch.setattr("assets.analyse.reconcile", never)
    monkeypatch.setattr("metabolism.synergies.pooling.find_pools", never)
    assert run_once(data, full=False, overrides={"dbt": dbt.resource(NoDbt)}).published
    assert published(data) == before
    with dg.DagsterInstance.get() as instance:
        now, then = (_told(instance, record.dagster_run.run_id) for record in instance.get_run_records(limit=2))
    assert now == then, "the same assets are materialised, the same checks told"
    assert len(now) > 200


def _told(instance: dg.DagsterInstance, run_id: str) -> Counter[tuple[str, ...]]:
    told: Counter[tuple[str, ...]] = Counter()
    for event in instance.all_logs(run_id, of_type={*_KINDS}):
        assert event.dagster_event is not None
        if event.dagster_event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
            key = event.dagster_event.step_materialization_data.materialization.asset_key
            if key != dg.AssetKey(["landed", "campaigns"]):
                told["asset", *key.path] += 1
        else:
            check = event.dagster_event.asset_check_evaluation_data
            told["check", *check.asset_key.path, check.check_name, str(check.passed), check.severity.value] += 1
    return told


_KINDS = (dg.DagsterEventType.ASSET_MATERIALIZATION, dg.DagsterEventType.ASSET_CHECK_EVALUATION)


def test_a_delivery_is_published_as_from_nothing(data: DataFolder, tmp_path: Path) -> None:
    before = published(data)
    (data.surveys / "z" / "2025" / "e4.flows.csv").write_text(FLOWS + "e4,in,energy.gas,500,MWh,year,invoiced,DE\n")
    assert run_once(data, full=False).published
    after = published(data)
    assert after != before
    assert after == from_nothing(data, tmp_path / "new")


def test_open_data_that_came_is_published_as_from_nothing(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = next(source for source in read_registry(SEEDS) if source.source_id == "eurostat_waste")
    path = tmp_path / "mirror" / source.mirror_file
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([WASTE_HEADER, *WASTE_LINES]) + "\n")
    monkeypatch.setenv(open_data.MIRROR, str(tmp_path / "mirror"))
    before = published(data)
    assert run_once(data, full=False).published
    after = published(data)
    assert after["mart_national_waste.parquet"] != before["mart_national_waste.parquet"]
    assert after == from_nothing(data, tmp_path / "new")


def _loses_a_row(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(1), path)


def _every_stage(data: DataFolder) -> None:
    _loses_a_row(data.landed / "flows.parquet")
    _loses_a_row(data.prepared / "int_flows.parquet")
    _loses_a_row(data.analysed / "flow_estimates.parquet")
    _loses_a_row(data.built / "mart_metabolism.parquet")
    (data.lake / "reports" / "z.fr.html").write_text("Circulez !")
    (data.lake / "reports" / "y.html").write_text("Circulez !")


FAULTS: dict[str, Callable[[DataFolder], object]] = {
    "a file of every stage": _every_stage,
    "a warehouse cut off": lambda data: data.warehouse.write_bytes(data.warehouse.read_bytes()[:5000]),
    "no warehouse": lambda data: data.warehouse.unlink(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_working_state_is_not_published(data: DataFolder, fault: str) -> None:
    before = published(data)
    FAULTS[fault](data)
    outcome = run_once(data, full=False)
    if fault == "a warehouse cut off" and not outcome.published:
        # DuckDB refuses what is no database: it says so, and it may be deleted at any time.
        data.warehouse.unlink()
        outcome = run_once(data, full=False)
    assert outcome.published, outcome
    assert published(data) == before
    assert verify_release(data).holds


def test_a_narrowed_run_publishes_what_a_full_one_does(data: DataFolder) -> None:
    before = published(data)
    said = circulez("run", "--data", data.root, "--territory", "z", "--year", "2025")
    assert said.returncode == 0, said.stderr
    assert published(data) == before
    assert "unchanged" not in next(line for line in said.stderr.splitlines() if line.startswith("Land: reading"))
    said = circulez("run", "--data", data.root, "--full")
    assert said.returncode == 0, said.stderr
    assert "unchanged" not in said.stderr
    assert published(data) == before


@pytest.mark.parametrize(
    "words", [["--territory", "nowhere"], ["--year", "1999"], ["--full", "--territory", "z"], ["--territory", "../z"]]
)
def test_what_cannot_be_read_again_is_a_wrong_call(data: DataFolder, words: list[str]) -> None:
    assert circulez("run", "--data", data.root, *words).returncode == 2


def test_another_version_of_the_software_makes_all_again(data: DataFolder, tmp_path: Path) -> None:
    """A copy of the project, elsewhere: as it is, with another comment, and with another word in a nomenclature."""
    project = tmp_path / "project"
    for name in ("metabolism", "assets", "pipelines", "dbt_project"):
        shutil.copytree(PROJECT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    shutil.copyfile(PROJECT / "dagster.yaml", project / "dagster.yaml")
    assert set(_steps(project, data).values()) == {"unchanged"}

    with (project / "metabolism" / "units.py").open("a") as file:
        file.write("# another version\n")
    assert set(_steps(project, data).values()) == {"done"}

    seed = project / "dbt_project" / "seeds" / "resources.csv"
    seed.write_text(seed.read_text().replace("Drinking water", "Water to drink"))
    before = published(data)
    assert set(_steps(project, data).values()) == {"done"}
    after = published(data)
    assert after != before
    shutil.copytree(data.raw, tmp_path / "new" / "raw")
    _steps(project, DataFolder(tmp_path / "new"))
    assert after == published(DataFolder(tmp_path / "new"))


def _steps(project: Path, data: DataFolder) -> dict[str, str]:
    """Runs the software of that folder; by stage that may be left out: done or unchanged."""
    said = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--data", str(data.root)],
        capture_output=True,
        text=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), "DAGSTER_HOME": str(project)},
    )
    assert said.returncode == 0, said.stderr
    lines = [line.split() for line in said.stderr.splitlines() if line.endswith(" s")]
    left_out = ("Land:", "Prepare:", "Analyse:", "Publish:")
    steps = {" ".join(words[1:-3]): words[-3] for words in lines if words[0] in left_out}
    may_be = {name: ended for name, ended in steps.items() if name not in ("open data", "release")}
    assert len(may_be) == 7
    return may_be
