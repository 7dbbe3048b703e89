"""What is known of a bank's day: the transfers of one account that its bank has debited, as far as it is proven."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Sum

from moa.payments.lifecycle import AttemptState
from moa.payments.models import PaymentAttempt

# Returned later or not.
DEBITED = (AttemptState.PAID, AttemptState.RETURNED)


def debited_on(link_id: int, day: date, connection_id: int) -> tuple[int, int]:
    """Count and amount of the tries over one connection that are proven to have been debited, as a bank's totals of its day say them."""
    found = PaymentAttempt.objects.filter(
        order__via_id=link_id, day=day, connection_id=connection_id, state__in=DEBITED
    )
    sums = found.aggregate(count=Count("id"), minor=Sum("amount_minor"))
    return int(sums["count"]), int(sums["minor"] or 0)
