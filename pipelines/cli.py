"""The command `circulez` (contract, section 5). Heavy imports wait until a command needs them."""

from __future__ import annotations

import atexit
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from assets.project import PROJECT, VERSION
from metabolism.errors import CirculezError, WrongCall
from metabolism.layout import DataFolder, is_territory_id

app = cyclopts.App(
    name="circulez",
    version=VERSION,
    help="The metabolism of a territory: from the surveys of its companies to published marts and a page for each"
    " territory.",
    help_format="plaintext",
    result_action="return_value",
)

DataOption = Annotated[
    Path | None, Parameter(name="--data", help="The data folder; default CIRCULEZ_DATA, else the repository's data/.")
]


def data_folder(given: Path | None) -> DataFolder:
    root = Path(given or os.environ.get("CIRCULEZ_DATA") or PROJECT / "data").resolve()
    if not root.is_dir():
        raise WrongCall(f"There is no data folder {root}.", f"Make one with: circulez init {root}")
    if not (root / "raw").is_dir():
        raise WrongCall(
            f"{root} has no folder raw/, in which what was received stands.", f"Make one with: circulez init {root}"
        )
    return DataFolder(root)


@app.command
def run(*, data: DataOption = None, territory: str | None = None, year: int | None = None, full: bool = False) -> int:
    """The whole pipeline, with progress: from raw/ to a release in marts/.

    What stands from an earlier run and rests on the same files and the same software is not made again.
    Exit status: 0 published; 3 a check failed and the previous publication stands; 1 failed; 2 wrong call.

    Parameters
    ----------
    territory
        Read again the surveys of this territory, whatever is kept of them; what is released stays complete.
    year
        Read again the surveys of this year, whatever is kept of them; what is released stays complete.
    full
        Make everything again, whatever is kept.
    """
    from pipelines.run import refresh_or_raise

    folder = data_folder(data)
    _check_narrowing(folder, territory, year, full)
    refresh_or_raise(folder, full=full, territory=territory, year=year)
    marts = folder.marts
    print(f"Pages      {marts / 'reports'}")
    for page in english_pages(folder).values():
        print(f"           {page}   (also .fr.html, .de.html)")
    print(f"Snapshot   {marts / 'circulez.duckdb'}")
    print(f"Parquet    {marts}")
    return 0


def _check_narrowing(folder: DataFolder, territory: str | None, year: int | None, full: bool) -> None:
    """A narrowed run names surveys that are there."""
    if full and (territory is not None or year is not None):
        raise WrongCall("--full reads every survey again.", "Leave out --territory and --year, or leave out --full.")
    if territory is not None:
        known = sorted(path.name for path in folder.surveys.glob("*") if path.is_dir())
        if not is_territory_id(territory) or territory not in known:
            raise WrongCall(f"No surveys of a territory «{territory}».", f"There are: {', '.join(known) or 'none'}.")
    if year is not None and not any(folder.surveys.glob(f"{territory or '*'}/{year}")):
        raise WrongCall(f"No surveys of the year {year}.", "Look into raw/surveys/<territory>/<year>/.")


@app.command
def explain(mart: str, /, *conditions: str, data: DataOption = None, everything: bool = False) -> int:
    """From a published figure to the files, sheets and rows that it rests on.

    Each source's weight × value, then each constraint's adjustment, then each estimate: they add up to the figure.
    For example: circulez explain mart_metabolism territory_id=z year=2025 resource_id=waste side=internal

    Parameters
    ----------
    mart
        mart_metabolism, mart_transit, mart_establishments or mart_flows (its sources), or any other mart (its rows).
    conditions
        COLUMN=VALUE, as many as it takes to name a figure.
    everything
        Show every source, not only the largest.
    """
    from pipelines.explain import explain_figures

    print(explain_figures(data_folder(data), mart, list(conditions), everything=everything))
    return 0


@app.command
def verify(*, data: DataOption = None) -> int:
    """Raw files unchanged, marts as their data package says, identities hold. Exit status 0 or 3."""
    from pipelines.verify import verify_release

    report = verify_release(data_folder(data))
    print(report.text())
    return 0 if report.holds else 3


@app.command
def init(folder: Path, /) -> int:
    """Makes a data folder for a campaign of your own, with the tables to fill in."""
    from pipelines.init import make_folder

    print(make_folder(folder.resolve()))
    return 0


def english_pages(folder: DataFolder) -> dict[str, Path]:
    """By territory; an id has no point, a page in another language has two."""
    return {path.stem: path for path in sorted((folder.marts / "reports").glob("*.html")) if "." not in path.stem}


@app.command
def report(*, territory: str, data: DataOption = None, lang: str = "en") -> int:
    """Where the shareable page of a territory stands (made by `run`).

    Parameters
    ----------
    lang
        Language of the page: en, fr or de.
    """
    from assets.pages import LANGUAGES, page_name

    folder = data_folder(data)
    if lang not in LANGUAGES:
        raise WrongCall(f"There is no page in «{lang}».", f"There are: {', '.join(LANGUAGES)}.")
    page = folder.marts / "reports" / page_name(territory, lang)
    if not page.exists():
        there = ", ".join(english_pages(folder))
        todo = f"There are: {there}." if there else "Run first: circulez run"
        raise WrongCall(f"There is no page of a territory «{territory}».", todo)
    print(page)
    return 0


def program() -> None:
    """The command `circulez`: ends at once, where Python would first take apart what a run made (2 s)."""
    status = main(sys.argv[1:])
    atexit._run_exitfuncs()  # as at any other end; it has no public name
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(words: list[str]) -> int:
    """Does what the words of a command line ask for, and says its exit status."""
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    try:
        status = app(words, exit_on_error=False, print_error=False)
    except CirculezError as error:
        status = _say(error.reason, error.instruction, error.exit_status, debug)
    except cyclopts.CycloptsError as error:
        status = _say(str(error), "See: circulez --help", 2, debug)
    except KeyboardInterrupt:
        status = _say("Stopped.", "What was published stands; run again whenever you like.", 1, debug=False)
    except Exception as error:  # the last door: a person never meets a traceback unasked
        words_of = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        status = _say(f"Something went wrong that should not: {words_of}", "Run again with --debug.", 1, debug)
    return status or 0


def _say(reason: str, instruction: str, status: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print(f"{reason}\n{instruction}", file=sys.stderr)
    return status


if __name__ == "__main__":
    program()
