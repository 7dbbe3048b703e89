"""Words of the field are explained where they stand, from one list that docs/glossary.md shows too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

import moa
from moa.control.web.tables import LISTED
from moa.ui.glossary import GLOSSARY, TERMS, term
from tests.ui.pages import site

ROOT = Path(moa.__file__).parent
DOCS = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_the_document_shows_the_lines_of_the_pages_and_uses_no_word_twice():
    with translation.override("en"):
        lines = [
            f"| {one.ko} | {one.zh} | {one.en} | `{one.code}` | {one.meaning} |" for one in TERMS.values()
        ]
    on_pages, further = DOCS.read_text("utf-8").split("## Further words")
    assert [line for line in on_pages.splitlines() if line.startswith("| ")][1:] == lines
    codes = [code for _area, _heading, terms in GLOSSARY for code in (one.code for one in terms)]
    codes += re.findall(r"^\|[^|]*\|[^|]*\| `([^`]+)`", further, re.MULTILINE)
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_every_word_that_a_template_marks_has_a_line():
    marked = {
        code
        for file in ROOT.glob("*/jinja2/**/*.html")
        for code in re.findall(r'\b(?:term\(|term_mark\(|word=)"([^"]+)"', file.read_text("utf-8"))
    }
    marked |= {column.term for listed in LISTED.values() for column in listed.table.columns if column.term}
    assert len(marked) > 32
    assert sorted(marked - set(TERMS)) == []


def test_a_marked_word_says_in_each_language_what_it_means(settings):
    settings.ROOT_URLCONF = site.__name__
    said = set()
    for language in ("ko", "zh-hans", "en"):
        with translation.override(language):
            link = term("seal", "<b>")
            said.add(link)
            assert str(TERMS["seal"].meaning) in link
            assert 'href="/glossary?term=seal#seal"' in link and "&lt;b&gt;" in link
            assert TERMS["seal"].names(language)[0][0].lower() == language
    assert len(said) == 3


@pytest.mark.browser
def test_a_word_opens_its_line_beside_the_page_and_leads_back(opened):
    page = opened("/books/proof", language="zh-hans")
    page.locator("h1 a").focus()
    page.keyboard.press("Enter")
    line = page.locator("#whence")
    line.get_by_text("장부 증명").wait_for()
    assert "账簿证明" in line.inner_text()
    page.keyboard.press("Escape")
    assert line.inner_text() == ""
    assert page.evaluate("document.activeElement.matches('h1 a')")

    page = opened("/transactions")
    for key in ("j", "Enter"):
        page.keyboard.press(key)
    panel = page.locator("#panel")
    panel.get_by_role("link", name="기산일").click()
    panel.get_by_text("起息日").wait_for()
    panel.locator("[data-why-back]").click()
    panel.locator(".mo-amt").wait_for()


@pytest.mark.browser
def test_without_a_script_a_word_leads_to_its_line_of_the_glossary(opened):
    page = opened("/books/proof", java_script_enabled=False)
    page.locator("h1 a").click()
    assert page.url.endswith("/glossary?term=proof#proof")
    assert "账簿证明" in page.locator("#proof[aria-current]").inner_text()
