"""The payment that a voucher was made from, as the books show it."""

from __future__ import annotations

from django.urls import reverse

from moa.control.context import Context
from moa.kernel.errors import NotFound
from moa.ledger.source_pages import SourcePage
from moa.payments.queries import access_order


def payment_page(ctx: Context, source_id: str) -> SourcePage | None:
    """Shape: `source_id` is the order's number."""
    if not source_id.isdigit():
        return None
    try:
        order = access_order(ctx, int(source_id))
    except NotFound:
        return None
    payee = order.payee.name if order.payee else ""
    return SourcePage(f"P{order.id} {payee} {order.memo}".strip(), reverse("payments:order", args=[order.id]))
