"""The first day of the demo's settlement centre: its money is brought in, the bank's lines are booked, and it is closed."""

from __future__ import annotations

from datetime import date

from moa.control.context import Context
from moa.control.queries import context_for_login
from moa.entry.demo.bank_lines import begin_reconciliation, settle_first_day
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.close_day import Closed, close_day
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.save_draft import save_draft
from moa.ledger.operations.submit_voucher import submit_voucher
from moa.ledger.queries import day_under_way
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher
from moa.ledger.rules.vouchers import NewVoucher, credit, debit, transfer
from moa.reconciliation.models import BankLink
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
        closed = close_day(treasurer, book)
        reconcile_lines(ctx, book)
    _begin_vouchers(ctx, book)
    return closed


def _begin_vouchers(ctx: Context, book: Book) -> None:
    """On the open day: two vouchers of the teller wait for another person, one is a draft without its credit."""
    teller = context_for_login("teller", at=ctx.at, channel="command")
    day = day_under_way(book)
    if day is None:
        return
    payer, payee = _members(book)[:2]
    for amount, memo, legs in (
        ("35,000,000", "회원사 간 이체: 10월 운송비", (payer, payee)),
        ("2,400,000", "회원사 간 이체: 공동 교육비", (payee, payer)),
        ("18,000,000", "외주 대금 (상대 계정 확인 중)", (payer, "")),
    ):
        rows = (TypedLeg(legs[0], debit=amount), TypedLeg(legs[1], credit=amount if legs[1] else ""))
        with teller.open():
            typed = TypedVoucher(business_date=str(day.business_date), memo=memo, legs=rows)
            draft = save_draft(teller, book, typed)
            if legs[1]:
                submit_voucher(teller, draft.id, seen_version=draft.version)


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
