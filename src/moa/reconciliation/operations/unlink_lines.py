"""Take the link between bank lines and vouchers back: the lines are open again, the vouchers stay as they are booked."""

from __future__ import annotations

from moa.control.approvals import ReasonMissing
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.ledger.book_lock import share_book
from moa.reconciliation.lifecycle import LINE, LineState, SuspenseState
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.operations.propose_line import SUBJECT
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line, book_of_line
from moa.reconciliation.reopening_lines import open_again, reopen_item, undo_match


class LineNotLinked(DomainError):
    """The line's voucher was made from it: that is taken back by a reversal. Facts: `line`."""

    code = "line_not_linked"


def unlink_lines(ctx: Context, row_id: int, *, reason: str) -> list[BankLine]:
    """The line, and with it all of its link; each can be assigned or linked anew. Returns them.

    A suspense item that was cleared by a voucher booked by hand stands in suspense again.

    Raises: not_found, forbidden, move_not_allowed, line_not_linked, reason_missing.
    """
    share_book(book_of_line(row_id).id)
    line = access_line(ctx, row_id, ASSIGN)
    if line.state == LineState.CLEARED:
        return _unlink_item(ctx, line, reason)
    LINE.after(line.state, "unlink")
    if not line.explained:
        raise LineNotLinked(line=row_id)
    if not reason.strip():
        raise ReasonMissing(line=row_id)
    said = mask_text(reason.strip())
    if line.match_id is None:
        open_again(ctx, line, "unlink", "match_undone", reason=said)
        return [line]
    return undo_match(ctx, line.match_id, "unlink", "match_undone", reason=said)


def cleared_by_hand(item: SuspenseItem) -> bool:
    """Whether the voucher was there before, and a person said that it cleared the item."""
    return item.rule_id is None and item.request is not None and item.request.subject_type != SUBJECT


def _unlink_item(ctx: Context, line: BankLine, reason: str) -> list[BankLine]:
    item = (
        SuspenseItem.objects.select_for_update().filter(line_id=line.id, state=SuspenseState.CLEARED).first()
    )
    if item is None or not cleared_by_hand(item):
        raise LineNotLinked(line=line.id)
    if not reason.strip():
        raise ReasonMissing(line=line.id)
    reopen_item(ctx, line, item, "clearing_undone", reason=mask_text(reason.strip()))
    return [line]
