"""Why a run failed, in a person's words, out of the events that Dagster keeps of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

OURS = ("CirculezError", "WrongCall", "CheckFailed")
"""Errors that were written for a person."""
_LONGEST = 600


def failed_checks(evaluations: Iterable[Any]) -> list[str]:
    """Each check that failed as an error, with its reason. `evaluations`: Dagster's `AssetCheckEvaluation`s."""
    return [
        f"{check.asset_key.path[-1]}: {check.check_name}" + (f" ({check.description})" if check.description else "")
        for check in evaluations
        if not check.passed and check.severity.value == "ERROR"
    ]


def failed_steps(events: Iterable[Any]) -> list[str]:
    """Each step that failed by itself, not by a check, with its message. `events`: Dagster's step failures."""
    told = []
    for event in events:
        chain = [event.step_failure_data.error]
        while chain[-1].cause:
            chain.append(chain[-1].cause)
        if not any(error.cls_name == "DagsterAssetCheckFailedError" for error in chain):
            told.append(f"{event.step_key}: {_message(chain)}")
    return told


def _message(chain: list[Any]) -> str:
    """What was written for a person comes before its cause; of any other error the first line of the innermost one."""
    for error in chain:
        if error.cls_name in OURS:
            # Dagster keeps `package.Class: what was said`.
            return " ".join(str(error.message).partition(": ")[2].split())[:_LONGEST]
    lines = str(chain[-1].message).strip().splitlines() or ["no reason was given"]
    return lines[0][:_LONGEST]
