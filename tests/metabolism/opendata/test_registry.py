"""The registry, and which copy of a source stands."""

from __future__ import annotations

import datetime
import os
from dataclasses import astuple
from pathlib import Path

import pandas as pd
import pytest

from assets.project import SEEDS
from metabolism.layout import DataFolder
from metabolism.opendata.registry import Source, date_of, keep_copy, newest_copy, read_registry
from metabolism.surveys import received

SOURCE = Source("some", "Some", "P", "CC0", "https://p.example", "folder/some.tsv", "", "TSV", "yearly", "a test")


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "it's a folder")


def place(data: DataFolder, path: str, content: str = "x") -> Path:
    target = data.open_data / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content)
    return target


def test_every_card_is_filled_in_and_names_the_providers_own_addresses() -> None:
    cards = read_registry(SEEDS)
    assert len({card.source_id for card in cards}) == len(cards) >= 3
    for card in cards:
        assert all(astuple(card)), card
        assert card.landing_page.startswith("https://")
        assert card.fetch_address.startswith("https://")
        assert not card.mirror_file.startswith("/")
        assert ".." not in card.mirror_file


def test_the_mirror_files_of_the_cards_are_those_of_the_mirror(providers_files: Path) -> None:
    for card in read_registry(SEEDS):
        assert (providers_files / card.mirror_file).is_file(), card.source_id


@pytest.mark.parametrize("seed", ["nace_waste_activities", "waste_categories"])
def test_a_nomenclature_is_a_forest_with_labels_in_three_languages(seed: str) -> None:
    codes = pd.read_csv(SEEDS / f"{seed}.csv", dtype=str, keep_default_na=False).set_index("code")
    assert codes.index.is_unique
    assert codes[["label_en", "label_fr", "label_de"]].ne("").all(axis=None)
    for code in codes.index:
        line = [code]
        while parent := codes.loc[line[-1], "parent_code"]:
            assert parent not in line, line
            line.append(parent)


def test_without_a_copy_there_is_none(data: DataFolder) -> None:
    assert newest_copy(data, SOURCE) is None


def test_the_copy_with_the_latest_date_is_used(data: DataFolder) -> None:
    for date in ("2024-12-31", "2025-06-01", "2025-01-15"):
        place(data, f"some/{date}/some.tsv", date)
    place(data, "some/2026-01-01/other.tsv")
    place(data, "some/9999-99-99/some.tsv")
    place(data, "some/2026-1-1/some.tsv")
    place(data, "some/some.tsv")
    found = newest_copy(data, SOURCE)
    assert found is not None
    assert found.retrieved == "2025-06-01"
    assert found.path.read_text() == "2025-06-01"


def test_what_stands_is_never_overwritten_and_nothing_is_left_beside_it(data: DataFolder, tmp_path: Path) -> None:
    mirror = tmp_path / "some.tsv"
    mirror.write_text("first")
    mirror.chmod(0o444)
    kept = keep_copy(mirror, data, SOURCE, "2025-01-01")
    mirror.chmod(0o644)
    mirror.write_text("second")
    assert keep_copy(mirror, data, SOURCE, "2025-01-01") == kept
    assert kept.path.read_text() == "first"
    assert [path.name for path in kept.path.parent.iterdir()] == ["some.tsv"]


def test_a_copy_half_written_is_no_copy_and_is_mended(data: DataFolder, tmp_path: Path) -> None:
    place(data, "some/2025-01-01/.some.tsv.writing", "fir")
    assert newest_copy(data, SOURCE) is None
    assert len(received.inventory(data)) == 0
    mirror = tmp_path / "some.tsv"
    mirror.write_text("first")
    assert keep_copy(mirror, data, SOURCE, "2025-01-01").path.read_text() == "first"


def test_the_date_of_a_file_does_not_depend_on_where_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("x")
    moment = datetime.datetime(2025, 3, 1, 23, 59, tzinfo=datetime.UTC).timestamp()
    os.utime(path, (moment, moment))
    assert date_of(path) == "2025-03-01"
