"""When a refresh begins by itself and who is told: looks at `raw/`, the weekly tick with its time moved, mails."""

from __future__ import annotations

import datetime
import json
import logging
import os
import smtplib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test, create_test_daemon_workspace_context, freeze_time
from dagster._core.workspace.load_target import ModuleTarget
from dagster._scheduler.scheduler import launch_scheduled_runs
from dagster._utils.schedules import cron_string_iterator

from assets.folder import Folder
from metabolism.errors import CirculezError
from metabolism.layout import DataFolder
from metabolism.surveys import received
from pipelines import automation, mail
from pipelines.definitions import JOB, build
from tests.conftest import CASES, PROJECT
from tests.mailbox import Mailbox

UTC = datetime.UTC
DELIVERED = "surveys/z/2025/e1.flows.csv"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    found = DataFolder(tmp_path / "l'étude d'une zone")
    put(found, "territories.csv", (CASES / "tiny" / "raw" / "territories.csv").read_text())
    put(found, DELIVERED, "establishment_id,line\ne1,1\n")
    return found


def put(data: DataFolder, name: str, text: str = "words") -> Path:
    path = data.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def pretend_published(data: DataFolder) -> None:
    """A publication that says it rests on what stands below `raw/` now."""
    release = data.marts / "releases" / "0123456789abcdef"
    release.mkdir(parents=True, exist_ok=True)
    rows = received.inventory(data)[["source_file", "source_sha256", "kind"]].to_dict("records")
    (release / "datapackage.json").write_text(json.dumps({"circulez:raw": rows}))
    if not (data.marts / "current").is_symlink():
        (data.marts / "current").symlink_to(Path("releases") / release.name)


class Watcher:
    """Looks at a folder as the daemon does: each look gets the cursor that the one before it left."""

    def __init__(self, data: DataFolder, instance: dg.DagsterInstance) -> None:
        self.data, self.instance = data, instance
        self.cursor: str | None = None
        self.keys: list[str] = []

    def look(self) -> str:
        """The reason for waiting, or `refresh`."""
        folder = Folder(root=str(self.data.root))
        with dg.build_sensor_context(self.instance, cursor=self.cursor, resources={"folder": folder}) as context:
            result = automation.new_deliveries(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        if result.skip_reason:
            return str(result.skip_reason.skip_message)
        (request,) = result.run_requests or []
        self.keys.append(str(request.run_key))
        return "refresh"

    def settle(self) -> str:
        """The look after the one that sees the change."""
        assert "waiting" in self.look()
        return self.look()


@pytest.fixture
def watcher(data: DataFolder, instance: dg.DagsterInstance) -> Watcher:
    return Watcher(data, instance)


def run_ended(instance: dg.DagsterInstance, status: dg.DagsterRunStatus = dg.DagsterRunStatus.SUCCESS) -> None:
    create_run_for_test(instance, job_name=JOB, status=status)


# Deliveries


def test_a_folder_that_was_never_published_is_refreshed_once(watcher: Watcher) -> None:
    assert watcher.settle() == "refresh"
    assert watcher.look() == "Nothing has changed below raw/."


def test_what_is_published_already_is_left_alone(data: DataFolder, watcher: Watcher) -> None:
    pretend_published(data)
    assert "publication rests on" in watcher.settle()
    os.utime(data.raw / DELIVERED)
    assert "publication rests on" in watcher.settle()


@pytest.mark.parametrize(
    "name", ["surveys/z/2026/e1.flows.csv", "frame/z.csv", "controls.csv", "open/x/2026-01-01/y.csv"]
)
def test_a_file_that_comes_is_read(data: DataFolder, watcher: Watcher, name: str) -> None:
    pretend_published(data)
    watcher.settle()
    put(data, name)
    assert watcher.settle() == "refresh"


def test_a_file_that_is_copied_with_its_old_time_is_read(data: DataFolder, watcher: Watcher) -> None:
    pretend_published(data)
    watcher.settle()
    os.utime(put(data, "surveys/z/2025/e9.flows.csv"), (1e9, 1e9))
    assert watcher.settle() == "refresh"


def test_a_file_that_goes_is_noticed(data: DataFolder, watcher: Watcher) -> None:
    pretend_published(data)
    watcher.settle()
    (data.raw / DELIVERED).unlink()
    assert watcher.settle() == "refresh"


def test_a_file_that_still_grows_is_waited_for(data: DataFolder, watcher: Watcher) -> None:
    pretend_published(data)
    watcher.settle()
    for length in (10, 20, 30):
        put(data, "surveys/z/2025/e2.flows.csv", "x" * length)
        assert "waiting" in watcher.look()
    assert watcher.look() == "refresh"


@pytest.mark.parametrize(
    "name",
    [
        "receipts.csv",
        "receipts.writing",
        "surveys/z/2025/~$answers.xlsx",
        "surveys/z/2025/.answers.xlsx.Xa12",
        "surveys/z/2025/answers.xlsx.part",
        "surveys/z/2025/answers.xlsx.TMP",
        "surveys/.sync/answers.xlsx",
    ],
)
def test_what_programs_keep_there_for_a_while_is_passed_over(data: DataFolder, name: str) -> None:
    before = automation.fingerprint(data)
    put(data, name)
    assert automation.fingerprint(data) == before


def test_a_table_called_receipts_elsewhere_counts(data: DataFolder) -> None:
    before = automation.fingerprint(data)
    put(data, "surveys/z/2025/receipts.csv")
    assert automation.fingerprint(data) != before


def test_names_that_are_no_text_and_links_to_nowhere_are_borne(data: DataFolder) -> None:
    before = automation.fingerprint(data)
    (data.raw / "nowhere.csv").symlink_to(data.raw / "gone.csv")
    assert automation.fingerprint(data) == before
    Path(os.fsdecode(os.fsencode(data.raw) + b"/\xff.csv")).write_text("x")
    assert automation.fingerprint(data) != before


UNFINISHED = ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"]


@pytest.mark.parametrize("status", UNFINISHED)
def test_no_second_refresh_is_asked_for_while_a_run_is_at_work(
    watcher: Watcher, instance: dg.DagsterInstance, status: str
) -> None:
    run = create_run_for_test(instance, job_name="another", status=dg.DagsterRunStatus[status])
    assert "at work" in watcher.settle()
    assert "at work" in watcher.look()
    instance.delete_run(run.run_id)
    assert watcher.look() == "refresh"


def test_a_run_that_failed_is_not_repeated_on_the_same_files(watcher: Watcher, instance: dg.DagsterInstance) -> None:
    assert watcher.settle() == "refresh"
    run_ended(instance, dg.DagsterRunStatus.FAILURE)
    assert [watcher.look() for _ in range(3)] == ["Nothing has changed below raw/."] * 3


def test_a_file_that_is_put_back_makes_the_refresh_succeed_again(
    data: DataFolder, watcher: Watcher, instance: dg.DagsterInstance
) -> None:
    pretend_published(data)
    watcher.settle()
    delivered = data.raw / DELIVERED
    delivered.rename(data.root / "aside")
    assert watcher.settle() == "refresh"
    run_ended(instance, dg.DagsterRunStatus.FAILURE)
    (data.root / "aside").rename(delivered)
    assert watcher.settle() == "refresh"
    run_ended(instance)
    assert watcher.look() == "Nothing has changed below raw/."


def test_a_state_that_comes_back_has_a_key_of_its_own(
    data: DataFolder, watcher: Watcher, instance: dg.DagsterInstance
) -> None:
    """Dagster passes over a key that it has seen, without a word."""
    table = put(data, "controls.csv")
    for step in range(4):
        assert watcher.settle() == "refresh"
        run_ended(instance)
        pretend_published(data)
        table.rename(data.root / "aside") if step % 2 == 0 else (data.root / "aside").rename(table)
    assert len(set(watcher.keys)) == 4


@pytest.mark.parametrize("cursor", ["", "words", "[]", "1", '{"seen": 1}'])
def test_a_cursor_that_is_damaged_is_begun_anew(watcher: Watcher, cursor: str) -> None:
    watcher.cursor = cursor
    assert watcher.settle() == "refresh"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    assert "is not there" in Watcher(DataFolder(tmp_path / "none"), instance).look()


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    data = DataFolder(tmp_path)
    data.raw.write_text("a file")
    assert "cannot be read: Not a directory" in Watcher(data, instance).look()


def test_a_file_that_cannot_be_read_is_left_to_the_refresh_which_tells_it(
    data: DataFolder, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: DataFolder) -> None:
        raise PermissionError(13, "Permission denied")

    pretend_published(data)
    monkeypatch.setattr(received, "inventory", refuse)
    assert watcher.settle() == "refresh"


@pytest.mark.parametrize("text", ["{}", "torn"])
def test_a_publication_that_does_not_say_what_it_rests_on_is_made_again(
    data: DataFolder, watcher: Watcher, text: str
) -> None:
    pretend_published(data)
    (data.marts / "current" / "datapackage.json").write_text(text)
    assert watcher.settle() == "refresh"


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "often"])
def test_how_often_to_look_is_a_number_of_seconds(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CIRCULEZ_LOOK_EVERY", text)
    with pytest.raises(CirculezError, match="CIRCULEZ_LOOK_EVERY"):
        automation.look_every()


# Every week


def test_the_weekly_tick_asks_for_the_whole_release() -> None:
    tick = automation.weekly.evaluate_tick(
        dg.build_schedule_context(scheduled_execution_time=datetime.datetime(2027, 3, 29, 4, tzinfo=UTC))
    )
    (request,) = tick.run_requests or []
    assert request.tags["circulez/started_by"] == "weekly"
    assert automation.weekly.job_name == JOB


@pytest.mark.parametrize(
    ("since", "mondays"),
    [
        ("2027-03-20", ["2027-03-22T05:00", "2027-03-29T04:00", "2027-04-05T04:00"]),
        ("2027-10-24", ["2027-10-25T04:00", "2027-11-01T05:00"]),
    ],
)
def test_it_ticks_at_six_in_luxembourg_in_winter_and_in_summer(since: str, mondays: list[str]) -> None:
    start = datetime.datetime.fromisoformat(since).replace(tzinfo=UTC)
    schedule = automation.weekly
    ticks = cron_string_iterator(start.timestamp(), str(schedule.cron_schedule), schedule.execution_timezone)
    for monday, tick in zip(mondays, ticks, strict=False):
        assert tick.astimezone(UTC).isoformat().startswith(monday)
        assert tick.astimezone(ZoneInfo("Europe/Luxembourg")).strftime("%A %H:%M") == "Monday 06:00"


def test_the_scheduler_of_the_daemon_ticks_when_monday_comes(data: DataFolder) -> None:
    """Dagster's own loop over the real code location, its clock moved over the change to summer time."""
    coordinator = {"run_coordinator": {"module": "dagster", "class": "QueuedRunCoordinator"}}
    target = ModuleTarget("pipelines.definitions", None, str(PROJECT), "circulez")
    with (
        dg.instance_for_test(overrides=coordinator) as instance,
        create_test_daemon_workspace_context(target, instance) as workspace,
    ):

        def runs_at(moment: str) -> int:
            now = datetime.datetime.fromisoformat(moment).replace(tzinfo=UTC)
            with freeze_time(now):
                assert [
                    error for error in launch_scheduled_runs(workspace, logging.getLogger(), now, {}) if error
                ] == []
            return len(instance.get_run_records())

        assert runs_at("2027-03-20T12:00") == 0
        assert runs_at("2027-03-22T04:59") == 0
        assert runs_at("2027-03-22T05:01") == 1
        assert runs_at("2027-03-22T06:00") == 1
        assert runs_at("2027-03-29T03:59") == 1
        assert runs_at("2027-03-29T04:01") == 2
        # The machine was off for two Mondays: one refresh makes up for them.
        assert runs_at("2027-04-14T08:00") == 3
        for record in instance.get_run_records():
            run = record.dagster_run
            assert (run.job_name, run.tags["dagster/schedule_name"]) == (JOB, "weekly")
            assert run.status == dg.DagsterRunStatus.QUEUED
        assert "at work" in Watcher(data, instance).settle()


# What stands in the definitions


def test_every_mart_and_the_release_go_stale_and_nothing_else_does() -> None:
    graph = build().resolve_asset_graph()
    stale = {key for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy == automation.FRESHNESS}
    assert stale == {key for key in graph.get_all_asset_keys() if key.path[0] in ("marts", "published")}
    assert dg.AssetKey(["marts", "mart_flows"]) in stale


def test_all_of_it_runs_as_soon_as_the_daemon_does() -> None:
    repository = build().get_repository_def()
    running = {sensor.name for sensor in repository.sensor_defs if sensor.default_status.value == "RUNNING"}
    assert {"new_deliveries", "mail_on_failure"} <= running
    (schedule,) = repository.schedule_defs
    assert (schedule.name, schedule.default_status.value) == ("weekly", "RUNNING")


# When a run fails


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with Mailbox() as server:
        for name, value in {
            mail.HOST: "127.0.0.1",
            mail.PORT: str(server.port),
            mail.TLS: "none",
            mail.USER: "",
            mail.PASSWORD: "t0p-secret",
            mail.FROM: "circulez@example.org",
            mail.TO: "anna@example.org",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("CIRCULEZ_UI", raising=False)
        monkeypatch.setattr(mail.time, "sleep", lambda _: None)
        yield server


def failed_run(instance: dg.DagsterInstance, data: DataFolder, error: Exception) -> dg.ExecuteInProcessResult:
    @dg.op
    def landed() -> None:
        raise error from ValueError("what lies below")

    @dg.job(name=JOB, executor_def=dg.in_process_executor)
    def refresh() -> None:
        landed()

    tags = {"circulez/data": str(data.root)}
    return refresh.execute_in_process(instance=instance, raise_on_error=False, tags=tags)


def told(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> dg.SkipReason | None:
    """What the sensor answers for a run that failed; the folder of its own is another one."""
    context = dg.build_run_status_sensor_context(
        "mail_on_failure",
        result.get_run_failure_event(),
        instance,
        result.dagster_run,
        resources={"folder": Folder(root="elsewhere")},
    )
    with context.for_run_failure() as for_failure:
        answer = automation.mail_on_failure(for_failure)
    assert answer is None or isinstance(answer, dg.SkipReason)
    return answer


TORN = CirculezError("The sheet is torn.", "Mend it, and run again.")


def test_the_mail_says_what_failed_and_what_stands(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend_published(data)
    monkeypatch.setenv("CIRCULEZ_UI", "https://circulez.example.org/")
    result = failed_run(instance, data, TORN)
    assert told(instance, result) is None
    (got,) = mailbox.received
    assert got.recipients == ["anna@example.org"]
    assert got.message["Subject"] == "Circulez: the refresh of l'étude d'une zone failed"
    text = got.text
    assert text.startswith(f"The refresh of {data.root} failed.\n")
    assert "- landed: The sheet is torn. Mend it, and run again.\n" in text
    assert "The previous publication stands" in text
    assert "0123456789abcdef" in text
    assert f"https://circulez.example.org/runs/{result.run_id}\n" in text
    for inner in ("Traceback", ".py", "what lies below", "ValueError", "t0p-secret"):
        assert inner not in text


def test_without_a_publication_and_a_known_ui_the_mail_says_so(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox
) -> None:
    result = failed_run(instance, data, TORN)
    told(instance, result)
    text = mailbox.received[0].text
    assert "Nothing has been published yet." in text
    assert f"run {result.run_id[:8]} in Dagster's UI (make ui)" in text


def test_an_error_that_nobody_foresaw_is_told_on_one_line(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox
) -> None:
    told(instance, failed_run(instance, data, KeyError("x")))
    text = mailbox.received[0].text
    assert "- landed: ValueError: what lies below\n" in text
    assert "Traceback" not in text


def test_a_check_that_failed_is_told_with_its_reason(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox
) -> None:
    @dg.asset(key=["received", "files"])
    def files() -> None: ...

    @dg.asset_check(asset=files, blocking=True)
    def delivered_files_stand() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description="1 delivered file(s) are gone: x.csv. Put them back.")

    @dg.asset(deps=[files])
    def landed() -> None: ...

    job = dg.Definitions(
        assets=[files, landed], asset_checks=[delivered_files_stand], executor=dg.in_process_executor
    ).resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(instance=instance, raise_on_error=False, tags={"circulez/data": str(data.root)})
    told(instance, result)
    reasons = [line for line in mailbox.received[0].text.splitlines() if line.startswith("- ")]
    assert reasons == ["- files: delivered_files_stand (1 delivered file(s) are gone: x.csv. Put them back.)"]


def test_without_a_mail_server_the_sensor_says_so(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mail.HOST)
    monkeypatch.setenv(mail.TO, "")
    reason = told(instance, failed_run(instance, data, TORN))
    assert reason is not None
    assert "no mail is sent: CIRCULEZ_SMTP_HOST, CIRCULEZ_MAIL_TO not set" in str(reason.skip_message)
    assert mailbox.connections == 0


def test_a_mail_server_that_refuses_is_told_in_the_tick(
    data: DataFolder, instance: dg.DagsterInstance, mailbox: Mailbox
) -> None:
    mailbox.refusals = {"MAIL": ["451 busy"] * 9}
    with pytest.raises(mail.MailNotSent, match="451 busy") as raised:
        told(instance, failed_run(instance, data, TORN))
    assert not isinstance(raised.value, smtplib.SMTPException)
    assert mailbox.connections == 3


def test_the_folder_of_the_code_location_is_named_where_the_run_names_none(
    tmp_path: Path, instance: dg.DagsterInstance, mailbox: Mailbox
) -> None:
    result = failed_run(instance, DataFolder(tmp_path), TORN)
    context = dg.build_run_status_sensor_context(
        "mail_on_failure",
        result.get_run_failure_event(),
        instance,
        result.dagster_run.with_tags({}),
        resources={"folder": Folder(root=str(tmp_path / "of the location"))},
    )
    with context.for_run_failure() as for_failure:
        automation.mail_on_failure(for_failure)
    assert f"The refresh of {tmp_path / 'of the location'} failed." in mailbox.received[0].text
