"""File payments that come again (정기 이체) for one decision over all of them: payment, days, number and total are pinned."""

from __future__ import annotations

from typing import Any

from moa.control.access import require
from moa.control.approvals import submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.idempotency import once
from moa.kernel.masking import mask_text
from moa.kernel.money import to_text
from moa.ledger.models import Book
from moa.payments.bundle_reading import unit_of
from moa.payments.models import PaymentOccurrence, PaymentSeries
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.create_order import book_by_code
from moa.payments.operations.save_order import SUBJECT
from moa.payments.operations.submit_order import OrderFlawed, limit_flaws, twins_of, uses_for
from moa.payments.permissions import ENTER
from moa.payments.pinning import pinned_content
from moa.payments.queries import hold_duplicates
from moa.payments.reading import Flaw, Reading, name_flaws
from moa.payments.rules.duplicates import Duplicate
from moa.payments.rules.limits import LimitScope
from moa.payments.rules.typed_series import TypedSeries
from moa.payments.series import access_series
from moa.payments.series_facts import series_facts
from moa.payments.series_reading import SeriesReading, read_series, series_alike


def create_series(ctx: Context, typed: TypedSeries, *, book: str = "", key: str = "") -> dict[str, Any]:
    """As the page does it, once for each key, for programs. Called in a closed Context. Raises: what submitting raises."""
    typed = typed._replace(order=typed.order._replace(purpose=typed.order.purpose or "other"))
    with ctx.open():
        found = book_by_code(book)
    ask_payee(ctx, found, typed.order)

    def create() -> dict[str, Any]:
        made = submit_series(ctx, found, typed)
        return series_facts(ctx, access_series(ctx, made.id, ENTER))

    if not key:
        with ctx.open():
            return create()
    return once(ctx, "payments.create_series", key, {"typed": typed.as_json(), "book": book}, create)


def submit_series(ctx: Context, book: Book, typed: TypedSeries) -> PaymentSeries:
    """Nothing is set aside: on each day limits, duplicates, the payee's name and the balance are judged as of any payment.

    What no limit of one payment would ever let through is refused here.
    Raises: forbidden, payment_flawed, nobody_can_approve, no_rate_for_limit.
    """
    require(ctx, ENTER)
    typed = typed._replace(
        order=typed.order._replace(
            memo=mask_text(typed.order.memo), duplicate_reason=mask_text(typed.order.duplicate_reason),
            name_reason=mask_text(typed.order.name_reason),
        )
    )  # fmt: skip
    reading = read_series(ctx, book, typed)
    hold_duplicates(ctx)
    twins = twins_of(book, 0, typed.order, reading.order)
    if flaws := series_flaws(ctx, book, typed, reading, twins):
        raise OrderFlawed(flaws)
    return _file(ctx, book, typed, reading, twins)


def series_flaws(
    ctx: Context, book: Book, typed: TypedSeries, reading: SeriesReading, twins: list[Duplicate]
) -> list[Flaw]:
    """Everything that hinders its submission."""
    flaws = [*reading.flaws, *name_flaws(reading.order, typed.order)]
    uses = uses_for(ctx, book, 0, reading.order)
    flaws += limit_flaws(
        [one for one in uses if one.limit.scope is LimitScope.SINGLE], reading.order.currency
    )
    alike = [f"P{one.order_id}" for one in twins] + [f"S{one.id}" for one in series_alike(book, reading)]
    if alike and not typed.order.duplicate_reason.strip():
        flaws.append(Flaw("duplicate_reason", "payment_perhaps_twice", ", ".join(alike)))
    return flaws


def _parts(order: Reading) -> dict[str, list[str]]:
    """What each occurrence leaves in where the bank takes no more at a time: it is signed, as the days are."""
    return {"parts": [str(one) for one in order.parts]} if order.parts else {}


def _file(
    ctx: Context, book: Book, typed: TypedSeries, reading: SeriesReading, twins: list[Duplicate]
) -> PaymentSeries:
    order, plan, days = reading.order, reading.plan, reading.days
    assert order.payer is not None and order.amount_minor is not None and plan is not None
    unit_id = unit_of(book, order.payer)
    series = PaymentSeries.objects.create(
        group_id=ctx.group_id, book_id=book.id, unit_id=unit_id, maker_id=ctx.actor.person_id, made_at=ctx.at,
        state_at=ctx.at, form=typed.as_json(), every=plan.every, on_day=plan.on_day,
        holiday_rule=typed.order.holiday_rule.strip(), first_on=days[0].planned_on, last_on=days[-1].planned_on, count=len(days),
        payer_id=order.payer.id, payee_name=(order.payee.name if order.payee else order.to_name)[:200],
        amount_minor=order.amount_minor, total_minor=reading.total_minor, currency=order.currency,
    )  # fmt: skip
    PaymentOccurrence.objects.bulk_create(
        PaymentOccurrence(
            group_id=ctx.group_id, series_id=series.id, number=one.number, planned_on=one.planned_on, pay_on=one.pay_on
        )
        for one in days
    )  # fmt: skip
    content = {
        **pinned_content(book, unit_id, typed.order, order, twins), "series": str(series.id), "every": plan.every,
        "on_day": str(plan.on_day), "count": str(len(days)), "total_minor": str(reading.total_minor),
        "total": to_text(reading.total_minor, order.currency), "holiday_rule": series.holiday_rule,
        "duplicate_reason": typed.order.duplicate_reason.strip(),
        "days": {str(one.number): str(one.pay_on) for one in days}, **_parts(order),
    }  # fmt: skip
    request = submit(
        ctx, subject_type=SUBJECT, subject_id=series, content=content, unit_id=unit_id,
        amount_minor=reading.total_minor, currency=order.currency, due_on=days[0].pay_on,
    )  # fmt: skip
    series.request = request
    series.save(update_fields=["request"])
    record(
        ctx,
        "payments.series.made",
        "payment_series",
        series.id,
        after={"request": request.id, "count": len(days)},
    )
    return series
