"""When a refresh begins by itself, how old a publication may grow, and who is told when a refresh fails.

What a refresh does stands in `definitions.py`; how mail is sent in `mail.py`.
"""

import datetime
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import dagster as dg

from assets.folder import Folder
from assets.fresh import FULL
from assets.release import current
from metabolism.errors import CirculezError
from metabolism.layout import DataFolder
from metabolism.surveys import received
from pipelines import failures, mail

JOB = "refresh"
_FINISHED = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}
_AT_WORK = [status for status in dg.DagsterRunStatus if status not in _FINISHED]
_PASSED_OVER = (".", "~$")
_BEING_WRITTEN = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".writing")


def look_every() -> int:
    """Seconds between two looks at `raw/` and at failed runs: `CIRCULEZ_LOOK_EVERY`, else 30."""
    text = os.environ.get("CIRCULEZ_LOOK_EVERY", "").strip() or "30"
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise CirculezError(f"CIRCULEZ_LOOK_EVERY is '{text}'.", "Set it to a whole number of seconds, such as 30.")
    return int(text)


# Deliveries


@dataclass(frozen=True)
class Looks:
    """What the sensor remembers: the state of `raw/` that it saw last, and the one that it acted on last."""

    seen: str = ""
    settled: str = ""

    @staticmethod
    def of(cursor: str | None) -> "Looks":
        try:
            kept = json.loads(cursor or "{}")
            return Looks(str(kept["seen"]), str(kept["settled"]))
        except (ValueError, KeyError, TypeError):
            return Looks()

    def text(self) -> str:
        return json.dumps(asdict(self))


@dg.sensor(
    name="new_deliveries",
    job_name=JOB,
    minimum_interval_seconds=look_every(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Refreshes when the files below raw/ have changed and then stood still from one look to the next.",
)
def new_deliveries(context: dg.SensorEvaluationContext, folder: Folder) -> dg.SensorResult:
    data = folder.data
    before = Looks.of(context.cursor)
    try:
        if not data.raw.exists():
            return _wait(
                before, f"{data.raw} is not there. CIRCULEZ_DATA names the data folder; circulez init makes one."
            )
        now = fingerprint(data)
    except OSError as error:
        return _wait(before, f"{error.filename} cannot be read: {error.strerror}.")
    if now == before.settled:
        return _wait(before, "Nothing has changed below raw/.")
    if now != before.seen:
        return _wait(Looks(now, before.settled), "raw/ has changed: waiting until nothing is being copied any more.")
    if context.instance.get_run_records(dg.RunsFilter(statuses=_AT_WORK), limit=1):
        return _wait(before, "A run is at work: what has changed is read after it.")
    done = Looks(now, now)
    last = next(iter(context.instance.get_run_records(dg.RunsFilter(job_name=JOB), limit=1)), None)
    failed = last is not None and last.dagster_run.status != dg.DagsterRunStatus.SUCCESS
    if not failed and published_rests_on_raw(data):
        return _wait(done, "What stands below raw/ is what the publication rests on.")
    # A state may come back (a table that is mended and put back): the run before it makes the key of its own.
    key = f"{now[:16]} after {last.dagster_run.run_id if last else 'nothing'}"
    request = dg.RunRequest(run_key=key, tags={"circulez/started_by": "new_deliveries"})
    return dg.SensorResult(run_requests=[request], cursor=done.text())


def _wait(looks: Looks, reason: str) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=reason, cursor=looks.text())


def fingerprint(data: DataFolder) -> str:
    """Paths, sizes and times of all files below `raw/`, but for `receipts.csv` and what programs keep there for a while.

    It is compared for being equal, never for being later: a file that is removed or put back counts, and so does an old
    one. Raises `OSError` where `raw/` cannot be listed.
    """
    digest = hashlib.sha256()
    for path, size, modified_ns in sorted(_standing(data)):
        digest.update(b"%s\0%d\0%d\0" % (path, size, modified_ns))
    return digest.hexdigest()


def _standing(data: DataFolder) -> Iterator[tuple[bytes, int, int]]:
    for folder, folders, names in os.walk(data.raw, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(_PASSED_OVER)]
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118  (names may be no text)
            if name.startswith(_PASSED_OVER) or name.lower().endswith(_BEING_WRITTEN) or path == str(data.receipts):
                continue
            try:
                status = os.stat(path)  # noqa: PTH116
            except FileNotFoundError:
                continue
            yield os.fsencode(os.path.relpath(path, data.raw)), status.st_size, status.st_mtime_ns


def _raise(error: OSError) -> None:
    raise error


def published_rests_on_raw(data: DataFolder) -> bool:
    """Whether the publication was made from the very content that stands below `raw/` now."""
    release = current(data)
    if release is None:
        return False
    try:
        package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
        now = received.inventory(data)
    except (OSError, ValueError):
        # A refresh mends a damaged publication, and tells which file it cannot read; a sensor that waits tells nobody.
        return False
    pairs = set(zip(now["source_file"], now["source_sha256"], strict=True))
    return pairs == {(row["source_file"], row["source_sha256"]) for row in package.get("circulez:raw", [])}


# Every week

weekly = dg.ScheduleDefinition(
    name="weekly",
    job_name=JOB,
    cron_schedule="0 6 * * 1",
    execution_timezone="Europe/Luxembourg",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    tags={"circulez/started_by": "weekly", FULL: "yes"},
    description="Monday 06:00 in Luxembourg: the tables of synergies and indicators, and with them all others, are made"
    " again, whatever is kept, since a release is always whole. What the passing of time alone changes (contracts that end,"
    " offers that lapse) is in them.",
)


# How old a publication may grow

FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=datetime.timedelta(days=8), fail_window=datetime.timedelta(days=15)
)
"""A week and a day: one weekly refresh was missed; two weeks and a day: two were."""


def with_freshness(assets: Iterable[dg.AssetsDefinition]) -> Sequence[dg.AssetsDefinition]:
    """The same assets; those that readers see (`marts/…`, `published/…`) go stale."""
    return dg.map_asset_specs(_fresh, assets)


def _fresh(spec: dg.AssetSpec) -> dg.AssetSpec:
    seen_by_readers = spec.key.path[0] in ("marts", "published")
    return dg.apply_freshness_policy(spec, FRESHNESS) if seen_by_readers else spec


# When a run fails


@dg.run_failure_sensor(
    name="mail_on_failure",
    # A run of the command has no code location: only a sensor for all of them sees it.
    monitor_all_code_locations=True,
    minimum_interval_seconds=look_every(),
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Writes a mail about every run that failed, whoever started it: what failed, and that the previous"
    " publication stands.",
)
def mail_on_failure(context: dg.RunFailureSensorContext, folder: Folder) -> dg.SkipReason | None:
    run = context.dagster_run
    if absent := mail.missing(os.environ):
        return dg.SkipReason(f"Run {run.run_id[:8]} failed; no mail is sent: {', '.join(absent)} not set.")
    server = mail.server_of(os.environ)
    data = DataFolder(Path(run.tags.get("circulez/data", folder.data.root)))
    message = mail.compose(
        server,
        f"Circulez: the refresh of {data.root.name} failed",
        text_of_failure(data, run.run_id, reasons(context), os.environ.get("CIRCULEZ_UI", "")),
        f"circulez-{run.run_id}",
    )
    for refused in mail.send(server, message):
        context.log.warning(f"The mail server refused {refused}; the others got the mail.")
    return None


def reasons(context: dg.RunFailureSensorContext) -> list[str]:
    """Checks that failed, then steps that failed by themselves; else what is known of the run as a whole."""
    records = context.instance.get_records_for_run(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ).records
    events = [record.event_log_entry.dagster_event for record in records]
    told = failures.failed_checks(event.asset_check_evaluation_data for event in events if event is not None)
    told += failures.failed_steps(context.get_step_failure_events())
    return told or [(context.failure_event.message or "the run ended before its first step").splitlines()[0]]


def text_of_failure(data: DataFolder, run_id: str, told: list[str], ui: str) -> str:
    """The mail's words; `ui` is the address of Dagster's UI, or empty."""
    release = current(data)
    stands = (
        f"The previous publication stands, and readers see it unchanged (release {release.name})."
        if release
        else "Nothing has been published yet."
    )
    where = f"{ui.rstrip('/')}/runs/{run_id}" if ui else f"run {run_id[:8]} in Dagster's UI (make ui)"
    lines = [
        f"The refresh of {data.root} failed.",
        "",
        *(f"- {reason}" for reason in told),
        "",
        stands,
        "",
        f"More about it: {where}",
        "The next refresh begins when the files below raw/ change, on Monday at 06:00, or by: circulez run",
    ]
    return "\n".join(lines) + "\n"
