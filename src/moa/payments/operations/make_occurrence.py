"""Make the payment of a series whose day has come: an order like any other, on the decision that the series had; or, where
it is more than the bank takes at a time, the orders of all its parts, or none of them.

The payee's name is asked of the bank once more, and duplicates, limits and balance are judged now. What hinders it is kept
and told; it is tried until its day is over, and once after it when nobody tried before. Then it is missed, and not made up for.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from moa.control.access import require
from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.money import to_text
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.payments.approving import PaymentRefused, check_limits, set_aside
from moa.payments.bank_reading import above_limit
from moa.payments.lifecycle import OccurrenceState, SeriesState
from moa.payments.models import BANK, PayeeInquiry, PaymentOccurrence, PaymentOrder, PaymentSeries
from moa.payments.moves import RELEASE_DUE, move_order
from moa.payments.notices import HELD_UP, MISSED, tell_of_occurrence
from moa.payments.operations.ask_payee import ask_bank
from moa.payments.operations.carry_out_transfer import carry_out
from moa.payments.permissions import CARRY_OUT
from moa.payments.queries import asked_of, duplicates_of_parts, hold_duplicates, payee_of
from moa.payments.reading import ABOVE_LIMIT
from moa.payments.rules.duplicates import plain_document
from moa.payments.rules.payee_names import FLAWS, NameVerdict, compare_names
from moa.payments.rules.typed_series import series_from_json
from moa.payments.series import lock_series, move_series, signed_transfers
from moa.reconciliation.models import BankLink


def make_occurrence(ctx: Context, occurrence_id: int) -> str:
    """For the machine user, in a closed Context. Shape: the occurrence's state afterwards. Raises: forbidden, not_found."""
    with ctx.open():
        require(ctx, CARRY_OUT)
        seen = _read(occurrence_id)
        if seen.state != OccurrenceState.WAITING or seen.pay_on > ctx.today:
            return seen.state
        series = seen.series
        assert series.request is not None
        said = series.request.content
        via = _link_of(said)
    problem = _ask_again(ctx, said, via.account.bank_code) if via else ""
    with ctx.open():
        # The book before the rows, as whoever decides or cancels locks them.
        share_book(series.book_id)
        series = lock_series(series.id)
        occurrence = PaymentOccurrence.objects.select_for_update().get(id=occurrence_id)
        if series.state != SeriesState.ACTIVE or occurrence.state != OccurrenceState.WAITING:
            return occurrence.state
        occurrence.series = series
        try:
            if problem:
                raise PaymentRefused(problem=problem, account="")
            if via and above_limit(via, max(signed_transfers(said))):
                # The bank takes less at a time than on the day of the decision, which was on these very transfers.
                raise PaymentRefused(problem=ABOVE_LIMIT, account="")
            with transaction.atomic():
                orders = _make(ctx, series, said, occurrence)
        except DomainError as refusal:
            _keep(ctx, occurrence, str(refusal.facts.get("problem", refusal.code))[:40])
        else:
            occurrence.state, occurrence.order, occurrence.problem = OccurrenceState.MADE, orders[0], ""
            occurrence.tried_at = ctx.at
            occurrence.save(update_fields=["state", "order", "problem", "tried_at"])
        if not PaymentOccurrence.objects.filter(series_id=series.id, state=OccurrenceState.WAITING).exists():
            move_series(ctx, series, "end")
        return occurrence.state


def _read(occurrence_id: int) -> PaymentOccurrence:
    found = PaymentOccurrence.objects.select_related("series__request").filter(id=occurrence_id).first()
    if found is None:
        raise NotFound(occurrence=occurrence_id)
    return found


def _link_of(said: dict[str, Any]) -> BankLink | None:
    """Our account that a payment over a bank leaves from; None within the books."""
    if said["kind"] != BANK:
        return None
    return BankLink.objects.select_related("account").get(id=int(said["via_id"]))


def _ask_again(ctx: Context, said: dict[str, Any], via: str) -> str:
    """The code of why the payee is not who was agreed to; empty when the bank says the same as then, or the very name."""
    try:
        inquiry = ask_bank(ctx, via, said["to_bank"], said["to_account"], int(said["amount_minor"]))
    except DomainError as fault:
        return fault.code
    if inquiry.is_closed:
        return "payee_account_closed"
    verdict = _verdict(said["payee_name"], inquiry)
    return "" if verdict.value in (NameVerdict.MATCH, said["name_verdict"]) else FLAWS[verdict]


def _verdict(name: str, inquiry: PayeeInquiry) -> NameVerdict:
    return compare_names(name, inquiry.name) if inquiry.name else NameVerdict.UNAVAILABLE


def _make(
    ctx: Context, series: PaymentSeries, said: dict[str, Any], occurrence: PaymentOccurrence
) -> list[PaymentOrder]:
    """Raises: payment_refused, after which nothing of it stays."""
    amounts = signed_transfers(said)
    made = [
        _make_order(ctx, series, said, occurrence, amount, part if len(amounts) > 1 else None)
        for part, amount in enumerate(amounts, 1)
    ]
    book = Book.objects.get(id=series.book_id)
    found = PaymentOrder.objects.select_related("book", "payer", "payee").filter(id__in=made)
    orders = list(found.order_by("id"))
    first = orders[0]
    hold_duplicates(ctx)
    if not said["duplicate_reason"] and duplicates_of_parts(
        asked_of(first), amounts, payee_of(first), book, but_series=series.id
    ):
        raise PaymentRefused(problem="payment_perhaps_twice", account="")
    check_limits(ctx, book, orders)
    set_aside(ctx, book, orders)
    if first.kind == BANK:
        enqueue(ctx, RELEASE_DUE, lock=f"{RELEASE_DUE}:{ctx.group_id}")
    elif refused := carry_out(ctx, book, first):
        raise PaymentRefused(problem=refused, account="")
    return orders


def _make_order(
    ctx: Context, series: PaymentSeries, said: dict[str, Any], occurrence: PaymentOccurrence, amount_minor: int,
    part: int | None,
) -> int:  # fmt: skip
    typed = series_from_json(series.form).order._replace(pay_on=str(occurrence.pay_on), holiday_rule="")
    if part is not None:
        typed = typed._replace(amount=to_text(amount_minor, series.currency))
    order = PaymentOrder.objects.create(
        group_id=ctx.group_id, book_id=series.book_id, maker_id=series.maker_id, made_at=ctx.at, saved_at=ctx.at,
        state_at=ctx.at, form=typed.as_json(), kind=said["kind"], series_id=series.id, place=occurrence.number, part=part,
    )  # fmt: skip
    columns = _columns(series, said, occurrence.pay_on) | {"amount_minor": amount_minor}
    move_order(ctx, order, "submit", note=f"{series}", **columns, request_id=series.request_id)
    return order.id


def _columns(series: PaymentSeries, said: dict[str, Any], pay_on: date) -> dict[str, Any]:
    over_bank = {
        "payee_id": None, "via_id": int(said["via_id"]), "charge_id": int(said["charge_id"]), "to_bank": said["to_bank"],
        "to_account": said["to_account"], "to_name": said["payee_name"], "name_verdict": said["name_verdict"],
    } if said["kind"] == BANK else {"payee_id": int(said["payee_id"])}  # fmt: skip
    return {
        "unit_id": series.unit_id, "payer_id": series.payer_id, **over_bank, "currency": series.currency, "pay_on": pay_on,
        "purpose": said["purpose"], "memo": said["memo"],
        "document_no": said["document_no"], "document_key": plain_document(said["document_no"])[:60],
    }  # fmt: skip


def _keep(ctx: Context, occurrence: PaymentOccurrence, problem: str) -> None:
    """What hinders it, told once for each reason; after its day it is missed."""
    is_over = ctx.today > occurrence.pay_on
    occurrence.problem, occurrence.tried_at = problem, ctx.at
    occurrence.state = OccurrenceState.MISSED if is_over else OccurrenceState.WAITING
    occurrence.save(update_fields=["state", "problem", "tried_at"])
    tell_of_occurrence(ctx, MISSED if is_over else HELD_UP, occurrence)
