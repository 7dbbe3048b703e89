"""The latest day is reopened by two persons while nothing is booked after it, and closed again as its next revision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moa.control.approval_subjects import decide as decide_as_page
from moa.control.approval_subjects import describe
from moa.control.approvals import SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Assignment, AuditLine
from moa.control.operations.withdraw_role import withdraw_role
from moa.control.queries import context_for
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import BusinessDay, Seal
from moa.ledger.operations.reopen_day import (
    DayIsReopened,
    NextDayHasVouchers,
    NotTheLastDay,
    decide_reopening,
    request_reopening,
)
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, voucher
from tests.ledger.proofs import close, reopen

MONDAY = date(2026, 11, 23)


def states(journal: Journal) -> list[str]:
    with journal.ctx.open():
        return list(BusinessDay.objects.order_by("business_date").values_list("state", flat=True))


def file(journal: Journal, day: date | None = None) -> ApprovalRequest:
    with journal.ctx.open():
        return request_reopening(journal.ctx, journal.book, day=day, reason="wrong amount")


def agree(ctx: Context, request: ApprovalRequest) -> None:
    with ctx.open():
        decide_reopening(ctx, request.id, approve=True, seen_hash=request.content_hash)


def test_a_reopened_day_is_closed_again_as_revision_two_after_the_first(journal: Journal) -> None:
    journal.post(voucher("1", "bank", "a", 1000))
    first = close(journal)
    request = file(journal)
    assert states(journal) == ["closed", "open"]
    agree(journal.second, request)
    assert states(journal) == ["reopened", "waiting"]
    assert journal.codes(voucher("2", "bank", "b", 7), voucher("3", "bank", "b", 7, day=MONDAY)) == [
        "booked", "day_not_open",
    ]  # fmt: skip
    second = close(journal)
    assert (second.revision, second.vouchers, second.next_day) == (2, 1, MONDAY)
    assert states(journal) == ["closed", "open"]
    with journal.ctx.open():
        assert list(Seal.objects.order_by("id").values_list("revision", "hex", "previous")) == [
            (1, first.hex, None), (2, second.hex, first.hex),
        ]  # fmt: skip
    moved = journal.rows(
        "select a.code, opening_minor, closing_minor from ledger_dailyclosing c join ledger_account a on a.id = c.account_id"
        " where revision = 2 order by a.code"
    )
    assert moved == [("b", 0, -7), ("bank", 1000, 1007)]


def test_the_trail_says_under_which_request_the_day_was_reopened(journal: Journal) -> None:
    closed = close(journal)
    request = file(journal)
    agree(journal.second, request)
    with journal.ctx.open():
        line = AuditLine.objects.get(code="ledger.day.reopened")
    assert (line.person_id, line.before["seal"], line.after["request"], line.after["reason"]) == (
        journal.second.actor.person_id, closed.hex, request.id, "wrong amount",
    )  # fmt: skip


def test_who_files_it_does_not_decide_it(journal: Journal) -> None:
    close(journal)
    with pytest.raises(SamePerson):
        agree(journal.ctx, file(journal))
    assert states(journal) == ["closed", "open"]


def test_a_refused_reopening_leaves_the_day_closed(journal: Journal) -> None:
    close(journal)
    request = file(journal)
    with journal.second.open():
        decide_reopening(
            journal.second, request.id, approve=False, seen_hash=request.content_hash, reason="reverse it"
        )
    assert states(journal) == ["closed", "open"]


def test_only_the_latest_closed_day_is_reopened(journal: Journal) -> None:
    with pytest.raises(NotFound):
        file(journal)
    close(journal)
    close(journal)
    with pytest.raises(NotTheLastDay):
        file(journal, TODAY)
    assert file(journal).content["day"] == str(MONDAY)


def test_a_day_is_not_reopened_once_the_next_one_has_a_voucher(journal: Journal) -> None:
    close(journal)
    request = file(journal)
    journal.post(voucher("1", "bank", "a", 1, day=MONDAY))
    with pytest.raises(NextDayHasVouchers):
        agree(journal.second, request)
    with journal.ctx.open():
        assert ApprovalRequest.objects.get(id=request.id).state == "open"
    assert states(journal) == ["closed", "open"]


def test_a_request_for_a_day_that_is_not_the_last_any_more_reopens_nothing(journal: Journal) -> None:
    close(journal)
    request = file(journal)
    close(journal)
    with pytest.raises(NotTheLastDay):
        agree(journal.second, request)


def test_a_checker_whose_role_was_withdrawn_meanwhile_decides_nothing(journal: Journal) -> None:
    close(journal)
    request = file(journal)
    with journal.second.open():
        seen = describe(journal.second, request)
    assert (seen.kind, seen.title, seen.note) == ("day_reopening", str(TODAY), "wrong amount")
    admin = make_person(journal.machine, roles=["admin"])
    with admin.open():
        held = Assignment.objects.get(person_id=journal.second.actor.person_id)
        withdraw_role(admin, held.id, valid_until=TODAY)
    pressed = context_for(
        journal.second.group_id,
        journal.second.actor.person_id,
        at=journal.ctx.at + timedelta(minutes=1),
        channel="test",
    )
    with pytest.raises(Forbidden), pressed.open():
        decide_as_page(pressed, request, approve=True, seen_hash=request.content_hash, reason="")
    assert states(journal) == ["closed", "open"]


def test_the_page_decides_it_too(journal: Journal) -> None:
    close(journal)
    request = file(journal)
    with journal.second.open():
        decide_as_page(journal.second, request, approve=True, seen_hash=request.content_hash, reason="")
    assert states(journal) == ["reopened", "waiting"]


def test_another_kind_of_request_is_not_decided_here(journal: Journal) -> None:
    with journal.ctx.open():
        other = ApprovalRequest.objects.create(
            group_id=journal.ctx.group_id, subject_type="other", subject_id="1", content={}, content_hash="x",
            maker_id=journal.ctx.actor.person_id,
        )  # fmt: skip
    with pytest.raises(DomainError), journal.second.open():
        decide_reopening(journal.second, other.id, approve=True, seen_hash="x")


def test_a_day_that_is_reopened_is_not_asked_for_again_and_neither_is_the_one_before(
    journal: Journal,
) -> None:
    close(journal)
    close(journal)
    reopen(journal)
    for day in (None, MONDAY, TODAY):
        with pytest.raises(DayIsReopened):
            file(journal, day)


def test_a_day_can_be_reopened_more_than_once(journal: Journal) -> None:
    close(journal)
    for revision in (2, 3):
        reopen(journal)
        journal.post(voucher(f"r{revision}", "bank", "a", revision))
        assert close(journal).revision == revision
