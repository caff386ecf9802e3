"""Decisions: which line stands, and what it does to a row that a finding flagged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from metabolism import findings as catalogue
from metabolism.surveys import decisions
from tests.metabolism.surveys.answers import NOMENCLATURES, write

ROW = ["source_file", "source_sheet", "source_row", "entry"]
HEADER = "subject_id,decision,value,barrier,reason,who,date,next_step,due\n"


def read(root: Path, lines: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    found: list[pd.DataFrame] = []
    data = write(root, {"decisions.csv": HEADER + lines})
    made = decisions.read(data.raw / "decisions.csv", found, NOMENCLATURES)
    return made, pd.concat(found, ignore_index=True)


def test_the_latest_line_of_a_subject_stands(tmp_path: Path) -> None:
    made, found = read(
        tmp_path,
        "f-1,discussed,,,,a,01.03.2026,ask,2026-04-01\nx-1,realised,,,,b,,,\nf-1,Accepted,7.5,,,c,2026-03-02,,\n",
    )
    assert made[["subject_id", "decision", "who", "source_row"]].values.tolist() == [
        ["x-1", "realised", "b", 3],
        ["f-1", "accepted", "c", 4],
    ]
    assert made["value"].fillna(-1).tolist() == [-1, 7.5]
    assert made["date"].tolist()[1] == "2026-03-02"
    assert found.empty


def test_a_word_that_is_no_decision_is_told_and_the_line_before_it_stands(tmp_path: Path) -> None:
    made, found = read(tmp_path, "f-1,refused,,,,,,,\nf-1,acepted,,,,,soon,,\n,accepted,,,,,,,\n")
    assert made[["subject_id", "decision"]].values.tolist() == [["f-1", "refused"]]
    told = found[["kind", "source_row", "column_name", "declared", "suggested"]].astype(object)
    assert told.where(told.notna(), None).values.tolist() == [
        ["missing_value", 4, "subject_id", None, None],
        ["unknown_choice", 3, "decision", "acepted", "accepted"],
        ["unreadable_value", 3, "date", "soon", None],
    ]


def test_a_bad_date_leaves_the_decision_and_a_bad_value_does_not(tmp_path: Path) -> None:
    made, found = read(tmp_path, 'f-1,accepted,,,,,soon,,\nf-2,accepted,a lot,,,,,,\nf-3,accepted,"1,234",,,,,,\n')
    assert made["subject_id"].tolist() == ["f-1"], "an accepted line without its value would decide something else"
    assert sorted(zip(found["kind"], found["source_row"], strict=True)) == [
        ("ambiguous_number", 4),
        ("not_a_number", 3),
        ("unreadable_value", 2),
    ]


def test_a_barrier_is_an_id_where_it_is_known(tmp_path: Path) -> None:
    known = next(iter(NOMENCLATURES.words["barriers"].values()))
    made, _ = read(tmp_path, f"x-1,discussed,,{known.upper()},,,,,\nx-2,discussed,,the weather,,,,,\n")
    assert made["barrier"].tolist() == [known, "the weather"]


def test_without_a_file_nothing_is_decided(tmp_path: Path) -> None:
    found: list[pd.DataFrame] = []
    assert decisions.read(tmp_path / "decisions.csv", found, NOMENCLATURES).empty
    assert sum(map(len, found)) == 0


def test_a_decision_on_nothing_is_told(tmp_path: Path) -> None:
    made, _ = read(tmp_path, "f-1,accepted,,,,,,,\nf-l,accepted,,,,,,,\n")
    told = decisions.unknown_subjects(made, {"f-1"})
    assert told[["kind", "declared", "source_row", "source_file"]].values.tolist() == [
        ["unknown_subject", "f-l", 3, "decisions.csv"]
    ]
    assert "f-l" in catalogue.worded(told)["message_fr"][0]


# --- what a decision does to a row -----------------------------------------------------------------------------------

ABOUT = {"source_file": "a", "source_sha256": "s", "source_sheet": "flows", "source_row": 2, "entry": 0}
# 1200 kg a month, declared as a negative quantity: -14.4 t a year, known to 50 %
SIGN = {**ABOUT, "reason": "sign", "quantity": -1200.0, "value": -14.4, "uncertainty": 50.0, "suggested": 1200.0}
OUTLIER = {**SIGN, "reason": "outlier", "suggested": float("nan")}


def settled(flagged: list[dict[str, object]], *lines: tuple[str, str, float | None]) -> pd.Series:
    """The one row after decisions, given as kind, word and value, in their order."""
    ids = {
        kind: catalogue.finding_id({**ABOUT, "column_name": "quantity", "kind": kind}) for kind in ("sign", "outlier")
    }
    told = pd.DataFrame(
        [(ids[kind], word, value, at) for at, (kind, word, value) in enumerate(lines)],
        columns=["subject_id", "decision", "value", "source_row"],
    )
    made = decisions.settle(pd.DataFrame(flagged), told, ROW)
    assert len(made) == 1
    return made.iloc[0]


@pytest.mark.parametrize(
    ("flag", "word", "value", "waits", "quantity"),
    [
        (SIGN, "accepted", None, False, 1200.0),
        (SIGN, "accepted", 130.0, False, 130.0),
        (SIGN, "refused", None, False, None),
        (SIGN, "refused", 90.0, False, 90.0),
        (OUTLIER, "accepted", None, False, None),
        (OUTLIER, "refused", None, False, None),
        (OUTLIER, "accepted", 0.0, False, 0.0),
        (SIGN, "discussed", None, True, None),
        (SIGN, "discussed", 130.0, True, None),
        (SIGN, "realised", None, True, None),
    ],
)
def test_what_counts_after_a_decision(
    flag: dict[str, object], word: str, value: float | None, waits: bool, quantity: float | None
) -> None:
    row = settled([flag], (str(flag["reason"]), word, value))
    assert (row["waits"], row["reason"], row["decision"]) == (waits, flag["reason"], word)
    if quantity is None:
        assert pd.isna(row[["decided_quantity", "decided_value", "decided_sd"]].astype(float)).all()
    else:
        # 12 months, 1000 kg a t
        assert row["decided_quantity"] == quantity
        assert row["decided_value"] == pytest.approx(quantity * 12 / 1000)
        assert row["decided_sd"] == pytest.approx(quantity * 12 / 1000 * 50 / 100 / 1.96)


def test_what_is_not_decided_waits() -> None:
    row = settled([SIGN])
    assert row["waits"]
    assert row["decision"] is None


def test_a_row_of_two_findings_waits_for_both_unless_a_value_is_given() -> None:
    both = [OUTLIER, SIGN]
    row = settled(both, ("outlier", "accepted", None))
    assert (row["waits"], row["reason"], row["decision"]) == (True, "sign", None)
    row = settled(both, ("sign", "accepted", None))
    assert (row["waits"], row["reason"]) == (True, "outlier")
    row = settled(both, ("outlier", "accepted", None), ("sign", "accepted", None))
    assert (row["waits"], row["decided_quantity"]) == (False, 1200.0)
    row = settled(both, ("outlier", "accepted", 12.0))
    assert (row["waits"], row["decided_quantity"], row["reason"]) == (False, 12.0, "outlier")
    row = settled(both, ("sign", "accepted", 11.0), ("outlier", "refused", 12.0))
    assert row["decided_quantity"] == 12.0, "the later of two values"


def test_nothing_flagged_is_a_table_without_rows() -> None:
    made = decisions.settle(pd.DataFrame(columns=list(SIGN)), pd.DataFrame(columns=["subject_id"]), ROW)
    assert made.empty
    assert {*ROW, "reason", "waits", "decision", "decided_value", "decided_sd"} <= set(made.columns)
