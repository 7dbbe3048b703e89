"""Take notice of new bank lines: one row each, with the day that may book it."""

from __future__ import annotations

from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.ledger.models import Book
from moa.reconciliation.models import BankLine
from moa.reconciliation.rules.days import bank_day, due_day
from moa.reconciliation.stored_lines import new_lines

_AT_ONCE = 2_000


def register_lines(ctx: Context, book: Book) -> int:
    """Rows for stored lines that have none; returns their number. Two at once make one row of each line."""
    calendar = calendar_for(ctx, book.calendar)
    count = 0
    while True:
        found = new_lines(book, _AT_ONCE)
        rows = [
            BankLine(
                group_id=ctx.group_id, link_id=one.link_id, book_id=book.id, line_id=one.id, booked_on=one.booked_on,
                amount_minor=one.amount_minor, bank_day=bank_day(calendar, one.booked_on),
                due_on=due_day(calendar, one.booked_on, one.booked_time, one.business_ends),
                value_date=one.value_date or one.booked_on, unit_id=one.unit_id,
            )
            for one in found
        ]  # fmt: skip
        BankLine.objects.bulk_create(rows, ignore_conflicts=True)
        count += len(rows)
        if len(found) < _AT_ONCE:
            return count
