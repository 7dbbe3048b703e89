"""Put a draft of several payments away: it is on no list any more."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.payments.bundle_drafts import lock_bundle_draft


def discard_bundle_draft(ctx: Context, draft_id: int) -> None:
    """Raises: forbidden, not_found, move_not_allowed (it was submitted, or put away before)."""
    draft = lock_bundle_draft(ctx, draft_id, "discard")
    draft.discarded_at = ctx.at
    draft.save(update_fields=["discarded_at"])
    record(
        ctx, "payments.bundle_draft.discarded", "payment_bundle_draft", draft.id, after={"count": draft.count}
    )
