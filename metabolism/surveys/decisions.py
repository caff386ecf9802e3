"""Decisions (contract 2.10): what people decided on findings and synergies, and what that does to a flagged row.

A row that a finding flags is left out of the figures until that finding is decided, by `accepted` or `refused`:

1. where the decision gives a `value`, the row counts with it, in the row's own unit and period; that settles all its flags;
2. `accepted` without a value: with what the finding suggests; as declared where it suggests nothing;
3. `refused` without a value: as declared.

Any other word leaves it waiting.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from metabolism import findings as catalogue
from metabolism.nomenclatures import Nomenclatures
from metabolism.surveys.contract import REGISTERS
from metabolism.surveys.received import sha256_of
from metabolism.surveys.registers import read_typed
from metabolism.uncertainty import Z_95

FILE = "decisions.csv"
SETTLING = ("accepted", "refused")
_LINE = ["source_row", "source_sha256"]


def read(path: Path, findings: list[pd.DataFrame], nomenclatures: Nomenclatures) -> pd.DataFrame:
    """The line that stands for each subject, the last one: the contract's columns, source_row and source_sha256.

    `barrier` is the id of a barrier where the text names one. A line whose value is no number is not used: what it would
    do without is not what was decided.
    """
    found: list[pd.DataFrame] = []
    lines = read_typed(path, found, FILE, REGISTERS["decisions"])
    notes = pd.concat(found, ignore_index=True) if found else catalogue.empty()
    is_value = (notes["column_name"] == "value") & (notes["kind"] == "unreadable_value")
    findings.append(notes)
    notes.loc[is_value, "kind"] = "not_a_number"
    lines = lines[~lines.index.isin(notes.loc[is_value, "source_row"])]
    barriers = {text: nomenclatures.word("barriers", text) or text for text in lines["barrier"].dropna().unique()}
    lines = lines.assign(
        barrier=lines["barrier"].map(barriers),
        source_row=lines.index,
        source_sha256=sha256_of(path) if path.exists() else None,
    )
    return lines.drop_duplicates("subject_id", keep="last").reset_index(drop=True)


def unknown_subjects(decisions: pd.DataFrame, known: Collection[str]) -> pd.DataFrame:
    """A finding for each decision on what is neither a finding nor a synergy."""
    strange = decisions[~decisions["subject_id"].isin(list(known))]
    about = {"source_file": FILE, "source_sheet": FILE.partition(".")[0], "column_name": "subject_id"}
    return catalogue.complete(strange[_LINE].assign(kind="unknown_subject", declared=strange["subject_id"], **about))


def settle(flagged: pd.DataFrame, decisions: pd.DataFrame, row: list[str]) -> pd.DataFrame:
    """One line a flagged row: `row`, reason, waits, decision, decided_quantity, decided_value, decided_sd.

    `flagged`: a line for each finding that flags a row: `row` (the columns that name it), source_sha256, `reason` (the
    finding's kind), quantity, value (canonical units a year), uncertainty (%), suggested (in the unit of quantity). Of
    several findings of a row `reason` is the first that waits, else the first. `decided_…` are null where the row counts as
    declared, or waits.
    """
    columns = [*row, "reason", "waits", "decision", "decided_quantity", "decided_value", "decided_sd"]
    if flagged.empty:
        return pd.DataFrame(columns=columns, dtype=object)
    lines = flagged.reset_index(drop=True)
    told = decisions.set_index("subject_id").reindex(_finding_ids(lines)).reset_index(drop=True)
    number = lines.groupby(row, sort=False, dropna=False).ngroup()
    is_settled = told["decision"].isin(SETTLING)
    given = told["value"].astype(float).where(is_settled)
    latest = given.loc[told["source_row"].sort_values().index].groupby(number).last()
    of_row = number.map(latest)
    lines["waits"] = ~is_settled & of_row.isna()
    lines["decision"] = told["decision"].astype(object).where(told["decision"].notna(), None)
    suggested = lines["suggested"].astype(float).where(told["decision"] == "accepted")
    decided = of_row.fillna(suggested.groupby(number).transform("first"))
    lines["decided_quantity"] = decided.mask(lines["waits"].groupby(number).transform("any"))
    lines["decided_value"] = lines["value"] * (lines["decided_quantity"] / lines["quantity"])
    lines["decided_sd"] = lines["decided_value"].abs() * lines["uncertainty"] / 100.0 / Z_95
    order = np.where(lines["waits"], 0, np.where(given.notna(), 1, 2))
    first = lines.iloc[np.argsort(order, kind="stable")].drop_duplicates(row)
    return first.sort_index()[columns].reset_index(drop=True)


def _finding_ids(flagged: pd.DataFrame) -> list[str]:
    """The id of the finding behind each line (contract 2.10)."""
    names = ["source_sha256", "source_sheet", "source_row", "reason"]
    return [
        catalogue.finding_id(
            {"source_sha256": sha256, "source_sheet": sheet, "source_row": at, "column_name": "quantity", "kind": kind}
        )
        for sha256, sheet, at, kind in flagged[names].itertuples(index=False, name=None)
    ]
