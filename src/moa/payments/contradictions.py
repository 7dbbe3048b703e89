"""Tries that are proven to have failed and of which the bank says otherwise: until persons have decided, nothing of the payment leaves,
is taken back or given up."""

from __future__ import annotations

from collections.abc import Collection

from moa.payments.approving import PaymentRefused
from moa.payments.models import PaymentAttempt

CONTRADICTS = "evidence_contradicts"


def contradicted(order_ids: Collection[int]) -> set[int]:
    """Those of the orders that have such a try."""
    found = PaymentAttempt.objects.filter(order_id__in=order_ids, problem=CONTRADICTS)
    return set(found.values_list("order_id", flat=True))


def check_undisputed(order_id: int) -> None:
    """Of a locked order. Raises: payment_refused."""
    if contradicted([order_id]):
        raise PaymentRefused(problem=CONTRADICTS, account="")
