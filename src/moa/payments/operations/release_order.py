"""Send an approved payment to the bank: the try is committed, then its message with the try, then it leaves, once.

The windows in which we may be stopped, and what is known after each:
1. before `begin_attempt` commits: nothing happened; the order is approved still.
2. after it, before the message is stored: the try is prepared and cannot have left; the next run sends it.
3. after the message is stored (in one transaction with the try's move to sent): it may have left. It is never sent again; the
   bank is asked what became of it.
4. after the answer is stored raw, before `take_answer` commits: the same, and the stored answer is found first.
"""

from __future__ import annotations

from moa.channels.message_store import Stored
from moa.channels.models import FIRM_BANKING, Connection
from moa.channels.operations.ask_bank import channel_to
from moa.channels.protocol import Answered, Channel, TransferAnswer
from moa.control.access import require
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.directory.queries import calendar_for
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import share_book
from moa.ledger.queries import day_under_way
from moa.payments.attempts import ABOUT, lock_attempt, take_word, transfer_of
from moa.payments.bank_reading import COUNTRY
from moa.payments.lifecycle import AttemptState, OrderState
from moa.payments.models import BANK, Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import move_attempt, move_order
from moa.payments.permissions import CARRY_OUT
from moa.payments.queries import lock_order
from moa.payments.rules.bank_texts import reference_for
from moa.payments.rules.evidence import FIRST_INQUIRY, judge_transfer
from moa.payments.sending_hours import hindrance

SECONDS = 10


class NotSendable(DomainError):
    """The try is no longer prepared, so this message is not stored and does not leave. Facts: `order`."""

    code = "attempt_not_sendable"


def release_order(ctx: Context, order_id: int, *, seconds: int = SECONDS) -> str:
    """Send it if it is due and the bank takes it now. Called in a closed Context, for the machine user.

    Shape: the order's state afterwards. Raises: forbidden, not_found.
    """
    attempt_id = begin_attempt(ctx, order_id)
    if attempt_id is None:
        with ctx.open():
            return PaymentOrder.objects.values_list("state", flat=True).get(id=order_id)
    answer = send_attempt(ctx, attempt_id, seconds=seconds)
    if answer is not None:
        take_answer(ctx, attempt_id, answer)
    with ctx.open():
        return PaymentOrder.objects.values_list("state", flat=True).get(id=order_id)


def begin_attempt(ctx: Context, order_id: int) -> int | None:
    """The prepared try of an order that may leave now, made if there is none; None when it waits or has left already."""
    with ctx.open():
        require(ctx, CARRY_OUT)
        seen = PaymentOrder.objects.filter(id=order_id).values_list("book_id", "kind").first()
        if seen is None or seen[1] != BANK:
            raise NotFound(order=order_id)
        share_book(seen[0])
        order = lock_order(order_id)
        if order.state not in (OrderState.APPROVED, OrderState.READY):
            return None
        if problem := _waits_for(ctx, order):
            if order.problem != problem:
                order.problem = problem
                order.save(update_fields=["problem"])
            return None
        if order.state == OrderState.APPROVED:
            move_order(ctx, order, "release", problem="")
        known = PaymentAttempt.objects.filter(order_id=order.id, state=AttemptState.PREPARED).first()
        return (known or _make_attempt(ctx, order)).id


def _waits_for(ctx: Context, order: PaymentOrder) -> str:
    assert order.via is not None and order.pay_on is not None
    if order.pay_on > ctx.today:
        return "payment_waits_for_its_day"
    day = day_under_way(order.book)
    if day is None or day.state not in ("open", "reopened"):
        return "payment_waits_for_day"
    now = ctx.at.astimezone(group_zone(ctx))
    return hindrance(order.via.account.bank_code, now, calendar_for(ctx, COUNTRY))


def _make_attempt(ctx: Context, order: PaymentOrder) -> PaymentAttempt:
    assert order.via is not None and order.amount_minor is not None
    line = Connection.objects.get(kind=FIRM_BANKING, bank_code=order.via.account.bank_code)
    number = PaymentAttempt.objects.filter(order_id=order.id).count() + 1
    return PaymentAttempt.objects.create(
        group_id=ctx.group_id, order_id=order.id, number=number, state_at=ctx.at, made_at=ctx.at, connection_id=line.id,
        amount_minor=order.amount_minor, reference=reference_for(order.id, number),
    )  # fmt: skip


def send_attempt(ctx: Context, attempt_id: int, *, seconds: int = SECONDS) -> TransferAnswer | None:
    """Store the message and the try's move to sent together, send, and wait for the answer. None when nothing left.

    What hinders sending is told on the order and tried again; it is no failure of the payment.
    """
    with ctx.open():
        attempt = PaymentAttempt.objects.select_related("order__via__account", "connection").get(
            id=attempt_id
        )
        order, bank = attempt.order, attempt.connection.bank_code
    try:
        channel: Channel = channel_to(ctx, bank, seconds=seconds)
        answer = channel.transfer(
            transfer_of(order, attempt), about=(ABOUT, attempt_id),
            when_stored=lambda stored: _mark_stored(ctx, attempt_id, stored),
        )  # fmt: skip
    except NotSendable:
        return None
    except DomainError as fault:
        _keep_problem(ctx, order.id, fault.code)
        return None
    if answer.asked.answered is Answered.NOT_SENT:
        _keep_problem(ctx, order.id, "bank_line_down")
        return None
    return answer


def _mark_stored(ctx: Context, attempt_id: int, stored: Stored) -> None:
    """In the transaction of the message: whoever took the payment back meanwhile, or sends it too, finds the other's work."""
    order, attempt = lock_attempt(attempt_id)
    if attempt.state != AttemptState.PREPARED or order.state != OrderState.READY:
        raise NotSendable(order=order.id)
    move_attempt(
        ctx, attempt, "send", day=stored.day, msg_no=stored.msg_no, message_id=stored.id, ask_at=ctx.at + FIRST_INQUIRY
    )  # fmt: skip
    move_order(ctx, order, "send", problem="", note=attempt.reference)


def _keep_problem(ctx: Context, order_id: int, code: str) -> None:
    with ctx.open():
        PaymentOrder.objects.filter(id=order_id, state=OrderState.READY).update(problem=code[:40])


def take_answer(ctx: Context, attempt_id: int, answer: TransferAnswer) -> str:
    """What the bank answered, or its silence. Shape: the attempt's state afterwards."""
    said = answer.asked
    with ctx.open():
        order, attempt = lock_attempt(attempt_id)
        if attempt.state not in (AttemptState.SENT, AttemptState.PROCESSING, AttemptState.UNKNOWN):
            return attempt.state
        return take_word(
            ctx, order, attempt, judge_transfer(said.answered.value), kind=Evidence.ANSWER, message_id=said.message_id,
            code=said.code, fee_minor=answer.fee_minor, said=said.answered.value,
        )  # fmt: skip
