"""Attach a document to a draft, or to a voucher that is in the books; take one off a draft."""

from __future__ import annotations

from typing import BinaryIO

from moa.control import documents
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text
from moa.ledger.drafts import lock_own_draft, state_of
from moa.ledger.lifecycle import DraftState
from moa.ledger.models import Book, Voucher, VoucherAttachment
from moa.ledger.permissions import ENTER

LARGEST = 20_000_000
MOST = 50


class AttachmentRefused(DomainError):
    """Facts: `problem`: attachment_empty, attachment_too_large, too_many_attachments, or draft_waits."""

    code = "attachment_refused"


def attach_to_draft(ctx: Context, draft_id: int, source: BinaryIO, *, name: str) -> VoucherAttachment:
    """It is pinned with the content when the draft is sent; while that waits nothing is attached.

    Raises: not_found, forbidden, attachment_refused, document_name_too_long.
    """
    draft, book = lock_own_draft(ctx, draft_id)
    if state_of(draft) not in (DraftState.DRAFT, DraftState.RETURNED):
        raise AttachmentRefused(problem="draft_waits")
    if VoucherAttachment.objects.filter(draft_id=draft.id, removed_at=None).count() >= MOST:
        raise AttachmentRefused(problem="too_many_attachments")
    return _attach(ctx, book, source, name, draft_id=draft.id)


def attach_to_voucher(
    ctx: Context, book: Book, voucher_id: int, period: int, source: BinaryIO, *, name: str
) -> VoucherAttachment:
    """Evidence that comes later; what is attached to a booked voucher stays.

    Raises: forbidden, not_found, attachment_refused, document_name_too_long.
    """
    require(ctx, ENTER, book.unit_id)
    if not Voucher.objects.filter(id=voucher_id, period=period, book_id=book.id).exists():
        raise NotFound(voucher=voucher_id)
    if VoucherAttachment.objects.filter(voucher_id=voucher_id, period=period).count() >= MOST:
        raise AttachmentRefused(problem="too_many_attachments")
    return _attach(ctx, book, source, name, voucher_id=voucher_id, period=period)


def detach(ctx: Context, attachment_id: int) -> None:
    """Take one off a draft that does not wait. Raises: not_found, forbidden, attachment_refused."""
    found = VoucherAttachment.objects.filter(
        id=attachment_id, draft_id__isnull=False, removed_at=None
    ).first()
    if found is None or found.draft_id is None:
        raise NotFound(attachment=attachment_id)
    draft, _book = lock_own_draft(ctx, found.draft_id)
    if state_of(draft) not in (DraftState.DRAFT, DraftState.RETURNED):
        raise AttachmentRefused(problem="draft_waits")
    VoucherAttachment.objects.filter(id=found.id).update(removed_at=ctx.at)
    record(
        ctx, "ledger.attachment.removed", "voucher_draft", draft.id, before={"document": found.document_id}
    )


def _attach(ctx: Context, book: Book, source: BinaryIO, name: str, **of: int) -> VoucherAttachment:
    size, digest = documents.measure(source)
    if not size:
        raise AttachmentRefused(problem="attachment_empty")
    if size > LARGEST:
        raise AttachmentRefused(problem="attachment_too_large")
    # The same bytes are kept once, under the name that they first came by; here they have their own.
    document = documents.store(ctx, source, name=name, kind="attachment")
    found = VoucherAttachment.objects.create(
        group_id=ctx.group_id, book_id=book.id, document_id=document.id, name=mask_text(name), person_id=ctx.actor.person_id,
        attached_at=ctx.at, **of,
    )  # fmt: skip
    record(ctx, "ledger.attachment.added", "document", document.id, after={"sha256": digest, **of})
    return found
