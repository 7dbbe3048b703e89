"""What the journeys share: a morning's data, and browsers for more than one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.scene import Scene, make_scene, sign_in, with_accounts


@pytest.fixture
def bare(transactional_db: None) -> Scene:
    return make_scene()


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    return with_accounts()


@pytest.fixture
def as_person(live_server: Any, new_context: Any) -> Iterator[Callable[..., Any]]:
    """`as_person("haeun", "/imports")` gives a page of a browser of that person's own; a script error fails the test."""
    complaints: list[str] = []

    def open_page(login: str, target: str = "/", **options: Any) -> Any:
        context = new_context(base_url=live_server.url, locale="ko-KR", timezone_id="Asia/Seoul", **options)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        return sign_in(page, login, target)

    yield open_page
    assert [words for words in complaints if not words.startswith("Failed to load resource")] == []
