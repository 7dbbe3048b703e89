"""Close a business day: all checks hold, balances are set down, the day is sealed, and the next one follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.directory.queries import calendar_for
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import hold_book, stamp_book
from moa.ledger.close_checks import Finding, run_checks
from moa.ledger.closing_steps import Tell, say_nothing
from moa.ledger.day_events import run_before_closing, run_once_open
from moa.ledger.lifecycle import BUSINESS_DAY, DayState
from moa.ledger.models import Book, BusinessDay
from moa.ledger.operations.open_business_day import make_period
from moa.ledger.permissions import CLOSE_DAY
from moa.ledger.proof_lines import Closing
from moa.ledger.queries import day_under_way, last_seal, waiting_day
from moa.ledger.reading_by_keys import by_keys
from moa.ledger.rules.vouchers import period_of
from moa.ledger.seal_dispatch import send_seal_out
from moa.ledger.sealing import take_seal


class NoDayOpen(DomainError):
    """No day of the book is open; facts: `book`, `waiting` the day that waits to be opened, or nothing."""

    code = "no_day_open"


class ClosingOvertaken(DomainError):
    """Another day, month or year than the asked one would be closed now, or the closing was given up. Facts: `target`, `now`."""

    code = "closing_overtaken"


class CloseRefused(DomainError):
    """A check does not hold. Facts: the first one's name; `findings` holds all."""

    code = "close_refused"

    def __init__(self, book: str, day: date, findings: list[Finding]) -> None:
        failed = [one.name for one in findings if not one.ok]
        super().__init__(book=book, day=day, checks=", ".join(failed))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day with its seal, and the day that is next. Shape: `hex` leaves the house now."""

    day: date
    revision: int
    hex: str
    closed_at: datetime
    vouchers: int
    entries: int
    next_day: date
    next_is_open: bool


_SET_DOWN = """
insert into ledger_dailyclosing (account_id, business_date, revision, group_id, book_id, name, is_stated, opening_minor,
    debit_minor, credit_minor, closing_minor, n, product)
select b.account_id, %(day)s, %(revision)s, b.group_id, b.book_id, a.name, f.name is distinct from a.name,
       coalesce(f.closing_minor, 0), coalesce(m.debit, 0), coalesce(m.credit, 0), b.current_minor, b.version,
       b.product + b.current_minor::numeric * (%(day)s + 1 - b.product_date)
  from ledger_balance b
  join ledger_account a on a.id = b.account_id
  left join lateral (
        select c.name, c.closing_minor, c.n from ledger_dailyclosing c where c.account_id = b.account_id
         order by c.business_date desc, c.revision desc limit 1) f on true
  left join lateral (
        select sum(e.amount_minor) filter (where e.side = 1) as debit,
               sum(e.amount_minor) filter (where e.side = -1) as credit
          from ledger_entry e
         where e.account_id = b.account_id and e.n > coalesce(f.n, 0) and e.period = %(period)s) m on true
 where b.book_id = %(book)s and (f.n is distinct from b.version or f.name is distinct from a.name)
"""


def close_day(
    ctx: Context,
    book: Book,
    day: date | None = None,
    *,
    open_next: bool | None = None,
    tell: Tell = say_nothing,
) -> Closed:
    """Close the day under way; all in one transaction, and the book is held alone.

    With `day` that one and no other; without, the one that was under way at the call: who waits while another closes it
    does not close the next.

    The next day is opened at once, unless the book's days open at an hour of their own; `open_next` says otherwise.
    `tell` is called with each step as it begins.
    A day that was reopened is closed as its next revision, chained to the one before.
    Raises: forbidden, no_day_open, closing_overtaken, move_not_allowed, close_refused.
    """
    require(ctx, CLOSE_DAY, book.unit_id)
    seen = day_under_way(book) if day is None else None
    tell("hold")
    hold_book(book.id)
    row = _still_under_way(book, seen.business_date if seen else day)
    day = row.business_date
    before = row.state
    tell("settle")
    run_before_closing(ctx, book, day)
    _move(ctx, row, "begin_close")
    tell("check")
    findings = run_checks(ctx, book, day)
    if not all(one.ok for one in findings):
        raise CloseRefused(book.code, day, findings)
    previous = last_seal(book)
    same_day = previous is not None and previous.business_date == day
    closing = Closing(book, day, row.revision + 1, previous.closed_at if previous and same_day else None)
    with by_keys():
        tell("set_down")
        _set_down(closing)
        tell("seal")
        seal = take_seal(ctx, closing, previous)
    _move(ctx, row, "close", revision=closing.revision, closed_at=seal.closed_at)
    stamp_book(book.id, seal.closed_at)
    tell("follow")
    opens = book.opens_at is None if open_next is None else open_next
    next_day = _follow(ctx, book, day, opens)
    record(
        ctx, "ledger.day.closed", "book", book.id, before={"day": str(day), "state": before},
        after={"day": str(day), "state": "closed", "revision": closing.revision, "seal": seal.hex},
    )  # fmt: skip
    send_seal_out(ctx, book, closing.day, closing.revision)
    return Closed(
        day, closing.revision, seal.hex, seal.closed_at, seal.vouchers, seal.entries,
        next_day.business_date, opens,
    )  # fmt: skip


def _still_under_way(book: Book, asked: date | None) -> BusinessDay:
    found = day_under_way(book)
    if found is None:
        waiting = waiting_day(book)
        raise NoDayOpen(book=book.code, waiting=waiting.business_date if waiting else "")
    if asked is not None and found.business_date != asked:
        raise ClosingOvertaken(target=asked, now=found.business_date)
    return found


def _move(ctx: Context, day: BusinessDay, name: str, **facts: object) -> None:
    state = BUSINESS_DAY.after(day.state, name)
    if state is DayState.CLOSED:
        facts["closed_by"] = ctx.actor.person_id
    if state is DayState.OPEN:
        facts |= {"opened_at": ctx.at, "opened_by": ctx.actor.person_id}
    BusinessDay.objects.filter(id=day.id).update(state=state, **facts)
    day.refresh_from_db()


def _set_down(closing: Closing) -> None:
    """Where every account that moved stands now."""
    facts = {
        "book": closing.book.id, "day": closing.day, "revision": closing.revision, "period": period_of(closing.day),
    }  # fmt: skip
    with driver_cursor() as cursor:
        cursor.execute(_SET_DOWN, facts)


def _follow(ctx: Context, book: Book, day: date, open_next: bool) -> BusinessDay:
    """The next business day of the book's calendar is there, waiting or open."""
    waiting = (
        BusinessDay.objects.filter(book_id=book.id, business_date__gt=day).order_by("business_date").first()
    )
    if waiting is None:
        follows = calendar_for(ctx, book.calendar).next_business_day(day)
        waiting = BusinessDay.objects.create(group_id=ctx.group_id, book_id=book.id, business_date=follows)
    if open_next:
        make_period(period_of(waiting.business_date))
        _move(ctx, waiting, "open")
        run_once_open(ctx, book, waiting.business_date)
    return waiting
