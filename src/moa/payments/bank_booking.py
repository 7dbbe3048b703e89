"""What a payment over a bank does to the books: in transit from its proof to the bank's statement, and back when it returns.

From approval to the proof its amount is set aside and nothing is booked, for nobody knows yet that money has moved. With the
proof it is charged and stands in transit; the line of the bank's statement takes it out of transit (line_claims.py).
"""

from __future__ import annotations

from django.db import transaction

from moa.control.context import Context
from moa.control.models import ApprovalDecision
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.ledger.holds import HoldRefused, end_hold, lock_accounts, place_hold
from moa.ledger.lifecycle import DayState
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.post_vouchers import Answer, Authority, post_vouchers
from moa.ledger.queries import day_under_way
from moa.ledger.rules import acts
from moa.ledger.rules.vouchers import Leg, NewVoucher, credit, debit
from moa.payments.bank_reading import accounts_for
from moa.payments.lifecycle import IN_FLIGHT, AttemptState, OrderState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import SOURCE, keep_evidence, move_order

# What stays set aside of a bank's own account from the proof to the statement's line, which alone lowers the account.
TRANSIT_HOLD = "payment_transit"


class _Refused(DomainError):
    """Undoes what the attempt to book has done, the kept answer to its key included."""

    code = "payment_refused"


def settle_order(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> str:
    """Bring a locked order to where its locked attempt stands. What the books cannot take now waits, and is tried again.

    Shape: the code of what hinders it, empty when the order stands as its attempt does.
    """
    state = attempt.state
    if state == AttemptState.FAILED and order.state in IN_FLIGHT:
        end_hold(ctx, Book.objects.get(id=order.book_id), source_kind=SOURCE, source_id=order.id)
        move_order(ctx, order, "prove_failed", problem="bank_refused_payment", note=attempt.code)
    if state == AttemptState.PROCESSING and order.state in (OrderState.SENT, OrderState.UNKNOWN):
        move_order(ctx, order, "acknowledge", note=attempt.code)
    if state == AttemptState.UNKNOWN and order.state in (OrderState.SENT, OrderState.PROCESSING):
        move_order(ctx, order, "lose", note=attempt.code)
    problem = ""
    if state in (AttemptState.PAID, AttemptState.RETURNED) and order.state in IN_FLIGHT:
        problem = _in_savepoint(ctx, order, attempt, _book_paid)
    if (
        not problem
        and state == AttemptState.RETURNED
        and order.state in (OrderState.PAID, OrderState.RECONCILED)
    ):
        problem = _in_savepoint(ctx, order, attempt, _book_returned)
    if (
        not problem
        and state == AttemptState.PAID
        and order.state == OrderState.PAID
        and attempt.line_id is not None
    ):
        move_order(ctx, order, "match", note=attempt.reference)
    if problem and order.problem != problem:
        order.problem = problem
        order.save(update_fields=["problem"])
    return problem


def _in_savepoint(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, act) -> str:  # type: ignore[no-untyped-def]
    try:
        with transaction.atomic():
            act(ctx, order, attempt)
    except _Refused as refusal:
        order.refresh_from_db()
        return str(refusal.facts["problem"])
    return ""


def _book_paid(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    book, payer, charge, transit, fees = _accounts(order)
    assert order.amount_minor is not None
    fee = attempt.fee_minor or 0
    legs = [debit(charge.code, order.amount_minor, order.currency)]
    legs += [debit(fees.code, fee, order.currency)] if fee else []
    legs.append(credit(transit.code, order.amount_minor + fee, order.currency))
    lock_accounts(book, [payer.id, charge.id, transit.id, fees.id])
    end_hold(ctx, book, source_kind=SOURCE, source_id=order.id)
    answer = _post(ctx, book, order, "paid", attempt, legs)
    if payer.id != charge.id:
        _hold_until_line(ctx, book, payer, order.amount_minor + fee, attempt)
    keep_evidence(
        ctx,
        order,
        Evidence.VOUCHER,
        book=book.code,
        voucher=str(answer.voucher_id),
        period=str(answer.period),
    )
    move_order(
        ctx,
        order,
        "prove_paid",
        voucher_id=answer.voucher_id,
        period=answer.period,
        problem="",
        note=attempt.code,
    )


def _book_returned(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    """The amount is the payer's again; the fee is not given back."""
    book, payer, charge, transit, _fees = _accounts(order)
    assert order.amount_minor is not None
    legs = [
        debit(transit.code, order.amount_minor, order.currency), credit(charge.code, order.amount_minor, order.currency)
    ]  # fmt: skip
    lock_accounts(book, [payer.id, charge.id, transit.id])
    answer = _post(ctx, book, order, "returned", attempt, legs)
    keep_evidence(
        ctx,
        order,
        Evidence.VOUCHER,
        book=book.code,
        voucher=str(answer.voucher_id),
        period=str(answer.period),
    )
    move_order(ctx, order, "give_back", problem="returned_by_bank", note=attempt.code)


def _accounts(order: PaymentOrder) -> tuple[Book, LedgerAccount, LedgerAccount, LedgerAccount, LedgerAccount]:
    book = Book.objects.get(id=order.book_id)
    named = accounts_for(book)
    if named is None:
        raise _Refused(None, problem="payment_accounts_missing")
    assert order.payer_id is not None and order.charge_id is not None
    found = LedgerAccount.objects.in_bulk([order.payer_id, order.charge_id])
    return book, found[order.payer_id], found[order.charge_id], named.transit, named.fees


def _hold_until_line(
    ctx: Context, book: Book, payer: LedgerAccount, minor: int, attempt: PaymentAttempt
) -> None:
    """The bank has debited it already; the books follow with the statement, and nobody spends it meanwhile."""
    try:
        with transaction.atomic():
            place_hold(ctx, book, payer.id, minor, source_kind=TRANSIT_HOLD, source_id=attempt.id)
    except HoldRefused:
        # It is the bank's debit that made the account short; it is no reason to deny that it happened.
        return


def _post(
    ctx: Context, book: Book, order: PaymentOrder, what: str, attempt: PaymentAttempt, legs: list[Leg]
) -> Answer:
    """On the two persons' decision, by the machine user's hand, on the day that is open."""
    day = day_under_way(book)
    if day is None or day.state not in (DayState.OPEN, DayState.REOPENED):
        raise _Refused(None, problem="payment_waits_for_day")
    assert order.request_id is not None and attempt.day is not None
    voucher = NewVoucher(
        f"moa-payment-{order.id}-{what}-{attempt.number}", day.business_date, day.business_date, tuple(legs),
        f"{order.to_name} {order.memo}".strip() or f"P{order.id}", source_id=str(order.id),
    )  # fmt: skip
    last = ApprovalDecision.objects.filter(request_id=order.request_id, approved=True).latest("step")
    authority = Authority(order.maker_id, last.checker_id, order.request_id)
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    with machine.open():
        answer = post_vouchers(
            machine, book, [voucher], origin=acts.PAYMENT, source_kind=SOURCE, authority=authority
        ).answers[0]
    if answer.code:
        raise _Refused(None, problem=answer.code)
    return answer
