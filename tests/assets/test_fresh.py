"""A stage is left out where all that it read and made stands as it was, and is made in every other case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import fresh
from assets.folder import Folder
from metabolism.layout import DataFolder

RAW, MADE, OTHER = "lake/in/rows.txt", "lake/out/rows.txt", "lake/out/more.txt"
STAGE = fresh.Stage("copy", reads=("lake/in/*.txt",), makes=("lake/out/*.txt",))
LATER = fresh.Stage("later", reads=("lake/out/*.txt",), makes=("lake/last/*.txt", MADE), alters=("copy",))
META = {
    "n": 3,
    "share": 0.5,
    "word": "yes",
    "columns": dg.TableSchema([dg.TableColumn("a", "string")]),
    "at": dg.MetadataValue.path("there"),
}


@dataclass
class Workshop:
    """A folder and a stage that copies a file; `made` counts how often."""

    data: DataFolder
    stage: fresh.Stage = STAGE
    passed: bool = True
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
    meanwhile: Callable[[], object] = lambda: None
    extra: Sequence[Any] = ()
    made: int = 0
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    def path(self, name: str) -> Path:
        return self.data.root / name

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text)

    def asset(self) -> dg.AssetsDefinition:
        @dg.multi_asset(
            name="copying",
            specs=[dg.AssetSpec("rows"), dg.AssetSpec("more", skippable=True)],
            check_specs=[dg.AssetCheckSpec("right", asset="rows")],
            can_subset=True,
        )
        @fresh.kept(self.stage)
        def copying(context: dg.AssetExecutionContext, folder: Folder) -> Iterator[Any]:
            self.made += 1
            self.write(MADE, self.path(RAW).read_text())
            self.meanwhile()
            yield dg.MaterializeResult(asset_key="rows", metadata=META)
            yield from self.extra
            if dg.AssetCheckKey(dg.AssetKey("rows"), "right") in context.selected_asset_check_keys:
                yield dg.AssetCheckResult(
                    asset_key="rows",
                    check_name="right",
                    passed=self.passed,
                    severity=self.severity,
                    description="as told",
                    metadata={"rows": 3},
                )

        return copying

    def run(self, full: bool = False, selection: str | None = None) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [self.asset()],
            resources={"folder": Folder(root=str(self.data.root))},
            instance=self.instance,
            tags=fresh.Asked(full).tags(),
            selection=selection,
            raise_on_error=False,
        )


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    workshop = Workshop(DataFolder(tmp_path))
    workshop.write(RAW, "one")
    return workshop


def test_a_stage_that_stands_is_not_made_again(shop: Workshop) -> None:
    assert shop.run().success
    assert shop.run().success
    assert shop.made == 1


def test_it_tells_dagster_what_it_told_and_which_run_made_it(shop: Workshop) -> None:
    first = shop.run()
    second = shop.run()
    (then,), (now,) = ([e.materialization for e in run.get_asset_materialization_events()] for run in (first, second))
    note = now.metadata[fresh.UNCHANGED]
    assert isinstance(note, dg.DagsterRunMetadataValue)
    assert note.value == first.run_id
    assert then.metadata == {name: value for name, value in now.metadata.items() if name != fresh.UNCHANGED}
    (check,) = second.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.description) == ("right", True, "as told")
    assert check.metadata["rows"].value == 3


def test_a_third_run_still_names_the_run_that_made_it(shop: Workshop) -> None:
    first = shop.run()
    shop.run()
    (now,) = shop.run().get_asset_materialization_events()
    assert now.materialization.metadata[fresh.UNCHANGED].value == first.run_id


def test_what_is_made_beside_it_is_none_of_what_it_reads(shop: Workshop) -> None:
    shop.stage = fresh.Stage("copy", STAGE.reads, STAGE.makes, passes_over=("lake/in/beside.txt",))
    shop.run()
    shop.write("lake/in/beside.txt", "later")
    shop.run()
    assert shop.made == 1


SPOILS: dict[str, Callable[[Workshop], object]] = {
    "what it read changed": lambda shop: shop.write(RAW, "two"),
    "there is more to read": lambda shop: shop.write("lake/in/more.txt", ""),
    "what it made was changed": lambda shop: shop.write(MADE, "on"),
    "what it made is gone": lambda shop: shop.path(MADE).unlink(),
    "there is more than it made": lambda shop: shop.write(OTHER, "foreign"),
    "its record is cut off": lambda shop: shop.write("lake/stages/copy.json", '{"key": "'),
    "its record is of something else": lambda shop: shop.write("lake/stages/copy.json", "[]"),
    "its record is gone": lambda shop: shop.path("lake/stages/copy.json").unlink(),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_it_is_made_again_where_anything_is_not_as_it_was(shop: Workshop, spoil: str) -> None:
    shop.run()
    SPOILS[spoil](shop)
    assert shop.run().success
    assert shop.made == 2
    assert shop.path(MADE).read_text() == shop.path(RAW).read_text()


def test_it_is_made_again_by_another_software(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run()
    monkeypatch.setattr(fresh, "software", lambda: "a later version")
    shop.run()
    shop.run()
    assert shop.made == 2


def test_it_is_made_again_on_request(shop: Workshop) -> None:
    shop.run()
    shop.run(full=True)
    assert shop.made == 2
    shop.run()
    assert shop.made == 2


def test_a_folder_that_was_moved_is_the_same(shop: Workshop, tmp_path: Path) -> None:
    shop.run()
    moved = tmp_path.with_name("elsewhere")
    tmp_path.rename(moved)
    elsewhere = Workshop(DataFolder(moved))
    elsewhere.run()
    assert elsewhere.made == 0


def test_a_stage_of_which_a_check_failed_is_not_kept(shop: Workshop) -> None:
    shop.passed = False
    shop.run()
    shop.run()
    assert shop.made == 2


def test_a_warning_is_kept_and_told_again(shop: Workshop) -> None:
    shop.passed, shop.severity = False, dg.AssetCheckSeverity.WARN
    shop.run()
    (check,) = shop.run().get_asset_check_evaluations()
    assert shop.made == 1
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.WARN


def test_a_stage_that_broke_off_is_not_kept_though_an_earlier_one_was(shop: Workshop) -> None:
    shop.run()
    shop.write(RAW, "two")

    def breaks() -> None:
        raise OSError("no space left")

    shop.meanwhile = breaks
    assert not shop.run().success
    shop.meanwhile = lambda: None
    shop.write(RAW, "one")
    shop.write(MADE, "one")
    shop.run()
    assert shop.made == 3, "its record went before it began"


def test_a_stage_whose_input_changed_while_it_was_made_is_not_kept(shop: Workshop) -> None:
    shop.meanwhile = lambda: shop.write(RAW, "two")
    shop.run()
    shop.meanwhile = lambda: None
    shop.write(RAW, "one")
    shop.run()
    assert shop.made == 2


@pytest.mark.parametrize(
    "event",
    [
        dg.MaterializeResult(asset_key="more", data_version=dg.DataVersion("7")),
        dg.MaterializeResult(asset_key="more", tags={"a": "b"}),
        dg.MaterializeResult(asset_key="more", metadata={"nothing": None}),
    ],
)
def test_what_could_not_be_told_again_whole_is_always_made(shop: Workshop, event: Any) -> None:
    shop.extra = [event]
    assert shop.run().success
    assert shop.run().success
    assert shop.made == 2


def test_a_part_of_a_stage_is_made_and_the_whole_is_not_kept(shop: Workshop) -> None:
    shop.run()
    shop.run(selection="rows")
    assert shop.made == 2
    shop.run()
    assert shop.made == 3


def test_a_later_stage_that_writes_into_a_file_leaves_the_earlier_one_standing(shop: Workshop) -> None:
    """As both passes of dbt write into one warehouse."""
    shop.run()
    later = Workshop(shop.data, LATER, meanwhile=lambda: shop.write(MADE, "one and more"))
    later.run()
    shop.run()
    later.run()
    assert (shop.made, later.made) == (1, 1)


def test_a_later_stage_that_broke_off_spoils_the_earlier_one(shop: Workshop) -> None:
    shop.run()

    def breaks() -> None:
        shop.write(MADE, "half")
        raise OSError("killed")

    later = Workshop(shop.data, LATER, meanwhile=breaks)
    assert not later.run().success
    shop.run()
    assert shop.made == 2
