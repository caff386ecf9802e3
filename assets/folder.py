"""The data folder as a Dagster resource, and what dbt needs to know of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster import ConfigurableResource

from metabolism.layout import DataFolder


class Folder(ConfigurableResource):  # type: ignore[type-arg]
    """`root`: the data folder (contract, section 1)."""

    root: str

    @property
    def data(self) -> DataFolder:
        return DataFolder(Path(self.root).resolve())


@contextmanager
def dbt_environment(data: DataFolder) -> Iterator[None]:
    """dbt is told where the folder is by its environment: the manifest stays the same for every folder."""
    wanted = {"CIRCULEZ_LAKE": str(data.lake), "CIRCULEZ_WAREHOUSE": str(data.warehouse), "DO_NOT_TRACK": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
