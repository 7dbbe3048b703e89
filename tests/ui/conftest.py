from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui.pages import site


@pytest.fixture(scope="module")
def sample_site() -> Iterator[str]:
    """Every page with sample values, at this address."""
    with site.served() as address:
        yield address


@pytest.fixture
def opened(sample_site: str, browser: Any) -> Iterator[Any]:
    """`opened("/accounts", language="en", theme="dark", size=(390, 844))` gives a page; a complaint of it fails the test."""
    contexts, complaints = [], []

    def open_page(
        address: str,
        *,
        language: str = "ko",
        theme: str = "light",
        size: tuple[int, int] = (1440, 900),
        **options: Any,
    ) -> Any:
        context = browser.new_context(
            base_url=sample_site, viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Seoul", **options
        )  # fmt: skip
        contexts.append(context)
        cookies = {"theme": theme, "moa_language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": sample_site} for name, value in cookies.items() if value]
        )
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        answer = page.goto(address, wait_until="networkidle")
        assert answer.status == 200
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


# Fonts are there, what htmx and the scripts asked for has come, and the screen is painted.
_PAINTED = """async () => {
    await document.fonts.ready;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    return !document.querySelector(".htmx-request");
}"""
# The one rule that is on by default and asks for files read ahead is about sound that plays by itself.
_AXE = "axe.run({resultTypes: ['violations'], preload: false}).then(found => found.violations)"


class Visitor:
    """One browser window that goes from page to page, axe in each of them from the start: a third of a second a page,
    where a window of one's own that waits for half a second of silence took one and a half."""

    def __init__(self, browser: Any, address: str) -> None:
        self._address = address
        self._context = browser.new_context(base_url=address, timezone_id="Asia/Seoul")
        self._context.add_init_script(Axe().axe_script)
        self._asked: set[Any] = set()
        self.complaints: list[str] = []
        self.page = self._context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("request", lambda asked: self._asked.add(asked))
        self.page.on("requestfinished", lambda asked: self._asked.discard(asked))
        self.page.on("requestfailed", lambda asked: self._asked.discard(asked))

    def visit(self, address: str, language: str, theme: str, size: tuple[int, int]) -> Any:
        # From nowhere, so that an address with another fragment of the same document is a visit too.
        self.page.goto("about:blank")
        self._context.clear_cookies()
        self._asked.clear()
        self.complaints.clear()
        wanted = {"theme": theme, "moa_language": language}
        self._context.add_cookies(
            [{"name": name, "value": value, "url": self._address} for name, value in wanted.items()]
        )
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        answer = self.page.goto(address, wait_until="load")
        assert answer.status == 200
        quiet = 0
        while quiet < 2:
            painted = self.page.evaluate(_PAINTED)
            quiet = quiet + 1 if painted and not self._asked else 0
        return self.page

    def violations(self) -> str:
        """What axe finds on the page, "" when it is nothing."""
        found = self.page.evaluate(_AXE)
        told = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]
        return json.dumps(told, ensure_ascii=False, indent=1) if told else ""

    def close(self) -> None:
        self._context.close()


@pytest.fixture(scope="module")
def visitor(sample_site: str, browser: Any) -> Iterator[Visitor]:
    found = Visitor(browser, sample_site)
    yield found
    found.close()


@pytest.fixture
def visited(visitor: Visitor) -> Iterator[Callable[..., Visitor]]:
    """`visited("/accounts", "en", "dark", (390, 844))` is at the page; a complaint of it fails the test."""

    def visit(address: str, language: str, theme: str, size: tuple[int, int]) -> Visitor:
        visitor.visit(address, language, theme, size)
        return visitor

    yield visit
    assert visitor.complaints == []
