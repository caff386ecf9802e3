"""What a refresh costs beside what dbt alone costs, measured in one session.

    python -m benchmarks.refresh [ROUNDS] [FOLDER WITH raw/]

A warm `circulez run --full` on the bundled case, or on another (each asset materialised by Dagster, Great Expectations,
stock dagster-dbt), beside two bare `dbt build` commands over the same models, tests and rows. Prints medians and their
ratio.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assets.project import DBT_PROJECT, PROJECT

BIN = Path(sys.executable).parent


def seconds(command: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment}, cwd=PROJECT)
    return time.perf_counter() - began


def bare_dbt(root: Path, stage: str) -> float:
    lake = root / "lake"
    places = f"--project-dir|{DBT_PROJECT}|--profiles-dir|{DBT_PROJECT}|--target-path|{lake / 'bare' / stage}"
    what = f"--full-refresh|--exclude-resource-type|unit_test|--select|tag:{stage}|--log-path|{lake / 'bare'}"
    return seconds(
        [str(BIN / "dbt"), "build", *places.split("|"), *what.split("|")],
        {"CIRCULEZ_LAKE": str(lake), "CIRCULEZ_WAREHOUSE": str(root / "warehouse.duckdb")},
    )


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    case = Path(sys.argv[2]) if len(sys.argv) > 2 else PROJECT / "data"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "data"
        shutil.copytree(case / "raw", root / "raw")
        run = [str(BIN / "circulez"), "run", "--full", "--data", str(root)]
        seconds(run, {})
        bare_dbt(root, "prepare")
        bare_dbt(root, "publish")
        whole, bare = [], []
        for number in range(rounds):
            whole.append(seconds(run, {}))
            bare.append(bare_dbt(root, "prepare") + bare_dbt(root, "publish"))
            print(f"round {number + 1}: circulez run {whole[-1]:.1f} s, two dbt builds {bare[-1]:.1f} s", flush=True)
    ratio = statistics.median(whole) / statistics.median(bare)
    print(f"median: {statistics.median(whole):.1f} s and {statistics.median(bare):.1f} s; ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
