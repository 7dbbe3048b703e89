"""What is known of a bank's day: until when a transfer may arrive, and what the bank has debited as far as it is proven."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Sum

from moa.channels.bank_profiles import profile_of
from moa.channels.protocol import Answered
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.payments.lifecycle import OPEN_ATTEMPT, AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.rules.evidence import arrives_until, bank_lets_end

# Returned later or not.
DEBITED = (AttemptState.PAID, AttemptState.RETURNED)


def debited_on(
    link_id: int, day: date, connection_id: int, *, without: Collection[int] = ()
) -> tuple[int, int]:
    """Count and amount of the tries over one connection that are proven to have been debited, as a bank's totals of its day say them."""
    found = PaymentAttempt.objects.filter(
        order__via_id=link_id, day=day, connection_id=connection_id, state__in=DEBITED
    )
    sums = found.exclude(id__in=without).aggregate(count=Count("id"), minor=Sum("amount_minor"))
    return int(sums["count"]), int(sums["minor"] or 0)


class Arrival(NamedTuple):
    """Shape: `until` by our clock; after it, the bank has not shown yet that a later day of its own has begun."""

    until: datetime
    is_after: bool = False


def may_arrive(ctx: Context, attempt: PaymentAttempt) -> Arrival | None:
    """While it may, that the bank knows of none proves nothing. None when that is over, of what has not left, and of what is
    proven."""
    if attempt.day is None or attempt.state not in OPEN_ATTEMPT:
        return None
    until = arrives_until(attempt.day, profile_of(attempt.connection.bank_code).opens, group_zone(ctx))
    if ctx.at < until:
        return Arrival(until)
    return None if _has_shown_its_end(attempt.id, attempt.day) else Arrival(until, is_after=True)


def _has_shown_its_end(attempt_id: int, day: date) -> bool:
    """By the last answer that it knows of none: no other one tells of the bank's day, and until there is one, nothing has been shown."""
    asked = Evidence.objects.filter(
        attempt_id=attempt_id, kind=Evidence.INQUIRY, facts__said=Answered.NO_RECORD.value
    )
    last = asked.order_by("-id").first()
    if last is None:
        return False
    shown = last.facts.get("bank_day")
    return bank_lets_end(day, None if shown is None else date.fromisoformat(shown))
