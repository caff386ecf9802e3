"""A release beside the figures of the independent computation.

    python -m tests.independent.compare FOLDER [--seeds 1-8] [--features all|standing|a,b,…]

writes cases into FOLDER (which must not exist), refreshes it, and prints every difference.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tests.independent import cases, reference

TOLERANCE = 1e-9
"""Relative to the figure, or to the sd that its flows have one by one: a sum may cancel."""


def compare_metabolism(marts: Path, result: reference.Result, mart: str = "mart_metabolism") -> Iterator[str]:
    """Each row of `mart_metabolism` or `mart_transit` that differs or stands on one side only."""
    published = {(row["territory_id"], row["year"], row["resource_id"], row["side"]): row for row in _rows(marts, mart)}
    wanted = result.metabolism if mart == "mart_metabolism" else result.transit
    yield from _keys(mart, published, wanted)
    for key in sorted(published.keys() & wanted.keys()):
        row, figure = published[key], wanted[key]
        for column in ("value", "sd", "declared_value", "n_establishments"):
            should = getattr(figure, column)
            if not _same(row[column], should, figure.scale):
                yield f"{mart} {key}: {column} is {row[column]}, should be {should}"


def compare_flows(marts: Path, result: reference.Result) -> Iterator[str]:
    """Each row of `mart_flows` that differs or stands on one side only; no flow may stand twice."""
    published: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in _rows(marts, "mart_flows"):
        ends = (row[f"{end}_establishment_id"] or (row[f"{end}_territory_id"] or "").lower() for end in ("from", "to"))
        key = (row["year"], row["resource_id"], *ends, row["purpose"] == "transit")
        if key in published:
            yield f"mart_flows {key}: stands twice"
        published[key] = row
    yield from _keys("mart_flows", published, result.flows)
    for key in sorted(published.keys() & result.flows.keys()):
        row, figure = published[key], result.flows[key]
        for column in ("value", "sd"):
            if not _same(row[column], getattr(figure, column), figure.sd):
                yield f"mart_flows {key}: {column} is {row[column]}, should be {getattr(figure, column)}"
        if row["status"] != figure.status:
            yield f"mart_flows {key}: status is {row['status']}, should be {figure.status}"


def compare_exclusions(marts: Path, result: reference.Result) -> Iterator[str]:
    """Rows left out of the figures, and rows quarantined, by file."""
    left_out = {(row["source_file"], row["source_row"]) for row in _rows(marts, "mart_flow_sources") if row["excluded"]}
    for place in sorted(left_out ^ set(result.signed)):
        yield f"mart_flow_sources {place}: left out {'without' if place in left_out else 'not, with'} a negative quantity"
    quarantined = [name for name, _ in result.quarantined]
    for row in _rows(marts, "mart_files"):
        should = quarantined.count(row["source_file"])
        if row["rows_quarantined"] != should:
            yield f"mart_files {row['source_file']}: {row['rows_quarantined']} rows quarantined, should be {should}"


def _rows(marts: Path, mart: str) -> list[dict[str, Any]]:
    path = marts / f"{mart}.parquet"
    if not path.exists():  # then every row of it is missing
        return []
    frame = pd.read_parquet(path)
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _keys(mart: str, published: Mapping[Any, object], wanted: Mapping[Any, object]) -> Iterator[str]:
    yield from (f"{mart} {key}: missing" for key in sorted(wanted.keys() - published.keys()))
    yield from (f"{mart} {key}: not expected" for key in sorted(published.keys() - wanted.keys()))


def _same(found: float | None, should: float, scale: float) -> bool:
    return found is not None and math.isclose(found, should, rel_tol=TOLERANCE, abs_tol=TOLERANCE * scale)


def everything(marts: Path, result: reference.Result) -> Iterator[str]:
    yield from compare_exclusions(marts, result)
    yield from compare_flows(marts, result)
    yield from compare_metabolism(marts, result)
    yield from compare_metabolism(marts, result, "mart_transit")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", default="1-8")
    parser.add_argument("--features", default="all")
    said = parser.parse_args()
    named = {"all": cases.FEATURES, "standing": cases.STANDING}
    features = named.get(said.features, frozenset(said.features.split(",")))
    first, last = (said.seeds.split("-") * 2)[:2]
    raw = cases.write(said.folder, range(int(first), int(last) + 1), features)

    os.environ["CIRCULEZ_STATE"] = str(said.folder / "state")
    os.environ["DAGSTER_HOME"] = str(reference.SEEDS.parents[1])
    from metabolism.layout import DataFolder
    from pipelines.run import refresh

    print(refresh(DataFolder(said.folder)))
    print(*everything(said.folder / "marts", reference.compute(raw)), sep="\n")


if __name__ == "__main__":
    main()
