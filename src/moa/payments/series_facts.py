"""A series as programs see it: the payment, its days, and what became of each."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.queries import person_names
from moa.kernel.money import to_text
from moa.payments.models import PaymentOccurrence, PaymentSeries
from moa.payments.queries import state_of
from moa.payments.rules.typed_series import series_from_json
from moa.payments.series import series_state


def occurrences_of(series: PaymentSeries) -> list[PaymentOccurrence]:
    """In their order, each with its order and that one's request."""
    found = PaymentOccurrence.objects.filter(series_id=series.id).select_related("order__request")
    return list(found.order_by("number"))


def series_facts(ctx: Context, series: PaymentSeries) -> dict[str, Any]:
    """Shape: amounts as decimal text; `state` of an occurrence is that of its payment once there is one."""
    typed = series_from_json(series.form)
    days = occurrences_of(series)
    return {
        "id": series.id, "state": series_state(series).value, "since": series.state_at.isoformat(), "request": series.request_id,
        "from": series.payer.code, "to": typed.order.payee, "to_bank": typed.order.to_bank, "to_name": series.payee_name,
        "amount": to_text(series.amount_minor, series.currency), "currency": series.currency,
        "total": to_text(series.total_minor, series.currency), "count": series.count, "every": series.every,
        "on_day": series.on_day, "holiday_rule": series.holiday_rule, "first_on": str(series.first_on),
        "last_on": str(series.last_on), "memo": typed.order.memo,
        "maker": person_names(ctx, {series.maker_id}).get(series.maker_id, ""),
        "occurrences": [
            {"number": one.number, "planned_on": str(one.planned_on), "pay_on": str(one.pay_on),
             "state": state_of(one.order).value if one.order else one.state, "payment": one.order_id, "problem": one.problem}
            for one in days
        ],
    }  # fmt: skip
