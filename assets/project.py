"""Where the project is, and its version."""

from __future__ import annotations

from pathlib import Path

VERSION = "0.1.0"
PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"
