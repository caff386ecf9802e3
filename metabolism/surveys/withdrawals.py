"""Withdrawals (contract 2.10): what an establishment withdrew leaves the landed tables, so that nothing later can forget
it. What stands in `raw/` stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from metabolism.surveys.contract import REGISTERS, SHEETS
from metabolism.surveys.received import WHOSE
from metabolism.surveys.registers import about_lines, read_typed
from metabolism.text import folded, nearest

FILE = "withdrawals.csv"
PARTNER = "(withdrawn)"
"""Stands for the name of a partner that withdrew: it says that there is a partner, and no more."""
_MOST_OF_A_FILE = 100
"""A file of more establishments than these is a register: no withdrawal covers it."""


# --- what withdrawals.csv says ---------------------------------------------------------------------------------------


def read(path: Path, findings: list[pd.DataFrame]) -> pd.DataFrame:
    """establishment_id, date, by, indexed by source row: the first line of each establishment."""
    lines = read_typed(path, findings, FILE, REGISTERS["withdrawals"])
    again = lines.duplicated("establishment_id")
    findings.append(_about(path, lines[again], "withdrawn_twice"))
    return lines[~again]


def told(path: Path, withdrawn: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    """A finding for each that withdrew, without any of its data; another for an id that is none of `known`."""
    is_known = withdrawn["establishment_id"].isin(list(known)).astype(bool)
    strange = _about(path, withdrawn[~is_known], "unknown_withdrawal")
    strange["suggested"] = [nearest(word, known) for word in strange["declared"]]
    return pd.concat([_about(path, withdrawn[is_known], "withdrawn"), strange], ignore_index=True)


def _about(path: Path, lines: pd.DataFrame, kind: str) -> pd.DataFrame:
    found = about_lines(path, lines["establishment_id"], kind)
    return found.assign(establishment_id=found["declared"])


# --- what leaves the landed tables -----------------------------------------------------------------------------------


def without(tables: Mapping[str, pd.DataFrame], ids: Collection[str]) -> dict[str, pd.DataFrame]:
    """The landed tables without anything of the establishments `ids`.

    Their rows of every sheet, their lines of frames and their findings leave. A file of nobody else leaves whole, with
    its rows that name no establishment. Rows that leave count as out of scope. Where others name one of them, by its id
    or by its name, as a partner, `PARTNER` stands: that end is then located by what the row says of its place. A pilot
    of nobody else leaves too.
    """
    if not ids:
        return dict(tables)
    own = _of_whole_files(tables, ids)
    leaving = {sheet: _is_leaving(tables[sheet], ids, own) for sheet in SHEETS}
    names = _names(tables, leaving, ids)
    left = dict(tables)
    for sheet, leaves in leaving.items():
        left[sheet] = tables[sheet][~leaves].reset_index(drop=True)
    left["answers"] = _of_others(tables["answers"], ids)
    left["frame"] = _of_others(tables["frame"], ids)
    left["files"] = _recounted(tables, leaving)
    left["findings"] = _findings_of_others(tables, leaving, ids, own)
    left["flows"] = _without_partner(left["flows"], ids, names)
    left["services"] = _unnamed(left["services"], "provider", ids, names)
    left["pilots"] = _unnamed(_pilots_of_others(tables["pilots"], ids), "verified_by", ids, names)
    if "actor_id" in tables["actors"]:
        left["actors"] = tables["actors"][~tables["actors"]["actor_id"].isin(list(ids))]
    return left


def _of_whole_files(tables: Mapping[str, pd.DataFrame], ids: Collection[str]) -> set[str]:
    """Files that name no other establishment than these."""
    answers = tables["answers"]
    of_them = answers["establishment_id"].isin(list(ids))
    return set(answers.loc[of_them, "source_file"]) - set(answers.loc[~of_them, "source_file"])


def _is_leaving(rows: pd.DataFrame, ids: Collection[str], whole_files: set[str]) -> pd.Series:
    return rows["establishment_id"].isin(list(ids)) | rows["source_file"].isin(list(whole_files))


def _of_others(table: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    return table[~table["establishment_id"].isin(list(ids))].reset_index(drop=True)


def _names(tables: Mapping[str, pd.DataFrame], leaving: Mapping[str, pd.Series], ids: Collection[str]) -> set[str]:
    """What they call themselves, folded."""
    frame = tables["frame"]
    own = [tables["establishment"].loc[leaving["establishment"], "name"]]
    own.append(frame.loc[frame["establishment_id"].isin(list(ids)), "name"])
    return {folded(str(name)) for name in pd.concat(own).dropna()} - {""}


def _recounted(tables: Mapping[str, pd.DataFrame], leaving: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The files, with the rows that leave as out of scope: those of which every declaration leaves."""
    parts = [_row_keys(tables[sheet]).assign(leaves=leaves) for sheet, leaves in leaving.items() if len(leaves)]
    files = tables["files"].copy()
    if not parts:
        return files
    rows = pd.concat(parts).groupby(["source_file", "sheet", "source_row"])[["accepted", "leaves"]].all().reset_index()
    rows = rows[rows["leaves"]]
    for column, of in (("rows_accepted", rows["accepted"]), ("rows_quarantined", ~rows["accepted"])):
        n_rows = files["source_file"].map(rows.loc[of, "source_file"].value_counts()).fillna(0).astype("int64")
        files[column] -= n_rows
        files["rows_out_of_scope"] += n_rows
    return files


def _row_keys(rows: pd.DataFrame) -> pd.DataFrame:
    """What a row of a file is: a mapping makes declarations of several sheets from one."""
    is_mapped = rows["answer_id"] != rows["source_file"]
    return pd.DataFrame(
        {
            "source_file": rows["source_file"],
            "sheet": rows["source_sheet"].where(~is_mapped, ""),
            "source_row": rows["source_row"].astype("int64"),
            "accepted": rows["accepted"].astype(bool),
        }
    )


def _findings_of_others(
    tables: Mapping[str, pd.DataFrame], leaving: Mapping[str, pd.Series], ids: Collection[str], whole_files: set[str]
) -> pd.DataFrame:
    found = tables["findings"]
    place = ["source_file", "source_sheet", "source_row"]
    left = pd.concat([tables[sheet].loc[leaves, place] for sheet, leaves in leaving.items()])
    at = pd.MultiIndex.from_frame(found[place].astype({"source_row": "Int64"}))
    of_rows = at.isin(pd.MultiIndex.from_frame(left.astype({"source_row": "Int64"})))
    about = found[["establishment_id", "declared", "suggested"]].isin(list(ids)).any(axis=1)
    # That a file is a copy tells nothing but where it stands
    of_files = found["source_file"].isin(list(whole_files)) & (found["kind"] != "duplicate_file")
    return found[~(of_rows | about | of_files)].reset_index(drop=True)


def _without_partner(flows: pd.DataFrame, ids: Collection[str], names: set[str]) -> pd.DataFrame:
    named = _is_named(flows["partner_id"], ids, names) | _is_named(flows["partner_name"], ids, names)
    return flows.assign(
        partner_id=flows["partner_id"].mask(named, None), partner_name=flows["partner_name"].mask(named, PARTNER)
    )


def _unnamed(table: pd.DataFrame, column: str, ids: Collection[str], names: set[str]) -> pd.DataFrame:
    return table.assign(**{column: table[column].mask(_is_named(table[column], ids, names), None)})


def _is_named(column: pd.Series, ids: Collection[str], names: set[str]) -> pd.Series:
    words = column.dropna().unique()
    theirs = [word for word in words if str(word) in ids or folded(str(word)) in names]
    return column.isin(theirs)


def _pilots_of_others(pilots: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    before = [_cells(text) for text in pilots["participants"]]
    after = [[who for who in people if who not in ids] for people in before]
    stays = np.array([bool(others) or not people for people, others in zip(before, after, strict=True)], bool)
    texts = pd.Series([";".join(people) or None for people in after], index=pilots.index, dtype=object)
    return pilots.assign(participants=texts).loc[stays]


def _cells(text: object) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()] if isinstance(text, str) else []


# --- which delivered files may be gone -------------------------------------------------------------------------------


def with_establishments(receipts: pd.DataFrame, files: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """The receipts, with the establishments of each file that was read: so that it is still known once the file is gone."""
    people = answers.groupby("source_file")["establishment_id"].unique()
    people = people[people.map(len) <= _MOST_OF_A_FILE].map(lambda ids: ";".join(sorted(ids)))
    read_now = pd.MultiIndex.from_frame(files[["source_file", "source_sha256"]])
    is_read = pd.MultiIndex.from_frame(receipts[["file", "sha256"]]).isin(read_now)
    known = receipts["file"].map(people).astype(object)
    return receipts.assign(**{WHOSE: known.where(is_read & known.notna(), receipts[WHOSE])})


def covered(receipts: pd.DataFrame, path: Path) -> set[str]:
    """sha256 of the delivered files that held rows of none but the establishments that withdrew, by the table `path`."""
    ids = set(read(path, [])["establishment_id"])
    held = receipts[receipts[WHOSE] != ""]
    people = held[WHOSE].str.split(";").map(lambda of_file: set(of_file) <= ids).astype(bool)
    return set(held.loc[people, "sha256"])
