"""Send approved payments to a bank: the tries are committed, then their messages with the tries, then they leave, once.

Many leave together, and one alone is many of one. The windows in which we may be stopped, and what is known after each:
1. before `begin_attempts` commits: nothing happened; the orders are approved still.
2. after it, before the messages are stored: the tries are prepared and cannot have left; the next run sends them.
3. after the messages are stored (in one transaction with the tries' move to sent): each may have left. None is ever sent
   again; the bank is asked what became of it.
4. after answers are stored raw, before `take_answers` commits: the same, and the stored answers are found first.

Where a line ended before the socket was given a stored message, that try has failed for certain, and the payment is ready for
the next one (take_back_unsent.py); stopped before that is written, it is as in 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from moa.channels.message_store import Stored
from moa.channels.models import Connection
from moa.channels.operations.ask_bank import channel_of
from moa.channels.protocol import LINE_DOWN, UNREACHED, Answered, Channel, TransferAnswer
from moa.channels.queries import connections_in_use
from moa.control.access import require
from moa.control.bulk_rows import update_rows
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.directory.queries import calendar_for
from moa.kernel.calendars import Calendar
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.queries import open_day
from moa.payments.attempts import Word, lock_attempts, take_words, together_or_alone, transfer_of
from moa.payments.bank_booking import Pair
from moa.payments.bank_reading import COUNTRY
from moa.payments.contradictions import contradicted, unbooked
from moa.payments.lifecycle import AttemptState, OrderState
from moa.payments.models import BANK, Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import AttemptStep, OrderStep, move_attempts, move_orders
from moa.payments.operations.take_back_unsent import take_back_unsent
from moa.payments.permissions import CARRY_OUT
from moa.payments.queries import lock_orders
from moa.payments.rules.bank_texts import reference_for
from moa.payments.rules.evidence import CONTRADICTS, FIRST_INQUIRY, judge_transfer
from moa.payments.sending_hours import hindrance
from moa.payments.taking_back import take_back_asked

SECONDS = 10
# So many are prepared and answered before the next: as many vouchers share the book (post_vouchers.SHARED_UP_TO).
TOGETHER = 50
# So many are stored and sent before the first of their answers is waited for: what a line that breaks leaves unknown at most.
UNANSWERED = 25
_MAY_LEAVE = (OrderState.APPROVED, OrderState.READY)
_OPEN = (AttemptState.SENT, AttemptState.PROCESSING, AttemptState.UNKNOWN)


def release_order(ctx: Context, order_id: int, *, seconds: int = SECONDS) -> str:
    """Send it if it is due and the bank takes it now, as `release_orders` does. Shape: the order's state afterwards."""
    release_orders(ctx, [order_id], seconds=seconds)
    with ctx.open():
        return PaymentOrder.objects.values_list("state", flat=True).get(id=order_id)


def release_orders(ctx: Context, order_ids: Sequence[int], *, seconds: int = SECONDS) -> None:
    """Send what of them is due and the banks take now. Called in a closed Context, for the machine user.

    What hinders one is told on it, and stops none of the others. Raises: forbidden, not_found.
    """
    for start in range(0, len(order_ids), TOGETHER):
        begun = begin_attempts(ctx, order_ids[start : start + TOGETHER])
        for attempts in begun.values():
            take_answers(ctx, send_attempts(ctx, attempts, seconds=seconds))


def begin_attempts(ctx: Context, order_ids: Collection[int]) -> dict[int, list[int]]:
    """The prepared tries of the orders that may leave now, made where there are none. Those that wait, or have left already,
    have none.

    Shape: by the connection that they leave over. Raises: forbidden, not_found.
    """
    with ctx.open():
        require(ctx, CARRY_OUT)
        asked = PaymentOrder.objects.filter(id__in=order_ids, kind=BANK)
        books = dict(asked.values_list("id", "book_id"))
        if missing := set(order_ids) - set(books):
            raise NotFound(order=min(missing))
        for book_id in sorted(set(books.values())):
            share_book(book_id)
        orders = [one for one in lock_orders(books).values() if one.state in _MAY_LEAVE]
        gone = take_back_asked(ctx, orders)
        orders = [one for one in orders if one.id not in gone]
        lines = connections_in_use()
        waits = _waiting(ctx, orders, lines)
        held_up = [one for one in orders if waits[one.id] and one.problem != waits[one.id]]
        for one in held_up:
            one.problem = waits[one.id]
        update_rows(held_up, ["problem"])
        leaving = [one for one in orders if not waits[one.id]]
        move_orders(
            ctx,
            [
                OrderStep(one, "release", {"problem": ""})
                for one in leaving
                if one.state == OrderState.APPROVED
            ],
        )
        return _prepared(ctx, leaving, lines)


def _waiting(ctx: Context, orders: Sequence[PaymentOrder], lines: Mapping[str, Connection]) -> dict[int, str]:
    """What each waits for, empty where it may leave. Shape: by the order's id."""
    books = Book.objects.in_bulk({one.book_id for one in orders})
    is_open = {number: open_day(book) is not None for number, book in books.items()}
    calendar = calendar_for(ctx, COUNTRY)
    numbers = [one.id for one in orders]
    disputed, proven = contradicted(numbers), unbooked(numbers)
    return {
        # What was put right is paid; it waits for the books, and says so already.
        one.id: one.problem or "payment_waits_for_day" if one.id in proven
        else CONTRADICTS if one.id in disputed
        else _waits_for(ctx, one, lines, calendar, is_open=is_open[one.book_id])
        for one in orders
    }  # fmt: skip


def _waits_for(
    ctx: Context, order: PaymentOrder, lines: Mapping[str, Connection], calendar: Calendar, *, is_open: bool
) -> str:
    assert order.pay_on is not None
    if order.pay_on > ctx.today:
        return "payment_waits_for_its_day"
    if not is_open:
        return "payment_waits_for_day"
    bank = bank_of(order)
    if bank not in lines:
        return "bank_not_connected"
    return hindrance(bank, ctx.at.astimezone(group_zone(ctx)), calendar)


def bank_of(order: PaymentOrder) -> str:
    assert order.via is not None
    return order.via.account.bank_code


def _prepared(
    ctx: Context, orders: Sequence[PaymentOrder], lines: Mapping[str, Connection]
) -> dict[int, list[int]]:
    columns = ("order_id", "state", "connection_id")
    tries = list(PaymentAttempt.objects.filter(order_id__in=[one.id for one in orders]).only(*columns))
    known = {one.order_id: one for one in tries if one.state == AttemptState.PREPARED}
    made = Counter(one.order_id for one in tries)
    known |= _make_attempts(ctx, [(one, made[one.id] + 1) for one in orders if one.id not in known], lines)
    found: dict[int, list[int]] = {}
    for order in orders:
        attempt = known[order.id]
        found.setdefault(attempt.connection_id, []).append(attempt.id)
    return found


def _make_attempts(
    ctx: Context, wanted: Sequence[tuple[PaymentOrder, int]], lines: Mapping[str, Connection]
) -> dict[int, PaymentAttempt]:
    """Shape: the orders with the numbers of their tries; the tries by the orders' ids."""
    made = PaymentAttempt.objects.bulk_create(
        _attempt(ctx, order, number, lines[bank_of(order)]) for order, number in wanted
    )
    return {one.order_id: one for one in made}


def _attempt(ctx: Context, order: PaymentOrder, number: int, line: Connection) -> PaymentAttempt:
    assert order.amount_minor is not None
    return PaymentAttempt(
        group_id=ctx.group_id, order_id=order.id, number=number, state_at=ctx.at, made_at=ctx.at, connection_id=line.id,
        amount_minor=order.amount_minor, reference=reference_for(order.id, number),
    )  # fmt: skip


def send_attempts(
    ctx: Context, attempt_ids: Collection[int], *, seconds: int = SECONDS
) -> dict[int, TransferAnswer]:
    """Send a few and wait for their answers, then the next; tries of one bank. A bank whose line is down, or that leaves half of
    them without an answer, gets no more: what has not left yet goes with the next run, and nothing of it is unknown.

    Shape: by the try's id, of those whose messages were stored.
    """
    left: dict[int, TransferAnswer] = {}
    numbers = sorted(attempt_ids)
    for start in range(0, len(numbers), UNANSWERED):
        answers = _send(ctx, numbers[start : start + UNANSWERED], seconds)
        left |= {number: one for number, one in answers.items() if one.asked.message_id}
        silent = sum(one.asked.answered is Answered.SILENCE for one in answers.values())
        unreached = {one.problem for one in answers.values()} & UNREACHED
        rest = numbers[start + UNANSWERED :]
        if rest and (unreached or silent * 2 >= UNANSWERED):
            _keep_problems(ctx, dict.fromkeys(rest, min(unreached, default=LINE_DOWN)))
            break
    return left


def _send(ctx: Context, attempt_ids: Collection[int], seconds: int) -> dict[int, TransferAnswer]:
    """Store the messages and the tries' moves to sent together, send, and wait for the answers.

    What hinders sending is told on the order and tried again; it is no failure of the payment.
    """
    with ctx.open():
        found = PaymentAttempt.objects.filter(id__in=attempt_ids).order_by("id")
        attempts = list(found.select_related("order__via__account", "connection"))
    if not attempts:
        return {}
    claimed: dict[object, Pair] = {}

    def claim() -> Collection[object]:
        claimed.update(_claim(attempt_ids))
        return claimed

    try:
        channel: Channel = channel_of(ctx, attempts[0].connection_id, seconds=seconds)
        said = channel.transfers(
            [transfer_of(one.order, one) for one in attempts], claim=claim,
            when_stored=lambda stored: _mark_stored(ctx, claimed, stored),
        )  # fmt: skip
    except DomainError as fault:
        _keep_problems(ctx, {one.id: fault.code for one in attempts})
        return {}
    answers = {one.id: answer for one, answer in zip(attempts, said, strict=True)}
    if codes := {number: one.problem for number, one in answers.items() if one.problem}:
        _keep_problems(ctx, codes)
    return answers


def _claim(attempt_ids: Collection[int]) -> dict[object, Pair]:
    """Those that may leave still, locked until their messages are stored: whoever took a payment back meanwhile, or sends it
    too, or heard that a former try of it was carried out after all, finds the other's work."""
    pairs = lock_attempts(attempt_ids)
    disputed = contradicted({order.id for order, _ in pairs.values()})
    return {
        number: (order, attempt)
        for number, (order, attempt) in pairs.items()
        if attempt.state == AttemptState.PREPARED
        and order.state == OrderState.READY
        and order.id not in disputed
    }


def _mark_stored(ctx: Context, claimed: Mapping[object, Pair], stored: Mapping[object, Stored]) -> None:
    """In the transaction of the messages. One for which no number was left stays as it is."""
    left = [(*claimed[number], message) for number, message in stored.items()]
    move_attempts(
        ctx,
        [
            AttemptStep(
                attempt, "send",
                {"day": said.day, "msg_no": said.msg_no, "message_id": said.id, "ask_at": ctx.at + FIRST_INQUIRY},
            )
            for _, attempt, said in left
        ],
    )  # fmt: skip
    move_orders(
        ctx, [OrderStep(order, "send", {"problem": ""}, attempt.reference) for order, attempt, _ in left]
    )


def _keep_problems(ctx: Context, codes: Mapping[int, str]) -> None:
    """On the orders of tries that have not left."""
    with ctx.open():
        for code in sorted(set(codes.values())):
            held_up = [number for number, one in codes.items() if one == code]
            waiting = PaymentOrder.objects.filter(attempts__in=held_up, state=OrderState.READY)
            waiting.exclude(problem=code[:40]).update(problem=code[:40])


def take_answers(ctx: Context, answers: Mapping[int, TransferAnswer]) -> None:
    """What the bank answered, or its silence, by the try's id. What cannot be taken of one stops none of the others: its
    answer is stored, and the inquiry finds it."""
    unsent = sorted(number for number, one in answers.items() if one.asked.answered is Answered.NOT_SENT)
    if unsent:
        together_or_alone(partial(take_back_unsent, ctx), unsent, "did not leave and was not taken back")
    if left := sorted(set(answers) - set(unsent)):
        together_or_alone(partial(_take_together, ctx, answers), left, "has an answer that was not taken")


def _take_together(ctx: Context, answers: Mapping[int, TransferAnswer], attempt_ids: Collection[int]) -> None:
    with ctx.open():
        words = []
        for number, (order, attempt) in lock_attempts(attempt_ids).items():
            answer, said = answers[number], answers[number].asked
            if attempt.state in _OPEN:
                words.append(
                    Word(
                        order, attempt, judge_transfer(said.answered.value), Evidence.ANSWER, said.message_id, said.code,
                        answer.fee_minor, {"said": said.answered.value},
                    )
                )  # fmt: skip
        take_words(ctx, words)
