"""The first day of the demo's settlement centre: its capital and the members' money come in, and it is closed."""

from __future__ import annotations

from datetime import date

from moa.control.context import Context
from moa.control.queries import context_for_login
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.close_day import Closed, close_day
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.rules.vouchers import NewVoucher, transfer

_CAPITAL, _DEPOSIT, _STEP, _TRANSFER = 50_000_000_000, 3_000_000_000, 250_000_000, 120_000_000


def close_first_day(ctx: Context, book: Book, day: date) -> Closed:
    """Book the day's vouchers and close it, as the treasurer; the next business day is then open."""
    treasurer = context_for_login("treasurer", at=ctx.at, channel="command")
    with treasurer.open():
        post_vouchers(treasurer, book, _vouchers(book, day), source_kind="demo")
        return close_day(treasurer, book)


def _vouchers(book: Book, day: date) -> list[NewVoucher]:
    codes = list(
        LedgerAccount.objects.filter(book_id=book.id).order_by("code").values_list("code", flat=True)
    )
    bank = next(code for code in codes if code.startswith("1002-"))
    members = [code for code in codes if code.startswith("201101-")]
    moves = [("자본금 납입", bank, "4001-00", _CAPITAL)]
    moves += [
        (f"{member} 예치", bank, member, _DEPOSIT + place * _STEP) for place, member in enumerate(members)
    ]
    moves += [
        ("회원사 간 이체", payer, payee, _TRANSFER)
        for payer, payee in zip(members[::2], members[1::2], strict=False)
    ]
    return [
        NewVoucher(f"demo-{day}-{n}", day, day, transfer(debit, credit, minor, "KRW"), memo)
        for n, (memo, debit, credit, minor) in enumerate(moves, 1)
    ]
