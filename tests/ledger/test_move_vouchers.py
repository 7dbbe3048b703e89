"""A day with vouchers that wait for review is not closed; one whose day went by is asked for anew on the open day."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connections

from moa.control import approval_subjects
from moa.control.models import ApprovalRequest, AuditLine
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger import close_checks
from moa.ledger.book_lock import hold_book
from moa.ledger.check_sentences import sentence_of
from moa.ledger.day_status import day_status
from moa.ledger.lifecycle import DraftState
from moa.ledger.models import Voucher, VoucherDraft
from moa.ledger.operations.close_day import CloseRefused, close_day
from moa.ledger.operations.move_draft import DraftKeepsItsDay, move_draft
from moa.ledger.operations.propose_reversal import propose_reversal
from moa.ledger.operations.save_draft import DraftChanged
from moa.ledger.operations.submit_voucher import VoucherFlawed, submit_voucher
from tests.control.factories import TODAY, signed_in
from tests.ledger.journal import Journal, make_journal, voucher
from tests.ledger.proofs import close
from tests.ledger.test_enter_vouchers import booked, decided, saved, sent, stands, transfer_of
from tests.ledger.test_open_voucher_pages import text_of

MONDAY = date(2026, 11, 23)


def finding(journal: Journal) -> Any:
    with journal.ctx.open():
        found = day_status(journal.ctx, journal.book).findings
        return next(one for one in found if one.name == "vouchers_reviewed")


def go_on(journal: Journal) -> None:
    """The day is closed as by a version that did not ask for waiting vouchers; Monday is open then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(close_checks._checks, "vouchers_reviewed")
        close(journal)


def moved(journal: Journal, request: ApprovalRequest, **more: Any) -> ApprovalRequest:
    with journal.ctx.open():
        draft = VoucherDraft.objects.get(id=int(request.subject_id))
        return move_draft(journal.ctx, draft.id, **({"seen_version": draft.version} | more))


def test_a_day_with_a_waiting_voucher_is_not_closed_and_names_it(journal: Journal) -> None:
    request = sent(journal, transfer_of(memo="운송비"))
    with pytest.raises(CloseRefused) as refused:
        close(journal)
    assert refused.value.facts["checks"] == "vouchers_reviewed"
    told = sentence_of(finding(journal))
    assert f"D{request.subject_id} 운송비 ({journal.ctx.actor.name})" in told
    decided(journal, request)
    assert finding(journal).ok
    assert close(journal).day == TODAY


def test_what_is_returned_or_a_draft_does_not_hinder(journal: Journal) -> None:
    saved(journal, transfer_of("5"))
    decided(journal, sent(journal, transfer_of()), approve=False, reason="금액이 다릅니다")
    assert close(journal).day == TODAY


def test_at_most_three_are_named_and_all_are_counted(journal: Journal) -> None:
    for _ in range(5):
        sent(journal, transfer_of())
    facts = finding(journal).facts
    assert (facts["count"], len(facts["each"])) == (5, 3) and facts["named"].endswith(" +2")


def test_moved_it_is_filed_on_the_open_day_and_booked_with_its_value_date(journal: Journal) -> None:
    former = sent(journal, transfer_of(memo="회원사 이체"))
    go_on(journal)
    with journal.second.open():
        hold = approval_subjects.describe(journal.second, former).holds[0]
    assert str(MONDAY) in hold.mend and not hold.act
    request = moved(journal, former)
    assert (request.content["business_date"], request.content["value_date"]) == (str(MONDAY), str(TODAY))
    with pytest.raises(MoveNotAllowed):
        decided(journal, former)
    decided(journal, request)
    assert booked(journal).business_date == MONDAY
    assert journal.balance("bank") == journal.balance("a") == 1000
    with journal.ctx.open():
        said = AuditLine.objects.get(code="ledger.draft.moved")
    assert said.before == {"day": str(TODAY)} and said.after["day"] == str(MONDAY)


def test_a_reversal_is_planned_anew(journal: Journal) -> None:
    assert journal.codes(voucher("1", "bank", "a", 1000)) == ["booked"]
    with journal.ctx.open():
        taken = Voucher.objects.get(key="1")
        former = propose_reversal(journal.ctx, journal.book, taken.id, taken.period, reason="두 번 기장")
    go_on(journal)
    request = moved(journal, former)
    assert stands(journal, former) is DraftState.DISCARDED
    assert (request.content["business_date"], request.content["reason"]) == (str(MONDAY), "두 번 기장")
    decided(journal, request)
    assert journal.balance("bank") == 0


def test_it_keeps_its_day_while_that_takes_vouchers_and_is_its_makers_alone(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    with pytest.raises(DraftKeepsItsDay):
        moved(journal, request)
    go_on(journal)
    with pytest.raises(NotFound), journal.second.open():
        move_draft(journal.second, int(request.subject_id), seen_version=1)
    with pytest.raises(DraftChanged):
        moved(journal, request, seen_version=7)
    assert stands(journal, request) is DraftState.WAITING


def test_the_maker_moves_it_from_the_voucher_and_from_the_inbox(journal: Journal) -> None:
    first, second = sent(journal, transfer_of()), sent(journal, transfer_of("2,000"))
    client = signed_in(journal.ctx)
    closing = client.get("/books/closing")
    where = f"?book=SC&amp;state=waiting&amp;day.from={TODAY}&amp;day.to={TODAY}"
    assert f"/ledger/vouchers{where}" in closing.content.decode()
    assert f'href="/ledger/vouchers/drafts/{first.subject_id}"' in closing.content.decode()
    go_on(journal)
    page = client.get(f"/ledger/vouchers/drafts/{first.subject_id}")
    assert f'action="/ledger/vouchers/drafts/{first.subject_id}/move"' in page.content.decode()
    answer = client.post(f"/ledger/vouchers/drafts/{first.subject_id}/move", {"version": "1"})
    assert answer["Location"] == f"/ledger/vouchers/drafts/{first.subject_id}?sent=1"
    inbox = client.get(f"/approvals/{second.id}").content.decode()
    assert f'action="/ledger/vouchers/drafts/{second.subject_id}/move"' in inbox
    # The other window is told, and nothing was changed.
    again = client.post(f"/ledger/vouchers/drafts/{first.subject_id}/move", {"version": "1"})
    assert again.status_code == 409 and "마감된 영업일" in text_of(again)
    assert "/move" not in signed_in(journal.second).get(f"/approvals/{second.id}").content.decode()


def test_no_voucher_is_filed_for_a_day_while_it_is_closed(transactional_db: None) -> None:
    """Who files waits for the closing that has the book, and is then told that the day is closed."""
    journal = make_journal()
    draft = saved(journal, transfer_of())
    answers: list[str] = []

    def file() -> None:
        try:
            with journal.ctx.open():
                submit_voucher(journal.ctx, draft.id, seen_version=draft.version)
            answers.append("filed")
        except VoucherFlawed as refusal:
            answers.append(refusal.flaws[0].code)
        finally:
            connections.close_all()

    with journal.second.open():
        hold_book(journal.book.id)
        other = threading.Thread(target=file)
        other.start()
        other.join(0.4)
        assert not answers
        with pytest.MonkeyPatch.context() as patch:
            patch.delitem(close_checks._checks, "vouchers_reviewed")
            close_day(journal.second, journal.book)
    other.join(20)
    assert answers == ["closed_day"]
