"""The first day of the demo's settlement centre: its money is brought in, the bank's lines are booked, and it is closed."""

from __future__ import annotations

from datetime import date

from moa.control.context import Context
from moa.control.queries import context_for_login
from moa.entry.demo.bank_lines import begin_reconciliation, settle_first_day
from moa.ledger.models import Book, LedgerAccount, VoucherDraft
from moa.ledger.operations.close_day import Closed, close_day
from moa.ledger.operations.decide_voucher import decide_voucher
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.save_draft import save_draft
from moa.ledger.operations.submit_voucher import submit_voucher
from moa.ledger.queries import open_day
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher
from moa.ledger.rules.vouchers import NewVoucher, credit, debit, transfer
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.models import BankLink, SuspenseItem
from moa.reconciliation.operations.propose_line import CLEAR, propose_line
from moa.reconciliation.operations.reconcile_lines import reconcile_lines

_CURRENCY, _TRANSFER, _WITHOUT_STATEMENTS = "KRW", 120_000_000, 50_000_000_000
# Of what the banks hold, this part is the members' money; the rest is the centre's capital.
_MEMBERS_PERCENT = 70


def close_first_day(ctx: Context, book: Book, day: date) -> Closed:
    """Book the day's vouchers and the banks' lines, then close it, as the treasurer; the next business day is then open.

    What the banks booked after business hours comes into that day.
    """
    treasurer = context_for_login("treasurer", at=ctx.at, channel="command")
    with treasurer.open():
        links = begin_reconciliation(ctx, book, day)
        post_vouchers(treasurer, book, [_opening(book, day, links)], source_kind="opening")
        post_vouchers(treasurer, book, _transfers(book, day), source_kind="demo")
        settle_first_day(ctx, book, day)
    _book_by_two(ctx, book, day)
    with treasurer.open():
        closed = close_day(treasurer, book)
        reconcile_lines(ctx, book)
    _begin_open_day(ctx, book)
    return closed


def _book_by_two(ctx: Context, book: Book, day: date) -> None:
    """Two vouchers that the teller entered on the day and another person approved: nothing of it waits at the closing."""
    payer, payee = _members(book)[:2]
    approver = context_for_login("approver", at=ctx.at, channel="command")
    for amount, memo, debited, credited in (
        ("35,000,000", "회원사 간 이체: 10월 운송비", payer, payee),
        ("2,400,000", "회원사 간 이체: 공동 교육비", payee, payer),
    ):
        draft = _type(
            ctx, book, day, memo, TypedLeg(debited, debit=amount), TypedLeg(credited, credit=amount)
        )
        teller = context_for_login("teller", at=ctx.at, channel="command")
        with teller.open():
            request = submit_voucher(teller, draft.id, seen_version=draft.version)
        with approver.open():
            decide_voucher(approver, request.id, approve=True, seen_hash=request.content_hash)


def _begin_open_day(ctx: Context, book: Book) -> None:
    """A voucher without its credit is the teller's draft; what the closing put into suspense waits to be cleared.

    Neither hinders the day's closing.
    """
    day = open_day(book)
    if day is None:
        return
    _type(
        ctx,
        book,
        day,
        "외주 대금 (상대 계정 확인 중)",
        TypedLeg(_members(book)[0], debit="18,000,000"),
        TypedLeg(),
    )
    treasurer = context_for_login("treasurer", at=ctx.at, channel="command")
    with treasurer.open():
        for one in SuspenseItem.objects.filter(book_id=book.id, state=SuspenseState.OPEN).order_by("id")[:1]:
            propose_line(
                treasurer, one.line_id, action=CLEAR, counter="6602-00", memo="가수금 정리: {counterparty}"
            )


def _type(ctx: Context, book: Book, day: date, memo: str, *legs: TypedLeg) -> VoucherDraft:
    teller = context_for_login("teller", at=ctx.at, channel="command")
    with teller.open():
        return save_draft(teller, book, TypedVoucher(business_date=str(day), memo=memo, legs=legs))


def _opening(book: Book, day: date, links: list[BankLink]) -> NewVoucher:
    """What each bank account holds before the day; the members' deposits grow from the first to the last."""
    banks = [(one.ledger_account.code, one.opening_minor) for one in links if one.opening_minor > 0]
    banks = banks or [(_first_bank(book), _WITHOUT_STATEMENTS)]
    total = sum(minor for _, minor in banks)
    members = _members(book)
    weights = range(len(members), 2 * len(members))
    shares = [total * _MEMBERS_PERCENT // 100 * weight // sum(weights) for weight in weights]
    legs = [
        *(debit(code, minor, _CURRENCY) for code, minor in banks),
        *(credit(code, minor, _CURRENCY) for code, minor in zip(members, shares, strict=True)),
        credit("4001-00", total - sum(shares), _CURRENCY),
    ]
    return NewVoucher(
        f"demo-{day}-opening", day, day, tuple(legs), "개시 잔액: 은행예금, 회원사 예치금, 자본금"
    )


def _transfers(book: Book, day: date) -> list[NewVoucher]:
    members = _members(book)
    pairs = zip(members[::2], members[1::2], strict=False)
    return [
        NewVoucher(
            f"demo-{day}-{n}", day, day, transfer(payer, payee, _TRANSFER, _CURRENCY), "회원사 간 이체"
        )
        for n, (payer, payee) in enumerate(pairs, 1)
    ]


def _first_bank(book: Book) -> str:
    found = LedgerAccount.objects.filter(book_id=book.id, code__startswith="1002-").order_by("code")
    return found.values_list("code", flat=True)[0]


def _members(book: Book) -> list[str]:
    found = LedgerAccount.objects.filter(book_id=book.id, code__startswith="201101-")
    return list(found.order_by("code").values_list("code", flat=True))
