"""A name in a list's address that nobody reads is told, and no file is made of it; no link of a page leads to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import Resolver404, resolve

from moa.control.web.tables import LISTED
from moa.ui.tables.conditions import unknown_names
from tests.control.factories import signed_in
from tests.entry.access_world import World, addresses, make_world

# Where pages lead after something was done.
AFTERWARDS = (
    "/jobs?again=1&kept=0&left=0", "/imports?new=1&new=2", "/people?filed=1", "/notices?tab=done&kept=abc",
    "/reconciliation?book=SC&day=2026-11-20", "/reconciliation?book=SC&days=all", "/reconciliation/rules?book=SC&sent=1",
    "/reconciliation/suspense?given=2", "/ledger/templates?book=SC&sent=1", "/ledger/vouchers?book=SC&part=why&sum=amount&of=KRW",
    "/transactions?open=1&n=51&after=2026-06-01_1&as=print", "/accounts?closed=1&company=&freshness=late",
)  # fmt: skip


def unread(address: str) -> list[str]:
    """The unknown names of an address; none of what is no list."""
    parts = urlsplit(address)
    try:
        listed = LISTED.get(resolve(parts.path).func)
    except Resolver404:
        return []
    return unknown_names(listed.table, QueryDict(parts.query)) if listed else []


def is_list(address: str) -> bool:
    try:
        return resolve(urlsplit(address).path).func in LISTED
    except Resolver404:
        return False


def links_of(page: str, at: str) -> set[str]:
    found = re.findall(r'(?:href|action|hx-get)="([^"#]+)', page)
    return {link for one in found if is_list(link := urljoin(at, unescape(one)))}


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Any) -> World:
    settings.STATE_DIR = tmp_path
    return make_world(("treasurer", "admin"))


def lists(world: World) -> Iterator[str]:
    for one in addresses():
        path = one.filled(world.objects)
        if is_list(path):
            yield path


def opened(clients: list[Client], address: str) -> Any:
    answers = [client.get(address) for client in clients]
    return next(one for one in answers if one.status_code != 403)


def test_every_list_tells_it_and_no_link_of_any_has_one(world: World) -> None:
    clients = [signed_in(ctx) for ctx in world.persons.values()]
    paths = list(lists(world))
    assert len(paths) >= 18
    links: set[str] = set()
    for path in paths:
        page = opened(clients, f"{path}?odd=1&empty=").content.decode()
        assert "“odd”" in page and "“empty”" not in page, path
        links |= links_of(opened(clients, path).content.decode(), path)
        file = opened(clients, f"{path}?odd=1&as=csv")
        assert (file.status_code, file.headers.get("Location")) == (302, f"{path}?odd=1"), path
    assert [link for link in sorted(links) if unread(link)] == []
    # One of each kind of page is opened too: what stands in it is read as it was written.
    kinds = {(urlsplit(one).path, *QueryDict(urlsplit(one).query)): one for one in sorted(links)}
    pages = [link for kind, link in kinds.items() if len(kind) > 1 and not {"as", "part"} & set(kind)]
    assert len(kinds) > 60 and len(pages) > 12
    assert [link for link in pages if "mo-ferr" in opened(clients, link).content.decode()] == []


@pytest.mark.parametrize("address", AFTERWARDS)
def test_what_a_page_itself_reads_is_not_told(address: str) -> None:
    assert is_list(address) and unread(address) == []


def test_it_can_be_removed_and_the_form_keeps_the_book(world: World) -> None:
    client = signed_in(world.persons["treasurer"])
    page = unescape(client.get("/ledger/vouchers?book=SC&odd=1&state=posted").content.decode())
    form = page[page.index('id="conditions"') : page.index("</form>", page.index('id="conditions"'))]
    assert '<input type="hidden" name="book" value="SC">' in form and 'name="odd"' not in form
    assert 'href="/ledger/vouchers?book=SC&state=posted"' in page
    printed = client.get("/ledger/vouchers?book=SC&odd=1&as=print")
    assert printed["Location"] == "/ledger/vouchers?book=SC&odd=1"
