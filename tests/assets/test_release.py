"""A release is there whole or not at all: faults at the n-th operation of the disk, for n = 1, 2, … until none is left."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets import release as releases
from metabolism.layout import DataFolder
from pipelines.verify import Report, _verify_files

MODELS: dict[str, Any] = {
    name: {"description": f"{name}, for a test", "columns": {"x": {"description": "a number", "data_type": "bigint"}}}
    for name in ("mart_one", "mart_two")
}
MODELS["mart_territories"] = {
    "description": "territories",
    "columns": {"synthetic": {"description": "whether invented", "data_type": "boolean"}},
}


class DiskFault(Exception):
    """The fault that a test plants."""


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "it's a folder")
    folder.built.mkdir(parents=True)
    folder.marts.mkdir()
    (folder.lake / "reports").mkdir()
    (folder.lake / "reports" / "z.html").write_text("<html></html>")
    folder.received.mkdir()
    files = pd.DataFrame({"source_file": ["surveys/z"], "source_sha256": ["0"], "kind": ["survey"]})
    files.to_parquet(folder.received / "files.parquet")
    pd.DataFrame({"synthetic": [True]}).to_parquet(folder.built / "mart_territories.parquet")
    fill(folder, 1)
    return folder


def fill(data: DataFolder, number: int) -> None:
    for name in ("mart_one", "mart_two"):
        pd.DataFrame({"x": [number]}).to_parquet(data.built / f"{name}.parquet")


def refresh(data: DataFolder) -> None:
    releases.publish(data, releases.make_release(data, MODELS, "1"))


def published(data: DataFolder) -> int:
    """The number that a reader finds; fails where what it finds is not one whole release."""
    release = releases.current(data)
    assert release is not None
    import json

    report = Report("")
    resources = json.loads((release / "datapackage.json").read_text())["resources"]
    assert _verify_files(release, resources, report), report.wrong
    numbers = {int(pd.read_parquet(release / f"{name}.parquet")["x"].iloc[0]) for name in ("mart_one", "mart_two")}
    assert len(numbers) == 1
    return numbers.pop()


def fail_at(n: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Makes the n-th operation on the disk fail; returns how many were tried."""
    tried = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            nonlocal tried
            tried += 1
            if tried == n:
                raise DiskFault(function)
            return function(*arguments, **options)

        return wrapper

    for owner, name in [
        (Path, "replace"), (Path, "symlink_to"), (Path, "unlink"), (Path, "mkdir"), (Path, "write_text"),
        (os, "fsync"), (os, "utime"), (shutil, "copyfile"), (shutil, "rmtree"),
    ]:  # fmt: skip
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: tried


def test_a_fault_at_any_operation_leaves_a_whole_release_and_the_next_run_mends(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(data)
    number, n = 1, 0
    while True:
        n += 1
        number += 1
        fill(data, number)
        with monkeypatch.context() as planted:
            tried = fail_at(n, planted)
            with contextlib.suppress(DiskFault):
                refresh(data)
            if tried() < n:
                break
        assert published(data) in (number - 1, number)
        refresh(data)
        assert published(data) == number
    assert n > 20, "the faults were not planted"


def test_the_same_content_is_the_same_release(data: DataFolder) -> None:
    refresh(data)
    first = releases.current(data)
    refresh(data)
    assert releases.current(data) == first


def test_a_damaged_release_is_made_anew(data: DataFolder) -> None:
    refresh(data)
    release = releases.current(data)
    assert release is not None
    (release / "mart_one.parquet").write_bytes(b"damaged")
    refresh(data)
    assert published(data) == 1


def test_a_mart_that_is_no_longer_made_leaves_no_dead_link(data: DataFolder) -> None:
    refresh(data)
    fewer = {name: model for name, model in MODELS.items() if name != "mart_two"}
    releases.publish(data, releases.make_release(data, fewer, "1"))
    assert not (data.marts / "mart_two.parquet").is_symlink()
    assert (data.marts / "mart_one.parquet").exists()


def test_the_last_releases_stay_for_readers_who_opened_them(data: DataFolder) -> None:
    for number in range(1, 7):
        fill(data, number)
        refresh(data)
    kept = [path for path in (data.marts / "releases").iterdir() if not path.name.startswith(".")]
    assert len(kept) == releases.KEPT_RELEASES
    assert published(data) == 6


def test_the_release_that_is_published_is_never_let_go(data: DataFolder) -> None:
    """Also where the clock is too coarse to tell which release is the newest."""
    made = []
    for number in range(1, 4):
        fill(data, number)
        made.append(releases.make_release(data, MODELS, "1"))
    for release in made:
        os.utime(release, (2_000_000_000, 2_000_000_000))
    fill(data, 4)
    refresh(data)
    assert published(data) == 4


def test_a_release_that_is_gone_is_not_pointed_to(data: DataFolder) -> None:
    refresh(data)
    with pytest.raises(ValueError, match="not a finished release"):
        releases.publish(data, data.marts / "releases" / "gone")
    assert published(data) == 1
