"""What reconciliation adds to a closing: its last run before, and what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from moa.accounts.overview import coverage, expected_days
from moa.accounts.storing import lock_clock
from moa.control.context import Context
from moa.control.queries import machine_context
from moa.directory.queries import calendar_for
from moa.ledger.models import Book, BusinessDay
from moa.ledger.operations.post_vouchers import StandingOrderMissing
from moa.reconciliation.bank_provider import GAP, bank_positions
from moa.reconciliation.models import BankLink
from moa.reconciliation.operations.reconcile_lines import reconcile_lines
from moa.reconciliation.operations.suspend_lines import suspend_lines
from moa.reconciliation.queries import list_links, standing_order_for_rules, under_way


def settle_before_closing(ctx: Context, book: Book, day: date) -> None:
    """Business end: what can be booked is, and the rest goes to suspense. No statement is recorded until the day is sealed.

    Without a standing order nothing is booked, and the check of the lines says so.
    """
    if not BankLink.objects.filter(book_id=book.id).exists():
        return
    lock_clock(ctx)
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    try:
        reconcile_lines(machine, book, retry=True)
        suspend_lines(machine, book)
    except StandingOrderMissing:
        return


def statements_are_imported(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Every linked account has the statement that should be here by now: that of the last business day before today."""
    calendar = calendar_for(ctx, book.calendar)
    wanted = min(day, expected_days(calendar, ctx.today)[0])
    links = [one for one in list_links(book) if one.since <= wanted]
    covered = coverage(ctx, wanted - timedelta(days=1), [one.account_id for one in links])
    for link in links:
        account = link.account
        if account.closed_on is not None and account.closed_on <= wanted:
            continue
        periods = covered.get(link.account_id)
        if periods is None or not periods.covers(wanted):
            return {"account": link.name, "day": wanted}
    return None


def lines_are_settled(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Every line that is due is posted, in suspense or ignored. Before a closing it is enough that it can be."""
    found = BusinessDay.objects.filter(book_id=book.id, business_date=day).first()
    count = under_way(book, day).count()
    if not count or (found and found.state != "closing" and standing_order_for_rules(book, day)):
        return None
    return {"lines": count, "order": standing_order_for_rules(book, day)}


def bank_is_the_ledger(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Bank and ledger are equal, or differ by what is listed; statements go on from one another."""
    for one in bank_positions(book, day):
        if one.lack == GAP or one.rest_minor:
            return {
                "account": one.link.name,
                "minor": one.unread_minor or one.rest_minor,
                "currency": one.link.account.currency,
            }
    return None
