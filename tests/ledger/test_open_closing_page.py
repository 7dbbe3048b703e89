"""The closing page says what stands in the way, closes, opens, reopens and hands out the day sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from moa.control.models import ApprovalRequest
from moa.ledger.models import BusinessDay, ClosingRun, Seal
from moa.ledger.operations.ask_closing import DayNotCome, ask_closing
from moa.ledger.operations.record_verification import record_verification
from moa.ledger.operations.run_closing import run_closing
from tests.control.factories import TODAY, make_person, signed_in
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close


@pytest.fixture
def browser(journal: Journal) -> Client:
    return signed_in(journal.ctx)


def worked_off(journal: Journal) -> ClosingRun:
    """The closing that was asked for, done as its job does it."""
    with journal.ctx.open():
        run = ClosingRun.objects.get()
    run_closing(journal.ctx, run.id)
    with journal.ctx.open():
        run.refresh_from_db()
    return run


def text(client: Client, address: str = "/books/closing") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_day_its_checks_and_the_button(browser: Client) -> None:
    shown = text(browser)
    assert "2026-11-20" in shown or "11월 20일" in shown or "11/20" in shown
    assert "/books/closing/close" in shown and "시산표" in shown


def test_the_button_closes_and_the_seal_stands_there(browser: Client, journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    asked = browser.post("/books/closing/close", {"book": "SC", "early": "yes"})
    run = worked_off(journal)
    assert asked["Location"] == f"/books/closing?book=SC&run={run.id}"
    with journal.ctx.open():
        seal = Seal.objects.get()
    assert seal.hex in text(browser)
    sheet = browser.get(f"/books/closing/sheet/{seal.id}.pdf")
    assert sheet["Content-Type"] == "application/pdf" and sheet.content.startswith(b"%PDF")


def test_a_month_that_cannot_be_closed_is_refused_with_its_reason(browser: Client, journal: Journal) -> None:
    asked = browser.post("/books/closing/month", {"book": "SC"})
    assert worked_off(journal).code == "period_close_refused"
    refused = text(browser, asked["Location"]).split('id="run"')[1].split("</section>")[0]
    assert "먼저 마감하세요" in refused and "/books/closing/month" in refused


def test_a_reopening_is_asked_with_a_reason(browser: Client, journal: Journal) -> None:
    close(journal)
    assert browser.post("/books/closing/reopen", {"book": "SC", "reason": ""}).status_code == 422
    assert browser.post("/books/closing/reopen", {"book": "SC", "reason": "금액 오류"}).status_code == 302
    with journal.ctx.open():
        assert ApprovalRequest.objects.get(state="open").content["reason"] == "금액 오류"
    assert "/approvals/" in text(browser)


def test_settings_are_saved_or_refused_at_their_field(browser: Client, journal: Journal) -> None:
    said = {"book": "SC", "opens_at": "08:30", "seal_recipients": "one@audit.example"}
    assert browser.post("/books/closing/settings", said).status_code == 302
    with journal.ctx.open():
        journal.book.refresh_from_db()
    assert (f"{journal.book.opens_at:%H:%M}", journal.book.seal_recipients) == (
        "08:30",
        ["one@audit.example"],
    )
    wrong = browser.post("/books/closing/settings", said | {"seal_recipients": "nobody"})
    assert wrong.status_code == 422 and "nobody" in wrong.content.decode()
    close(journal)
    assert browser.post("/books/closing/open", {"book": "SC"}).status_code == 302
    with journal.ctx.open():
        assert BusinessDay.objects.get(business_date=date(2026, 11, 23)).state == "open"


def test_who_may_not_close_finds_no_button_and_no_way(journal: Journal) -> None:
    auditor = signed_in(make_person(journal.machine, roles=["auditor"]))
    assert "/books/closing/close" not in text(auditor)
    assert auditor.post("/books/closing/close", {"book": "SC"}).status_code == 403


def test_a_day_that_has_not_come_is_closed_only_when_somebody_says_so(db: None) -> None:
    """Twice pressed is one day closed: the next one opened with the closing, and it lies ahead."""
    journal = make_journal(first_day=date(2099, 1, 5))
    client = signed_in(journal.ctx)
    assert 'name="early"' in text(client)
    said = {"book": "SC", "target": "2099-01-05"}
    refused = client.post("/books/closing/close", said)
    assert refused.status_code == 409 and "아직 오지 않은" in refused.content.decode()
    with journal.ctx.open():
        assert not ClosingRun.objects.exists()
    assert client.post("/books/closing/close", said | {"early": "yes"}).status_code == 302
    with journal.ctx.open():
        assert ClosingRun.objects.get().target == "2099-01-05"


def test_a_day_that_has_come_asks_for_nothing_more(journal: Journal) -> None:
    with journal.ctx.open():
        assert ask_closing(journal.ctx, journal.book, "day", str(TODAY)).target == str(TODAY)
    eve = replace(journal.ctx, today=TODAY - timedelta(days=1), memo={})
    with pytest.raises(DayNotCome), eve.open():
        ClosingRun.objects.all().update(state=ClosingRun.REFUSED, ended_at=eve.at)
        ask_closing(eve, journal.book, "day", str(TODAY))


def test_the_page_says_what_the_last_count_found(browser: Client, journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    with journal.ctx.open():
        record_verification(journal.ctx)
    assert "차이 없음" in text(browser).split("마지막 장부 검산")[1][:300]
