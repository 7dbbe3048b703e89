"""The pages of sheets: every one opens, leads on to the voucher, and gives the same figures as workbook and in print."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.translation import override

from moa.ledger.sheets.catalogue import SHEETS
from moa.ledger.source_pages import SourcePage, provide_source_page, source_page
from moa.ledger.web.sheet_words import FIELDS, LABELS, TITLES
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.journal import Journal, voucher

pytestmark = pytest.mark.django_db
RANGE = f"from={TODAY}&to={TODAY}&subject=2011&account=a"


@pytest.fixture
def booked(journal: Journal) -> Journal:
    journal.post(
        voucher("1", "bank", "a", 1_000_000, memo="예치 880101-1234568"), voucher("2", "a", "b", 300)
    )
    return journal


@pytest.fixture
def client_of(booked: Journal) -> Client:
    return signed_in(booked.ctx)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_every_sheet_has_its_words_and_opens_by_its_address(client_of: Client) -> None:
    assert list(TITLES) == list(SHEETS) and set(FIELDS) == set(SHEETS)
    for name in SHEETS:
        assert "<h1>" in text(client_of, f"/books/sheets/{name}?{RANGE}")
        assert "<h1>" in text(
            client_of, f"/books/sheets/{name}?from=nonsense&to=2026-02-31&known_at=x&least=O"
        )
    assert "1,000,000" in text(client_of, f"/books/sheets?{RANGE}")
    text(client_of, "/books/sheets/weather", 404)


def test_a_subject_leads_to_its_ledger_and_on_to_the_voucher(client_of: Client) -> None:
    day = text(client_of, f"/books/sheets/day?from={TODAY}&to={TODAY}")
    assert f"/books/sheets/subject-ledger?book=SC&amp;from={TODAY}&amp;to={TODAY}&amp;subject=201101" in day
    ledger = text(client_of, f"/books/sheets/subject-ledger?from={TODAY}&to={TODAY}&subject=201101")
    assert f"/books/sheets/subject-entries?book=SC&amp;from={TODAY}" in ledger
    entries = text(client_of, f"/books/sheets/subject-entries?from={TODAY}&to={TODAY}&subject=201101")
    address = entries.split('href="/books/SC/vouchers/')[1].split('"')[0]
    page = text(client_of, f"/books/SC/vouchers/{address}")
    assert "FILES" in page and "1,000,000" in page
    assert client_of.get(f"/books/SC/vouchers/{address}?as=pdf").content.startswith(b"%PDF-")
    text(client_of, "/books/SC/vouchers/202611/999999", 404)


def test_a_voucher_shows_the_record_it_was_made_from(booked: Journal) -> None:
    """A context above says what a source is; one that nobody knows stays the text that the voucher keeps."""
    provide_source_page("test", lambda ctx, source_id: SourcePage(f"line {source_id}", "/x", ":61:raw"))
    assert source_page(booked.ctx, "test", "7") == SourcePage("line 7", "/x", ":61:raw")
    assert source_page(booked.ctx, "nobody", "7") is None


@pytest.mark.parametrize("name", list(SHEETS))
def test_every_sheet_can_be_taken_as_a_workbook_and_printed(client_of: Client, name: str) -> None:
    moment = quote(datetime.now(UTC).isoformat())
    more = f"&known_at={moment}" if name == "changes" else ""
    answer = client_of.get(f"/books/sheets/{name}?{RANGE}&as=xlsx{more}")
    cells = zipfile.ZipFile(BytesIO(answer.getvalue())).read("xl/worksheets/sheet1.xml").decode()
    assert "<row" in cells and "attachment" in answer["Content-Disposition"]
    if name == "trial-balance":
        assert "<v>1000000</v>" in cells
    printed = client_of.get(f"/books/sheets/{name}?{RANGE}&as=pdf{more}")
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF-")


def test_a_moment_stands_on_the_page_and_offers_what_changed_since(client_of: Client) -> None:
    moment = datetime.now(UTC).isoformat()
    page = text(client_of, f"/books/sheets/day?{RANGE}&known_at={quote(moment)}")
    assert "/books/sheets/changes?" in page
    assert "아직 오지 않은" in text(client_of, f"/books/sheets/day?{RANGE}&known_at=2099-01-01T00:00")


def test_who_may_not_see_the_books_sees_no_sheet(booked: Journal) -> None:
    clerk = make_person(booked.machine, roles=["clerk"])
    text(signed_in(clerk), "/books/sheets", 403)
    text(signed_in(clerk), "/books/SC/vouchers/202611/1", 403)


def test_an_amount_that_no_balance_reaches_is_named_at_its_field(client_of: Client) -> None:
    page = text(client_of, f"/books/sheets/vouchers?{RANGE}&least={'9' * 30}")
    assert "금액이 아닙니다" in page and "9" * 30 in page


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "전표 수"), ("zh-hans", "凭证数"), ("en", "Vouchers")]
)
def test_the_head_over_a_number_of_vouchers_is_not_that_of_the_list(language: str, words: str) -> None:
    with override(language):
        assert str(LABELS["vouchers"]) == words
