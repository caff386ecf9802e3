"""Withdrawals: nothing of an establishment's own data stands in any landed table, and every row is still counted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from metabolism.findings import worded
from metabolism.surveys import landed, landing, received, withdrawals
from metabolism.surveys.contract import REGISTERS
from metabolism.surveys.registers import read_frames, read_typed
from tests.metabolism.surveys.answers import ESTABLISHMENT, FLOW, NOMENCLATURES, csv_of, write

SECRET = "Brasserie Étoile"
MAPPING = """
files: "*.csv"
establishment:
  establishment_id: {column: Who}
  name: {column: Name}
  nace: {value: "38"}
flows:
  - direction: {value: in}
    resource: {value: waste}
    quantity: {column: In}
    unit: {value: t}
    period: {value: year}
  - direction: {value: out}
    resource: {value: waste}
    quantity: {column: Out}
    unit: {value: t}
    period: {value: year}
"""
FILES = {
    "surveys/z/2025/e1.establishment.csv": csv_of([{**ESTABLISHMENT, "name": SECRET, "nickname": "Secret pub"}]),
    "surveys/z/2025/e1.flows.csv": csv_of(
        [{**FLOW, "comment": "Secret brew"}, {**FLOW, "quantity": "secret"}, {**FLOW, "establishment_id": ""}]
    ),
    "surveys/z/2025/both.flows.csv": csv_of(
        [
            {**FLOW, "quantity": "-7"},
            {**FLOW, "establishment_id": "e2", "partner_id": "e1", "partner_postcode": "L-4501"},
            {**FLOW, "establishment_id": "e2", "partner_name": "brasserie  etoile", "partner_country": "DE"},
            {**FLOW, "establishment_id": "e2", "partner_id": "e3", "partner_name": "Somebody"},
            {**FLOW, "establishment_id": "", "quantity": "2"},
        ]
    ),
    "surveys/z/2025/e2.services.csv": csv_of(
        [{"establishment_id": "e2", "service": "catering", "provider": SECRET.upper(), "visits_per_year": "3"}]
    ),
    "surveys/z/2025/erp/mapping.yaml": MAPPING,
    "surveys/z/2025/erp/all.csv": f"Who,Name,In,Out\ne1,{SECRET},1,2\ne2,Two,3,4\ne1,{SECRET},x,5\n",
    "frame/z.csv": f"establishment_id,name,nace,employees\ne1,{SECRET},11.05,12\ne2,Two,10,5\n",
    "pilots.csv": "pilot_id,territory_id,participants,verified_by,baseline\np1,z,e1;e2,e1,5\np2,z,e1,,7\np3,z,,,9\n",
    "actors.csv": "actor_id,name\ne1,x\na1,y\n",
}


def tables_of(root: Path, files: dict[str, str]) -> dict[str, pd.DataFrame]:
    data = write(root, files)
    found: list[pd.DataFrame] = []
    tables = landed.frames(landing.land(received.survey_files(data), NOMENCLATURES))
    tables["frame"] = read_frames(data, found)
    tables["pilots"] = read_typed(data.raw / "pilots.csv", found, "pilots.csv", REGISTERS["pilots"])
    tables["actors"] = pd.DataFrame({"actor_id": ["e1", "a1"], "name": ["x", "y"]})
    tables["findings"] = pd.concat([tables["findings"], *found], ignore_index=True)
    return tables


@pytest.fixture
def before(tmp_path: Path) -> dict[str, pd.DataFrame]:
    return tables_of(tmp_path, FILES)


@pytest.fixture
def after(before: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return withdrawals.without(before, {"e1"})


def test_no_cell_of_any_table_holds_its_id_its_name_or_what_it_wrote(after: dict[str, pd.DataFrame]) -> None:
    for name, table in after.items():
        # Where a file stands in raw is no data of its own: mart_files keeps its counts
        columns = [column for column in table if column not in ("source_file", "answer_id", "answer_name", "copy_of")]
        text = table[columns].to_csv(index=False).casefold()
        for word in ("e1,", "e1;", "brasserie", "secret"):
            assert word not in text, (name, word)


def test_what_others_declared_stays_and_the_end_is_a_place(after: dict[str, pd.DataFrame]) -> None:
    rows = after["flows"][after["flows"]["source_file"] == "surveys/z/2025/both.flows.csv"]
    kept = rows[["source_row", "partner_id", "partner_name", "partner_postcode", "partner_country"]].astype(object)
    assert kept.where(kept.notna(), None).values.tolist() == [
        [3, None, withdrawals.PARTNER, "L-4501", None],
        [4, None, withdrawals.PARTNER, None, "DE"],
        [5, "e3", "Somebody", None, None],
        [6, None, None, None, None],
    ]
    assert after["services"]["provider"].isna().all()


def test_rows_that_leave_are_out_of_scope(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    columns = ["rows_received", "rows_accepted", "rows_quarantined", "rows_out_of_scope"]

    def counts(tables: dict[str, pd.DataFrame]) -> dict[str, list[int]]:
        files = tables["files"].set_index(tables["files"]["source_file"].str.removeprefix("surveys/z/2025/"))
        return {name: [int(n) for n in row] for name, row in files[columns].iterrows()}

    assert counts(before) == {
        "both.flows.csv": [5, 4, 1, 0],
        "e1.establishment.csv": [1, 1, 0, 0],
        "e1.flows.csv": [3, 1, 2, 0],
        "e2.services.csv": [1, 1, 0, 0],
        "erp/all.csv": [3, 2, 1, 0],
    }
    assert counts(after) == {
        "both.flows.csv": [5, 3, 1, 1],
        "e1.establishment.csv": [1, 0, 0, 1],
        "e1.flows.csv": [3, 0, 0, 3],
        "e2.services.csv": [1, 1, 0, 0],
        "erp/all.csv": [3, 1, 0, 2],
    }


def test_a_pilot_of_nobody_else_leaves_and_the_others_lose_a_participant(after: dict[str, pd.DataFrame]) -> None:
    pilots = after["pilots"][["pilot_id", "participants", "baseline"]].astype(object)
    assert pilots.where(pilots.notna(), None).values.tolist() == [["p1", "e2", 5.0], ["p3", None, 9.0]]
    assert after["actors"]["actor_id"].tolist() == ["a1"]
    assert after["frame"]["establishment_id"].tolist() == ["e2"]


def test_findings_of_others_stay(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> None:
    assert {"sign", "not_a_number", "unknown_column", "missing_value"} <= set(before["findings"]["kind"])
    assert after["findings"][["kind", "source_file", "source_row"]].values.tolist() == [
        ["missing_value", "surveys/z/2025/both.flows.csv", 6]
    ]


def test_without_a_withdrawal_nothing_changes(before: dict[str, pd.DataFrame]) -> None:
    after = withdrawals.without(before, frozenset())
    assert all(after[name] is before[name] for name in before)


def test_tables_without_rows_keep_their_columns(before: dict[str, pd.DataFrame]) -> None:
    empty = {name: table.iloc[:0] for name, table in before.items()} | {"actors": pd.DataFrame()}
    after = withdrawals.without(empty, {"e1"})
    assert {name: list(table) for name, table in after.items()} == {name: list(t) for name, t in empty.items()}


def test_everybody_may_withdraw(before: dict[str, pd.DataFrame]) -> None:
    after = withdrawals.without(before, {"e1", "e2"})
    assert after["flows"].empty
    assert after["findings"].empty
    assert after["files"]["rows_accepted"].sum() == 0


# --- withdrawals.csv -------------------------------------------------------------------------------------------------


def test_bad_lines_are_told_and_a_withdrawal_with_a_bad_date_stands(tmp_path: Path) -> None:
    text = "establishment_id,date,by\ne1,soon,her\ne9,2026-01-02,\ne1,,\n,2026-01-03,\n"
    path = write(tmp_path, {"withdrawals.csv": text}).raw / "withdrawals.csv"
    found: list[pd.DataFrame] = []
    listed = withdrawals.read(path, found)
    assert listed["establishment_id"].tolist() == ["e1", "e9"]
    told = worded(pd.concat([*found, withdrawals.told(path, listed, {"e1", "e8"})], ignore_index=True))
    assert told[["source_row", "kind", "declared"]].fillna("").values.tolist() == [
        [2, "unreadable_value", "soon"],
        [2, "withdrawn", "e1"],
        [3, "unknown_withdrawal", "e9"],
        [4, "withdrawn_twice", "e1"],
        [5, "missing_value", ""],
    ]
    assert told.loc[told["kind"] == "unknown_withdrawal", "suggested"].tolist() == [None]


def test_a_delivered_file_may_be_gone_where_all_whose_rows_it_held_withdrew(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, FILES)
    sha256 = dict(zip(tables["files"]["source_file"], tables["files"]["source_sha256"], strict=True))
    receipts = pd.DataFrame([(f, s, "monday", "") for f, s in sha256.items()],
                            columns=[*received.RECEIPT_COLUMNS, received.WHOSE])  # fmt: skip
    receipts.loc[len(receipts)] = ["surveys/z/2025/never_read.xlsx", "0", "monday", ""]
    known = withdrawals.with_establishments(receipts, tables["files"], tables["answers"])
    assert dict(zip(known["file"], known[received.WHOSE], strict=True)) == {
        "surveys/z/2025/both.flows.csv": "e1;e2",
        "surveys/z/2025/e1.establishment.csv": "e1",
        "surveys/z/2025/e1.flows.csv": "e1",
        "surveys/z/2025/e2.services.csv": "e2",
        "surveys/z/2025/erp/all.csv": "e1;e2",
        "surveys/z/2025/never_read.xlsx": "",
    }
    nothing = pd.DataFrame(columns=["source_file", "source_sha256"])
    withdrawn = tmp_path / withdrawals.FILE
    withdrawn.write_text("establishment_id\ne1\n")
    gone = received.gone(known, nothing, withdrawals.covered(known, withdrawn))
    assert gone == [
        f"surveys/z/2025/{f}" for f in ("both.flows.csv", "e2.services.csv", "erp/all.csv", "never_read.xlsx")
    ]
    # Once a file is gone, what is known of it stays
    later = withdrawals.with_establishments(known, tables["files"].iloc[:0], tables["answers"].iloc[:0])
    assert later.equals(known)
