"""Nobody is led to a page that the role may not open: the pages of the menu and what they link to."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.control.factories import make_group, make_person, signed_in

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
# Files are made and the session ended by these; what may be opened is the matter of the matrix.
_LEFT = re.compile(r"signout|\bas=|part=|\.(pdf|xlsx|zip|json|md|py)$")


def links_of(client: Client, path: str) -> set[str]:
    text = client.get(path).content.decode()
    found = {urljoin(path, link.replace("&amp;", "&")) for link in _LINK.findall(text)}
    return {link for link in found if not urlsplit(link).netloc and not _LEFT.search(link)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["auditor", "admin"])
def test_every_link_leads_somewhere(role: str) -> None:
    client = signed_in(make_person(make_group(), roles=[role]))
    seen: dict[str, str] = {}
    for page in sorted(links_of(client, "/menu")):
        seen.setdefault(page, "/menu")
        for link in links_of(client, page):
            seen.setdefault(link, page)
    # One of a kind is enough: what differs in its query alone has the same right.
    kinds = {urlsplit(link).path: (link, source) for link, source in seen.items()}
    assert len(kinds) > 10
    shut = [(link, source) for link, source in kinds.values() if client.get(link).status_code == 403]
    assert shut == []
