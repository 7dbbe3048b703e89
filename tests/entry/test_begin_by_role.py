"""Where each role begins, and what its menu holds in which order. Source: UI.md §2."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.control.factories import PASSWORD, make_group, make_person, make_unit, signed_in
from tests.ledger.journal import make_journal

BASIS = "units banks lines rates calendar chart policies deputies"
# The first page, then the menu as it stands; | between groups.
ROLES = {
    "treasurer": ("/", "today approvals | position accounts imports reconciliation | payments | suspense kftc |"
                  f" vouchers closing proof sheets daily audit documents | {BASIS} | distance"),
    "teller": ("/", "today approvals | position accounts imports reconciliation | payments | suspense kftc |"
               f" vouchers closing proof sheets daily | {BASIS}"),
    "approver": ("/approvals", "approvals today | position accounts imports reconciliation | payments | suspense |"
                 " vouchers closing proof sheets daily | units banks rates calendar chart policies deputies"),
    "clerk": ("/approvals?view=submitted", "requests payments accounts today | position imports reconciliation | suspense |"
              " daily | units banks calendar"),
    "auditor": ("/audit", "audit proof who_may today | position accounts imports reconciliation | payments | suspense |"
                " vouchers closing sheets daily documents | units banks lines rates calendar chart policies | people distance jobs"),
    "admin": ("/people", "people who_may jobs | audit | units lines rates calendar policies deputies | distance"),
}  # fmt: skip
_GROUP = re.compile(r'<ul class="mo-nav"[^>]*>(.*?)</ul>', re.S)


def menu_of(client: Client) -> str:
    page = client.get("/settings").content.decode().split("</nav>")[0]
    return " | ".join(" ".join(re.findall(r'data-go="([^"]+)"', group)) for group in _GROUP.findall(page))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_begins_at_its_page_and_sees_its_jobs_only(role: str) -> None:
    client = signed_in(make_person(make_journal().machine, roles=[role]))
    begins, menu = ROLES[role]
    answer = client.get("/")
    assert (answer.headers.get("Location") or "/") == begins
    assert client.get(begins).status_code == 200
    assert menu_of(client) == menu
    for address in re.findall(r'<a href="([^"]+)" data-go', client.get("/settings").content.decode()):
        assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_several_roles_begin_with_today_and_a_link_leads_where_it_says() -> None:
    make_person(make_group(), "begins", roles=["treasurer", "teller"])
    answer = Client().post("/signin", {"username": "begins", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)] and answer.status_code == 200
    deep = Client().post("/signin", {"username": "begins", "password": PASSWORD, "next": "/settings"})
    assert deep.headers["Location"] == "/settings"


@pytest.mark.django_db
def test_who_may_not_see_transactions_is_offered_no_search_of_them() -> None:
    group = make_group()
    offered = {
        role: "data-find" in signed_in(make_person(group, roles=[role])).get("/settings").content.decode()
        for role in ("admin", "treasurer")
    }
    assert offered == {"admin": False, "treasurer": True}


@pytest.mark.django_db
def test_without_a_book_to_see_nothing_of_books_is_offered() -> None:
    journal = make_journal()
    elsewhere = make_unit(journal.machine)
    for client, beside in (
        (signed_in(make_person(make_group(), roles=["treasurer"])), set()),
        # A unit answers for its own bank lines in the book of another.
        (
            signed_in(make_person(journal.machine, roles=[("teller", elsewhere.id)])),
            {"reconciliation", "suspense"},
        ),
    ):
        offered = set(menu_of(client).replace("|", "").split())
        assert (
            offered & {"reconciliation", "suspense", "vouchers", "closing", "proof", "chart", "sheets"}
            == beside
        )
        assert {"today", "accounts", "imports"} <= offered
