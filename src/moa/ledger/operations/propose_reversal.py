"""Ask another person to agree that a voucher is taken back."""

from __future__ import annotations

from moa.control.access import require
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.kernel.money import to_text
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book, LedgerAccount, Reversal
from moa.ledger.models.draft import REVERSAL, VoucherDraft
from moa.ledger.operations.reverse_voucher import plan_reversal
from moa.ledger.operations.submit_voucher import file_request
from moa.ledger.permissions import ENTER
from moa.ledger.pinned_vouchers import pin, pinned_leg
from moa.ledger.rules.sides import DEBIT
from moa.ledger.rules.typed_vouchers import TypedLeg, TypedVoucher


class ReversalRefused(DomainError):
    """Facts: `problem`: not_reversible, reason_missing, or reversal_waits (another one waits for a decision)."""

    code = "reversal_refused"


def propose_reversal(
    ctx: Context, book: Book, voucher_id: int, period: int, *, reason: str, style: str = "", memo: str = ""
) -> ApprovalRequest:
    """File the reversal on the open day; it is booked by `decide_voucher`, and the two vouchers are then linked.

    Raises: forbidden, not_found, no_day_open, reversal_style_unknown, reversal_refused, and what `submit` raises.
    """
    require(ctx, ENTER, book.unit_id)
    share_book(book.id)
    if not reason.strip():
        raise ReversalRefused(problem="reason_missing")
    plan = plan_reversal(ctx, book, voucher_id, period, key="plan", style=style, memo=memo.strip())
    if Reversal.objects.filter(voucher_id=voucher_id, period=period, book_id=book.id).exists():
        raise ReversalRefused(problem="not_reversible")
    waiting = VoucherDraft.objects.filter(
        reverses_id=voucher_id, reverses_period=period, voucher_id=None, request__state="open"
    )
    if waiting.exists():
        raise ReversalRefused(problem="reversal_waits")
    assert plan.business_date is not None
    typed_legs = tuple(
        TypedLeg(leg.account, *_columns(leg.minor * leg.side, leg.side, leg.currency), leg.currency)
        for leg in plan.legs
    )
    typed = TypedVoucher(REVERSAL, str(plan.business_date), str(plan.value_date), plan.memo, legs=typed_legs)
    debits = [leg for leg in plan.legs if leg.currency == plan.legs[0].currency and leg.side == DEBIT]
    draft = VoucherDraft.objects.create(
        group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, kind=REVERSAL, form=typed.as_json(),
        memo=mask_text(plan.memo), business_date=plan.business_date, amount_minor=sum(leg.minor for leg in debits),
        currency=plan.legs[0].currency, made_at=ctx.at, saved_at=ctx.at, reverses_id=voucher_id, reverses_period=period,
    )  # fmt: skip
    accounts = {
        one.code: one
        for one in LedgerAccount.objects.filter(book_id=book.id, code__in={leg.account for leg in plan.legs})
    }
    legs = [pinned_leg(accounts[leg.account], leg.minor, leg.side) for leg in plan.legs]
    reverses = {"voucher": str(voucher_id), "period": str(period), "style": style or book.reversal_style}
    content = pin(
        draft, plan.business_date, plan.value_date, legs, reverses=reverses, reason=mask_text(reason.strip())
    )
    return file_request(ctx, book, draft, content)


def _columns(minor: int, side: int, currency: str) -> tuple[str, str]:
    text = to_text(minor, currency)
    return (text, "") if side == DEBIT else ("", text)
