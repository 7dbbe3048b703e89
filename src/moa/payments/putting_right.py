"""What was proven to have failed, and its bank carried out after all: put right by the bank's word and two persons.

The try becomes paid, and its order with it, unless another try of it was debited too: then this one is debited twice, and what the
bank took for it stands in suspense until it is back. Persons may also stand by the failure; then the bank's word is its mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from moa.control.context import Context
from moa.control.queries import machine_context
from moa.ledger.holds import end_hold
from moa.ledger.models import Book
from moa.ledger.queries import open_day
from moa.payments.attempts import mark_twice, take_word
from moa.payments.bank_booking import TRANSIT_HOLD, settle_order, why_not_paid
from moa.payments.bank_reading import accounts_for
from moa.payments.contradictions import BESIDES, OF_BANK
from moa.payments.lifecycle import BOOKED, OPEN_ATTEMPT, AttemptState, OrderState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import SOURCE, Said, keep_word, keep_words, move_attempt, move_order
from moa.payments.posting import authorities_of
from moa.payments.rules.evidence import CONTRADICTS, GIVE_BACK, PROVE_FAILED, PROVE_PAID
from moa.payments.rules.statement_lines import COLUMNS, FEE, PAID, RETURN
from moa.payments.taking_back import take_back_asked
from moa.reconciliation.clearing import clear_item
from moa.reconciliation.jobs import run_later
from moa.reconciliation.lifecycle import LineState, SuspenseState
from moa.reconciliation.line_claims import CONTRADICTS_PAYMENT
from moa.reconciliation.models import BankLine, SuspenseItem


def may_put_right(attempt: PaymentAttempt, says: str) -> bool:
    """Persons decide between what is known here and what the bank says; that it was paid, only of a try that left, and after the bank
    has said so itself."""
    if attempt.problem != CONTRADICTS:
        return False
    if says == PROVE_FAILED:
        return attempt.state in (AttemptState.FAILED, AttemptState.PREPARED)
    return (
        says in (PROVE_PAID, GIVE_BACK)
        and attempt.state == AttemptState.FAILED
        and attempt.message_id is not None
        and _banks_word(attempt) is not None
    )


def _banks_word(attempt: PaymentAttempt) -> Evidence | None:
    """The last one by which it was debited."""
    heard = Evidence.objects.filter(attempt_id=attempt.id, kind__in=OF_BANK, says__in=(PROVE_PAID, GIVE_BACK))
    return heard.order_by("-id").first()


def put_right(
    ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, says: str, facts: Mapping[str, str]
) -> None:
    """What two persons agreed on of a locked try, after `may_put_right`."""
    keep_words(ctx, [Said(attempt, Evidence.OUTSIDE, says, None, facts)])
    if says == PROVE_FAILED:
        _stand_by_the_failure(ctx, order, attempt)
        settle_lines(ctx, order, attempt)
        take_back_asked(ctx, [order])
        return
    if says == GIVE_BACK:
        # Given back is what was debited before.
        keep_words(ctx, [Said(attempt, Evidence.OUTSIDE, PROVE_PAID, None, facts)])
    _end_next_tries(ctx, order, attempt)
    heard = _banks_word(attempt)
    fee = heard.facts.get("fee") if heard is not None else None
    # What came back leaves the order to a next try that is under way; its fee is booked by its line.
    is_order = says == PROVE_PAID or not _has_left_again(order)
    changes = {"fee_minor": int(fee)} if fee is not None and attempt.fee_line_id is None and is_order else {}
    move_attempt(ctx, attempt, "put_right", problem="", ask_at=None, **changes)
    if says == GIVE_BACK:
        move_attempt(ctx, attempt, GIVE_BACK)
    mark_twice(ctx, [(order, attempt)])
    settle_order(ctx, order, attempt)
    settle_lines(ctx, order, attempt)


def _stand_by_the_failure(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    """One that never left ends with its order: nothing is sent after what the bank has said, before a person asks for it."""
    if attempt.state == AttemptState.FAILED:
        attempt.problem = ""
        attempt.save(update_fields=["problem"])
        return
    move_attempt(ctx, attempt, PROVE_FAILED, problem="", ask_at=None)
    if order.state == OrderState.READY:
        end_hold(ctx, Book.objects.get(id=order.book_id), source_kind=SOURCE, source_id=order.id)
        move_order(ctx, order, PROVE_FAILED, problem=why_not_paid(""))


def _end_next_tries(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    """The order was to be sent again, and the new try has not left: it never will."""
    waiting = PaymentAttempt.objects.select_for_update().filter(
        order_id=order.id, state=AttemptState.PREPARED
    )
    for one in waiting.exclude(id=attempt.id).order_by("id"):
        keep_word(ctx, one, Evidence.NOT_SENT, says=PROVE_FAILED, why="paid_before")
        move_attempt(ctx, one, PROVE_FAILED, problem="withdrawn", ask_at=None)


def _has_left_again(order: PaymentOrder) -> bool:
    return PaymentAttempt.objects.filter(order_id=order.id, state__in=OPEN_ATTEMPT).exists()


def settle_lines(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    """The bank's lines that waited for what persons decide: those that are open are worked on anew, those in suspense go where the
    payment is booked. What the books cannot take now stays in suspense for a person."""
    heard = Evidence.objects.filter(
        attempt_id=attempt.id, kind=Evidence.STATEMENT, facts__has_keys=["line", "of"]
    )
    is_open = False
    for one in heard.order_by("id"):
        # Whoever works on a row just now keeps it.
        lines = BankLine.objects.select_for_update(skip_locked=True).filter(
            link_id=order.via_id, line_id=int(one.facts["line"])
        )
        row = lines.first()
        if row is not None and row.state == LineState.UNPOSTED and row.problem == CONTRADICTS_PAYMENT:
            row.problem, is_open = "", True
            row.save(update_fields=["problem"])
        elif row is not None and (row.state == LineState.SUSPENSE or _was_cleared_by_hand(attempt, row)):
            _take_out(ctx, order, attempt, row, str(one.facts["of"]))
    if is_open:
        run_later(ctx, order.book_id)


def _take_out(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, row: BankLine, role: str) -> None:
    book = Book.objects.get(id=order.book_id)
    day, column = open_day(book), COLUMNS[role]
    if (
        attempt.state not in (AttemptState.PAID, AttemptState.RETURNED)
        or getattr(attempt, column) is not None
    ):
        return
    if role == RETURN and attempt.state == AttemptState.PAID:
        # What came back was said by this line alone, and persons decided on the debit.
        take_word(
            ctx, order, attempt, GIVE_BACK, kind=Evidence.STATEMENT,
            said=role, line=str(row.line_id), day=str(row.booked_on), amount=str(row.amount_minor),
        )  # fmt: skip
    if attempt.problem not in BESIDES and not (
        _is_booked(order) and day is not None and clear_line(ctx, book, order, attempt, row, role, day)
    ):
        return
    setattr(attempt, column, row.id)
    attempt.save(update_fields=[column.removesuffix("_id")])
    if role == PAID:
        end_hold(ctx, book, source_kind=TRANSIT_HOLD, source_id=attempt.id)
    settle_order(ctx, order, attempt)


def _was_cleared_by_hand(attempt: PaymentAttempt, row: BankLine) -> bool:
    """What a person had settled before it was known to be a debit besides another: there is nothing left to be claimed back."""
    return row.state == LineState.CLEARED and attempt.problem in BESIDES


def _is_booked(order: PaymentOrder) -> bool:
    return order.state in BOOKED


def clear_line(
    ctx: Context,
    book: Book,
    order: PaymentOrder,
    attempt: PaymentAttempt,
    row: BankLine,
    role: str,
    day: date,
) -> bool:
    """Out of suspense to where the payment's voucher has it; False where the books refuse."""
    named = accounts_for(book)
    item = SuspenseItem.objects.select_for_update().filter(line_id=row.id, state=SuspenseState.OPEN).first()
    if named is None or item is None:
        return False
    counter = named.fees if role == FEE and not attempt.fee_minor else named.transit
    machine = machine_context(ctx.group_id, at=ctx.at, channel=ctx.channel, request_id=ctx.request_id)
    with machine.open():
        answer = clear_item(
            machine, book, item, row, counter.code, f"P{order.id} {order.to_name}".strip(), day,
            authority=authorities_of([order])[order.id],
        )  # fmt: skip
    return not answer.code
