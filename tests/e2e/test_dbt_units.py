"""dbt's unit tests: the rules that the SQL carries, each on a few rows beside its model."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from assets.manifest import dbt_executable
from assets.project import DBT_PROJECT
from metabolism.layout import DataFolder

pytestmark = pytest.mark.slow


def test_every_unit_test_of_a_model_holds(tiny: DataFolder, tmp_path: Path) -> None:
    """In the warehouse of a published case, whose tables tell dbt the types of its fixtures."""
    command = [dbt_executable(), "test", "--select", "test_type:unit", "--project-dir", DBT_PROJECT]
    command += ["--profiles-dir", DBT_PROJECT, "--target-path", tmp_path / "target", "--log-path", tmp_path]
    where = {"CIRCULEZ_LAKE": str(tiny.lake), "CIRCULEZ_WAREHOUSE": str(tiny.warehouse), "DO_NOT_TRACK": "1"}
    said = subprocess.run([str(word) for word in command], capture_output=True, text=True, env={**os.environ, **where})
    assert said.returncode == 0, said.stdout
    assert "Nothing to do" not in said.stdout
    assert "unit test" in said.stdout
