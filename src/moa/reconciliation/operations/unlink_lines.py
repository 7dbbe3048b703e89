"""Take the link between bank lines and vouchers back: the lines are open again, the vouchers stay as they are booked."""

from __future__ import annotations

from moa.control.approvals import ReasonMissing
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.kernel.masking import mask_text
from moa.ledger.book_lock import share_book
from moa.reconciliation.lifecycle import LINE
from moa.reconciliation.models import BankLine
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line, book_of_line
from moa.reconciliation.reopening_lines import open_again, undo_match


class LineNotLinked(DomainError):
    """The line's voucher was made from it: that is taken back by a reversal. Facts: `line`."""

    code = "line_not_linked"


def unlink_lines(ctx: Context, row_id: int, *, reason: str) -> list[BankLine]:
    """The line, and with it all of its link; each can be assigned or linked anew. Returns them.

    Raises: not_found, forbidden, move_not_allowed, line_not_linked, reason_missing.
    """
    share_book(book_of_line(row_id).id)
    line = access_line(ctx, row_id, ASSIGN)
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
