"""One refresh, from the command line: it materialises the Dagster assets in this process, and shows in the UI."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from assets.project import PROJECT
from metabolism.errors import CheckFailed, CirculezError
from metabolism.layout import DataFolder
from pipelines.failures import OURS, failed_checks


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `failed_checks` in words; `error` where it did not end by itself, and its traceback in `story`."""

    published: bool
    failed_checks: list[str]
    error: str | None
    story: str = ""


def prepare_environment() -> None:
    """Where Dagster keeps its runs, and silence towards the outside; what is already set is kept."""
    from assets.manifest import state_folder

    state = state_folder()
    state.mkdir(parents=True, exist_ok=True)
    os.environ["CIRCULEZ_STATE"] = str(state)
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT))
    for name, value in {
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }.items():
        os.environ[name] = value


def refresh(
    data: DataFolder,
    *,
    full: bool = False,
    territory: str | None = None,
    year: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    without: frozenset[str] = frozenset(),
) -> Outcome:
    """Runs the whole pipeline on one data folder, and says how it ended.

    What stands from an earlier run is not made again, unless `full`; surveys of a territory, of a year are read again.
    """
    prepare_environment()
    data.lake.mkdir(parents=True, exist_ok=True)
    # Most of what a run makes stays until its end: looking for garbage every 700 objects costs 10 % of it.
    gc.set_threshold(100_000, 50, 100)
    import dagster as dg

    from assets.folder import Folder
    from assets.fresh import Asked
    from pipelines.definitions import JOB, build
    from pipelines.records import quickly_written

    logging.getLogger("dagster").setLevel(logging.WARNING)
    definitions = build({"folder": Folder(root=str(data.root)), **(overrides or {})}, without=without)
    job = definitions.resolve_job_def(JOB)
    config: dict[str, Any] = {"loggers": {"console": {}}}
    # dbt's own lines are for engineers: they go to a file, the steps' lines to the person.
    log = (data.lake / "dbt.log").open("w")
    with log, redirect_stdout(log), quickly_written(), dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config=config,
            tags={"circulez/data": str(data.root), **Asked(full, territory, year).tags()},
        )
    failed = failed_checks(result.get_asset_check_evaluations())
    if result.success:
        return Outcome(not failed, failed, None)
    return Outcome(False, failed, *_error_of(result))


def _error_of(result: Any) -> tuple[str, str]:
    """The message of the step that failed, and its traceback. What was written for a person comes before its cause."""
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            chain = [event.step_failure_data.error]
            while chain[-1].cause:
                chain.append(chain[-1].cause)
            ours = [error for error in chain if error.cls_name in OURS]
            message = (ours or chain)[0 if ours else -1].message.strip()
            return f"{event.step_key}: {message.partition(': ')[2] if ours else message}", chain[0].to_string()
    return "the run ended before its first step", ""


def refresh_or_raise(
    data: DataFolder, *, full: bool = False, territory: str | None = None, year: int | None = None
) -> None:
    """Runs, and raises in a person's words where nothing was published."""
    from assets.lock import hold

    hold(data)
    outcome = refresh(data, full=full, territory=territory, year=year)
    if outcome.published:
        return
    stands = "The previous publication stands." if (data.marts / "current").exists() else "Nothing was published."
    if outcome.failed_checks:
        raise CheckFailed(
            "A check failed: " + "; ".join(outcome.failed_checks), f"{stands} Mend what it names and run again."
        )
    raise CirculezError(
        f"The run failed at {outcome.error}",
        f"{stands} With --debug the whole story is shown; `make ui` shows the run.",
    ) from RuntimeError(outcome.story)
