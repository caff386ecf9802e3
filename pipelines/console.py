"""What a person sees while a run goes on: one line when a step begins, one when it ends, and every warning."""

from __future__ import annotations

import logging
import sys
import time

import dagster as dg

from assets.fresh import UNCHANGED

STEPS = {
    "received__files": "Receive: files and their receipts",
    "received__files_delivered_files_stand": "  check: every delivered file stands",
    "received__files_withdrawals_are_read": "  check: who withdrew is known",
    "received__open_data": "Receive: open data, from a mirror where there is one",
    "landed_open_data": "Land: open data",
    "landed": "Land: reading sheets and rows, checking expectations",
    "dbt_prepare": "Prepare: units, places, flows and balances (dbt)",
    "reconciled": "Analyse: reconciling flows, sums with their error",
    "analysed__findings": "Analyse: findings in three languages",
    "synergies": "Analyse: synergies, pilots, indicators",
    "dbt_publish": "Publish: marts and their tests (dbt)",
    "marts__mart_flow_sources_both_sides_agree": "  check: both sides agree",
    "published__reports": "Publish: pages",
    "published__release": "Publish: release",
}


class StepLines(logging.Handler):
    """Turns Dagster's events into lines for a person; Dagster keeps the rest."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._began: dict[str, float] = {}
        self._unchanged: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        step = str(meta.get("step_key") or "")
        kind = event.event_type_value if event is not None else ""
        if event is None and meta.get("orig_message", "").startswith(UNCHANGED):
            self._unchanged.add(step)
        if kind == "STEP_START":
            self._began[step] = time.monotonic()
            self._say(f"{STEPS.get(step, step):<60}", end="")
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE"):
            took = time.monotonic() - self._began.get(step, time.monotonic())
            ended = "unchanged" if step in self._unchanged else "done"
            self._say(f"{ended if kind == 'STEP_SUCCESS' else 'FAILED':<9} {took:6.1f} s")

    @staticmethod
    def _say(text: str, end: str = "\n") -> None:
        print(text, end=end, file=sys.stderr, flush=True)


@dg.logger
def console_logger(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("circulez", logging.DEBUG)
    logger.addHandler(StepLines())
    return logger
