"""One base for every error that a person may see."""

from __future__ import annotations


class CirculezError(Exception):
    """What is wrong and where (`reason`), and what to do next (`instruction`). Shown without a traceback."""

    exit_status = 1

    def __init__(self, reason: str, instruction: str) -> None:
        super().__init__(f"{reason}\n{instruction}")
        self.reason = reason
        self.instruction = instruction


class WrongCall(CirculezError):
    """The command was called wrongly: an argument that names nothing."""

    exit_status = 2


class CheckFailed(CirculezError):
    """A check stopped the publication; the previous release stands."""

    exit_status = 3
