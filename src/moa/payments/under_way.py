"""What jobs and desks look for: payments that are due, tries to ask about, what the books have still to take."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.queries import open_day
from moa.payments.contradictions import BESIDES
from moa.payments.lifecycle import IN_FLIGHT, NOT_PAID, AttemptState, OccurrenceState, OrderState, SeriesState
from moa.payments.models import BANK, BankDayTotals, PaymentAttempt, PaymentOccurrence, PaymentOrder

_AT_ONCE = 5_000
# How long after a payment a bank may tell that it failed after all.
_TELLS_LATER = timedelta(days=4)


def payments_to_send(ctx: Context) -> list[list[int]]:
    """Approved and due, in the order of their days; those of a book that leave over one bank together, and what waited
    longest goes first."""
    due = PaymentOrder.objects.filter(
        kind=BANK, state__in=(OrderState.APPROVED, OrderState.READY), pay_on__lte=ctx.today
    )
    found: dict[tuple[int, str | None], list[int]] = {}
    columns = ("book_id", "via__account__bank_code", "id")
    for book_id, bank, number in due.order_by("pay_on", "id").values_list(*columns)[:_AT_ONCE]:
        found.setdefault((book_id, bank), []).append(number)
    return list(found.values())


def attempts_to_ask(ctx: Context) -> list[int]:
    """What left, is not proven (or by persons alone) and whose time to be asked about has come."""
    due = PaymentAttempt.objects.filter(ask_at__lte=ctx.at, message__isnull=False).exclude(
        state=AttemptState.RETURNED
    )
    return list(due.order_by("ask_at", "id").values_list("id", flat=True)[:_AT_ONCE])


def attempts_ahead(ctx: Context) -> list[int]:
    """Tries whose outcome is proven and whose orders do not stand there yet, because the books could not take it."""
    ahead = (
        Q(order__state__in=IN_FLIGHT)
        & Q(state__in=(AttemptState.PAID, AttemptState.RETURNED, AttemptState.FAILED))
        & ~Q(
            state=AttemptState.FAILED,
            order__attempts__state__in=("prepared", "sent", "processing", "unknown", "paid"),
        )
    )
    back = Q(state=AttemptState.RETURNED, order__state__in=(OrderState.PAID, OrderState.RECONCILED))
    late = Q(order__state__in=NOT_PAID, state__in=(AttemptState.PAID, AttemptState.RETURNED))
    lined = Q(state=AttemptState.PAID, order__state=OrderState.PAID, line__isnull=False)
    books = [one.id for one in Book.objects.all() if open_day(one) is not None]
    found = PaymentAttempt.objects.filter(ahead | late | back | lined, order__book_id__in=books).exclude(
        problem__in=BESIDES
    )
    return list(found.order_by("id").values_list("id", flat=True).distinct()[:_AT_ONCE])


def days_to_compare(ctx: Context) -> list[tuple[int, date]]:
    """Accounts and days of the last week with transfers, whose totals have not agreed yet; asked again after an hour."""
    week = PaymentAttempt.objects.filter(message__isnull=False, day__gte=ctx.today - timedelta(days=7))
    found = {(via, day) for via, day in week.values_list("order__via_id", "day") if via and day}
    told = BankDayTotals.objects.filter(day__gte=ctx.today - timedelta(days=7))
    settled = set(told.filter(agrees=True).values_list("via_id", "day"))
    lately = set(told.filter(asked_at__gt=ctx.at - timedelta(hours=1)).values_list("via_id", "day"))
    return sorted(found - settled - lately)


def connections_under_way(ctx: Context) -> list[int]:
    """Connections to banks that may have something to tell: money left over them within the last days."""
    recent = PaymentAttempt.objects.filter(message__isnull=False).filter(
        Q(state__in=(AttemptState.SENT, AttemptState.PROCESSING, AttemptState.UNKNOWN))
        | Q(state__in=(AttemptState.FAILED, AttemptState.PAID), ask_at__isnull=False)
        | Q(state=AttemptState.PAID, day__gte=ctx.today - _TELLS_LATER)
    )
    return sorted(set(recent.values_list("connection_id", flat=True)))


def occurrences_due(ctx: Context) -> list[int]:
    """Of series in force, the days that have come and have no payment yet."""
    due = PaymentOccurrence.objects.filter(
        state=OccurrenceState.WAITING, pay_on__lte=ctx.today, series__state=SeriesState.ACTIVE
    )
    return list(due.order_by("pay_on", "id").values_list("id", flat=True)[:_AT_ONCE])
