"""A release: everything that is published, made aside, then moved in place by one pointer.

    marts/releases/<id>/   the marts as Parquet, circulez.duckdb, datapackage.json, reports/; never changed once there
    marts/current          → releases/<id>, replaced atomically: the one pointer
    marts/<name>           → current/<name>: what readers open

`<id>` is a hash of what is published: the same input gives the same release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from metabolism.layout import DataFolder
from metabolism.surveys.received import sha256_of

SNAPSHOT = "circulez.duckdb"
STORAGE_VERSION = "v1.4.0"
"""Read by DuckDB 1.4 and later; a file of DuckDB 2's own storage version is not read by 1.5."""
KEPT_RELEASES = 3
"""Readers that resolved `current` before a refresh go on reading the release that they opened."""
_FIELD_TYPES = {
    "string": "string", "double": "number", "int32": "integer", "int64": "integer", "bool": "boolean",
    "date32[day]": "date", "list": "array",
}  # fmt: skip


def make_release(data: DataFolder, models: Mapping[str, Any], version: str) -> Path:
    """Makes the release folder from the marts and reports that stand in the lake, and returns it.

    `models`: mart name → its node in dbt's manifest (description, columns, meta). Nothing is visible to a reader yet.
    """
    releases = data.marts / "releases"
    making = releases / ".making"
    shutil.rmtree(making, ignore_errors=True)
    (making / "reports").mkdir(parents=True)
    for mart in sorted(models):
        shutil.copyfile(data.built / f"{mart}.parquet", making / f"{mart}.parquet")
    for report in sorted((data.lake / "reports").glob("*.html")):
        shutil.copyfile(report, making / "reports" / report.name)
    release_id = _identity(making, version)
    finished = releases / release_id
    if (finished / "datapackage.json").exists() and _still_whole(finished):
        shutil.rmtree(making)
        _describe(data, finished, models, release_id, version)
        return finished
    _write_snapshot(making, models, release_id)
    _describe(data, making, models, release_id, version)
    for path in making.rglob("*"):
        _sync(path)
    shutil.rmtree(finished, ignore_errors=True)
    making.replace(finished)
    _sync(releases)
    return finished


def _identity(folder: Path, version: str) -> str:
    digest = hashlib.sha256(version.encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(f"\0{path.relative_to(folder).as_posix()}\0{sha256_of(path)}".encode())
    return digest.hexdigest()[:16]


def _still_whole(release: Path) -> bool:
    package = json.loads((release / "datapackage.json").read_text())
    return all(
        (release / resource["path"]).exists() and f"sha256:{sha256_of(release / resource['path'])}" == resource["hash"]
        for resource in package["resources"]
    )


def _write_snapshot(folder: Path, models: Mapping[str, Any], release_id: str) -> None:
    path = folder / SNAPSHOT
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"attach {_quoted(str(path))} as snapshot (storage_version '{STORAGE_VERSION}')")
        connection.execute("create schema snapshot.marts")
        for mart in sorted(models):
            source = _quoted(str(folder / f"{mart}.parquet"))
            connection.execute(f"create table snapshot.marts.{mart} as select * from read_parquet({source})")
            _comment(connection, f"table snapshot.marts.{mart}", models[mart]["description"])
            for name, column in models[mart]["columns"].items():
                _comment(connection, f'column snapshot.marts.{mart}."{name}"', column["description"])
        connection.execute(f"create table snapshot.marts.release as select '{release_id}' as release_id")
        _comment(connection, "table snapshot.marts.release", "Which release this snapshot is.")
        connection.execute("detach snapshot")


def _comment(connection: duckdb.DuckDBPyConnection, target: str, text: str) -> None:
    connection.execute(f"comment on {target} is {_quoted(' '.join(text.split()))}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _describe(data: DataFolder, folder: Path, models: Mapping[str, Any], release_id: str, version: str) -> None:
    """`datapackage.json`: Data Package v2, with each field's unit, each file's sha256, the raw files beneath."""
    resources = [_mart_resource(folder, mart, models[mart]) for mart in sorted(models)]
    resources.append(_file_resource(folder, folder / SNAPSHOT, "application/vnd.duckdb"))
    resources += [_file_resource(folder, path, "text/html") for path in sorted((folder / "reports").glob("*.html"))]
    raw = pd.read_parquet(data.received / "files.parquet")
    synthetic = pd.read_parquet(folder / "mart_territories.parquet")["synthetic"].any()
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "circulez",
        "id": release_id,
        "title": "Metabolism of the surveyed territories" + (" (synthetic data)" if synthetic else ""),
        "version": version,
        "resources": resources,
        "circulez:synthetic": bool(synthetic),
        "circulez:raw": raw[["source_file", "source_sha256", "kind"]].to_dict("records"),
    }
    beside = folder / "datapackage.writing"
    beside.write_text(json.dumps(package, indent=1, ensure_ascii=False) + "\n")
    beside.replace(folder / "datapackage.json")


def _mart_resource(folder: Path, mart: str, model: Any) -> dict[str, Any]:
    path = folder / f"{mart}.parquet"
    arrow = pq.read_schema(path)
    fields = []
    for name, column in model["columns"].items():
        kind = _FIELD_TYPES.get(str(arrow.field(name).type).partition("<")[0], "any")
        field = {"name": name, "type": kind, "description": " ".join(column["description"].split())}
        if unit := column.get("config", {}).get("meta", {}).get("unit"):
            field["unit"] = unit
        fields.append(field)
    return {
        **_file_resource(folder, path, "application/vnd.apache.parquet"),
        "name": mart,
        "description": " ".join(model["description"].split()),
        "rows": pq.read_metadata(path).num_rows,
        "schema": {"fields": fields},
    }


def _file_resource(folder: Path, path: Path, media_type: str) -> dict[str, Any]:
    return {
        "name": path.relative_to(folder).with_suffix("").as_posix().replace("/", "-").lower(),
        "path": path.relative_to(folder).as_posix(),
        "mediatype": media_type,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
    }


def publish(data: DataFolder, release: Path) -> None:
    """Moves the pointer to a finished release, in one step; older releases are let go, but for the last ones."""
    if not (release / "datapackage.json").exists():
        raise ValueError(f"{release} is not a finished release")
    _point(data.marts / "current", Path("releases") / release.name)
    for path in sorted(release.iterdir()):
        _point(data.marts / path.name, Path("current") / path.name)
    for link in data.marts.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()
    _sync(data.marts)
    os.utime(release)
    others = [path for path in release.parent.iterdir() if not path.name.startswith(".") and path != release]
    for old in sorted(others, key=lambda path: path.stat().st_mtime_ns, reverse=True)[KEPT_RELEASES - 1 :]:
        shutil.rmtree(old)


def forget(data: DataFolder, withdrawn: set[str]) -> None:
    """Lets go of older releases that still name an establishment that withdrew."""
    for release in (data.marts / "releases").resolve().iterdir():
        if release == current(data) or release.name.startswith(".") or not withdrawn:
            continue
        listed = release / "mart_participants.parquet"
        if not listed.exists() or withdrawn & set(pd.read_parquet(listed)["establishment_id"]):
            shutil.rmtree(release)


def _point(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    beside = link.with_name(f".{link.name}.pointing")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    if link.is_dir() and not link.is_symlink():
        # A data folder that was copied without its links: what stands here is a copy, and is replaced.
        shutil.rmtree(link)
    beside.replace(link)


def current(data: DataFolder) -> Path | None:
    """The release that readers see, resolved: its files stay together whatever is published meanwhile."""
    pointer = data.marts / "current"
    return pointer.resolve() if (pointer / "datapackage.json").exists() else None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
