"""Submit several payments that were kept as a draft: what is sent is what stands in the form now, and the draft is over."""

from __future__ import annotations

from moa.control.context import Context
from moa.kernel.masking import mask_text
from moa.ledger.models import Book
from moa.payments.bundle_drafts import lock_bundle_draft
from moa.payments.bundle_reading import read_bundle
from moa.payments.models import PaymentBundle
from moa.payments.operations.save_bundle_draft import save_bundle_draft
from moa.payments.operations.submit_bundle import file_bundle
from moa.payments.queries import hold_duplicates
from moa.payments.rules.typed_bundles import TypedBundle


def submit_bundle_draft(
    ctx: Context, book: Book, typed: TypedBundle, *, draft_id: int, seen_version: int
) -> PaymentBundle:
    """Once: of two windows that send it, the second finds it over.

    Raises: not_found, order_changed, order_too_long, move_not_allowed, and what submitting a bundle raises.
    """
    lock_bundle_draft(ctx, draft_id, "submit")
    typed = typed.masked(mask_text)
    hold_duplicates(ctx)
    reading = read_bundle(ctx, book, typed.orders())
    draft = save_bundle_draft(
        ctx, book, typed, draft_id=draft_id, seen_version=seen_version, read=[row.reading for row in reading.rows]
    )  # fmt: skip
    made = file_bundle(ctx, book, reading)
    draft.bundle = made
    draft.save(update_fields=["bundle"])
    return made
