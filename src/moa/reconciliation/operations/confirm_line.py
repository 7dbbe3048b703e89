"""The responsible unit confirms a bank line; its voucher follows of itself. Source: KAMCO-026, -027, -033."""

from __future__ import annotations

from datetime import date

from moa.control.audit import record
from moa.control.context import Context
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.operations.close_day import NoDayOpen
from moa.ledger.queries import open_day
from moa.reconciliation.booking import Booking, book_lines
from moa.reconciliation.lifecycle import LINE
from moa.reconciliation.models import BankLine, RuleVersion
from moa.reconciliation.permissions import CONFIRM
from moa.reconciliation.queries import access_line, book_of_line, rule_of
from moa.reconciliation.stored_lines import what_they_say


class LineRefused(DomainError):
    """The books refuse the voucher; facts: `problem` its code, `account`."""

    code = "line_refused"


class NotDueYet(DomainError):
    """The line belongs to a business day that is not open yet; facts: `day`."""

    code = "line_not_due_yet"


def confirm_line(ctx: Context, row_id: int) -> BankLine:
    """Book a line that waits, by the rule that it waits under. The machine books, and the row says who confirmed.

    Raises: not_found, forbidden, move_not_allowed, no_day_open, line_not_due_yet, line_refused, standing_order_missing.
    """
    book = book_of_line(row_id)
    share_book(book.id)
    line = access_line(ctx, row_id, CONFIRM)
    LINE.after(line.state, "release")
    day = day_for(book, line)
    assert line.rule_id is not None, "a line waits under a rule"
    rule = rule_of(RuleVersion.objects.get(id=line.rule_id))
    line.confirmed_by_id, line.confirmed_at = ctx.actor.person_id, ctx.at
    # The right to confirm is the unit's; the right to book is the machine's, under the standing order.
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    with machine.open():
        said = what_they_say([line.id])[line.id]
        booking = Booking(line, said, rule.counter, rule.memo, rule)
        answer = book_lines(machine, book, [booking], day)[0]
    if answer.code:
        raise LineRefused(problem=answer.code, account=answer.account)
    record(
        ctx,
        "reconciliation.line.confirmed",
        "bank_line",
        line.id,
        after={"voucher": answer.voucher_id, "rule": rule.name},
    )
    return line


def day_for(book: Book, line: BankLine) -> date:
    """The open day, if it may book the line. Raises: no_day_open, line_not_due_yet."""
    open_on = open_day(book)
    if open_on is None:
        raise NoDayOpen(book=book.code, waiting="")
    if line.due_on > open_on:
        raise NotDueYet(day=line.due_on)
    return open_on
