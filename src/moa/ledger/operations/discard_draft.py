"""Put a draft of a voucher away: it is on no list any more."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.drafts import lock_own_draft, state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT
from moa.ledger.models.draft import VoucherDraft


def discard_draft(ctx: Context, draft_id: int) -> None:
    """Raises: not_found, forbidden, move_not_allowed (it waits for a decision: take it back first)."""
    draft, _ = lock_own_draft(ctx, draft_id)
    VOUCHER_DRAFT.after(state_of(draft), "discard")
    VoucherDraft.objects.filter(id=draft.id).update(discarded_at=ctx.at)
    record(ctx, "ledger.draft.discarded", "voucher_draft", draft.id, after={"memo": draft.memo})
