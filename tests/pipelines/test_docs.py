"""Documentation that says what the code does: the generated pages are current, the links lead somewhere."""

from __future__ import annotations

import re

import pytest

from pipelines.docs import pages
from tests.conftest import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])


def test_the_generated_pages_are_those_of_the_code() -> None:
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: object) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
        if "://" not in target:
            assert (page.parent / target).exists(), target  # type: ignore[attr-defined]


def test_the_seeds_are_the_nomenclatures_with_labels_in_three_languages() -> None:
    for name in ("resources", "services", "themes", "facts", "barriers"):
        header = (PROJECT / "dbt_project" / "seeds" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert {"label_en", "label_fr", "label_de"} <= set(header.split(",")), name
