"""Payments that come again: entering a series, its days with what became of each, and ending it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.models import Book
from moa.payments.lifecycle import SeriesState
from moa.payments.models import PaymentOccurrence, PaymentSeries
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.cancel_series import cancel_series, may_cancel
from moa.payments.operations.submit_order import OrderFlawed
from moa.payments.operations.submit_series import submit_series
from moa.payments.payment_rows import PaymentRow
from moa.payments.permissions import ENTER, VIEW
from moa.payments.plan_words import rhythm
from moa.payments.preview import preview_series
from moa.payments.queries import access_order
from moa.payments.reading import Flaw
from moa.payments.rules.pay_days import FOLLOWING, MONTHLY
from moa.payments.rules.typed_orders import TypedOrder, from_json
from moa.payments.rules.typed_series import INTERVALS, TypedSeries, series_from_json
from moa.payments.series import access_series, series_state, signed_transfers
from moa.payments.series_facts import occurrences_of, payments_of
from moa.payments.web.bank_parts import bank_name
from moa.payments.web.order_words import HOLIDAYS
from moa.payments.web.plan_state_words import OCCURRENCES, SERIES_STATES
from moa.payments.web.shown_rows import row_stands, transfers_of
from moa.payments.web.views_form import book_of, choices, preview_values, read_form, shown_flaws, taken_over
from moa.payments.web.words_of_series import EVERY, FIELDS_OF_SERIES
from moa.ui.problems import problem_text


@require_http_methods(["GET", "POST"])
@page(ENTER, opened=False)
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "GET":
        with ctx.open():
            return _form(request, ctx, book_of(request), _started(request, ctx))
    typed, step = read_series_form(request.POST), request.POST.get("step", "look")
    with ctx.open():
        book = book_of(request)
    if typed.order.is_of_bank and step in ("ask", "submit"):
        ask_payee(ctx, book, typed.order, again=step == "ask")
    with ctx.open():
        return _posted(request, ctx, book, typed, step)


def read_series_form(given: QueryDict) -> TypedSeries:
    texts = {
        name: given.get(name, "").replace("\0", "").strip()[:40]
        for name in TypedSeries._fields
        if name != "order"
    }
    return TypedSeries(read_form(given)._replace(pay_on=""), **texts)


def _posted(request: HttpRequest, ctx: Context, book: Book, typed: TypedSeries, step: str) -> HttpResponse:
    if "take" in request.POST:
        return _form(request, ctx, book, typed._replace(order=taken_over(request.POST, typed.order)))
    if step != "submit":
        return _form(request, ctx, book, typed)
    try:
        with ctx.open():
            made = submit_series(ctx, book, typed)
    except (NotFound, Forbidden):
        raise
    except OrderFlawed as refusal:
        return _form(request, ctx, book, typed, flaws=refusal.flaws, status=422)
    except DomainError as refusal:
        return _form(request, ctx, book, typed, flaws=[Flaw("", refusal.code)], status=409)
    return HttpResponseRedirect(reverse("payments:series_one", args=[made.id]) + "?sent=1")


@require_POST
@page(ENTER)
def reckon(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Its days, total, and who will decide: while somebody types."""
    values = _seen(ctx, book_of(request), read_series_form(request.POST))
    return render(request, "payments/fragments/series_preview.html", values)


def _seen(ctx: Context, book: Book, typed: TypedSeries) -> dict[str, Any]:
    reading, seen = preview_series(ctx, book, typed)
    return {"series": reading, "holiday_words": HOLIDAYS, **preview_values(seen)}


def _form(
    request: HttpRequest, ctx: Context, book: Book, typed: TypedSeries, *, flaws: list[Flaw] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    values: dict[str, Any] = {
        "book": book, "typed": typed.order, "again": typed, **choices(ctx, book), "intervals": [(one, EVERY[one]) for one in INTERVALS],
        **shown_flaws(flaws or [], FIELDS_OF_SERIES), **_seen(ctx, book, typed),
    }  # fmt: skip
    return render(request, "payments/series_form.html", values, status=status)


def _started(request: HttpRequest, ctx: Context) -> TypedSeries:
    """Empty, as an earlier payment was, or as a series that was returned or is over."""
    text, of_series = request.GET.get("like", ""), request.GET.get("series", "")
    empty = TypedSeries(TypedOrder(holiday_rule=FOLLOWING), MONTHLY, "", str(ctx.today))
    if text.isascii() and text.isdigit() and len(text) < 18:
        former = from_json(access_order(ctx, int(text)).form)
        return empty._replace(
            order=former._replace(pay_on="", document_no="", duplicate_reason="", holiday_rule=FOLLOWING)
        )
    if of_series.isascii() and of_series.isdigit() and len(of_series) < 18:
        typed = series_from_json(access_series(ctx, int(of_series)).form)
        return typed._replace(first=str(ctx.today), order=typed.order._replace(duplicate_reason=""))
    return empty


@require_GET
@page(VIEW)
def one(request: HttpRequest, ctx: Context, series_id: int) -> HttpResponse:
    return _page(request, ctx, access_series(ctx, series_id))


@require_POST
@page(VIEW)
def cancel(request: HttpRequest, ctx: Context, series_id: int) -> HttpResponse:
    try:
        with ctx.open():
            cancel_series(ctx, series_id, reason=request.POST.get("reason", ""))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _page(request, ctx, access_series(ctx, series_id), refusal=refusal, status=409)
    return HttpResponseRedirect(reverse("payments:series_one", args=[series_id]))


def _page(
    request: HttpRequest,
    ctx: Context,
    found: PaymentSeries,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    state = series_state(found)
    days, made = occurrences_of(found), payments_of(found)
    typed = series_from_json(found.form).order
    values: dict[str, Any] = {
        "series": found, "typed": typed, "bank": bank_name(ctx, typed.to_bank), "stands": SERIES_STATES[state.value], "state_code": state.value,
        "rhythm": rhythm(found.every, found.on_day), "holiday": HOLIDAYS.get(found.holiday_rule, ""),
        "days": [_day(one, made.get(one.number)) for one in days], "made": len(made), "transfers": signed_transfers(found.request.content) if found.request else [],
        "paid_minor": sum(row.paid_minor for row in made.values()),
        "may_cancel": may_cancel(ctx, found), "needs_reason": found.maker_id != ctx.actor.person_id,
        "may_enter": may(ctx, ENTER), "is_active": state is SeriesState.ACTIVE,
        "refusal": problem_text(refusal.code) if refusal else None,
    }  # fmt: skip
    return render(request, "payments/series_one.html", values, status=status)


def _day(one: PaymentOccurrence, row: PaymentRow | None) -> dict[str, Any]:
    return {
        "number": one.number, "planned_on": one.planned_on, "pay_on": one.pay_on, "stands": _stands(one, row),
        "orders": transfers_of(row) if row else [], "problem": problem_text(one.problem).what if one.problem else "",
    }  # fmt: skip


def _stands(one: PaymentOccurrence, row: PaymentRow | None) -> tuple[str, Any]:
    return row_stands(row) if row else OCCURRENCES[one.state]
