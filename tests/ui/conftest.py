from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
