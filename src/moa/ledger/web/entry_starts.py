"""What the entry page begins with: a copy of a voucher, or a template of a business event."""

from __future__ import annotations

from django.http import HttpRequest

from moa.control.context import Context
from moa.kernel.money import to_text
from moa.ledger.drafts import draft_of_voucher, leg_memos
from moa.ledger.models import Book
from moa.ledger.models.draft import ENTERED, TRANSFER
from moa.ledger.rules.sides import DEBIT
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher
from moa.ledger.sheets.vouchers import voucher_facts
from moa.ledger.voucher_templates import named_template
from moa.ledger.web.entry_form import empty_entry


def started(request: HttpRequest, ctx: Context, book: Book) -> TypedVoucher | None:
    """None for an empty page. Raises: not_found for a voucher or a template that is none."""
    if template := request.GET.get("template", ""):
        return _from_template(book, template)
    period, _, voucher = request.GET.get("copy", "").partition("-")
    if period.isdecimal() and voucher.isdecimal() and len(voucher) < 18:
        return _copy(ctx, book, int(voucher), int(period))
    return None


def _copy(ctx: Context, book: Book, voucher: int, period: int) -> TypedVoucher:
    """The legs and the memo of a voucher on the open day; the value date is the new one's own."""
    facts, legs = voucher_facts(ctx, book, voucher, period)
    former = draft_of_voucher(voucher, period)
    typed = []
    for leg, memo in zip(legs, leg_memos(former, len(legs)), strict=True):
        text = to_text(abs(leg.minor), leg.currency)
        debit, credit = (text, "") if leg.side == DEBIT else ("", text)
        typed.append(TypedLeg(leg.account, debit, credit, leg.currency, memo))
    kind = former.kind if former and former.kind in ENTERED else TRANSFER
    return empty_entry(book)._replace(kind=kind, memo=facts["memo"], legs=tuple(typed))


def _from_template(book: Book, code: str) -> TypedVoucher:
    template = named_template(book, code)
    legs = tuple(TypedLeg(account=leg.account, memo=leg.memo, side=leg.side) for leg in template.legs)
    return empty_entry(book)._replace(
        kind=template.kind,
        memo=template.memo,
        template=code,
        template_version=str(template.revision),
        legs=legs,
    )
