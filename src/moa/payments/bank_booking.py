"""What a payment over a bank does to the books: in transit from its proof to the bank's statement, and back when it returns.

From approval to the proof its amount is set aside and nothing is booked, for nobody knows yet that money has moved. With the
proof it is charged and stands in transit; the line of the bank's statement takes it out of transit (line_claims.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction

from moa.channels.protocol import Answered
from moa.channels.reasons import understood
from moa.control.bulk_rows import update_rows
from moa.control.context import Context
from moa.ledger.holds import HoldRefused, end_holds, lock_accounts, place_hold
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.post_vouchers import Answer
from moa.ledger.queries import open_day
from moa.ledger.rules.vouchers import Leg, NewVoucher, credit, debit
from moa.payments.bank_reading import accounts_for
from moa.payments.contradictions import AFTER_RETURN, BESIDES, TWICE, mark_besides
from moa.payments.lifecycle import IN_FLIGHT, NOT_PAID, OPEN_ATTEMPT, AttemptState, OrderState
from moa.payments.models import Evidence, OrderMove, PaymentAccounts, PaymentAttempt, PaymentOrder
from moa.payments.moves import SOURCE, OrderStep, keep_evidence_of, move_orders
from moa.payments.posting import post_decided

# What stays set aside of a bank's own account from the proof to the statement's line, which alone lowers the account.
TRANSIT_HOLD = "payment_transit"
# A locked order with its locked attempt.
Pair = tuple[PaymentOrder, PaymentAttempt]
_OUT = (AttemptState.PAID, AttemptState.RETURNED)


class _Refused(Exception):
    """Undoes what was done to book them, the kept answers to their keys included. Shape: codes by the order's id."""

    def __init__(self, codes: dict[int, str]) -> None:
        super().__init__(codes)
        self.codes = codes


def settle_order(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> str:
    """Bring a locked order to where its locked attempt stands. What the books cannot take now waits, and is tried again.

    Shape: the code of what hinders it, empty when the order stands as its attempt does.
    """
    return settle_orders(ctx, [(order, attempt)]).get(order.id, "")


def settle_orders(ctx: Context, pairs: Sequence[Pair]) -> dict[int, str]:
    """The same of many, each order once; what hinders one hinders no other. A try that was debited besides another one is not what
    its order stands for. Shape: by the order's id, of those hindered."""
    pairs = _that_decide([(order, one) for order, one in pairs if one.problem not in BESIDES])
    _settle_unbooked(ctx, pairs)
    refused = _book(
        ctx,
        _PAID,
        [
            (order, one)
            for order, one in pairs
            if one.state in _OUT and order.state in (*IN_FLIGHT, *NOT_PAID)
        ],
    )
    left = [
        (order, one)
        for order, one in pairs
        if one.state == AttemptState.RETURNED
        and order.id not in refused
        and order.state in (OrderState.PAID, OrderState.RECONCILED)
    ]
    refused |= _book(ctx, _RETURNED, left)
    _mark_left_over(ctx, [order for order, _ in left if order.id not in refused])
    move_orders(
        ctx,
        [
            OrderStep(order, "match", note=one.reference)
            for order, one in pairs
            if one.state == AttemptState.PAID
            and order.state == OrderState.PAID
            and one.line_id is not None
            and order.id not in refused
        ],
    )
    held_up = [order for order, _ in pairs if refused.get(order.id, order.problem) != order.problem]
    for order in held_up:
        order.problem = refused[order.id]
    update_rows(held_up, ["problem"])
    return refused


def _mark_left_over(ctx: Context, given_back: Sequence[PaymentOrder]) -> None:
    """What was debited twice is so no longer where the other debit has come back."""
    orders = {one.id: one for one in given_back}
    left = PaymentAttempt.objects.filter(order_id__in=orders, state=AttemptState.PAID, problem=TWICE)
    for attempt in left.order_by("id") if orders else ():
        mark_besides(ctx, orders[attempt.order_id], attempt, AFTER_RETURN)


def _that_decide(pairs: Sequence[Pair]) -> list[Pair]:
    """With the try that each order stands for: one that came back leaves it to another one that is under way or paid, and one that
    failed to another one that was debited. An order changes under its lock alone, and so do its tries."""
    asked = [order.id for order, one in pairs if one.state in (AttemptState.FAILED, AttemptState.RETURNED)]
    others: dict[int, list[PaymentAttempt]] = {}
    tries = PaymentAttempt.objects.filter(order_id__in=asked).exclude(state=AttemptState.FAILED)
    for other in tries.exclude(problem__in=BESIDES).order_by("id") if asked else ():
        others.setdefault(other.order_id, []).append(other)
    found = []
    for order, one in pairs:
        rest = [other for other in others.get(order.id, ()) if other.id != one.id]
        is_open = any(other.state in OPEN_ATTEMPT for other in rest)
        paid = [other for other in rest if other.state == AttemptState.PAID]
        if one.state == AttemptState.RETURNED and (is_open or paid):
            continue
        if one.state == AttemptState.FAILED and rest and not is_open:
            one = (paid or rest)[0]
        found.append((order, one))
    return found


def _settle_unbooked(ctx: Context, pairs: Sequence[Pair]) -> None:
    """What failed is free again; what is under way still, or lost, is said so."""
    failed = [
        (order, one) for order, one in pairs if one.state == AttemptState.FAILED and order.state in IN_FLIGHT
    ]
    for book in _books(failed):
        mine = [order.id for order, _ in failed if order.book_id == book.id]
        end_holds(ctx, book, source_kind=SOURCE, source_ids=mine)
    steps = [
        OrderStep(order, "prove_failed", {"problem": why_not_paid(one.code)}, one.code)
        for order, one in failed
    ]
    for order, one in pairs:
        if one.state == AttemptState.PROCESSING and order.state in (OrderState.SENT, OrderState.UNKNOWN):
            steps.append(OrderStep(order, "acknowledge", note=one.code))
        if one.state == AttemptState.UNKNOWN and order.state in (OrderState.SENT, OrderState.PROCESSING):
            steps.append(OrderStep(order, "lose", note=one.code))
    move_orders(ctx, steps)


def why_not_paid(code: str) -> str:
    """Of a try that is proven not to have been paid, by the bank's last code; without one, persons proved it."""
    if not code:
        return "payment_not_made"
    return "payment_never_arrived" if understood(code) is Answered.NO_RECORD else "bank_refused_payment"


class _Kind(NamedTuple):
    """A way in which payments are booked. Shape: `name` in the voucher's key; `ends_hold` whether what was set aside goes
    with it; `problem` the order has afterwards."""

    name: str
    move: str
    legs: Callable[[_Accounts, PaymentOrder, PaymentAttempt], list[Leg]]
    ends_hold: bool
    problem: str = ""


class _Accounts(NamedTuple):
    """Those that a book's payments move."""

    named: PaymentAccounts
    by_id: dict[int, LedgerAccount]

    def charged(self, order: PaymentOrder) -> LedgerAccount:
        assert order.charge_id is not None
        return self.by_id[order.charge_id]


def _legs_paid(accounts: _Accounts, order: PaymentOrder, attempt: PaymentAttempt) -> list[Leg]:
    assert order.amount_minor is not None
    fee = attempt.fee_minor or 0
    legs = [debit(accounts.charged(order).code, order.amount_minor, order.currency)]
    legs += [debit(accounts.named.fees.code, fee, order.currency)] if fee else []
    return [*legs, credit(accounts.named.transit.code, order.amount_minor + fee, order.currency)]


def _legs_returned(accounts: _Accounts, order: PaymentOrder, attempt: PaymentAttempt) -> list[Leg]:
    """The amount is the payer's again; the fee is not given back."""
    assert order.amount_minor is not None
    return [
        debit(accounts.named.transit.code, order.amount_minor, order.currency),
        credit(accounts.charged(order).code, order.amount_minor, order.currency),
    ]


_PAID = _Kind("paid", "prove_paid", _legs_paid, ends_hold=True)
_RETURNED = _Kind("returned", "give_back", _legs_returned, ends_hold=False, problem="returned_by_bank")


def _book(ctx: Context, kind: _Kind, pairs: Sequence[Pair]) -> dict[int, str]:
    """Book them by their books; what a book refuses is left out and the rest is booked. Shape: codes by the order's id."""
    refused: dict[int, str] = {}
    for book in _books(pairs):
        waiting = [pair for pair in pairs if pair[0].book_id == book.id]
        while waiting:
            try:
                with transaction.atomic():
                    _book_together(ctx, book, kind, waiting)
                break
            except _Refused as refusal:
                # Each is decided on what the others leave, so those that are left are decided anew.
                refused |= refusal.codes
                waiting = [pair for pair in waiting if pair[0].id not in refusal.codes]
    return refused


def _books(pairs: Iterable[Pair]) -> list[Book]:
    numbers = {order.book_id for order, _ in pairs}
    return list(Book.objects.filter(id__in=numbers).order_by("id")) if numbers else []


def _book_together(ctx: Context, book: Book, kind: _Kind, pairs: Sequence[Pair]) -> None:
    named, day = accounts_for(book), open_day(book)
    if named is None:
        raise _Refused(dict.fromkeys((order.id for order, _ in pairs), "payment_accounts_missing"))
    if day is None:
        raise _Refused(dict.fromkeys((order.id for order, _ in pairs), "payment_waits_for_day"))
    touched = {number for order, _ in pairs for number in (order.payer_id, order.charge_id) if number}
    accounts = _Accounts(named, LedgerAccount.objects.in_bulk(touched))
    lock_accounts(book, touched | {named.transit_id, named.fees_id})
    if kind.ends_hold:
        end_holds(ctx, book, source_kind=SOURCE, source_ids=[order.id for order, _ in pairs])
    again = _disproved([order.id for order, _ in pairs])
    answers = post_decided(
        ctx,
        book,
        [(order, _voucher(kind, accounts, day, order, one, again[order.id])) for order, one in pairs],
    )
    refused = {order.id: said.code for (order, _), said in zip(pairs, answers, strict=True) if said.code}
    if refused:
        raise _Refused(refused)
    if kind.ends_hold:
        _hold_until_line(ctx, book, pairs)
    _keep_booked(ctx, book, kind, pairs, answers)


def _disproved(order_ids: Sequence[int]) -> Counter[int]:
    """How often the voucher of each was taken back, because nothing had been paid: the next one is another."""
    moves = OrderMove.objects.filter(order_id__in=order_ids, move="disprove")
    return Counter(moves.values_list("order_id", flat=True))


def _voucher(
    kind: _Kind, accounts: _Accounts, day: date, order: PaymentOrder, attempt: PaymentAttempt, again: int
) -> NewVoucher:
    """On the day that is open."""
    assert order.request_id is not None and attempt.day is not None
    more = f"-{again}" if again else ""
    return NewVoucher(
        f"moa-payment-{order.id}-{kind.name}-{attempt.number}{more}", day, day,
        tuple(kind.legs(accounts, order, attempt)), f"{order.to_name} {order.memo}".strip() or f"P{order.id}",
        source_id=str(order.id),
    )  # fmt: skip


def _hold_until_line(ctx: Context, book: Book, pairs: Sequence[Pair]) -> None:
    for order, attempt in pairs:
        if order.payer_id is None or order.payer_id == order.charge_id or attempt.line_id is not None:
            continue
        minor = attempt.amount_minor + (attempt.fee_minor or 0)
        try:
            place_hold(ctx, book, order.payer_id, minor, source_kind=TRANSIT_HOLD, source_id=attempt.id)
        except HoldRefused:
            # It is the bank's debit that made the account short; it is no reason to deny that it happened.
            continue


def _keep_booked(
    ctx: Context, book: Book, kind: _Kind, pairs: Sequence[Pair], answers: Sequence[Answer]
) -> None:
    booked = list(zip(pairs, answers, strict=True))
    keep_evidence_of(
        ctx, Evidence.VOUCHER,
        [(order, {"book": book.code, "voucher": str(said.voucher_id), "period": str(said.period)})
         for (order, _), said in booked],
    )  # fmt: skip
    steps = []
    for (order, attempt), said in booked:
        changes = {"problem": kind.problem}
        more = {"voucher_id": said.voucher_id, "period": said.period} if kind is _PAID else {}
        move = "put_right" if order.state in NOT_PAID else kind.move
        steps.append(OrderStep(order, move, changes | more, attempt.code))
    move_orders(ctx, steps)
