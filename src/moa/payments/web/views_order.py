"""One payment: where it stands and on what evidence, what happened, who decided, and what may be done with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from moa.channels.protocol import LINE_DOWN
from moa.control.access import may
from moa.control.context import Context
from moa.control.models import ApprovalDecision
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Reversal
from moa.ledger.permissions import VIEW as VIEW_BOOKS
from moa.payments.contradictions import contradicted
from moa.payments.lifecycle import HOLDING, IN_FLIGHT, ORDER, OrderState
from moa.payments.models import OrderMove, PaymentOrder
from moa.payments.operations.resend_order import cancel_order, resend_order
from moa.payments.operations.withdraw_order import may_withdraw, withdraw_order
from moa.payments.permissions import ENTER, VIEW
from moa.payments.queries import access_order, evidence_of, is_confirmed, state_of
from moa.payments.rules.typed_orders import from_json
from moa.payments.web.bank_parts import bank_parts
from moa.payments.web.order_words import MOVES, PURPOSES, STATES
from moa.payments.web.views_form import ask_first, form_page, posted
from moa.ui.problems import problem_text


@require_http_methods(["GET", "POST"])
@page(VIEW, opened=False)
def order(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    if request.method == "POST":
        with ctx.open():
            own = access_order(ctx, order_id).maker_id == ctx.actor.person_id and may(ctx, ENTER)
        if own:
            ask_first(request, ctx)
    with ctx.open():
        return _order(request, ctx, order_id)


def _order(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    found = access_order(ctx, order_id)
    own = found.maker_id == ctx.actor.person_id and may(ctx, ENTER)
    if request.method == "POST":
        if not own or found.bundle_id is not None:
            raise NotFound(order=order_id)
        return posted(request, ctx, found.book, found)
    state = state_of(found)
    if (
        own
        and found.bundle_id is None
        and (state in (OrderState.DRAFT, OrderState.RETURNED) or _edits(request, state))
    ):
        return form_page(request, ctx, found.book, found, from_json(found.form))
    return order_page(request, ctx, found)


@require_POST
@page(VIEW)
def withdraw(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    try:
        with ctx.open():
            withdraw_order(ctx, order_id, reason=request.POST.get("reason", ""))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        # Where it stands by now: what refused it may be what somebody did at the same moment.
        return order_page(request, ctx, access_order(ctx, order_id), refusal=refusal, status=409)
    return HttpResponseRedirect(reverse("payments:order", args=[order_id]))


@require_POST
@page(VIEW)
def resend(request: HttpRequest, ctx: Context, order_id: int) -> HttpResponse:
    """Send a refused payment again, or leave it for good."""
    act = cancel_order if request.POST.get("act") == "cancel" else resend_order
    try:
        with ctx.open():
            act(ctx, order_id, reason=request.POST.get("reason", ""))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return order_page(request, ctx, access_order(ctx, order_id), refusal=refusal, status=409)
    return HttpResponseRedirect(reverse("payments:order", args=[order_id]))


def order_page(
    request: HttpRequest,
    ctx: Context,
    found: PaymentOrder,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    state = state_of(found)
    own = found.maker_id == ctx.actor.person_id and may(ctx, ENTER)
    evidence = evidence_of(found)
    values: dict[str, Any] = {
        "order": found, "typed": from_json(found.form), "stands": STATES[state], "state_code": state.value,
        "purpose": PURPOSES.get(found.purpose, found.purpose), "is_held": state in HOLDING,
        "bank": bank_parts(ctx, found, state.value), "evidence": evidence, "history": _history(ctx, found), "decisions": _decisions(ctx, found),
        "voucher_url": _voucher_url(ctx, found), "is_reversed": is_reversed(found),
        "problem": problem_text(found.problem) if found.problem else None,
        "may_edit": own and found.bundle_id is None and ORDER.allows(state, "edit"), "may_withdraw": may_withdraw(ctx, found),
        "has_paper": found.amount_minor is not None and found.request_id is not None,
        "has_confirmation": is_confirmed(found), "is_open": state in IN_FLIGHT or bool(contradicted([found.id])), "needs_reason": found.maker_id != ctx.actor.person_id, "may_enter": may(ctx, ENTER),
        "refusal": problem_text(refusal.code) if refusal else None, "asked_on": _asked_on(found),
    }  # fmt: skip
    return render(request, "payments/order.html", values, status=status)


def _asked_on(found: PaymentOrder) -> date | None:
    """The day that its maker asked for, where the holiday rule chose another."""
    said = found.request.content.get("asked_on") if found.request is not None else None
    return date.fromisoformat(said) if said and said != str(found.pay_on) else None


def _edits(request: HttpRequest, state: OrderState) -> bool:
    return "edit" in request.GET and ORDER.allows(state, "edit")


def _history(ctx: Context, found: PaymentOrder) -> list[dict[str, Any]]:
    moves = list(OrderMove.objects.filter(order_id=found.id).order_by("id"))
    names = person_names(ctx, {one.person_id for one in moves})
    return [
        {"at": one.recorded_at, "text": MOVES.get(one.move, one.move), "who": names.get(one.person_id, ""),
         "note": problem_text(one.note).what if one.move == "refuse" or one.note == LINE_DOWN else one.note}
        for one in moves
    ]  # fmt: skip


def _decisions(ctx: Context, found: PaymentOrder) -> list[dict[str, Any]]:
    """Of the last request."""
    if found.request_id is None:
        return []
    decisions = list(ApprovalDecision.objects.filter(request_id=found.request_id).order_by("step"))
    names = person_names(ctx, {one.checker_id for one in decisions})
    return [
        {"who": names.get(one.checker_id, ""), "at": one.recorded_at, "approved": one.approved, "reason": one.reason}
        for one in decisions
    ]  # fmt: skip


def _voucher_url(ctx: Context, found: PaymentOrder) -> str:
    if found.voucher_id is None or not may(ctx, VIEW_BOOKS, found.book.unit_id):
        return ""
    return reverse("ledger:voucher", args=[found.book.code, found.period, found.voucher_id])


def is_reversed(found: PaymentOrder) -> bool:
    """Whether the voucher of its outcome was taken back afterwards."""
    if found.voucher_id is None or found.period is None:
        return False
    return Reversal.objects.filter(voucher_id=found.voucher_id, period=found.period).exists()
