"""Bring the bank's lines into the books: by rule at once, or for a unit to confirm; what no rule knows stays open."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import InterfaceError, OperationalError

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import SHARED_UP_TO
from moa.ledger.queries import open_day
from moa.ledger.rules.acts import PAYMENT
from moa.reconciliation.booking import Booking, book_lines
from moa.reconciliation.lifecycle import LINE, LineState
from moa.reconciliation.line_claims import Parked, claimed
from moa.reconciliation.models import LINE_CHANGES, BankLine, BankLink
from moa.reconciliation.operations.clear_by_rule import clear_by_rule
from moa.reconciliation.operations.take_back_lines import take_back_lines
from moa.reconciliation.permissions import RUN
from moa.reconciliation.queries import rules_of
from moa.reconciliation.registering import register_lines
from moa.reconciliation.rules.matching import CONFIRM, Rule, first_match
from moa.reconciliation.stored_lines import Said, what_they_say
from moa.reconciliation.unmatched import Entries, unmatched_entries

logger = logging.getLogger("moa.reconciliation")


@dataclass(slots=True)
class Reconciled:
    """What one run did. Shape: `unknown` lines that no rule knows; `parked` refused or not understood ones."""

    new: int = 0
    taken_back: int = 0
    posted: int = 0
    waiting: int = 0
    parked: int = 0
    unknown: int = 0
    cleared: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.new or self.taken_back or self.posted or self.waiting or self.parked or self.cleared)


def reconcile_lines(ctx: Context, book: Book, *, retry: bool = False) -> Reconciled:
    """Take notice of new lines, take back what the bank took back, then book what is due.

    Opens its own transactions, one for a few lines, so that a fault parks one line and never the others. Two runs at once
    share the lines between them. With `retry` lines that were parked before are tried anew.

    Raises: forbidden, standing_order_missing.
    """
    done = Reconciled()
    with ctx.open():
        require(ctx, RUN, book.unit_id)
        if not BankLink.objects.filter(book_id=book.id).exists():
            return done
        done.new = register_lines(ctx, book)
    done.taken_back = take_back_lines(ctx, book)
    last = 0
    while ids := _due(ctx, book, last, retry):
        last = ids[-1]
        _work_safely(ctx, book, ids, done)
    done.cleared = clear_by_rule(ctx, book)
    if done.changed:
        with ctx.open():
            record(ctx, "reconciliation.run", "book", book.id, after=asdict(done))
    return done


def _due(ctx: Context, book: Book, after: int, retry: bool) -> list[int]:
    with ctx.open():
        open_on = open_day(book)
        if open_on is None:
            return []
        found = BankLine.objects.filter(
            book_id=book.id, state=LineState.UNPOSTED, due_on__lte=open_on, id__gt=after
        )
        if not retry:
            found = found.filter(problem="")
        return list(found.order_by("id").values_list("id", flat=True)[:SHARED_UP_TO])


def _work_safely(ctx: Context, book: Book, ids: Sequence[int], done: Reconciled) -> None:
    try:
        with ctx.open():
            _work(ctx, book, ids, done)
        return
    except (DomainError, OperationalError, InterfaceError):
        raise
    except Exception as fault:
        if len(ids) == 1:
            logger.exception("bank line %s", ids[0], exc_info=fault)
            with ctx.open():
                BankLine.objects.filter(id=ids[0]).update(problem="line_not_understood")
            done.parked += 1
            return
    for one in ids:
        _work_safely(ctx, book, [one], done)


def _work(ctx: Context, book: Book, ids: Sequence[int], done: Reconciled) -> None:
    """The book first, then the rows: a closing takes them in the same order. Who works on a row keeps it."""
    share_book(book.id)
    open_on = open_day(book)
    rows = list(
        BankLine.objects.select_for_update(skip_locked=True)
        .filter(id__in=ids, state=LineState.UNPOSTED)
        .order_by("id")
    )
    if open_on is None or not rows:
        return
    said, rules = what_they_say([row.id for row in rows]), rules_of(book, open_on)
    count = Reconciled()
    rows = [row for row in rows if not _book_claimed(ctx, book, row, said[row.id], open_on, count)]
    twins = {link: unmatched_entries(book, link) for link in {row.link_id for row in rows}}
    bookings = [
        booking
        for row in rows
        if (booking := _decide(ctx, row, said[row.id], rules, twins[row.link_id], count)) is not None
    ]
    for answer in book_lines(ctx, book, bookings, open_on):
        count.posted += not answer.code
        count.parked += bool(answer.code)
    for name in ("posted", "waiting", "parked", "unknown"):
        setattr(done, name, getattr(done, name) + getattr(count, name))


def _book_claimed(
    ctx: Context, book: Book, row: BankLine, said: Said, open_on: date, count: Reconciled
) -> bool:
    """Whether somebody above knew what the line is, and it was booked so or parked."""
    found = claimed(ctx, book, row, said)
    if found is None:
        return False
    claims, claim = found
    if isinstance(claim, Parked):
        row.problem = claim.problem
        row.save(update_fields=["problem"])
        count.parked += 1
        return True
    move = "suspend" if claim.cause else "post"
    booking = Booking(row, said, claim.counter, claim.memo, move=move, cause=claim.cause)
    answer = book_lines(ctx, book, [booking], open_on, authority=claim.authority, origin=PAYMENT)[0]
    if not answer.code:
        claims.booked(ctx, row, claim)
    count.posted += not answer.code
    count.parked += bool(answer.code)
    return True


def _decide(
    ctx: Context, row: BankLine, said: Said, rules: Sequence[Rule], twins: Entries, count: Reconciled
) -> Booking | None:
    """What is booked at once; a line that waits, or that nobody knows, is told on its row."""
    rule = first_match(rules, said.facts)
    if rule is None:
        count.unknown += 1
        return None
    row.rule_id, row.unit_id = rule.id, rule.unit_id or row.unit_id
    # Somebody may have booked the very movement by hand; then a person decides whether it is the same.
    twin = any(one.amount_minor == row.amount_minor for one in twins)
    if rule.mode == CONFIRM or twin:
        row.state, row.state_at = LINE.after(row.state, "wait"), ctx.at
        row.problem = "may_be_booked" if twin else ""
        row.save(update_fields=LINE_CHANGES)
        count.waiting += 1
        return None
    return Booking(row, said, rule.counter, rule.memo, rule)
