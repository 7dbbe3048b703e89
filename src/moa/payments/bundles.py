"""Reads of bundles: one with the right to it, its orders, and where its rows and the whole stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moa.control.access import may
from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import person_names
from moa.kernel.errors import NotFound
from moa.kernel.money import to_text
from moa.payments.facts import order_lines
from moa.payments.models import PaymentBundle, PaymentOrder
from moa.payments.payment_rows import PaymentRow, rows_among
from moa.payments.permissions import VIEW
from moa.payments.queries import state_of
from moa.payments.rules.several import Standing, stand


def access_bundle(ctx: Context, bundle_id: int, permission: str = VIEW) -> PaymentBundle:
    """Raises: not_found."""
    found = (
        PaymentBundle.objects.select_related("book", "unit", "maker", "request").filter(id=bundle_id).first()
    )
    if found is None or not may(ctx, permission, found.unit_id):
        raise NotFound(bundle=bundle_id)
    return found


def rows_of(bundle: PaymentBundle) -> list[PaymentRow]:
    orders = PaymentOrder.objects.select_related(
        "payer", "payee", "request", "charge", "via__account"
    ).filter(bundle_id=bundle.id)
    return rows_among(orders)


def bundle_facts(ctx: Context, bundle: PaymentBundle) -> dict[str, Any]:
    """Shape: amounts as decimal text; `rows` as they were entered, each with its transfers."""
    rows = rows_of(bundle)
    return {
        "id": bundle.id, "state": whole(rows).value,
        "request": bundle.request_id, "count": bundle.count, "currency": bundle.currency,
        "total": to_text(bundle.total_minor, bundle.currency),
        "paid": to_text(sum(row.paid_minor for row in rows), bundle.currency),
        "maker": person_names(ctx, {bundle.maker_id}).get(bundle.maker_id, ""), "made_at": Clock(ctx)(bundle.made_at),
        "rows": [
            {"row": row.place, "state": row.standing.value, "amount": to_text(row.amount_minor, bundle.currency),
             "paid": to_text(row.paid_minor, bundle.currency), "payments": order_lines(ctx, row.orders)}
            for row in rows
        ],
    }  # fmt: skip


def whole(rows: Sequence[PaymentRow]) -> Standing:
    """Where everything stands, by every transfer."""
    return stand(state_of(one).value for row in rows for one in row.orders)
