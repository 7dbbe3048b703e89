"""What is known of a bank's day: until when a transfer may arrive, and what the bank has debited as far as it is proven."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Sum

from moa.channels.bank_profiles import profile_of
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.payments.lifecycle import OPEN_ATTEMPT, AttemptState
from moa.payments.models import PaymentAttempt
from moa.payments.rules.evidence import arrives_until

# Returned later or not.
DEBITED = (AttemptState.PAID, AttemptState.RETURNED)


def debited_on(link_id: int, day: date, connection_id: int) -> tuple[int, int]:
    """Count and amount of the tries over one connection that are proven to have been debited, as a bank's totals of its day say them."""
    found = PaymentAttempt.objects.filter(
        order__via_id=link_id, day=day, connection_id=connection_id, state__in=DEBITED
    )
    sums = found.aggregate(count=Count("id"), minor=Sum("amount_minor"))
    return int(sums["count"]), int(sums["minor"] or 0)


def may_arrive_until(ctx: Context, attempt: PaymentAttempt) -> datetime | None:
    """Before then, that the bank knows of none proves nothing. None when that is over, of what has not left, and of what is proven."""
    if attempt.day is None or attempt.state not in OPEN_ATTEMPT:
        return None
    until = arrives_until(attempt.day, profile_of(attempt.connection.bank_code).opens, group_zone(ctx))
    return until if ctx.at < until else None
