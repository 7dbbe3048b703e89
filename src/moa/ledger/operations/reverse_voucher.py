"""Take a voucher back: its legs negative, from their value dates, linked to it; once per voucher."""

from __future__ import annotations

from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.models import Book, Entry, Voucher
from moa.ledger.operations.close_day import NoDayOpen
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.queries import day_under_way, waiting_day
from moa.ledger.rules.acts import REVERSAL
from moa.ledger.rules.reversals import STYLES, memo_of, reversing_legs, style_of
from moa.ledger.rules.vouchers import Leg, NewVoucher


class ReversalStyleUnknown(DomainError):
    """Facts: `style`; known are negative_same_side and opposite_side."""

    code = "reversal_style_unknown"


def reverse_voucher(
    ctx: Context,
    book: Book,
    voucher_id: int,
    period: int,
    *,
    key: str,
    authority: Authority | None,
    style: str = "",
    memo: str = "",
) -> Answer:
    """Book the reversal on the day under way, in an open Context; the answer is kept for `key` like every posting's.

    `style` is the book's own when left out; what an earlier year booked is taken back on the opposite side whatever
    is asked. Without `authority` a standing order must give leave for reversals. A second reversal is answered
    `not_reversible`; a floor, a freeze or a closed account answers as for any voucher.

    Raises: not_found, no_day_open, reversal_style_unknown, forbidden, standing_order_missing.
    """
    return post_vouchers(
        ctx, book, [plan_reversal(ctx, book, voucher_id, period, key=key, style=style, memo=memo)],
        origin=REVERSAL, source_kind="voucher", authority=authority,
    ).answers[0]  # fmt: skip


def plan_reversal(
    ctx: Context, book: Book, voucher_id: int, period: int, *, key: str, style: str = "", memo: str = ""
) -> NewVoucher:
    """The voucher that would take it back today, for a page or a request. Raises: not_found, no_day_open,
    reversal_style_unknown."""
    asked = style or book.reversal_style
    if asked not in STYLES:
        raise ReversalStyleUnknown(style=asked)
    former = Voucher.objects.filter(id=voucher_id, period=period, book_id=book.id).first()
    if former is None:
        raise NotFound(voucher=voucher_id)
    day = day_under_way(book)
    if day is None:
        waiting = waiting_day(book)
        raise NoDayOpen(book=book.code, waiting=waiting.business_date if waiting else "")
    legs = reversing_legs(legs_of(former), style_of(asked, former.business_date, day.business_date))
    return NewVoucher(
        key, day.business_date, former.value_date, legs, memo or memo_of(book.calendar, former.business_date, former.id),
        source_id=str(former.id), reverses=(former.id, former.period),
    )  # fmt: skip


def legs_of(voucher: Voucher) -> list[Leg]:
    """The legs of a booked voucher, each with what it was worth and its value date."""
    entries = Entry.objects.filter(voucher_id=voucher.id, period=voucher.period).order_by("leg")
    return [
        Leg(one.account.code, one.amount_minor, one.side, one.account.currency, one.functional_minor, one.value_date)
        for one in entries.select_related("account")
    ]  # fmt: skip
