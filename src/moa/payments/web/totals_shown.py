"""The banks' totals of their days beside ours, and each payment that explains a difference."""

from __future__ import annotations

from typing import Any

from moa.channels.reasons import reason_words
from moa.control.context import Context
from moa.payments.bank_days import DEBITED
from moa.payments.models import BankDayTotals, PaymentOrder
from moa.payments.web.order_words import ATTEMPTS, SAID

_DAYS_SHOWN, _DIFFERENCES_SHOWN = 10, 50


def totals_shown(ctx: Context) -> list[dict[str, Any]]:
    """The newest word about each day that differs, however old, and the last days that agree.

    Shape: `of` the row of BankDayTotals, `more_count` and `more_minor` what the bank has more, `rest_minor` what of that no payment
    explains, `payments` as `_item`.
    """
    newest = BankDayTotals.objects.order_by("via_id", "day", "-id").distinct("via_id", "day").values("id")
    found = BankDayTotals.objects.filter(id__in=newest).select_related("via").order_by("-day", "via_id")
    rows = [*found.filter(agrees=False)[:_DIFFERENCES_SHOWN], *found.filter(agrees=True)[:_DAYS_SHOWN]]
    orders = {item["order"] for one in rows for item in one.items}
    payees = dict(PaymentOrder.objects.filter(id__in=orders).values_list("id", "to_name"))
    return [
        {
            "of": one, "more_count": one.bank_count - one.our_count, "more_minor": one.bank_minor - one.our_minor,
            "rest_minor": one.bank_minor - one.our_minor - sum(_explains(item) for item in one.items),
            "payments": [_item(item, payees.get(item["order"], ""), ctx.language) for item in one.items],
        }
        for one in rows
    ]  # fmt: skip


def _explains(item: dict[str, Any]) -> int:
    """What of a difference is this payment: the bank has it and we do not, or the other way."""
    return -int(item["amount_minor"]) if item["ours"] in DEBITED else int(item["amount_minor"])


def _item(item: dict[str, Any], payee: str, language: str) -> dict[str, Any]:
    """One payment as the bank says it and as it stood here, when the totals were compared."""
    return {
        "attempt": item["attempt"], "order": item["order"], "payee": payee, "amount_minor": item["amount_minor"],
        "ours": ATTEMPTS[item["ours"]], "bank": reason_words(item["code"], language) or SAID.get(item["bank"], item["bank"]),
    }  # fmt: skip
