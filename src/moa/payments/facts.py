"""A payment as programs see it: state, evidence, attempts, messages, approvals."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.models import ApprovalDecision
from moa.control.queries import person_names
from moa.kernel.money import to_text
from moa.payments.lifecycle import HOLDING
from moa.payments.models import Evidence, OrderMove, PaymentOrder
from moa.payments.queries import state_of
from moa.payments.rules.typed_orders import from_json


def order_facts(ctx: Context, order: PaymentOrder) -> dict[str, Any]:
    """Shape: amounts as decimal text, moments in ISO; a transfer within the books has no attempts and no messages."""
    typed, amount = from_json(order.form), order.amount_minor
    state = state_of(order)
    moves = list(OrderMove.objects.filter(order_id=order.id).order_by("id"))
    decisions = list(ApprovalDecision.objects.filter(request_id=order.request_id or 0).order_by("step"))
    persons = {one.person_id for one in moves} | {one.checker_id for one in decisions} | {order.maker_id}
    names = person_names(ctx, persons)
    return {
        "id": order.id, "kind": order.kind, "state": state.value, "since": order.state_at.isoformat(),
        "from": order.payer.code if order.payer else typed.payer, "to": order.payee.code if order.payee else typed.payee,
        "amount": to_text(amount, order.currency) if amount is not None else typed.amount, "currency": order.currency,
        "pay_on": str(order.pay_on) if order.pay_on else typed.pay_on, "purpose": order.purpose or typed.purpose,
        "memo": order.memo or typed.memo, "document_no": order.document_no or typed.document_no,
        "maker": names.get(order.maker_id, ""), "request": order.request_id,
        "held": state in HOLDING, "problem": order.problem,
        "voucher": None if order.voucher_id is None else {"id": order.voucher_id, "period": order.period},
        "evidence": [
            {"kind": one.kind, "at": one.recorded_at.isoformat(), **one.facts}
            for one in Evidence.objects.filter(order_id=order.id).order_by("id")
        ],
        "attempts": [], "messages": [],
        "approvals": [
            {"step": one.step, "approved": one.approved, "by": names.get(one.checker_id, ""),
             "at": one.recorded_at.isoformat(), "reason": one.reason}
            for one in decisions
        ],
        "history": [
            {"move": one.move, "state": one.after, "by": names.get(one.person_id, ""),
             "at": one.recorded_at.isoformat(), "note": one.note}
            for one in moves
        ],
    }  # fmt: skip
