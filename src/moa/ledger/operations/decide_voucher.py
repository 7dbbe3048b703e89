"""Decide on a voucher as another person; on the last approval it is booked, with both as maker and checker."""

from __future__ import annotations

from datetime import date
from typing import Any

from moa.control.access import require
from moa.control.approvals import decide, is_approved
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import hold_book, share_book
from moa.ledger.models import Book
from moa.ledger.models.draft import OPENING, REVERSAL, VoucherDraft
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.operations.propose_opening import make_opening_day
from moa.ledger.operations.reverse_voucher import reverse_voucher
from moa.ledger.operations.save_draft import SUBJECT
from moa.ledger.permissions import CHECK
from moa.ledger.pinned_vouchers import key_of, to_post
from moa.ledger.queries import day_under_way
from moa.ledger.rules import acts


class VoucherRefused(DomainError):
    """The books do not take it now, so nothing is booked and the decision is undone. Facts: `problem`, `account`."""

    code = "voucher_refused"


def decide_voucher(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Approve, or return with a reason; then the maker has the draft again.

    Raises: what `approvals.decide` raises, voucher_refused, move_not_allowed.
    """
    asked = ApprovalRequest.objects.filter(id=request_id, subject_type=SUBJECT).first()
    if asked is not None:
        book = Book.objects.get(id=int(asked.content["book"]))
        require(ctx, CHECK, book.unit_id)
        # The first opening voucher sets the day back, which only who holds the book alone may do.
        (hold_book if asked.content["kind"] == OPENING else share_book)(book.id)
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _book(ctx, request)
    return request


def _book(ctx: Context, request: ApprovalRequest) -> None:
    content: dict[str, Any] = request.content
    draft = VoucherDraft.objects.select_for_update().get(id=int(content["draft"]))
    book = Book.objects.get(id=draft.book_id)
    if draft.kind == OPENING:
        make_opening_day(ctx, book, date.fromisoformat(content["business_date"]))
    authority = Authority(request.maker_id, ctx.actor.person_id, request.id)
    answer = (_reverse if draft.kind == REVERSAL else _post)(ctx, book, request, authority)
    if answer.code or answer.voucher_id is None:
        raise VoucherRefused(problem=answer.code, account=answer.account)
    VoucherDraft.objects.filter(id=draft.id).update(voucher_id=answer.voucher_id, period=answer.period)
    record(
        ctx, "ledger.voucher.booked", "voucher_draft", draft.id,
        after={"voucher": answer.voucher_id, "request": request.id, "kind": draft.kind},
    )  # fmt: skip


def _post(ctx: Context, book: Book, request: ApprovalRequest, authority: Authority) -> Answer:
    content = request.content
    origin = acts.OPENING if content["kind"] == OPENING else acts.ENTRY
    voucher = to_post(content, request.id)
    return post_vouchers(
        ctx, book, [voucher], origin=origin, source_kind="draft", authority=authority
    ).answers[0]


def _reverse(ctx: Context, book: Book, request: ApprovalRequest, authority: Authority) -> Answer:
    """As it was agreed to: on another day than the pinned one its figures could stand on the other side."""
    content = request.content
    key = key_of(content, request.id)
    day = day_under_way(book)
    if day is None or day.business_date != date.fromisoformat(content["business_date"]):
        return Answer(key, "closed_day", "", True)
    former = content["reverses"]
    return reverse_voucher(
        ctx, book, int(former["voucher"]), int(former["period"]), key=key, authority=authority,
        style=former["style"], memo=content["memo"],
    )  # fmt: skip
