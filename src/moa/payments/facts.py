"""A payment as programs see it: state, evidence, attempts, messages, approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from moa.channels.models import ChannelMessage
from moa.control.context import Context
from moa.control.models import ApprovalDecision
from moa.control.moments import Clock
from moa.control.queries import person_names
from moa.kernel.money import to_text
from moa.payments.lifecycle import HOLDING
from moa.payments.models import BANK, Evidence, OrderMove, PaymentAttempt, PaymentOrder
from moa.payments.queries import attempts_of, state_of
from moa.payments.rules.typed_orders import from_json


def order_lines(ctx: Context, orders: Sequence[PaymentOrder]) -> list[dict[str, Any]]:
    """Payments as a list shows them; each with its request, accounts and connection fetched."""
    names = person_names(ctx, {one.maker_id for one in orders})
    clock = Clock(ctx)
    return [_line(one, names, clock) for one in orders]


def _line(order: PaymentOrder, names: Mapping[int, str], clock: Clock) -> dict[str, Any]:
    typed, amount = from_json(order.form), order.amount_minor
    return {
        "id": order.id, "kind": order.kind, "state": state_of(order).value, "since": clock(order.state_at),
        "from": order.payer.code if order.payer else typed.payer, "to": order.payee.code if order.payee else typed.payee,
        **(_bank_facts(order) if order.kind == BANK else {}),
        "amount": to_text(amount, order.currency) if amount is not None else typed.amount, "currency": order.currency,
        "pay_on": str(order.pay_on) if order.pay_on else typed.pay_on, "purpose": order.purpose or typed.purpose,
        "memo": order.memo or typed.memo, "document_no": order.document_no or typed.document_no,
        "maker": names.get(order.maker_id, ""), "bundle": order.bundle_id, "series": order.series_id,
    }  # fmt: skip


def order_facts(ctx: Context, order: PaymentOrder) -> dict[str, Any]:
    """Shape: amounts as decimal text, moments in ISO with the group's offset; a transfer within the books has no attempts and
    no messages."""
    state = state_of(order)
    moves = list(OrderMove.objects.filter(order_id=order.id).order_by("id"))
    decisions = list(ApprovalDecision.objects.filter(request_id=order.request_id or 0).order_by("step"))
    attempts = attempts_of(order)
    persons = {one.person_id for one in moves} | {one.checker_id for one in decisions} | {order.maker_id}
    names, clock = person_names(ctx, persons), Clock(ctx)
    return {
        **_line(order, names, clock), "request": order.request_id,
        "held": state in HOLDING, "problem": order.problem,
        "voucher": None if order.voucher_id is None else {"id": order.voucher_id, "period": order.period},
        "evidence": [
            {"kind": one.kind, "at": clock(one.recorded_at), "says": one.says, "message": one.message_id, **one.facts}
            for one in Evidence.objects.filter(order_id=order.id).order_by("id")
        ],
        "attempts": [_attempt_facts(one, clock) for one in attempts], "messages": _messages(attempts, clock),
        "approvals": [
            {"step": one.step, "approved": one.approved, "by": names.get(one.checker_id, ""),
             "at": clock(one.recorded_at), "reason": one.reason}
            for one in decisions
        ],
        "history": [
            {"move": one.move, "state": one.after, "by": names.get(one.person_id, ""),
             "at": clock(one.recorded_at), "note": one.note}
            for one in moves
        ],
    }  # fmt: skip


def _bank_facts(order: PaymentOrder) -> dict[str, Any]:
    typed = from_json(order.form)
    return {
        "to_bank": order.to_bank or typed.to_bank, "to_account": order.to_account or typed.payee,
        "to_name": order.to_name or typed.to_name, "name_verdict": order.name_verdict,
        "via": order.via.name if order.via else typed.via, "charge": order.charge.code if order.charge else typed.charge,
    }  # fmt: skip


def _attempt_facts(one: PaymentAttempt, clock: Clock) -> dict[str, Any]:
    return {
        "number": one.number, "state": one.state, "since": clock(one.state_at), "reference": one.reference,
        "bank": one.connection.bank_code, "day": None if one.day is None else str(one.day), "msg_no": one.msg_no,
        "code": one.code, "fee": one.fee_minor, "inquiries": one.inquiries,
        "next_inquiry": clock.maybe(one.ask_at), "problem": one.problem,
        "line": one.line_id, "fee_line": one.fee_line_id, "return_line": one.return_line_id,
    }  # fmt: skip


def messages_about(attempts: list[PaymentAttempt]) -> list[ChannelMessage]:
    """Every message that was sent or heard of these tries, in their order: requests, inquiries, answers, notices."""
    requests = [one.message_id for one in attempts if one.message_id is not None]
    heard = Evidence.objects.filter(attempt_id__in=[one.id for one in attempts], message_id__isnull=False)
    known = {*requests, *heard.values_list("message_id", flat=True)}
    found = ChannelMessage.objects.filter(id__in=known) | ChannelMessage.objects.filter(answers_id__in=known)
    return list(found.order_by("id"))


def _messages(attempts: list[PaymentAttempt], clock: Clock) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "direction": one.direction, "key": one.key, "day": None if one.day is None else str(one.day),
         "msg_no": one.msg_no, "code": one.resp_code, "at": clock(one.recorded_at),
         "sent_at": clock.maybe(one.sent_at), "answers": one.answers_id,
         "problem": one.problem}
        for one in messages_about(attempts)
    ]  # fmt: skip
