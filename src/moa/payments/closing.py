"""What payments adds to a closing: none of the day's is left over, and none whose proof the books have still to take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from moa.control.context import Context
from moa.ledger.models import Book
from moa.payments.contradictions import BESIDES
from moa.payments.lifecycle import IN_FLIGHT, NOT_PAID, AttemptState, OrderState
from moa.payments.models import PaymentAttempt, PaymentOrder

_MOST_NAMED = 3


def due_payments_are_sent(ctx: Context, book: Book, day: date) -> Mapping[str, Any] | None:
    """A payment due by the day is sent, taken back or returned; one that is sent may stay unknown, for its amount is held. One
    that is proven is booked.

    Shape: `each` the first of them as (number, label).
    """
    waits = Q(state__in=(OrderState.APPROVED, OrderState.READY), pay_on__lte=day)
    over = PaymentAttempt.objects.filter(state__in=(AttemptState.PAID, AttemptState.RETURNED)).exclude(
        problem__in=BESIDES
    )
    proven = Q(state__in=(*IN_FLIGHT, *NOT_PAID), id__in=over.values("order_id"))
    found = PaymentOrder.objects.filter(waits | proven, book_id=book.id).order_by("id").distinct()
    first = list(found[:_MOST_NAMED])
    if not first:
        return None
    count = found.count()
    return {
        "count": count, "named": ", ".join(f"P{one.id}" for one in first) + (f" +{count - len(first)}" if count > len(first) else ""),
        "each": [(one.id, f"P{one.id}") for one in first],
    }  # fmt: skip
