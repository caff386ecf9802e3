"""The page in a browser: nothing sticks out, and no label lies on another."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from metabolism.report import TerritoryTables, render
from tests.metabolism.report import sample

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
]

# A pixel of tolerance: boxes of text include the room for accents, which neighbouring labels may share.
TROUBLES = """() => {
  const troubles = [];
  for (const svg of document.querySelectorAll('svg.sankey')) {
    if (getComputedStyle(svg).display === 'none') continue;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map(
      text => [text.textContent, text.getBoundingClientRect()]);
    if (texts.length === 0) troubles.push('a figure without text');
    texts.forEach(([words, box], place) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        troubles.push('outside: ' + words);
      for (const [others, other] of texts.slice(place + 1))
        if (Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
            Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 1)
          troubles.push(words + ' lies on ' + others);
    });
  }
  return troubles;
}"""


# What is wider than its card or, on a telephone, than a stacked table.
CUT_OFF = """() => [...document.querySelectorAll('.synergy, .stacked td')]
  .filter(box => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display === 'block')
  .map(box => box.textContent.trim().slice(0, 60))"""


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.mark.parametrize("screen", [390, 1280])
@pytest.mark.parametrize("kind", ["plain", "rich"])
def test_the_page_fits_its_screen(
    browser, territory, rich: TerritoryTables, tmp_path: Path, kind: str, screen: int
) -> None:
    file = tmp_path / "page.html"
    file.write_text(render(rich if kind == "rich" else territory(synthetic=True)), encoding="utf-8")
    page = browser.new_page(viewport={"width": screen, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= screen
    visible = page.locator("svg.sankey:visible")
    assert visible.count() == 4
    assert page.evaluate(TROUBLES) == []
    page.close()


@pytest.mark.parametrize("screen", [320, 390, 1280])
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_a_page_with_everything_fits_its_screen(browser, territory, tmp_path: Path, language: str, screen: int) -> None:
    tables = territory(synthetic=True, **sample.extras())
    file = tmp_path / "page.html"
    file.write_text(render(tables, language), encoding="utf-8")
    page = browser.new_page(viewport={"width": screen, "height": 900})
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= screen
    assert page.locator(".synergy:visible").count() == 16
    assert page.evaluate(CUT_OFF) == []
    page.close()


def test_on_paper_every_page_repeats_that_the_data_are_synthetic(
    browser, rich: TerritoryTables, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(render(rich), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.locator(".synthetic").is_visible()
    assert not page.locator("nav").is_visible()
    cards = "getComputedStyle(document.querySelector('.synergy')).breakInside"
    page.set_content(render(replace(rich, **sample.extras())))
    assert page.evaluate(cards) == "avoid"
    page.close()
