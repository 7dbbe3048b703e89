"""The history of imports is narrowed by name, account, state and day, also across its pages."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest

from moa.accounts.web import views_imports
from tests.accounts.bank_files import Line, mt940, nov
from tests.accounts.books import Books
from tests.control.factories import AT, signed_in


@pytest.fixture
def brought(books: Books) -> Books:
    books.open()
    books.bring(mt940([Line(nov(10), 1)]), "국민_11월.sta")
    books.bring(mt940([Line(nov(11), 1)], account="777"), "하나_11월.sta")
    books.bring(b"nothing readable", "고장.txt")
    return books


def names(books: Books, **query: str) -> list[str]:
    page = signed_in(books.ctx).get("/imports", query).content.decode()
    return re.findall(r'class="mo-rowa mo-b" href="[^"]+">([^<]+)<', page)


def test_by_name_account_state_and_day(brought: Books) -> None:
    assert names(brought) == ["고장.txt", "하나_11월.sta", "국민_11월.sta"]
    assert names(brought, text="국민") == ["국민_11월.sta"]
    assert names(brought, text="777") == ["하나_11월.sta"]
    assert names(brought, state="refused") == ["고장.txt"]
    day = AT.date().isoformat()
    assert len(names(brought, **{"from": day, "to": day})) == 3
    assert names(brought, to="2020-01-01") == []
    assert len(names(brought, **{"from": "never"})) == 3
    assert names(brought, text="%") == []


def test_conditions_stay_on_the_next_page(brought: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_imports, "PAGE_SIZE", 1)
    page = signed_in(brought.ctx).get("/imports", {"text": "11월"}).content.decode()
    following = re.search(r'rel="next" href="/?\?([^"]+)"', page)
    assert following is not None
    query = dict(parse_qsl(following.group(1).replace("&amp;", "&")))
    assert query["text"] == "11월"
    assert names(brought, **query) == ["국민_11월.sta"]
