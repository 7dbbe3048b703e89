"""A payment and the transfers that it leaves in, as the pages of bundles and series show them."""

from __future__ import annotations

from typing import Any

from moa.payments.payment_rows import PaymentRow
from moa.payments.queries import state_of
from moa.payments.rules.several import Standing
from moa.payments.web.order_words import STATES
from moa.payments.web.plan_state_words import STANDINGS, Text
from moa.ui.problems import problem_text


def row_stands(row: PaymentRow) -> tuple[str, Text]:
    """The look and the word of where it stands."""
    stands = row.stands
    return STANDINGS[stands] if isinstance(stands, Standing) else STATES[stands]


def transfers_of(row: PaymentRow) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "part": one.part, "amount_minor": one.amount_minor, "stands": STATES[state_of(one)],
         "problem": problem_text(one.problem).what if one.problem else ""}
        for one in row.orders
    ]  # fmt: skip
