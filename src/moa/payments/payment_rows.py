"""Payments as they were entered: each row with its transfers, one or the parts of what the bank takes at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from moa.payments.lifecycle import PROVEN_PAID, OrderState
from moa.payments.models import PaymentOrder
from moa.payments.queries import state_of
from moa.payments.rules.several import Standing, stand


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as it was entered. Shape: `place` its row in a bundle or its number in a series; `orders` by their parts."""

    place: int
    orders: Sequence[PaymentOrder]

    @property
    def amount_minor(self) -> int:
        return sum(one.amount_minor or 0 for one in self.orders)

    @property
    def paid_minor(self) -> int:
        return sum(one.amount_minor or 0 for one in self.orders if one.state in PROVEN_PAID)

    @property
    def standing(self) -> Standing:
        return stand(state_of(one).value for one in self.orders)

    @property
    def stands(self) -> OrderState | Standing:
        """Of a payment that leaves at once the state that it has, of parts where they stand together."""
        return self.standing if len(self.orders) > 1 else state_of(self.orders[0])

    @property
    def state(self) -> str:
        """The same as programs are told."""
        return self.stands.value


def rows_among(orders: QuerySet[PaymentOrder]) -> list[PaymentRow]:
    """Of the orders of one bundle or one series, in their order."""
    rows: dict[int, list[PaymentOrder]] = {}
    for order in orders.order_by("place", "part"):
        assert order.place is not None
        rows.setdefault(order.place, []).append(order)
    return [PaymentRow(place, parts) for place, parts in rows.items()]
