"""Payments that are decided on and not over: what waits to leave, what is on its way, what nobody knows the outcome of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q, Sum

from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.payments.lifecycle import OrderState
from moa.payments.models import PaymentOrder
from moa.payments.permissions import VIEW

UNKNOWN, HELD_UP, ON_ITS_WAY = "unknown", "held_up", "on_its_way"


class NotOver(NamedTuple):
    """Shape: `kind` above; `since` the oldest; amounts by currency, in minor units."""

    kind: str
    number: int
    since: datetime
    amounts: dict[str, int]


def list_not_over(ctx: Context) -> list[NotOver]:
    """Of the actor's units, what is most pressing first; nothing for who may not see payments. Held up is what was to leave
    by today and something hinders it."""
    if not may(ctx, VIEW):
        return []
    units = permitted_units(ctx, VIEW)
    kinds = {
        UNKNOWN: Q(state=OrderState.UNKNOWN),
        HELD_UP: Q(state__in=[OrderState.APPROVED, OrderState.READY], pay_on__lte=ctx.today) & ~Q(problem=""),
        ON_ITS_WAY: Q(state__in=[OrderState.SENT, OrderState.PROCESSING]),
    }
    whole = PaymentOrder.objects.all() if units is None else PaymentOrder.objects.filter(unit_id__in=units)
    # One question that the index of payments under way answers alone.
    asked = whole.filter(
        state__in=[
            OrderState.APPROVED, OrderState.READY, OrderState.SENT, OrderState.PROCESSING, OrderState.UNKNOWN,
        ]
    )  # fmt: skip
    counts = {
        f"{kind}_{what}": of(number, filter=condition)
        for kind, condition in kinds.items()
        for what, of, number in (
            ("count", Count, "id"),
            ("since", Min, "state_at"),
            ("sum", Sum, "amount_minor"),
        )
    }
    rows: list[Any] = list(asked.order_by("currency").values("currency").annotate(**counts))
    found = []
    for kind in kinds:
        mine = [one for one in rows if one[f"{kind}_count"]]
        if mine:
            found.append(
                NotOver(
                    kind, sum(one[f"{kind}_count"] for one in mine), min(one[f"{kind}_since"] for one in mine),
                    {one["currency"]: int(one[f"{kind}_sum"]) for one in mine},
                )
            )  # fmt: skip
    return found
