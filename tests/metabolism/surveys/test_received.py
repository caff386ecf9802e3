"""What stands in `raw/`: identity by content, territory and year by folder, receipts that are never lost."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metabolism.surveys import received
from metabolism.surveys.received import ReceivedFile, answered_twice
from tests.metabolism.surveys.answers import write


def test_a_file_is_known_by_its_content_and_its_folder(tmp_path: Path) -> None:
    data = write(tmp_path, {"surveys/z/2025/spring/a.flows.csv": "x"})
    (file,) = received.survey_files(data)
    assert (file.source_file, file.territory_id, file.year) == ("surveys/z/2025/spring/a.flows.csv", "z", 2025)
    assert (file.folder, file.name) == ("surveys/z/2025/spring", "a.flows.csv")
    assert file.sha256 == hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize("path", ["a.csv", "z/a.csv", "z/2025.csv", "z/99/a.csv", "z/1850/a.csv", "z/2025x/a.csv",
                                  "Z/2025/a.csv", "my zone/2025/a.csv", "nature/2025/a.csv"])  # fmt: skip
def test_a_folder_that_is_no_territory_and_year_gives_neither(tmp_path: Path, path: str) -> None:
    (file,) = received.survey_files(write(tmp_path, {f"surveys/{path}": "x"}))
    assert (file.territory_id, file.year) == (None, None)


def test_without_a_folder_there_are_no_files(tmp_path: Path) -> None:
    data = write(tmp_path, {})
    assert received.survey_files(data) == []
    assert len(received.inventory(data)) == 0
    assert len(received.read_receipts(data)) == 0


def test_the_inventory_tells_what_is_delivered_from_what_people_edit(tmp_path: Path) -> None:
    files = {
        "surveys/z/2025/a.flows.csv": "survey",
        "surveys/z/2025/mapping.yaml": "mapping",
        "open/eurostat/2025-01-01/t.tsv": "open",
        "frame/z.csv": "table",
        "territories.csv": "table",
        "decisions.csv": "table",
    }
    data = write(tmp_path, dict.fromkeys([*files, "receipts.csv", ".hidden", "surveys/z/2025/~$a.xlsx"], "x"))
    found = received.inventory(data)
    assert dict(zip(found["source_file"], found["kind"], strict=True)) == files
    assert found["source_file"].is_monotonic_increasing


def survey(file: str, sha256: str, kind: str = "survey") -> dict[str, object]:
    return {"source_file": file, "source_sha256": sha256, "kind": kind}


NO_RECEIPTS = pd.DataFrame(columns=received.RECEIPT_COLUMNS, dtype=str)


def test_a_delivered_file_gets_one_receipt_when_it_is_first_seen() -> None:
    first = received.with_new_receipts(
        NO_RECEIPTS, pd.DataFrame([survey("a", "1"), survey("t", "9", "table")]), "monday"
    )
    assert first.values.tolist() == [["a", "1", "monday"]]
    again = received.with_new_receipts(first, pd.DataFrame([survey("a", "1"), survey("o", "2", "open")]), "tuesday")
    assert again.values.tolist() == [["a", "1", "monday"], ["o", "2", "tuesday"]]


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        ([("s/z/2025/a", "1"), ("s/z/2024/b", "2")], []),
        ([("s/z/2025/a", "1")], ["s/z/2024/b"]),
        ([("s/z/2025/a", "1"), ("s/z/2024/b", "3")], ["s/z/2024/b"]),  # overwritten
        ([("s/z/2025/sub/renamed", "1"), ("s/z/2024/b", "2")], []),
        ([("s/z/2024/a", "1"), ("s/z/2024/b", "2")], ["s/z/2025/a"]),  # moved to another campaign
        ([], ["s/z/2024/b", "s/z/2025/a"]),
    ],
)
def test_a_delivered_file_that_is_gone_or_overwritten_is_told(now: list[tuple[str, str]], missing: list[str]) -> None:
    delivered = [["s/z/2025/a", "1", "monday"], ["s/z/2024/b", "2", "monday"]]
    receipts = pd.DataFrame(delivered, columns=received.RECEIPT_COLUMNS)
    there = pd.DataFrame([survey(*file) for file in now], columns=["source_file", "source_sha256", "kind"])
    assert received.gone(receipts, there) == missing


def test_what_was_delivered_to_no_campaign_may_be_moved_to_one() -> None:
    astray = ["surveys/Zone/2025/a", "surveys/z/b", "surveys/z/2025/c"]
    receipts = pd.DataFrame([[file, file[-1], "monday"] for file in astray], columns=received.RECEIPT_COLUMNS)
    moved = pd.DataFrame([survey(f"surveys/y/2025/{name}", name) for name in "abc"])
    assert received.gone(receipts, moved) == ["surveys/z/2025/c"]
    assert received.gone(receipts, moved.iloc[:0]) == sorted(astray)


files = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("12"), st.sampled_from("yz"), st.sampled_from([2024, 2025])),
    unique_by=lambda file: file[0],
)


@given(files)
def test_of_identical_files_exactly_the_first_path_stands(given_files: list[tuple[str, str, str, int]]) -> None:
    listed = [
        ReceivedFile(path, sha, territory, year, Path(path)) for path, sha, territory, year in sorted(given_files)
    ]
    copies = answered_twice(listed)
    by_content: dict[object, list[str]] = {}
    for file in listed:
        by_content.setdefault((file.sha256, file.territory_id, file.year), []).append(file.source_file)
    assert copies == {copy: paths[0] for paths in by_content.values() for copy in paths[1:]}
