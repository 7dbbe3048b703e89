"""The accounts of a book are a list: narrowed by subject with all below it, by balance and state, and given as a file."""

from __future__ import annotations

import re

from tests.control.factories import make_person, signed_in
from tests.ledger.journal import Journal, voucher


def test_accounts_are_narrowed_sorted_and_exported(journal: Journal) -> None:
    journal.load(("e1", "6411", "KRW", None), ("usd", "201101", "USD", None))
    journal.post(voucher("1", "bank", "a", 1_000), voucher("2", "a", "b", 300))
    client = signed_in(journal.ctx)

    def listed(query: str) -> list[str]:
        page = client.get(f"/books/accounts?{query}").content.decode()
        return re.findall(r"account=([a-z0-9]+)\"", page.split("<tbody")[1].split("</tbody>")[0])

    assert listed("") == ["a", "b", "bank", "e1", "free", "usd"]
    # The subject and all below it: 201101 hangs under 2011.
    assert listed("subject=2011") == ["a", "b", "free", "usd"] and listed("subject=6411") == ["e1"]
    assert listed("balance.least=301") == ["a", "bank"] and listed("currency=USD") == ["usd"]
    assert listed("sort=-balance&currency=KRW")[:3] == ["bank", "a", "b"]
    text = b"".join(client.get("/books/accounts?as=csv&subject=1002")).decode()
    assert "bank" in text and "1000" in text.replace(",", "") and "free" not in text
    assert "/books/accounts?book=SC" in client.get("/books/chart").content.decode()


def test_who_does_not_see_the_books_does_not_see_them(journal: Journal) -> None:
    clerk = signed_in(make_person(journal.machine, roles=["clerk"]))
    assert clerk.get("/books/accounts").status_code == 403
