"""The templates in one language: their words go through gettext, their numbers through the language."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from metabolism.report import figures
from metabolism.report import language as languages


@cache
def environment(code: str) -> Environment:
    """Autoescape is on: names and messages come from companies, and none of them is markup."""
    language = languages.of(code)
    made = Environment(
        loader=PackageLoader("metabolism.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # newstyle: values are escaped before they stand in a message, so that no name becomes markup
    made.install_gettext_callables(language.message, language.plural, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        count=lambda number: figures.count(number, language),
        share=lambda part: figures.share(part, language),
    )
    return made
