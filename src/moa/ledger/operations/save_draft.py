"""Keep a voucher as it is typed so far, for its maker alone; nothing of it is in the books."""

from __future__ import annotations

from moa.control import approvals
from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.ledger.drafts import lock_own_draft, state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT, DraftState
from moa.ledger.models import Book
from moa.ledger.models.draft import ENTERED, TRANSFER, VoucherDraft
from moa.ledger.permissions import ENTER
from moa.ledger.rules.typed_vouchers import MOST_TYPED, TypedVoucher, differing, from_json, too_long
from moa.ledger.typed_reading import Reading, read_typed

SUBJECT = "ledger.voucher"


class DraftChanged(DomainError):
    """It was saved meanwhile from another window. Facts: `version`, `saved_at`, `fields` that differ from what is sent."""

    code = "draft_changed"


class DraftTooLarge(DomainError):
    """Facts: `fields` that hold more than can be kept, or none where there are too many rows."""

    code = "draft_too_large"


def save_draft(
    ctx: Context, book: Book, typed: TypedVoucher, *, draft_id: int | None = None, seen_version: int = 0
) -> VoucherDraft:
    """A new draft, or the next version of one that was `seen_version`; the same again changes nothing.

    A request that waits for a decision is cancelled, for its content is edited.
    Raises: forbidden, not_found, draft_changed, draft_too_large, move_not_allowed.
    """
    require(ctx, ENTER, book.unit_id)
    typed = _masked(typed)
    if fields := too_long(typed):
        raise DraftTooLarge(fields=fields)
    if len(typed.legs) > MOST_TYPED:
        raise DraftTooLarge(fields=[])
    if draft_id is None:
        draft = VoucherDraft(
            group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, made_at=ctx.at
        )
        _put(ctx, book, draft, typed)
        draft.save(force_insert=True)
        record(ctx, "ledger.draft.made", "voucher_draft", draft.id, after={"book": book.code})
        return draft
    draft, book = lock_own_draft(ctx, draft_id)
    before = from_json(draft.form)
    state = state_of(draft)
    if typed.as_json() == before.as_json():
        return draft
    VOUCHER_DRAFT.after(state, "edit")
    if draft.version != seen_version:
        raise DraftChanged(version=draft.version, saved_at=draft.saved_at, fields=differing(typed, before))
    if state is DraftState.WAITING:
        approvals.cancel(ctx, subject_type=SUBJECT, subject_id=draft.id, why="edited")
    draft.version += 1
    _put(ctx, book, draft, typed)
    draft.save()
    return draft


def _put(ctx: Context, book: Book, draft: VoucherDraft, typed: TypedVoucher) -> None:
    reading = read_typed(ctx, book, typed)
    draft.form, draft.memo, draft.saved_at = typed.as_json(), typed.memo, ctx.at
    draft.kind = typed.kind if typed.kind in ENTERED else TRANSFER
    draft.business_date = reading.business_date or ctx.today
    draft.amount_minor, draft.currency = _size(reading)


def _size(reading: Reading) -> tuple[int | None, str]:
    """For lists: the larger side of the first currency, so far."""
    if not reading.sums:
        return None, ""
    first = reading.sums[0]
    return max(first.debit, first.credit), first.currency


def _masked(typed: TypedVoucher) -> TypedVoucher:
    """Numbers of persons in free texts are not kept, as nowhere else."""
    legs = tuple(leg._replace(memo=mask_text(leg.memo)) for leg in typed.legs)
    return typed._replace(memo=mask_text(typed.memo), legs=legs)
