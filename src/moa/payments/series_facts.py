"""A series as programs see it: the payment, its days, and what became of each."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import person_names
from moa.kernel.money import to_text
from moa.payments.models import PaymentOccurrence, PaymentOrder, PaymentSeries
from moa.payments.payment_rows import PaymentRow, rows_among
from moa.payments.rules.typed_series import series_from_json
from moa.payments.series import series_state


def occurrences_of(series: PaymentSeries) -> list[PaymentOccurrence]:
    """In their order."""
    return list(PaymentOccurrence.objects.filter(series_id=series.id).order_by("number"))


def payments_of(series: PaymentSeries) -> dict[int, PaymentRow]:
    """What was made so far, by number; each with the transfers that it leaves in."""
    made = PaymentOrder.objects.filter(series_id=series.id).select_related("request")
    return {row.place: row for row in rows_among(made)}


def series_facts(ctx: Context, series: PaymentSeries) -> dict[str, Any]:
    """Shape: amounts as decimal text; `state` of an occurrence is that of its payment once there is one, of several transfers
    where they stand together; `payment` is the first of `payments`."""
    typed = series_from_json(series.form)
    days, made = occurrences_of(series), payments_of(series)
    return {
        "id": series.id, "state": series_state(series).value, "since": Clock(ctx)(series.state_at), "request": series.request_id,
        "from": series.payer.code, "to": typed.order.payee, "to_bank": typed.order.to_bank, "to_name": series.payee_name,
        "amount": to_text(series.amount_minor, series.currency), "currency": series.currency,
        "total": to_text(series.total_minor, series.currency), "count": series.count, "every": series.every,
        "on_day": series.on_day, "holiday_rule": series.holiday_rule, "first_on": str(series.first_on),
        "last_on": str(series.last_on), "memo": typed.order.memo,
        "maker": person_names(ctx, {series.maker_id}).get(series.maker_id, ""),
        "occurrences": [_occurrence(one, made.get(one.number), series.currency) for one in days],
    }  # fmt: skip


def _occurrence(one: PaymentOccurrence, row: PaymentRow | None, currency: str) -> dict[str, Any]:
    return {
        "number": one.number, "planned_on": str(one.planned_on), "pay_on": str(one.pay_on), "payment": one.order_id,
        "state": row.state if row else one.state, "payments": [order.id for order in row.orders] if row else [],
        "paid": to_text(row.paid_minor if row else 0, currency), "problem": one.problem,
    }  # fmt: skip
