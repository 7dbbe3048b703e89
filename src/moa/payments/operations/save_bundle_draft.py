"""Keep several payments as they are typed so far, for their maker; nothing of it is asked for or set aside."""

from __future__ import annotations

from collections.abc import Sequence

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.masking import mask_text
from moa.ledger.models import Book
from moa.ledger.rules.vouchers import MOST_MINOR
from moa.payments.bundle_drafts import lock_bundle_draft
from moa.payments.models import BundleDraft
from moa.payments.operations.save_order import OrderChanged, OrderTooLong
from moa.payments.permissions import ENTER
from moa.payments.reading import Reading, read_order
from moa.payments.rules.several import MOST_ROWS
from moa.payments.rules.typed_bundles import TypedBundle, bundle_from_json, bundle_too_long


def save_bundle_draft(
    ctx: Context, book: Book, typed: TypedBundle, *, draft_id: int | None = None, seen_version: int = 0,
    read: Sequence[Reading] | None = None,
) -> BundleDraft:  # fmt: skip
    """A new draft, or the next version of one that was `seen_version`; the same again changes nothing.

    Shape: `read` what the rows mean, where that was read already.

    Raises: forbidden, not_found, order_changed, order_too_long, move_not_allowed.
    """
    require(ctx, ENTER)
    typed = typed.masked(mask_text)
    fields = bundle_too_long(typed) or [
        f"payee.{number}" for number in range(MOST_ROWS + 1, len(typed.rows) + 1)
    ]
    if fields:
        raise OrderTooLong(fields=fields)
    if draft_id is None:
        draft = BundleDraft(
            group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, made_at=ctx.at
        )
        _put(ctx, book, draft, typed, read)
        draft.save(force_insert=True)
        record(ctx, "payments.bundle_draft.made", "payment_bundle_draft", draft.id, after={"book": book.code})
        return draft
    draft = lock_bundle_draft(ctx, draft_id, "edit")
    if typed.as_json() == bundle_from_json(draft.form).as_json():
        return draft
    if draft.version != seen_version:
        raise OrderChanged(version=draft.version, saved_at=draft.saved_at)
    draft.version += 1
    draft.save(update_fields=["version", *_put(ctx, book, draft, typed, read)])
    return draft


def _put(
    ctx: Context, book: Book, draft: BundleDraft, typed: TypedBundle, read: Sequence[Reading] | None
) -> tuple[str, ...]:
    """What was typed, and how much it is so far: of the rows in the currency of the first that can be read."""
    read = [read_order(ctx, book, one) for one in typed.orders()] if read is None else read
    draft.form, draft.saved_at, draft.count = typed.as_json(), ctx.at, len(typed.rows)
    draft.currency = next((one.currency for one in read if one.amount_minor), "")
    total = sum(one.amount_minor or 0 for one in read if one.currency == draft.currency)
    draft.total_minor = total if 0 < total <= MOST_MINOR else None
    return ("form", "saved_at", "count", "currency", "total_minor")
