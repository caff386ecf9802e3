"""Findings: every kind in three languages, ids that stay, and no kind raised without its words."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pandas as pd
import pytest

from metabolism import findings
from metabolism.findings import LANGUAGES, RULES, finding_id, message, worded

PROJECT = Path(__file__).resolve().parents[2]
ROW = {
    "territory_id": "z",
    "year": 2025,
    "source_file": "surveys/z/2025/a.flows.csv",
    "source_sha256": "abc",
    "source_sheet": "flows",
    "source_row": 5,
    "establishment_id": "e1",
    "column_name": "quantity",
    "kind": "not_a_number",
    "declared": "declared-here",
    "suggested": "suggested-here",
    "detail": "detail-here",
}
SLOTS = {"where", "sheet", "row", "column", "declared", "suggested", "detail"}


def table(*changes: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([{**ROW, **change} for change in changes])


@pytest.mark.parametrize("kind", RULES)
class TestEveryKind:
    def test_its_severity_is_the_contracts(self, kind: str) -> None:
        assert RULES[kind].severity in ("blocking", "warning", "info")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_its_words_have_no_unfilled_slot(self, kind: str, language: str) -> None:
        for emptied in [{}, {"suggested": None}, {"source_row": None}, dict.fromkeys(ROW, None)]:
            words = message({**ROW, **emptied, "kind": kind}, language)
            assert not re.search(r"[{}]|\b(None|nan|NaT)\b|<NA>", words), words

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_is_a_whole_sentence(self, kind: str, language: str) -> None:
        nowhere = dict.fromkeys(["source_sheet", "source_row"])
        no_place = {} if "{column}" in RULES[kind].en else {"column_name": None}
        for row in [{**ROW, "kind": kind}, {**ROW, **nowhere, **no_place, "kind": kind}]:
            words = message(row, language)
            assert words.endswith(".")
            assert re.match(r"[A-ZÀ-Ý«]|declared-here|territories.csv", words), words
            assert "  " not in words

    def test_it_tells_the_same_in_each_language(self, kind: str) -> None:
        rule = RULES[kind]
        named = [
            {slot.replace(f"perhaps_{language}", "perhaps") for _, slot, _, _ in string.Formatter().parse(text) if slot}
            for language, text in (("en", rule.en), ("fr", rule.fr), ("de", rule.de))
        ]
        assert named[0] == named[1] == named[2]
        assert named[0] <= SLOTS | {"perhaps"}

    def test_it_tells_what_to_do_or_what_was_done(self, kind: str) -> None:
        words = message({**ROW, "kind": kind}, "en")
        assert len(words.split()) >= 8 or re.search(r"[.;] ", words), words


@pytest.mark.parametrize(
    ("language", "where"),
    [
        ("en", "Sheet flows, row 5, column quantity: «declared-here»"),
        ("fr", "Feuille flows, ligne 5, colonne quantity : « declared-here »"),
        ("de", "Blatt flows, Zeile 5, Spalte quantity: «declared-here»"),
    ],
)
def test_a_message_names_where_and_what_was_read(language: str, where: str) -> None:
    assert message(ROW, language).startswith(where)


def test_a_suggestion_is_shown_where_there_is_one() -> None:
    assert "perhaps «kg» is meant" in message({**ROW, "kind": "unknown_unit", "suggested": "kg"}, "en")
    assert "perhaps" not in message({**ROW, "kind": "unknown_unit", "suggested": None}, "en")


def test_braces_in_a_cell_are_only_text() -> None:
    assert "«{0} {sheet} {nothing}»" in message({**ROW, "declared": "{0} {sheet} {nothing}"}, "en")


# --- ids -------------------------------------------------------------------------------------------------------------


def test_an_id_is_the_same_in_every_run_and_on_every_machine() -> None:
    # printf 'abc\x1fflows\x1f5\x1fquantity\x1fnot_a_number' | sha256sum
    assert finding_id(ROW) == "f-433d1e83dd00a0bf"


@pytest.mark.parametrize("part", ["source_sha256", "source_sheet", "source_row", "column_name", "kind"])
def test_an_id_depends_on_the_contracts_five_parts(part: str) -> None:
    other = {"source_row": 6, "kind": "sign"}.get(part, "other")
    assert finding_id({**ROW, part: other}) != finding_id(ROW)


@pytest.mark.parametrize(
    "part", ["territory_id", "year", "source_file", "establishment_id", "declared", "suggested", "detail"]
)
def test_an_id_of_a_row_depends_on_nothing_else(part: str) -> None:
    assert finding_id({**ROW, part: "other"}) == finding_id(ROW), (
        "a decision stays with its row, wherever the file moves"
    )


def test_what_stands_in_no_row_is_told_apart_by_what_it_is_about() -> None:
    about = [{"establishment_id": "e2"}, {"declared": "other"}, {"territory_id": "y"}, {"year": 2024}, {}]
    ids = {finding_id({**ROW, "source_row": None, **change}) for change in about}
    assert len(ids) == len(about)


# --- tables ----------------------------------------------------------------------------------------------------------


def test_findings_in_words_are_sorted_and_each_stands_once() -> None:
    given = table({"source_row": 9}, {"source_row": 2}, {"source_row": 9}, {"source_sheet": None, "source_row": None})
    told = worded(given)
    assert told["source_row"].tolist() == [pd.NA, 2, 9]
    assert told["finding_id"].is_unique
    assert list(worded(given.iloc[::-1])["finding_id"]) == list(told["finding_id"]), "whatever the order they came in"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        worded(table({"kind": "never_heard_of"}))


def test_no_findings_are_a_table_with_all_columns() -> None:
    told = worded(findings.empty())
    assert len(told) == 0
    assert {*findings.COLUMNS, "finding_id", "severity", "message_en", "message_fr", "message_de"} <= set(told.columns)


def test_missing_values_of_any_make_are_no_words() -> None:
    told = worded(table({"declared": float("nan"), "suggested": pd.NA, "detail": None, "source_row": pd.NA}))
    assert not re.search(r"nan|None|<NA>", told["message_en"][0])


# --- every kind that is raised has its words -------------------------------------------------------------------------


def raised_in_python(source: str) -> set[str]:
    """Kinds given to `find(…, "kind", …)` and `note(…, "kind")`, and values of `kind` in calls and dicts."""
    kinds = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            positional = {"find": node.args[1:2], "note": node.args[1:2]}.get(name, [])
            kinds |= texts([*positional, *(k.value for k in node.keywords if k.arg == "kind" and name == "assign")])
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            kinds |= texts([value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "kind"])
    return kinds


def texts(nodes: list[ast.expr]) -> set[str]:
    inside = [leaf for node in nodes for leaf in ast.walk(node)]
    return {leaf.value for leaf in inside if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)} - {""}


def raised_in_sql(source: str) -> set[str]:
    """Literals that end as a column `kind`."""
    plain = set(re.findall(r"'(\w+)' as kind", source))
    cases = re.findall(r"case((?:(?!\bcase\b).)*?)end\s+as kind", source, re.DOTALL)
    return plain | {literal for case in cases for literal in re.findall(r"(?:then|else)\s+'(\w+)'", case)}


@pytest.mark.parametrize("path", sorted((PROJECT / "metabolism").rglob("*.py")), ids=lambda path: path.stem)
def test_every_kind_raised_in_python_has_a_rule(path: Path) -> None:
    if path.name not in ("findings.py", "labels.py"):  # labels has a column named kind
        assert raised_in_python(path.read_text()) <= set(RULES)


def test_the_kinds_raised_in_python_are_found_at_all() -> None:
    raised = set().union(
        *(raised_in_python(path.read_text()) for path in (PROJECT / "metabolism" / "surveys").glob("*.py"))
    )
    assert {"missing_value", "unknown_unit", "sign", "mapping_refused", "ragged_row", "unreadable_file"} <= raised


def test_every_kind_raised_in_sql_has_a_rule() -> None:
    models = PROJECT / "dbt_project" / "models" / "intermediate"
    raised = raised_in_sql((models / "int_findings.sql").read_text())
    assert {"unknown_partner", "partner_is_self", "two_territories"} <= raised
    assert raised <= set(RULES)
    states = set()
    for model in ("int_balances", "int_controls"):
        sql = (models / f"{model}.sql").read_text().split("end as state")[0]
        states |= set(re.findall(r"(?:then|else)\s+'(\w+)'", sql)) - {"closed", "used"}
    assert states <= set(RULES), "what is not closed or not used is a finding of that kind"
    assert {f"mass_{state}" for state in ("unbalanced", "one_sided")} <= set(RULES)
