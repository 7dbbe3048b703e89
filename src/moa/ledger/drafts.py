"""Drafts of vouchers: where each stands, whose it is, and those of a book."""

from __future__ import annotations

from django.db.models import QuerySet

from moa.control.access import require
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import NotFound
from moa.ledger.book_lock import share_book
from moa.ledger.lifecycle import DraftState
from moa.ledger.models import Book, VoucherAttachment
from moa.ledger.models.draft import VoucherDraft
from moa.ledger.permissions import ENTER, VIEW
from moa.ledger.queries import access_book

_BY_REQUEST = {"open": DraftState.WAITING, "refused": DraftState.RETURNED}


def state_of(draft: VoucherDraft) -> DraftState:
    """A draft stands where its request stands: nobody has to carry a decision over."""
    if draft.voucher_id is not None:
        return DraftState.POSTED
    if draft.discarded_at is not None:
        return DraftState.DISCARDED
    return _BY_REQUEST.get(draft.request.state, DraftState.DRAFT) if draft.request_id else DraftState.DRAFT


def access_draft(ctx: Context, draft_id: int) -> tuple[VoucherDraft, Book]:
    """A draft for reading, by who may see its book. Raises: not_found."""
    draft = VoucherDraft.objects.select_related("request", "maker", "book").filter(id=draft_id).first()
    if draft is None:
        raise NotFound(draft=draft_id)
    return draft, access_book(ctx, draft.book.code, VIEW)


def share_book_of(draft_id: int) -> None:
    """Before the rows of a draft are locked: no closing passes while it is filed, and none waits for rows held here."""
    for book_id in VoucherDraft.objects.filter(id=draft_id).values_list("book_id", flat=True):
        share_book(book_id)


def lock_own_draft(ctx: Context, draft_id: int) -> tuple[VoucherDraft, Book]:
    """A draft for its maker to change; anybody else's is as if it were not there. Raises: not_found, forbidden."""
    own = VoucherDraft.objects.filter(id=draft_id, maker_id=ctx.actor.person_id, discarded_at=None)
    # The request first, as a decision locks them.
    request_id = own.values_list("request_id", flat=True).first()
    if request_id is not None:
        ApprovalRequest.objects.select_for_update().get(id=request_id)
    draft = own.select_for_update().first()
    if draft is None:
        raise NotFound(draft=draft_id)
    book = Book.objects.get(id=draft.book_id)
    require(ctx, ENTER, book.unit_id)
    return draft, book


def attachments_of(
    draft: VoucherDraft | None, voucher: tuple[int, int] | None = None
) -> QuerySet[VoucherAttachment]:
    """What is attached to a draft, or to a voucher and the draft that it came of, in order."""
    found = VoucherAttachment.objects.filter(removed_at=None)
    mine = found.filter(draft_id=draft.id) if draft is not None else found.none()
    if voucher is not None:
        mine |= found.filter(voucher_id=voucher[0], period=voucher[1])
    return mine.select_related("document", "person").order_by("id")


def draft_of_voucher(voucher_id: int, period: int) -> VoucherDraft | None:
    """What a booked voucher was decided on as; None for what a machine or a file made."""
    return VoucherDraft.objects.select_related("request").filter(voucher_id=voucher_id, period=period).first()


def leg_memos(draft: VoucherDraft | None, count: int) -> list[str]:
    """The memos of a booked voucher's `count` legs, which its draft has; empty ones where it has none."""
    pinned = draft.request.content["legs"] if draft is not None and draft.request is not None else []
    memos = [leg.get("memo", "") for leg in pinned[:count]]
    return memos + [""] * (count - len(memos))
