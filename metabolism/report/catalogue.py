"""The messages of the page and their translations: `python -m metabolism.report.catalogue` brings the .po files up to
date after a message was added or changed; what is new stands there untranslated, and a test fails until it is not.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from metabolism.report.language import DOMAIN, LANGUAGES, po_file

HERE = Path(__file__).parent
METHODS = [("**.py", "python"), ("**/templates/**.html.j2", "jinja2")]
OPTIONS = {"**/templates/**.html.j2": {"trimmed": "true", "newstyle_gettext": "true"}}
# header lines that would differ from one run to the next, or say nothing
PASSING = tuple(
    f'"{field}'.encode()
    for field in (
        "POT-Creation",
        "PO-Revision",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
        "Report-Msgid",
        "Project-Id",
    )
)
KEYWORDS = {"gettext": None, "_": None, "marked": None, "ngettext": (1, 2), "plural": (1, 2)}


def messages() -> Catalog:
    """Every message of code and templates, by the file that it stands in."""
    found = Catalog(project=DOMAIN, fuzzy=False)
    extracted = extract_from_dir(HERE, METHODS, OPTIONS, keywords=KEYWORDS)
    for file, _line, message, _comments, context in sorted(extracted, key=lambda one: (one[0], one[1], str(one[2]))):
        found.add(message, None, [(file, None)], context=context)  # type: ignore[list-item]
    return found


def translations(code: str) -> Catalog:
    """What the .po file of a language says; an empty catalogue where there is none."""
    file = po_file(code)
    if not file.exists():
        return Catalog(locale=code, project=DOMAIN, fuzzy=False)
    with file.open("rb") as opened:
        return read_po(opened, locale=code, domain=DOMAIN)


def updated(code: str) -> bytes:
    """A language's .po file with what is new and without what is gone; translations that stand stay."""
    known = translations(code)
    known.update(messages(), no_fuzzy_matching=True)
    known.fuzzy, known.project, known.header_comment = False, DOMAIN, "# The page of a territory."
    written = io.BytesIO()
    write_po(written, known, width=120, ignore_obsolete=True, sort_output=True)
    lines = written.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(PASSING))


def update() -> None:
    for code in LANGUAGES[1:]:
        po_file(code).write_bytes(updated(code))


if __name__ == "__main__":
    update()
