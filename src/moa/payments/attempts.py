"""The locks under which attempts change, and the one way in which a word about them is taken in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.db import DatabaseError

from moa.channels.models import IN, ChannelMessage
from moa.channels.protocol import TransferOrder
from moa.channels.registry import word_of
from moa.control.context import Context
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import share_book
from moa.payments.bank_booking import Pair, settle_orders
from moa.payments.contradictions import (
    AFTER_RETURN,
    BESIDES,
    TWICE,
    decided_last,
    has_its_line,
    mark_besides,
)
from moa.payments.lifecycle import ATTEMPT, BOOKED, AttemptState, OrderState
from moa.payments.models import Evidence, PaymentAttempt, PaymentOrder
from moa.payments.moves import AttemptStep, Said, keep_words, move_attempts
from moa.payments.notices import CONTRADICTED, FAILED, RETURNED, UNKNOWN, tell_of, tell_of_all
from moa.payments.queries import lock_orders
from moa.payments.rules.bank_texts import memo_for_bank
from moa.payments.rules.evidence import CONTRADICTS, GIVE_BACK, LOSE, NOTHING, PROVE_FAILED, PROVE_PAID

logger = logging.getLogger("moa.payments")

ABOUT = "attempt"
# Whom to tell of what: by the move and the state that it led to.
_TOLD: dict[str, dict[str, str]] = {
    LOSE: {AttemptState.UNKNOWN: UNKNOWN}, PROVE_FAILED: {AttemptState.FAILED: FAILED},
    GIVE_BACK: {AttemptState.RETURNED: RETURNED},
}  # fmt: skip
_ENDS = (PROVE_PAID, PROVE_FAILED, GIVE_BACK)
# After these nothing is asked any more, but of what persons alone have proved to have failed, or to be paid (is_asked_about).
SETTLED = (AttemptState.PAID, AttemptState.FAILED, AttemptState.RETURNED)
# What says of a try that ended the very thing that it ended by.
_SAYS_SO = {
    AttemptState.PAID: PROVE_PAID,
    AttemptState.FAILED: PROVE_FAILED,
    AttemptState.RETURNED: GIVE_BACK,
}


@dataclass(frozen=True, slots=True)
class Word:
    """What is said of a locked attempt, and the move that it proves; none where it proves nothing.

    Shape: `kind` of the evidence; `message_id` that said it; `code` as the bank says it; `fee_minor` None where none was said.
    """

    order: PaymentOrder
    attempt: PaymentAttempt
    move: str
    kind: str
    message_id: int | None = None
    code: str = ""
    fee_minor: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def fee(self) -> int | None:
        """None also where it came by its own line already, and is booked."""
        return None if self.attempt.fee_line_id is not None else self.fee_minor

    def said(self) -> Said:
        facts = {**self.facts, **({"code": self.code} if self.code else {})}
        facts |= {} if self.fee is None else {"fee": str(self.fee)}
        return Said(self.attempt, self.kind, self.move, self.message_id, facts)

    def step(self, move: str) -> AttemptStep:
        """What persons prove to have failed, or to be paid, is asked about still, until the bank agrees: it may be the other way."""
        is_over = move in _ENDS and not (self.kind == Evidence.OUTSIDE and move != GIVE_BACK)
        changes: dict[str, Any] = {"code": self.code[:4]} | ({"ask_at": None} if is_over else {})
        if self.attempt.problem == CONTRADICTS:
            # What comes back was debited, whatever was said meanwhile.
            changes["problem"] = ""
        # The voucher of an order that is booked already knows nothing of this fee: it is booked by its line.
        has_fee = self.fee is not None and self.order.state not in BOOKED
        return AttemptStep(self.attempt, move, changes | ({"fee_minor": self.fee} if has_fee else {}))


def lock_attempt(attempt_id: int) -> Pair:
    """Raises: not_found."""
    return lock_attempts([attempt_id])[attempt_id]


def lock_attempts(attempt_ids: Collection[int]) -> dict[int, Pair]:
    """Books, requests, orders, attempts: in the order in which everybody locks them, each kind by its ids.

    Shape: by the attempt's id. Raises: not_found.
    """
    asked = PaymentAttempt.objects.filter(id__in=attempt_ids)
    seen = list(asked.values_list("id", "order_id", "order__book_id"))
    if missing := set(attempt_ids) - {number for number, _, _ in seen}:
        raise NotFound(attempt=min(missing))
    for book_id in sorted({book_id for _, _, book_id in seen}):
        share_book(book_id)
    orders = lock_orders({order_id for _, order_id, _ in seen})
    return {one.id: (orders[one.order_id], one) for one in asked.select_for_update().order_by("id")}


def take_word(
    ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, move: str, *, kind: str, message_id: int | None = None,
    code: str = "", fee_minor: int | None = None, **facts: str,
) -> str:  # fmt: skip
    """Take in one word about a locked attempt, as `take_words` does. Shape: the attempt's state afterwards."""
    take_words(ctx, [Word(order, attempt, move, kind, message_id, code, fee_minor, facts)])
    return attempt.state


def take_words(ctx: Context, words: Sequence[Word]) -> None:
    """Keep what was said of locked attempts and make the moves that it proves; the orders follow. Each attempt is in it once.

    A proof that contradicts an earlier one changes nothing by itself: it is kept, and the payment is marked for a person.
    """
    new = {said.attempt.id for said in keep_words(ctx, [one.said() for one in words])}
    moving = [
        (one, _steps(one.attempt, one.move)) for one in words if one.attempt.id in new and one.move != NOTHING
    ]
    # Given back is what was debited before, and both are proven by the one word.
    both = [one for one, steps in moving if len(steps) > 1]
    keep_words(ctx, [replace(one.said(), says=PROVE_PAID, message_id=None) for one in both])
    for turn in range(2):
        move_attempts(ctx, [one.step(steps[turn]) for one, steps in moving if turn < len(steps)])
    mark_twice(ctx, [(one.order, one.attempt) for one, steps in moving if PROVE_PAID in steps])
    proven = []
    for one, steps in moving:
        if contradicts(one.attempt, one.move):
            mark_contradiction(ctx, one.order, one.attempt, one.kind)
            continue
        if not steps and _SAYS_SO.get(AttemptState(one.attempt.state)) == one.move and one.attempt.ask_at:
            # The bank agrees with whoever proved it before.
            one.attempt.ask_at = None
            one.attempt.save(update_fields=["ask_at"])
        if steps or one.attempt.state != AttemptState.FAILED:
            # After a failure the order may be on another try by now.
            proven.append(one)
    settle_orders(ctx, [(one.order, one.attempt) for one in proven])
    told: dict[str, list[Pair]] = {}
    for one in proven:
        if kind := _TOLD.get(one.move, {}).get(one.attempt.state):
            told.setdefault(kind, []).append((one.order, one.attempt))
    for kind, pairs in told.items():
        tell_of_all(ctx, kind, pairs)


def _steps(attempt: PaymentAttempt, move: str) -> list[str]:
    """The moves that lead where the word says; none where it stands there already."""
    if ATTEMPT.allows(attempt.state, move):
        return [move]
    if move == GIVE_BACK and ATTEMPT.allows(attempt.state, PROVE_PAID):
        # Given back is what was debited before, whoever did not hear it.
        return [PROVE_PAID, GIVE_BACK]
    return []


def mark_contradiction(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, fact: str) -> None:
    """For a person to look at; no state changes by it. What was debited besides another try stands on the desk already, and stays so.

    Shape: `fact` by which it is contradicted: each is told once, and anew after persons have decided.
    """
    attempt.problem = attempt.problem if attempt.problem in BESIDES else CONTRADICTS
    attempt.ask_at = None
    attempt.save(update_fields=["problem", "ask_at"])
    tell_of(ctx, CONTRADICTED, order, attempt, fact=f"{decided_last(attempt)}:{fact}")


def mark_twice(ctx: Context, pairs: Sequence[Pair]) -> None:
    """Of locked tries that were debited just now, those whose order another one is paid for already, or whose order was given back:
    it is over. One that came back leaves its order to another one."""
    debited = PaymentAttempt.objects.filter(
        order_id__in={order.id for order, _ in pairs}, state=AttemptState.PAID
    )
    others = debited.exclude(id__in={one.id for _, one in pairs}).exclude(problem__in=BESIDES)
    doubled = set(others.values_list("order_id", flat=True)) if pairs else set()
    for order, attempt in pairs:
        if order.state == OrderState.RETURNED_BY_BANK:
            mark_besides(ctx, order, attempt, AFTER_RETURN)
        elif order.id in doubled:
            mark_besides(ctx, order, attempt, TWICE)


def is_asked_about(attempt: PaymentAttempt) -> bool:
    """What left and is not proven, and what persons alone have proved to have failed, or to be paid."""
    if attempt.state in (AttemptState.FAILED, AttemptState.PAID):
        return attempt.message_id is not None and attempt.ask_at is not None
    return attempt.state not in (*SETTLED, AttemptState.PREPARED)


def contradicts(attempt: PaymentAttempt, move: str) -> bool:
    """Whether what is said cannot be true beside how the attempt ended. What its line on the statement closed was debited."""
    if move == PROVE_FAILED:
        return attempt.state == AttemptState.PAID and not has_its_line(attempt)
    return attempt.state == AttemptState.FAILED and move in (PROVE_PAID, GIVE_BACK)


def transfer_of(order: PaymentOrder, attempt: PaymentAttempt) -> TransferOrder:
    """What the bank is asked to do: the same words each time that it is asked about."""
    assert order.via is not None
    account = order.via.account
    return TransferOrder(
        account.number_key, attempt.amount_minor, order.to_bank, order.to_account, order.to_name,
        memo_for_bank(order.memo, order.id), attempt.reference, (ABOUT, attempt.id),
    )  # fmt: skip


class StoredAnswer(NamedTuple):
    """Shape: `answered` as a channel says it; `fee_minor` None where the bank said none."""

    message_id: int
    answered: str
    code: str
    fee_minor: int | None


def stored_answers(attempts: Sequence[PaymentAttempt]) -> dict[int, StoredAnswer]:
    """The bank's first answers to the transfers that are in the store, also those that came when nobody waited any more.

    Shape: by the attempt's id, of those that were answered.
    """
    sent = {one.message_id: one.id for one in attempts if one.message_id is not None}
    answers = ChannelMessage.objects.filter(
        direction=IN, answers_id__in=sent, understood_at__isnull=False, problem=""
    )
    found: dict[int, StoredAnswer] = {}
    for one in answers.select_related("connection").order_by("id") if sent else ():
        assert one.answers_id is not None
        word = word_of(one)
        answer = StoredAnswer(one.id, word.answered.value, one.resp_code, word.fee_minor)
        found.setdefault(sent[one.answers_id], answer)
    return found


def together_or_alone(act: Callable[[Sequence[int]], None], numbers: Sequence[int], fault: str) -> None:
    """Do it for all of these attempts at once; where that fails, for each alone, so that none stops the others.

    Raises: what `act` raises for one that was alone from the beginning.
    """
    try:
        act(numbers)
    except (DomainError, DatabaseError):
        if len(numbers) == 1:
            raise
        for number in numbers:
            try:
                act([number])
            except (DomainError, DatabaseError):
                logger.exception("attempt %s %s", number, fault)
