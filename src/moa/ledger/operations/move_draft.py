"""Ask again for a voucher whose day was closed while it waited: on the open day, with the value date it had."""

from __future__ import annotations

from datetime import date
from typing import Any

from moa.control import approvals
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError
from moa.ledger.drafts import lock_own_draft, share_book_of, state_of
from moa.ledger.lifecycle import VOUCHER_DRAFT
from moa.ledger.models import Book
from moa.ledger.models.draft import ENTERED, REVERSAL, VoucherDraft
from moa.ledger.operations.discard_draft import discard_draft
from moa.ledger.operations.propose_reversal import propose_reversal
from moa.ledger.operations.save_draft import SUBJECT, save_draft
from moa.ledger.operations.submit_voucher import submit_voucher
from moa.ledger.queries import open_day
from moa.ledger.rules.typed_vouchers import from_json


class DraftKeepsItsDay(DomainError):
    """Its day takes vouchers still, no day is open, or it is an opening voucher. Facts: `draft`, `day`."""

    code = "draft_keeps_its_day"


def move_draft(ctx: Context, draft_id: int, *, seen_version: int) -> ApprovalRequest:
    """The request that waits is cancelled, and the voucher is filed anew on the open day; nobody decides on the old one.

    The value date stays, for interest counts from it. A reversal is planned anew, for its figures may stand on the other
    side in another year; its former draft is put away.
    Raises: not_found, forbidden, move_not_allowed, draft_keeps_its_day, and what submitting raises.
    """
    share_book_of(draft_id)
    draft, book = lock_own_draft(ctx, draft_id)
    VOUCHER_DRAFT.after(state_of(draft), "move")
    day = day_to_move_to(book, draft)
    if day is None:
        raise DraftKeepsItsDay(draft=draft_id, day=draft.business_date)
    assert draft.request is not None, "what waits has a request"
    before, content = draft.business_date, draft.request.content
    if draft.kind == REVERSAL:
        request = _plan_anew(ctx, book, draft, content)
    else:
        typed = from_json(draft.form)._replace(business_date=str(day), value_date=content["value_date"])
        kept = save_draft(ctx, book, typed, draft_id=draft_id, seen_version=seen_version)
        request = submit_voucher(ctx, draft_id, seen_version=kept.version)
    record(
        ctx, "ledger.draft.moved", "voucher_draft", draft_id, before={"day": str(before)},
        after={"day": str(day), "draft": request.subject_id, "request": request.id},
    )  # fmt: skip
    return request


def day_to_move_to(book: Book, draft: VoucherDraft) -> date | None:
    """The open day, if the draft is of an earlier one and of a kind that can be asked for anew."""
    day = open_day(book)
    if draft.kind not in (*ENTERED, REVERSAL) or day is None or draft.business_date >= day:
        return None
    return day


def _plan_anew(ctx: Context, book: Book, draft: VoucherDraft, content: dict[str, Any]) -> ApprovalRequest:
    approvals.cancel(ctx, subject_type=SUBJECT, subject_id=draft.id, why="moved")
    discard_draft(ctx, draft.id)
    former = content["reverses"]
    return propose_reversal(
        ctx, book, int(former["voucher"]), int(former["period"]), reason=content["reason"], style=former["style"],
        memo=content["memo"],
    )  # fmt: skip
