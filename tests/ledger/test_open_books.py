"""Opening balances: one agreed voucher per currency on the day before the first business day, balanced or not at all."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from moa.ledger.close_checks import run_checks
from moa.ledger.models import Balance, BusinessDay, Voucher, VoucherAttachment
from moa.ledger.opening_files import OpeningFile, read_opening_file
from moa.ledger.operations.attach_document import AttachmentRefused, attach_to_draft
from moa.ledger.operations.close_day import close_day
from moa.ledger.operations.propose_opening import (
    OpeningExists,
    OpeningRefused,
    OpeningTooLate,
    propose_opening,
)
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import Journal, voucher
from tests.ledger.test_enter_vouchers import decided, saved, sent, transfer_of

BEFORE = date(2026, 11, 19)
BALANCED = 'account,currency,side,amount\nbank,KRW,debit,"1,500"\na,KRW,credit,1000\nb,KRW,credit,500\n'


def read(journal: Journal, text: str) -> OpeningFile:
    with journal.ctx.open():
        return read_opening_file(journal.book, io.BytesIO(text.encode()))


def proposed(journal: Journal, text: str) -> list[Any]:
    file = read(journal, text)
    with journal.ctx.open():
        return propose_opening(journal.ctx, journal.book, file)


def opening_check(journal: Journal, day: date) -> bool:
    with journal.ctx.open():
        found = run_checks(journal.ctx, journal.book, day)
    return next(one.ok for one in found if one.name == "opening_balances")


def test_they_are_booked_on_the_day_before_the_first_business_day(journal: Journal) -> None:
    journal.load(("usd", "1002", "USD", None), ("usd-a", "201101", "USD", 0))
    requests = proposed(journal, BALANCED + "usd,USD,차변,10.50\nusd-a,USD,贷方,10.50\n")
    assert [(one.currency, one.amount_minor) for one in requests] == [("KRW", 1500), ("USD", 1050)]
    assert not opening_check(journal, BEFORE)
    decided(journal, requests[0])
    assert not opening_check(journal, BEFORE)
    decided(journal, requests[1])
    assert opening_check(journal, BEFORE)
    with journal.ctx.open():
        days = list(BusinessDay.objects.order_by("business_date").values_list("business_date", "state"))
        found = list(Voucher.objects.values_list("origin", "business_date"))
        assert Balance.objects.get(account__code="usd").current_minor == 1050
    assert days == [(BEFORE, "open"), (TODAY, "waiting")] and found == [("opening", BEFORE)] * 2
    assert journal.balance("a") == 1000
    with journal.ctx.open():
        closed = close_day(journal.ctx, journal.book)
    assert (closed.day, closed.next_day) == (BEFORE, TODAY)
    assert journal.codes(voucher("1", "a", "b", 5)) == ["booked"]
    with pytest.raises(OpeningTooLate):
        proposed(journal, BALANCED)


def test_an_unbalanced_file_is_refused_with_its_currency(journal: Journal) -> None:
    with pytest.raises(OpeningRefused) as refused:
        proposed(journal, BALANCED.replace("500\n", "499\n"))
    assert [one.code for one in refused.value.problems] == ["opening_unbalanced"]
    assert refused.value.problems[0].place == "KRW"


def test_every_faulty_row_is_told(journal: Journal) -> None:
    text = "계정,통화,차대,금액\n없음,KRW,차변,1\nbank,USD,차변,1\na,KRW,위,1\nb,KRW,대변,-1\nfree,KRW,대변,1\nfree,KRW,대변,1\n"
    assert [(one.place, one.code) for one in read(journal, text).problems] == [
        ("row 2", "account_unknown"), ("row 3", "wrong_currency"), ("row 4", "side_unknown"),
        ("row 5", "amount_unreadable"), ("row 7", "account_repeated"),
    ]  # fmt: skip


def test_an_amount_finer_than_its_currency_is_named_as_such(journal: Journal) -> None:
    text = "account,currency,side,amount\nbank,KRW,debit,1.5\na,KRW,credit,1.50\nb,KRW,credit,1e3\nnone,XXX,debit,x\n"
    assert [(one.place, one.code) for one in read(journal, text).problems] == [
        ("row 2", "amount_too_fine"), ("row 3", "amount_too_fine"), ("row 4", "amount_unreadable"), ("row 5", "account_unknown"),
    ]  # fmt: skip


def test_a_currency_is_opened_once_and_only_before_anything_else(journal: Journal) -> None:
    proposed(journal, BALANCED)
    with pytest.raises(OpeningExists):
        proposed(journal, BALANCED)
    assert journal.codes(voucher("1", "bank", "a", 5)) == ["booked"]
    with pytest.raises(OpeningTooLate):
        proposed(journal, BALANCED)


def test_what_was_returned_gives_way_to_the_file_that_is_filed_anew(journal: Journal) -> None:
    [first] = proposed(journal, BALANCED)
    decided(journal, first, approve=False, reason="b의 잔액이 다릅니다")
    assert not opening_check(journal, BEFORE)
    [second] = proposed(journal, BALANCED.replace("1,500", "1,600").replace("500\n", "600\n"))
    decided(journal, second)
    assert opening_check(journal, BEFORE)
    with journal.ctx.open():
        assert close_day(journal.ctx, journal.book).day == BEFORE
    assert journal.balance("b") == 600


def test_who_gives_a_currency_up_puts_its_draft_away(journal: Journal) -> None:
    [request] = proposed(journal, BALANCED)
    decided(journal, request, approve=False, reason="아직입니다")
    client = signed_in(journal.ctx)
    path = f"/ledger/vouchers/drafts/{request.subject_id}/discard"
    assert path in client.get("/books/opening").content.decode()
    assert client.post(path).status_code == 302
    assert opening_check(journal, TODAY) and path not in client.get("/books/opening").content.decode()


def test_an_attachment_is_sealed_listed_pinned_and_downloaded(journal: Journal) -> None:
    client = signed_in(journal.ctx)
    draft = saved(journal, transfer_of())
    sent_file = SimpleUploadedFile("세금계산서.pdf", b"%PDF evidence")
    assert client.post(f"/ledger/vouchers/drafts/{draft.id}/attach", {"file": sent_file}).status_code == 302
    with journal.ctx.open():
        found = VoucherAttachment.objects.select_related("document").get()
    page = client.get(f"/ledger/vouchers/drafts/{draft.id}").content.decode()
    assert "세금계산서.pdf" in page
    answer = client.get(f"/ledger/vouchers/attachments/{found.id}")
    assert answer.content == b"%PDF evidence" and answer["Content-Disposition"].startswith("attachment")
    from moa.ledger.operations.submit_voucher import submit_voucher

    with journal.ctx.open():
        request = submit_voucher(journal.ctx, draft.id, seen_version=draft.version)
        assert request.content["attachments"] == [found.document.sha256]
        with pytest.raises(AttachmentRefused):
            attach_to_draft(journal.ctx, draft.id, io.BytesIO(b"late"), name="late.pdf")
    decided(journal, request)
    with journal.ctx.open():
        one = Voucher.objects.get()
    path = f"/books/SC/vouchers/{one.period}/{one.id}"
    later = SimpleUploadedFile("later.txt", b"later")
    assert client.post(f"{path}/attach", {"file": later}).status_code == 302
    shown = client.get(path).content.decode()
    assert "세금계산서.pdf" in shown and "later.txt" in shown
    again = SimpleUploadedFile("사본.txt", b"later")
    assert client.post(f"{path}/attach", {"file": again}).status_code == 302
    assert "사본.txt" in client.get(path).content.decode()


def test_a_voucher_is_taken_back_from_its_page_and_printed_in_both_languages(journal: Journal) -> None:
    decided(journal, sent(journal, transfer_of(memo="취소할 것")))
    client = signed_in(journal.ctx)
    with journal.ctx.open():
        one = Voucher.objects.get()
    path = f"/books/SC/vouchers/{one.period}/{one.id}"
    page = client.get(f"{path}/reversal").content.decode()
    assert "−1,000" in page and f"{path}/reversal" in client.get(path).content.decode()
    assert client.post(f"{path}/reversal", {"style": "negative_same_side", "reason": ""}).status_code == 422
    answer = client.post(f"{path}/reversal", {"style": "negative_same_side", "reason": "두 번 적음"})
    assert answer.status_code == 302, answer.content.decode()
    from moa.control.models import ApprovalRequest

    with journal.ctx.open():
        request = ApprovalRequest.objects.get(state="open")
    decided(journal, request)
    with journal.ctx.open():
        back = Voucher.objects.get(origin="reversal")
    assert f"/{back.id}" in client.get(path).content.decode()
    taken = f"/books/SC/vouchers/{back.period}/{back.id}"
    for cookie in ("ko", "zh-hans"):
        client.cookies["django_language"] = cookie
        assert client.get(f"{taken}?as=pdf").content.startswith(b"%PDF")
