"""Business end: what is unconfirmed or unknown goes to suspense the same day. Source: KAMCO-036."""

from __future__ import annotations

from collections.abc import Sequence

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import SHARED_UP_TO
from moa.ledger.queries import open_day
from moa.reconciliation.booking import Booking, book_lines
from moa.reconciliation.lifecycle import LINE, LineState
from moa.reconciliation.models import BankLine
from moa.reconciliation.operations.confirm_line import LineRefused, day_for
from moa.reconciliation.permissions import RUN
from moa.reconciliation.queries import under_way
from moa.reconciliation.stored_lines import what_they_say


def suspend_lines(ctx: Context, book: Book, *, only: Sequence[int] | None = None) -> int:
    """Book every line that is due and still open against its suspense account; returns their number.

    `only` these rows. Each item has the unit that should know it, and a day.
    Raises: forbidden, standing_order_missing.
    """
    with ctx.open():
        require(ctx, RUN, book.unit_id)
    count, last = 0, 0
    while True:
        with ctx.open():
            share_book(book.id)
            open_on = open_day(book)
            if open_on is None:
                return count
            due = under_way(book, open_on).filter(id__gt=last)
            if only is not None:
                due = due.filter(id__in=only)
            rows = list(
                due.select_for_update(of=("self",), skip_locked=True)
                .select_related("link__suspense")
                .order_by("id")[:SHARED_UP_TO]
            )
            if not rows:
                break
            last = rows[-1].id
            said = what_they_say([row.id for row in rows])
            bookings = [
                Booking(row, said[row.id], row.link.suspense.code, move="suspend", cause=_cause(row))
                for row in rows
            ]
            count += sum(not answer.code for answer in book_lines(ctx, book, bookings, open_on))
    if count:
        with ctx.open():
            record(ctx, "reconciliation.suspended", "book", book.id, after={"lines": count})
    return count


def suspend_line(ctx: Context, book: Book, row_id: int) -> None:
    """Send one line to suspense, as a person asks. Raises: as suspend_lines, and move_not_allowed, no_day_open,
    line_not_due_yet, line_refused when it stays where it is.
    """
    if suspend_lines(ctx, book, only=[row_id]):
        return
    with ctx.open():
        line = BankLine.objects.get(id=row_id)
        LINE.after(line.state, "suspend")
        day_for(book, line)
        raise LineRefused(line=row_id, problem=line.problem or "line_refused")


def _cause(row: BankLine) -> str:
    if row.state == LineState.WAITING:
        return "unconfirmed"
    return row.problem or "unknown"
