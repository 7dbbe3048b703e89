"""An amount in another currency leads to what it was worth, at which rate, of which day, and who said so."""

from __future__ import annotations

import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from moa.directory.operations.enter_rate import enter_rate
from moa.directory.rules.rates import NewRate
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import Journal, voucher

pytestmark = pytest.mark.django_db
_WHY = re.compile(r'data-why href="([^"]+)">(.*?)</a>', re.S)
_LEAD = re.compile(r'<div class="mo-amt mo-amt2">(.*?)</div>', re.S)


@pytest.fixture
def client(journal: Journal) -> Client:
    journal.load(("usd_bank", "1002", "USD", None), ("usd", "201101", "USD", None))
    with journal.ctx.open():
        enter_rate(journal.ctx, new=NewRate(TODAY, "USD", "KRW", Decimal("1392.50")))
    journal.post(voucher("u1", "usd_bank", "usd", 10_000, currency="USD", memo="수출 대금"))
    journal.post(voucher("k1", "bank", "a", 500), voucher("u2", "usd_bank", "usd", 2_000, currency="USD"))
    return signed_in(journal.ctx)


def grounds(client: Client, address: str) -> dict[str, str]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    found = _WHY.findall(answer.content.decode())
    return {html.unescape(where): re.sub(r"<[^>]+>", "", text) for where, text in found}


def lead(client: Client, address: str) -> str:
    found = _LEAD.search(client.get(address).content.decode())
    assert found is not None, address
    return re.sub(r"<[^>]+>", "", found[1]).strip()


def test_a_base_currency_cell_leads_to_the_rate_and_who_entered_it(client: Client, journal: Journal) -> None:
    sheet = grounds(client, f"/books/sheets/balance?from={TODAY}&to={TODAY}&by=account")
    where, text = next((w, t) for w, t in sheet.items() if "closing_worth" in w and "usd_bank" in w)
    # 120.00 USD at 1,392.50
    assert text == "167,100" and lead(client, where).startswith("167,100")
    entries = grounds(client, where)
    leg = next(one for one, words in entries.items() if "of=worth" in one and "139,250" in words)
    assert lead(client, leg).startswith("139,250")
    page = client.get(leg).content.decode()
    assert "1 USD = 1,392.5" in page and "/why/rate?currency=USD" in page and "수출 대금" in page
    rate = html.unescape(re.findall(r'href="(/why/rate[^"]+)"', page)[0])
    said = client.get(rate).content.decode()
    assert "1,392.5" in said and journal.ctx.actor.name in said


def test_a_total_of_a_sheet_adds_up_its_rows(client: Client) -> None:
    sheet = grounds(client, f"/books/sheets/day?from={TODAY}&to={TODAY}")
    totals = {where: text for where, text in sheet.items() if "as=why" in where}
    assert {text for where, text in totals.items() if "of=USD" in where and "what=debit" in where} == {
        "120.00"
    }
    for where, text in totals.items():
        assert lead(client, where).startswith(text), where
        assert any("/why/books" in part for part in grounds(client, where)), where
    wrong = next(iter(totals)).replace("of=", "of=X")
    assert client.get(wrong).status_code == 404


def test_a_leg_says_what_was_there_before_and_after(client: Client, journal: Journal) -> None:
    ((number, period),) = journal.rows("select id, period from ledger_voucher where key = 'u2'")
    page = grounds(client, f"/books/{journal.book.code}/vouchers/{period}/{number}")
    after = next(where for where in page if "of=after" in where)
    assert page[after] == "120.00" and lead(client, after).startswith("120.00")
    said = client.get(after).content.decode()
    assert "100.00" in said and "20.00" in said
    assert any(where.startswith("/why/voucher") for where in page)
