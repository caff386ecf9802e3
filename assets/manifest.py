"""dbt's manifest, made once for each state of `dbt_project/` and kept: Dagster reads its graph from it, and the lineage of
columns the SQL that it holds, compiled."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from assets.project import DBT_PROJECT, PROJECT
from metabolism.errors import CirculezError

_PARTS = ("models", "seeds", "macros", "tests")
# Only what is compiled holds its SQL; unit tests and data tests need none
_COMMAND = ("compile", "--select", "resource_type:model")


@functools.cache
def manifest_path() -> Path:
    """The manifest of the project as it stands; made (about 6 s) where none is kept for it."""
    kept = state_folder() / "dbt" / _state_of_project() / "manifest.json"
    if not kept.exists():
        _compile(kept)
    return kept


def state_folder() -> Path:
    """Where Dagster's runs and dbt's manifest are kept: `CIRCULEZ_STATE`, else `.dagster` of the project."""
    return Path(os.environ.get("CIRCULEZ_STATE") or PROJECT / ".dagster").resolve()


def dbt_executable() -> Path:
    """dbt of this very environment: nothing needs to be on the PATH."""
    return Path(sys.executable).with_name("dbt")


def _state_of_project() -> str:
    digest = hashlib.sha256(" ".join(_COMMAND).encode())
    files = [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]
    files += [path for part in _PARTS for path in (DBT_PROJECT / part).rglob("*") if path.is_file()]
    for path in sorted(files):
        digest.update(path.relative_to(DBT_PROJECT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(str(DBT_PROJECT).encode())
    return digest.hexdigest()[:16]


def _compile(kept: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            str(dbt_executable()),
            *_COMMAND,
            "--project-dir",
            str(DBT_PROJECT),
            "--profiles-dir",
            str(DBT_PROJECT),
        ]
        command += ["--target-path", scratch, "--log-path", scratch]
        # No data are looked at: the warehouse is an empty one in memory
        environment = {**os.environ, "DO_NOT_TRACK": "1", "CIRCULEZ_WAREHOUSE": ":memory:"}
        ended = subprocess.run(command, capture_output=True, text=True, env=environment)
        if ended.returncode != 0:
            raise CirculezError(
                f"dbt cannot compile {DBT_PROJECT}:\n{ended.stdout[-2000:]}",
                "Mend the model that it names, and run again.",
            )
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(Path(scratch) / "manifest.json", beside)
        beside.replace(kept)
