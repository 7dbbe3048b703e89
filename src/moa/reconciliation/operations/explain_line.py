"""Explain a bank line by a voucher that somebody booked already: nothing is booked, both stand for each other."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.reconciliation.lifecycle import LINE
from moa.reconciliation.models import LINE_CHANGES, BankLine
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line, book_of_line
from moa.reconciliation.unmatched import unmatched_entries


class NoSuchMovement(DomainError):
    """The voucher does not move the bank's account by the line's amount, or answers for another line."""

    code = "no_such_movement"


def explain_line(ctx: Context, row_id: int, *, voucher_id: int) -> BankLine:
    """Raises: not_found, forbidden, move_not_allowed, no_such_movement."""
    book = book_of_line(row_id)
    share_book(book.id)
    line = access_line(ctx, row_id, ASSIGN)
    state = LINE.after(line.state, "post")
    found = [one for one in unmatched_entries(book, line.link_id) if one.voucher_id == voucher_id]
    if not found or found[0].amount_minor != line.amount_minor:
        raise NoSuchMovement(voucher=voucher_id)
    before = line.state
    line.state, line.state_at, line.explained, line.problem = state, ctx.at, True, ""
    line.voucher_id, line.period = found[0].voucher_id, found[0].period
    line.business_date = max(found[0].business_date, line.due_on)
    line.save(update_fields=LINE_CHANGES)
    record(
        ctx, "reconciliation.line.explained", "bank_line", line.id, before={"state": before},
        after={"state": str(state), "voucher": voucher_id},
    )  # fmt: skip
    return line
