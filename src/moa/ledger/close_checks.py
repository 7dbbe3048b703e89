"""What must hold before a day is closed: named checks, the books' own and those provided from above.

An upper context registers its check in `entry/wiring.py`; the command and the page show each by its name, with the way
to mend it. Source: domain.md §2.8, day close preconditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.control.queries import the_group_of
from moa.directory.queries import calendar_for
from moa.ledger.models import Book, BookVerification, BusinessDay
from moa.ledger.models.draft import OPENING, VoucherDraft
from moa.ledger.queries import day_under_way, last_closed_day, waiting_day
from moa.ledger.reading_by_keys import by_keys
from moa.ledger.rules.vouchers import period_of


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. Shape: `facts` for the sentence that says what to mend."""

    name: str
    ok: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[Context, Book, date], Mapping[str, Any] | None]
"""Gives the facts of what is wrong, None when all is well."""

_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Once per name. Two checks of one name are a fault of ours."""
    if _checks.get(name, check) is not check:
        raise ValueError(f"two close checks are named {name}")
    _checks[name] = check


def registered_checks() -> list[str]:
    return list(_checks)


def run_checks(ctx: Context, book: Book, day: date) -> list[Finding]:
    """Every check, in the order of registration."""
    found = []
    with by_keys():
        for name, check in _checks.items():
            wrong = check(ctx, book, day)
            found.append(Finding(name, wrong is None, wrong or {}))
    return found


def is_business_day(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """The calendar may have changed since the day was opened; the book's first day may be any, for its opening balances."""
    first = BusinessDay.objects.filter(book_id=book.id).order_by("business_date").first()
    if calendar_for(ctx, book.calendar).is_business_day(day) or (first and first.business_date == day):
        return None
    return {"day": day, "calendar": book.calendar}


def former_days_are_closed(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    before = BusinessDay.objects.filter(book_id=book.id, business_date__lt=day).exclude(state="closed")
    found = before.order_by("business_date").first()
    return {"day": found.business_date} if found else None


def no_day_is_passed_over(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Between the last closed day and this one the calendar has no business day without books."""
    last = (
        BusinessDay.objects.filter(book_id=book.id, business_date__lt=day).order_by("-business_date").first()
    )
    if last is None:
        return None
    follows = calendar_for(ctx, book.calendar).next_business_day(last.business_date)
    return {"day": follows} if follows < day else None


_TRIAL = """
select currency, sum(current_minor)::bigint from ledger_balance where book_id = %s
 group by currency having sum(current_minor) <> 0 order by currency
"""
_ENTRIES = """
select a.code from ledger_balance b
  join ledger_account a on a.id = b.account_id
  left join lateral (
        select e.n, e.balance_after from ledger_entry e where e.account_id = b.account_id
         order by e.account_id desc, e.n desc limit 1) e on true
 where b.book_id = %s and (b.version <> coalesce(e.n, 0) or b.current_minor <> coalesce(e.balance_after, 0))
 order by a.code limit 1
"""
# What the entries after the last closing moved is what the balance went on by, and all of them are of this day.
_TURNOVER = """
select s.code, a.currency from ledger_balance b
  join ledger_account a on a.id = b.account_id
  join ledger_subject s on s.id = a.subject_id
  left join lateral (
        select c.closing_minor, c.n from ledger_dailyclosing c where c.account_id = b.account_id
         order by c.business_date desc, c.revision desc limit 1) c on true
  left join lateral (
        select sum(e.amount_minor) as moved, count(*) as entries from ledger_entry e
         where e.account_id = b.account_id and e.n > coalesce(c.n, 0) and e.period = %(period)s
           and e.business_date = %(day)s) m on true
 where b.book_id = %(book)s
   and (coalesce(c.closing_minor, 0) + coalesce(m.moved, 0) <> b.current_minor
        or coalesce(c.n, 0) + m.entries <> b.version)
 order by s.code limit 1
"""


def trial_balance(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    with driver_cursor() as cursor:
        cursor.execute(_TRIAL, [book.id])
        row = cursor.fetchone()
    return {"currency": row[0], "minor": row[1]} if row else None


def balances_are_last_entries(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    with driver_cursor() as cursor:
        cursor.execute(_ENTRIES, [book.id])
        row = cursor.fetchone()
    return {"account": row[0]} if row else None


def subjects_add_up(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Of every subject: opening and turnover give the balances of its accounts."""
    with driver_cursor() as cursor:
        cursor.execute(_TURNOVER, {"book": book.id, "day": day, "period": period_of(day)})
        row = cursor.fetchone()
    return {"subject": row[0], "currency": row[1]} if row else None


def last_count_found_nothing(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """The latest `moa verify`, nightly or by hand; a book that was never counted is not held up."""
    last = BookVerification.objects.filter(book_id=book.id).order_by("-at", "-id").first()
    if last is None or not last.differences:
        return None
    at = last.at.astimezone(ZoneInfo(the_group_of(ctx).time_zone))
    return {"at": f"{at:%Y-%m-%d %H:%M}", "differences": last.differences}


_OPENING = """
select a.currency, sum(e.amount_minor)::bigint from ledger_voucher v
  join ledger_entry e on e.voucher_id = v.id and e.period = v.period
  join ledger_account a on a.id = e.account_id
 where v.book_id = %s and v.business_date = %s and v.origin = 'opening'
 group by a.currency having sum(e.amount_minor) <> 0 order by a.currency
"""


def opening_balances_balance(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """Asked at the first closing alone: debits equal credits in every currency, and no opening voucher waits."""
    if BusinessDay.objects.filter(book_id=book.id, business_date__lt=day).exists():
        return None
    drafts = VoucherDraft.objects.filter(book_id=book.id, kind=OPENING, voucher_id=None, discarded_at=None)
    waiting = drafts.filter(request__state__in=("open", "refused")).order_by("id").first()
    if waiting is not None:
        return {"currency": waiting.currency, "why": "waits", "minor": 0, "book": book.code}
    with driver_cursor() as cursor:
        cursor.execute(_OPENING, [book.id, day])
        row = cursor.fetchone()
    return {"currency": row[0], "why": "unbalanced", "minor": row[1], "book": book.code} if row else None


_MOST_NAMED = 3


def vouchers_are_reviewed(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """No voucher of the day waits for a decision; opening vouchers have a check of their own. What was returned is decided.

    Shape: `each` the first of them as (number of the draft, label).
    """
    waiting = VoucherDraft.objects.filter(
        book_id=book.id, business_date=day, voucher_id=None, discarded_at=None, request__state="open"
    ).exclude(kind=OPENING)
    found = list(waiting.select_related("maker").order_by("id")[:_MOST_NAMED])
    if not found:
        return None
    names = ", ".join(f"D{one.id} {one.memo} ({one.maker.name})".replace("  ", " ") for one in found)
    count = waiting.count()
    return {
        "count": count, "named": names + (f" +{count - len(found)}" if count > len(found) else ""), "day": day,
        "book": book.code, "each": [(one.id, f"D{one.id}") for one in found],
    }  # fmt: skip


def day_to_check(book: Book) -> BusinessDay | None:
    """The day under way, else the one that waits to be opened, else the last one."""
    return day_under_way(book) or waiting_day(book) or last_closed_day(book)


OWN_CHECKS: dict[str, Check] = {
    "business_day": is_business_day,
    "former_days_closed": former_days_are_closed,
    "no_day_passed_over": no_day_is_passed_over,
    "trial_balance": trial_balance,
    "balances_are_last_entries": balances_are_last_entries,
    "subjects_add_up": subjects_add_up,
    "opening_balances": opening_balances_balance,
    "vouchers_reviewed": vouchers_are_reviewed,
    "last_verification": last_count_found_nothing,
}
for _name, _check in OWN_CHECKS.items():
    register_check(_name, _check)
