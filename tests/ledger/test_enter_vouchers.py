"""A voucher is typed by one person, decided on by another as it was pinned, and booked then or not at all."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa.control import approval_subjects, approvals
from moa.control.approvals import SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ledger.drafts import state_of
from moa.ledger.lifecycle import DraftState
from moa.ledger.models import LedgerAccount, PostingKey, Voucher, VoucherDraft
from moa.ledger.operations.decide_voucher import VoucherRefused, decide_voucher
from moa.ledger.operations.discard_draft import discard_draft
from moa.ledger.operations.propose_reversal import ReversalRefused, propose_reversal
from moa.ledger.operations.save_draft import DraftChanged, DraftTooLarge, save_draft
from moa.ledger.operations.submit_voucher import VoucherFlawed, submit_voucher
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher, differing, from_json, sums_of
from moa.ledger.typed_reading import find_accounts, read_typed
from moa.ledger.verification import verify_books
from tests.control.factories import TODAY, make_person
from tests.ledger.journal import Journal, voucher


def typed(*legs: TypedLeg, memo: str = "이체", **more: Any) -> TypedVoucher:
    return TypedVoucher(business_date=str(TODAY), memo=memo, legs=legs, **more)


def transfer_of(amount: str = "1,000", debit: str = "bank", credit: str = "a", **more: Any) -> TypedVoucher:
    return typed(TypedLeg(debit, debit=amount), TypedLeg(credit, credit=amount), **more)


def saved(journal: Journal, what: TypedVoucher, **more: Any) -> VoucherDraft:
    with journal.ctx.open():
        return save_draft(journal.ctx, journal.book, what, **more)


def sent(journal: Journal, what: TypedVoucher) -> ApprovalRequest:
    draft = saved(journal, what)
    with journal.ctx.open():
        return submit_voucher(journal.ctx, draft.id, seen_version=draft.version)


def decided(
    journal: Journal, request: ApprovalRequest, *, ctx: Context | None = None, **more: Any
) -> ApprovalRequest:
    ctx = ctx or journal.second
    given = {"approve": True, "seen_hash": request.content_hash} | more
    with ctx.open():
        return decide_voucher(ctx, request.id, **given)


def booked(journal: Journal) -> Voucher:
    with journal.ctx.open():
        return Voucher.objects.get(origin="entry")


def stands(journal: Journal, request: ApprovalRequest) -> DraftState:
    with journal.ctx.open():
        return state_of(VoucherDraft.objects.get(id=int(request.subject_id)))


def test_it_is_booked_when_another_person_approves(journal: Journal) -> None:
    request = sent(journal, transfer_of(memo="회원사 이체"))
    assert stands(journal, request) is DraftState.WAITING
    assert journal.balance("bank") == 0
    decided(journal, request)
    found = booked(journal)
    assert (found.maker_id, found.checker_id) == (journal.ctx.actor.person_id, journal.second.actor.person_id)
    assert (found.request_id, found.memo, found.legs, found.business_date) == (
        request.id,
        "회원사 이체",
        2,
        TODAY,
    )
    assert journal.balance("bank") == journal.balance("a") == 1000
    assert stands(journal, request) is DraftState.POSTED
    with journal.ctx.open():
        draft = VoucherDraft.objects.get()
        assert (draft.voucher_id, draft.period) == (found.id, found.period)
        assert not any(one.differences for one in verify_books(journal.ctx))


def test_its_maker_does_not_decide_and_a_right_is_needed(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    with pytest.raises(SamePerson):
        decided(journal, request, ctx=journal.ctx)
    auditor = make_person(journal.machine, roles=["auditor"])
    with pytest.raises(Forbidden):
        decided(journal, request, ctx=auditor)
    with auditor.open(), pytest.raises(Forbidden):
        save_draft(auditor, journal.book, transfer_of())
    # An approver books what another made, though she posts no files.
    decided(journal, request, ctx=make_person(journal.machine, roles=["approver"]))
    assert journal.balance("a") == 1000


def test_returned_it_is_a_draft_again_with_the_reason(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    decided(journal, request, approve=False, reason="금액이 다릅니다")
    assert stands(journal, request) is DraftState.RETURNED
    draft_id = int(request.subject_id)
    draft = saved(journal, transfer_of("2,000"), draft_id=draft_id, seen_version=1)
    with journal.ctx.open():
        again = submit_voucher(journal.ctx, draft.id, seen_version=draft.version)
    decided(journal, again)
    assert journal.balance("a") == 2000


def test_taken_back_it_waits_for_nobody(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    with journal.ctx.open():
        approvals.withdraw(journal.ctx, request.id)
    assert stands(journal, request) is DraftState.DRAFT
    with pytest.raises(MoveNotAllowed):
        decided(journal, request)
    with journal.ctx.open():
        discard_draft(journal.ctx, int(request.subject_id))
    assert stands(journal, request) is DraftState.DISCARDED


def test_an_edit_cancels_what_waits_and_the_same_again_does_not(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    draft_id = int(request.subject_id)
    saved(journal, transfer_of(), draft_id=draft_id, seen_version=1)
    assert stands(journal, request) is DraftState.WAITING
    saved(journal, transfer_of("999"), draft_id=draft_id, seen_version=1)
    assert stands(journal, request) is DraftState.DRAFT
    with pytest.raises(MoveNotAllowed):
        decided(journal, request)
    assert journal.balance("a") == 0


def test_the_second_window_is_told_what_the_first_saved(journal: Journal) -> None:
    draft = saved(journal, transfer_of())
    saved(journal, transfer_of("1,500", memo="첫 창"), draft_id=draft.id, seen_version=1)
    with pytest.raises(DraftChanged) as told:
        saved(journal, transfer_of("1,700"), draft_id=draft.id, seen_version=1)
    assert told.value.facts["fields"] == ["memo", "debit.1", "credit.2"] and told.value.facts["version"] == 2
    with journal.ctx.open():
        assert from_json(VoucherDraft.objects.get().form).legs[0].debit == "1,500"
    # Told once, it may put its own in the place.
    assert saved(journal, transfer_of("1,700"), draft_id=draft.id, seen_version=2).version == 3
    with journal.ctx.open(), pytest.raises(DraftChanged):
        submit_voucher(journal.ctx, draft.id, seen_version=2)


def test_a_draft_is_its_makers_alone(journal: Journal) -> None:
    draft = saved(journal, transfer_of())
    with journal.second.open(), pytest.raises(NotFound):
        save_draft(journal.second, journal.book, transfer_of("5"), draft_id=draft.id, seen_version=1)
    with journal.second.open(), pytest.raises(NotFound):
        submit_voucher(journal.second, draft.id, seen_version=1)


def test_what_the_books_refuse_is_not_booked_and_can_be_mended(journal: Journal) -> None:
    request = sent(journal, transfer_of("1,000", debit="a", credit="b"))
    with journal.second.open():
        holds = approval_subjects.describe(journal.second, request).holds
    assert len(holds) == 1 and "a" in holds[0].reason
    with pytest.raises(VoucherRefused) as refused:
        decided(journal, request)
    assert refused.value.facts == {"problem": "below_floor", "account": "a"}
    with journal.ctx.open():
        assert ApprovalRequest.objects.get(id=request.id).state == "open"
        assert not Voucher.objects.exists() and not PostingKey.objects.exists()
    # Money comes in: the same request can be approved now.
    assert journal.codes(voucher("1", "bank", "a", 1000)) == ["booked"]
    decided(journal, request)
    assert journal.balances() | {"bank": 1000} == {"bank": 1000, "a": 0, "b": 1000, "free": 0}


def test_a_frozen_account_and_a_day_that_went_by_refuse(journal: Journal) -> None:
    request = sent(journal, transfer_of(debit="free", credit="b"))
    with journal.ctx.open():
        LedgerAccount.objects.filter(code="free").update(state="frozen")
    with pytest.raises(VoucherRefused) as refused:
        decided(journal, request)
    assert refused.value.facts["problem"] == "frozen"


@pytest.mark.parametrize(
    ("what", "flaws"),
    [
        (transfer_of("0"), {"debit.1": "amount_invalid", "credit.2": "amount_invalid"}),
        (transfer_of("12O"), {"debit.1": "amount_unreadable", "credit.2": "amount_unreadable"}),
        (transfer_of("1.5"), {"debit.1": "amount_too_fine", "credit.2": "amount_too_fine"}),
        (transfer_of(debit="nothing"), {"account.1": "account_unknown"}),
        (transfer_of(debit="Account"), {"account.1": "account_ambiguous"}),
        (typed(TypedLeg("bank", "5", "5"), TypedLeg("a", credit="5")), {"credit.1": "leg_on_both_sides"}),
        (typed(TypedLeg("bank", "5"), TypedLeg("a", credit="6")), {"debit.2": "unbalanced"}),
        (typed(TypedLeg("bank", "5"), TypedLeg("a", credit="6"))._replace(value_date="2026-02-30"),
         {"value_date": "date_invalid", "debit.2": "unbalanced"}),
        (typed(TypedLeg("bank", "5")), {"account.2": "too_few_legs"}),
        (typed(TypedLeg("bank"), TypedLeg("a", credit="5")), {"debit.1": "leg_without_amount"}),
        (typed(TypedLeg("", "5"), TypedLeg("a", credit="5")), {"account.1": "leg_without_account"}),
        (typed(TypedLeg("bank", "5", "", "USD"), TypedLeg("a", credit="5")), {"currency.1": "wrong_currency"}),
        (transfer_of(kind="receiving"), {"kind": "voucher_kind_unknown"}),
        (transfer_of()._replace(business_date=str(TODAY - timedelta(days=1))), {"business_date": "closed_day"}),
        (transfer_of()._replace(business_date=str(TODAY + timedelta(days=1))), {"business_date": "day_not_open"}),
        (transfer_of()._replace(value_date="2026-02-30"), {"value_date": "date_invalid"}),
    ],
)  # fmt: skip
def test_each_flaw_is_told_at_its_field(journal: Journal, what: TypedVoucher, flaws: dict[str, str]) -> None:
    draft = saved(journal, what)
    with journal.ctx.open(), pytest.raises(VoucherFlawed) as refused:
        submit_voucher(journal.ctx, draft.id, seen_version=1)
    assert {one.field: one.code for one in refused.value.flaws} == flaws


def test_amounts_are_read_as_people_write_them(journal: Journal) -> None:
    what = typed(
        TypedLeg("bank", "１,０００"),
        TypedLeg("a", credit=" 400 "),
        TypedLeg("", ""),
        TypedLeg("b", credit="600"),
    )
    decided(journal, sent(journal, what))
    assert (journal.balance("bank"), journal.balance("a"), journal.balance("b")) == (1000, 400, 600)


def test_an_account_is_found_by_code_name_or_its_subject(journal: Journal) -> None:
    with journal.ctx.open():
        for text in ("bank", "Account bank", "1002", "bank 운영계좌"):
            assert [one.code for one in find_accounts(journal.book, text)] == ["bank"], text
        assert {one.code for one in find_accounts(journal.book, "201101")} == {"a", "b", "free"}
        assert find_accounts(journal.book, "%") == [] == find_accounts(journal.book, "  ")


def test_a_text_that_is_too_long_is_refused_and_not_cut(journal: Journal) -> None:
    with pytest.raises(DraftTooLarge) as refused:
        saved(journal, transfer_of(memo="가" * 1001))
    assert refused.value.facts["fields"] == ["memo"]


def test_a_persons_number_is_not_kept_in_a_draft(journal: Journal) -> None:
    draft = saved(journal, transfer_of(memo="주민번호 900101-1234567"))
    assert "1234567" not in draft.memo and "1234567" not in str(draft.form)


def test_two_approvals_at_once_book_it_once(transactional_db: None) -> None:
    from tests.ledger.journal import make_journal

    journal = make_journal()
    request = sent(journal, transfer_of())
    others = [journal.second, make_person(journal.machine, roles=["treasurer"])]
    start, answers = threading.Barrier(2), list[str]()

    def press(ctx: Context) -> None:
        start.wait()
        try:
            decided(journal, request, ctx=replace(ctx, memo={}))
            answers.append("booked")
        except MoveNotAllowed:
            answers.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[ctx]) for ctx in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["booked", "late"]
    assert journal.balance("a") == 1000


def test_raw_sql_does_not_change_what_was_decided_on(journal: Journal) -> None:
    request = sent(journal, transfer_of())
    draft = request.subject_id
    tries = ["update ledger_voucherdraft set form = '{}' where id = %s"]
    decided(journal, request)
    tries += [
        "update ledger_voucherdraft set memo = 'x' where id = %s",
        "update ledger_voucherdraft set voucher_id = 1, period = 202611 where id = %s",
        "delete from ledger_voucherdraft where id = %s",
    ]
    for statement in tries:
        with pytest.raises(DatabaseError), journal.ctx.open(), connection.cursor() as cursor:
            cursor.execute(statement, [draft])
    free = saved(journal, transfer_of())
    with pytest.raises(DatabaseError), journal.ctx.open():
        VoucherDraft.objects.filter(id=free.id).update(voucher_id=booked(journal).id, period=202611)


def test_a_reversal_is_agreed_to_by_another_and_linked(journal: Journal) -> None:
    decided(journal, sent(journal, transfer_of()))
    first = booked(journal)
    with journal.ctx.open():
        request = propose_reversal(journal.ctx, journal.book, first.id, first.period, reason="두 번 기표")
        with pytest.raises(ReversalRefused) as again:
            propose_reversal(journal.ctx, journal.book, first.id, first.period, reason="또")
        assert again.value.facts["problem"] == "reversal_waits"
    assert request.content["legs"][0]["amount"] == "-1000"
    decided(journal, request)
    assert journal.balances() == {"bank": 0, "a": 0, "b": 0, "free": 0}
    with journal.ctx.open():
        back = Voucher.objects.get(origin="reversal")
        assert (back.reverses_id, back.reverses_period, back.request_id) == (
            first.id,
            first.period,
            request.id,
        )
        with pytest.raises(ReversalRefused) as once:
            propose_reversal(journal.ctx, journal.book, first.id, first.period, reason="또")
    assert once.value.facts["problem"] == "not_reversible"


def test_a_reversal_can_stand_on_the_opposite_side_and_needs_a_reason(journal: Journal) -> None:
    decided(journal, sent(journal, transfer_of()))
    first = booked(journal)
    with journal.ctx.open():
        with pytest.raises(ReversalRefused):
            propose_reversal(journal.ctx, journal.book, first.id, first.period, reason=" ")
        request = propose_reversal(
            journal.ctx, journal.book, first.id, first.period, reason="오기", style="opposite_side"
        )
    decided(journal, request)
    rows = journal.rows(
        "select e.side, e.amount_minor from ledger_entry e join ledger_voucher v on v.id = e.voucher_id"
        " where v.origin = 'reversal' order by e.leg"
    )
    assert rows == [(-1, -1000), (1, 1000)]


amounts = st.lists(st.tuples(st.sampled_from(["KRW", "USD"]), st.integers(1, 10**12)), max_size=6)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(amounts, amounts)
def test_what_is_missing_is_what_makes_both_sides_equal(debits: list[Any], credits: list[Any]) -> None:
    legs = [(c, m, 1) for c, m in debits] + [(c, -m, -1) for c, m in credits]
    for one in sums_of(legs):
        assert one.debit + one.missing == one.credit
        more = (one.currency, one.missing, 1) if one.missing > 0 else (one.currency, one.missing, -1)
        fixed = sums_of([*legs, more] if one.missing else legs)
        assert next(each for each in fixed if each.currency == one.currency).missing == 0


def test_differences_are_named_by_field() -> None:
    one = transfer_of()
    assert differing(one, one) == []
    assert differing(one, one._replace(legs=one.legs[:1])) == ["account.2", "credit.2"]


def test_a_reading_never_books_what_was_not_typed(journal: Journal) -> None:
    with journal.ctx.open():
        reading = read_typed(
            journal.ctx, journal.book, typed(TypedLeg("bank", "5"), TypedLeg("a", credit="7"))
        )
    assert [(one.currency, one.debit, one.credit, one.missing) for one in reading.sums] == [("KRW", 5, 7, 2)]
    assert not reading.is_balanced
