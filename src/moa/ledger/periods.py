"""Where the months and years of a book stand, and what stands in the way of closing the next one.

An upper context adds checks and month steps (interest accrual) through `entry/wiring.py`. Source: domain.md §2.8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from moa.control.context import Context
from moa.directory.queries import calendar_for
from moa.ledger.close_checks import Finding
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, BusinessDay, LedgerAccount, StandingOrder
from moa.ledger.models.period import MONTH, YEAR
from moa.ledger.period_figures import profits_of
from moa.ledger.period_state import latest_closing, stands
from moa.ledger.queries import day_under_way
from moa.ledger.rules.acts import CLOSE
from moa.ledger.rules.carrying import PROFIT_OF_THE_YEAR
from moa.ledger.rules.periods import month_bounds, next_month, year_bounds
from moa.ledger.rules.vouchers import period_of


@dataclass(frozen=True, slots=True)
class PeriodStatus:
    """The month or year that is next to be closed. Shape: `last_day` its last business day that has books."""

    kind: str
    period: int
    last_day: date
    findings: list[Finding]

    @property
    def ready(self) -> bool:
        return all(one.ok for one in self.findings)


PeriodCheck = Callable[[Context, Book, PeriodStatus], Mapping[str, Any] | None]
"""Gives the facts of what is wrong, None when all is well."""

MonthStep = Callable[[Context, Book, date, date], Mapping[str, Any] | None]
"""What a month's closing has done before its sheet is taken (interest accrual), with the first and the last day.

It books what is still missing on the day under way, with the last day as value date, may be called again without
booking twice, and gives the facts of what it could not do, None when it is done.
"""

_steps: dict[str, MonthStep] = {}
_checks: dict[tuple[str, str], PeriodCheck] = {}


def register_month_step(name: str, step: MonthStep) -> None:
    """Once per name, from `entry/wiring.py`."""
    if _steps.get(name, step) is not step:
        raise ValueError(f"two month steps are named {name}")
    _steps[name] = step


def month_steps() -> Mapping[str, MonthStep]:
    return _steps


def register_period_check(kind: str, name: str, check: PeriodCheck) -> None:
    """Once per kind and name; `kind` is month or year."""
    if _checks.get((kind, name), check) is not check:
        raise ValueError(f"two checks of a {kind} are named {name}")
    _checks[kind, name] = check


def period_status(ctx: Context, book: Book, kind: str) -> PeriodStatus | None:
    """The month or year that is next to be closed, with its checks; None while the book has no day in it."""
    period = _next_period(book, kind)
    if period is None:
        return None
    first, last = month_bounds(period) if kind == MONTH else year_bounds(period)
    days = BusinessDay.objects.filter(book_id=book.id, business_date__range=(first, last))
    last_day = days.order_by("-business_date").values_list("business_date", flat=True).first()
    if last_day is None:
        return None
    asked = PeriodStatus(kind, period, last_day, [])
    findings = [
        Finding(name, wrong is None, wrong or {})
        for (of_kind, name), check in _checks.items()
        if of_kind == kind
        for wrong in [check(ctx, book, asked)]
    ]
    return PeriodStatus(kind, period, last_day, findings)


def _next_period(book: Book, kind: str) -> int | None:
    """After the last closing that stands, or that one again when it stands no more; at first that of the first day."""
    closing = latest_closing(book, kind)
    if closing is not None:
        if kind == MONTH:
            return next_month(closing.period) if stands(closing) else closing.period
        return closing.period + 1
    first = BusinessDay.objects.filter(book_id=book.id).order_by("business_date").first()
    if first is None:
        return None
    return period_of(first.business_date) if kind == MONTH else first.business_date.year


def all_days_are_closed(ctx: Context, book: Book, asked: PeriodStatus) -> Mapping[str, Any] | None:
    """Every business day of the calendar in the period, from the book's first day on."""
    last = (month_bounds(asked.period) if asked.kind == MONTH else year_bounds(asked.period))[1]
    unclosed = BusinessDay.objects.filter(book_id=book.id, business_date__lte=last).exclude(
        state=DayState.CLOSED
    )
    found = unclosed.order_by("business_date").first()
    if found is not None:
        return {"day": found.business_date}
    follows = calendar_for(ctx, book.calendar).next_business_day(asked.last_day)
    return {"day": follows} if follows <= last else None


def all_months_are_closed(ctx: Context, book: Book, asked: PeriodStatus) -> Mapping[str, Any] | None:
    closing = latest_closing(book, MONTH)
    needed = period_of(asked.last_day)
    if closing is not None and closing.period >= needed and stands(closing):
        return None
    month = _next_period(book, MONTH)
    return {"month": f"{month // 100}-{month % 100:02d}"} if month else {"month": needed}


def profit_has_an_account(ctx: Context, book: Book, asked: PeriodStatus) -> Mapping[str, Any] | None:
    """For every currency in which there is a profit to carry."""
    held = equity_accounts(book)
    lacking = sorted({one.currency for one in profits_of(book, asked.last_day)} - held.keys())
    return {"currency": lacking[0]} if lacking else None


def a_day_is_open_to_carry(ctx: Context, book: Book, asked: PeriodStatus) -> Mapping[str, Any] | None:
    """What a year's closing carries is booked on the day under way, which is of the new year."""
    if not profits_of(book, asked.last_day):
        return None
    day = day_under_way(book)
    ready = day is not None and day.state in (DayState.OPEN, DayState.REOPENED)
    return (
        None
        if ready and day is not None and day.business_date.year > asked.period
        else {"year": asked.period}
    )


def somebody_gave_leave(ctx: Context, book: Book, asked: PeriodStatus) -> Mapping[str, Any] | None:
    """A machine carries the profit, so a standing order must let it book closings on that day."""
    day = day_under_way(book)
    if day is None or not profits_of(book, asked.last_day):
        return None
    on = day.business_date
    orders = StandingOrder.objects.filter(book_id=book.id, acts__contains=CLOSE, valid_from__lte=on)
    if any((one.valid_until is None or one.valid_until > on) and (one.ended_on is None or one.ended_on > on)
           for one in orders):  # fmt: skip
        return None
    return {"day": on}


def equity_accounts(book: Book) -> dict[str, str]:
    """By currency, the account that takes the profit of the year: the first open one under its subject."""
    found = LedgerAccount.objects.filter(book_id=book.id, subject__english=PROFIT_OF_THE_YEAR).exclude(
        state="closed"
    )
    return {one.currency: one.code for one in found.order_by("-code")}


for _kind, _name, _check in (
    (MONTH, "days_closed", all_days_are_closed),
    (YEAR, "days_closed", all_days_are_closed),
    (YEAR, "months_closed", all_months_are_closed),
    (YEAR, "profit_account", profit_has_an_account),
    (YEAR, "day_to_carry", a_day_is_open_to_carry),
    (YEAR, "leave_to_carry", somebody_gave_leave),
):
    register_period_check(_kind, _name, _check)
