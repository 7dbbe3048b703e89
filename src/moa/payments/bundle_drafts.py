"""Drafts of bundles: one of the own, for reading and for changing."""

from __future__ import annotations

from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.payments.models import BundleDraft
from moa.payments.permissions import ENTER


def access_bundle_draft(ctx: Context, draft_id: int) -> BundleDraft:
    """It is its maker's alone. Raises: not_found."""
    own = BundleDraft.objects.filter(id=draft_id, maker_id=ctx.actor.person_id)
    draft = own.select_related("book").first()
    if draft is None:
        raise NotFound(draft=draft_id)
    return draft


def lock_bundle_draft(ctx: Context, draft_id: int, move: str) -> BundleDraft:
    """To change it, until the transaction ends. Raises: forbidden, not_found, move_not_allowed (it was submitted or put away)."""
    require(ctx, ENTER)
    own = BundleDraft.objects.filter(id=draft_id, maker_id=ctx.actor.person_id)
    draft = own.select_for_update().first()
    if draft is None:
        raise NotFound(draft=draft_id)
    if draft.bundle_id is not None or draft.discarded_at is not None:
        raise MoveNotAllowed(state="submitted" if draft.bundle_id else "discarded", move=move)
    return draft
