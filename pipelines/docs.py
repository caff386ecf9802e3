"""`make docs`: the data dictionary and the catalogue of findings, written from the code that they describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.project import PROJECT
from metabolism.findings import LANGUAGES, RULES
from pipelines.run import prepare_environment

_HEADER = "<!-- Written by `make docs` from the code; do not edit. -->\n\n"


def data_dictionary() -> str:
    """Every mart with its grain, columns, types and units, as Markdown."""
    from assets.publish import mart_models

    lines = ["# Data dictionary", "", "Schema `marts` of the snapshot, and one Parquet file a mart.", ""]
    for name, model in sorted(mart_models().items()):
        lines += [f"## {name}", "", _one_line(model["description"]), ""]
        lines += ["| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [_column(column) for column in model["columns"].values()]
        lines.append("")
    return _HEADER + "\n".join(lines)


def _column(column: dict[str, Any]) -> str:
    unit = column.get("config", {}).get("meta", {}).get("unit", "")
    return f"| {column['name']} | {column['data_type']} | {unit} | {_one_line(column['description'])} |"


def findings_catalogue() -> str:
    """Every kind of finding with its severity and its words in each language, as Markdown."""
    lines = ["# Findings", "", "A stable kind, a severity, and words for the author of the file.", ""]
    for kind, rule in sorted(RULES.items()):
        lines += [f"## {kind}", "", f"*{rule.severity}*", ""]
        lines += [f"- {language}: {getattr(rule, language)}" for language in LANGUAGES]
        lines.append("")
    return _HEADER + "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Each generated page and what it must say."""
    docs = PROJECT / "docs"
    return {docs / "data_dictionary.md": data_dictionary(), docs / "findings.md": findings_catalogue()}


def main() -> None:
    prepare_environment()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
