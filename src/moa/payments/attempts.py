"""The locks under which attempts change, and the one way in which a word about them is taken in."""

from __future__ import annotations

from typing import NamedTuple

from moa.channels.firm_banking.exchange import understood
from moa.channels.models import IN, ChannelMessage
from moa.channels.protocol import Answered, TransferOrder
from moa.control.context import Context
from moa.formats.firm_banking import decode
from moa.kernel.errors import NotFound
from moa.ledger.book_lock import share_book
from moa.payments.bank_booking import settle_order
from moa.payments.lifecycle import ATTEMPT, AttemptState
from moa.payments.models import PaymentAttempt, PaymentOrder
from moa.payments.moves import keep_word, move_attempt
from moa.payments.notices import CONTRADICTED, FAILED, RETURNED, UNKNOWN, tell_of
from moa.payments.queries import lock_order
from moa.payments.rules.bank_texts import memo_for_bank
from moa.payments.rules.evidence import GIVE_BACK, LOSE, NOTHING, PROVE_FAILED, PROVE_PAID

ABOUT = "attempt"
# Whom to tell of what: by the move and the state that it led to.
_TOLD: dict[str, dict[str, str]] = {
    LOSE: {AttemptState.UNKNOWN: UNKNOWN}, PROVE_FAILED: {AttemptState.FAILED: FAILED},
    GIVE_BACK: {AttemptState.RETURNED: RETURNED},
}  # fmt: skip
# After these nothing is asked any more.
SETTLED = (AttemptState.PAID, AttemptState.FAILED, AttemptState.RETURNED)


def lock_attempt(attempt_id: int) -> tuple[PaymentOrder, PaymentAttempt]:
    """Book, request, order, attempt: in the order in which everybody locks them. Raises: not_found."""
    seen = PaymentAttempt.objects.filter(id=attempt_id).values_list("order_id", "order__book_id").first()
    if seen is None:
        raise NotFound(attempt=attempt_id)
    share_book(seen[1])
    order = lock_order(seen[0])
    return order, PaymentAttempt.objects.select_for_update().get(id=attempt_id)


def take_word(
    ctx: Context, order: PaymentOrder, attempt: PaymentAttempt, move: str, *, kind: str, message_id: int | None = None,
    code: str = "", fee_minor: int | None = None, **facts: str,
) -> str:  # fmt: skip
    """Keep what was said of a locked attempt and make the move that it proves; the order follows.

    A proof that contradicts an earlier one changes nothing by itself: it is kept, and the payment is marked for a person.
    Shape: the attempt's state afterwards.
    """
    # The fee came by its own line already, and is booked.
    fee_minor = None if attempt.fee_line_id is not None else fee_minor
    facts |= {"code": code} if code else {}
    facts |= {"fee": str(fee_minor)} if fee_minor is not None else {}
    if not keep_word(ctx, attempt, kind, says=move, message_id=message_id, **facts):
        return attempt.state
    if move == NOTHING:
        return attempt.state
    for step in _steps(attempt, move):
        ends = step in (PROVE_PAID, PROVE_FAILED, GIVE_BACK)
        if step == PROVE_PAID and move == GIVE_BACK:
            keep_word(ctx, attempt, kind, says=PROVE_PAID, message_id=None, **facts)
        changes = {"code": code[:4]} | ({"ask_at": None} if ends else {})
        move_attempt(ctx, attempt, step, **changes, **({} if fee_minor is None else {"fee_minor": fee_minor}))
    if contradicts(attempt, move):
        mark_contradiction(ctx, order, attempt)
        return attempt.state
    settle_order(ctx, order, attempt)
    if move in _TOLD and attempt.state in _TOLD[move]:
        tell_of(ctx, _TOLD[move][attempt.state], order, attempt)
    return attempt.state


def _steps(attempt: PaymentAttempt, move: str) -> list[str]:
    """The moves that lead where the word says; none where it stands there already."""
    if ATTEMPT.allows(attempt.state, move):
        return [move]
    if move == GIVE_BACK and ATTEMPT.allows(attempt.state, PROVE_PAID):
        # Given back is what was debited before, whoever did not hear it.
        return [PROVE_PAID, GIVE_BACK]
    return []


def mark_contradiction(ctx: Context, order: PaymentOrder, attempt: PaymentAttempt) -> None:
    """For a person to look at; no state changes by it."""
    attempt.problem = "evidence_contradicts"
    attempt.save(update_fields=["problem"])
    tell_of(ctx, CONTRADICTED, order, attempt)


def contradicts(attempt: PaymentAttempt, move: str) -> bool:
    """Whether what is said cannot be true beside how the attempt ended."""
    return (attempt.state, move) in {
        (AttemptState.FAILED, PROVE_PAID), (AttemptState.FAILED, GIVE_BACK), (AttemptState.PAID, PROVE_FAILED),
        (AttemptState.RETURNED, PROVE_FAILED),
    }  # fmt: skip


def transfer_of(order: PaymentOrder, attempt: PaymentAttempt) -> TransferOrder:
    """What the bank is asked to do: the same words each time that it is asked about."""
    assert order.via is not None
    account = order.via.account
    return TransferOrder(
        account.number_key, attempt.amount_minor, order.to_bank, order.to_account, order.to_name,
        memo_for_bank(order.memo, order.id), attempt.reference,
    )  # fmt: skip


class StoredAnswer(NamedTuple):
    """Shape: `answered` as a channel says it; `fee_minor` None where the bank said none."""

    message_id: int
    answered: str
    code: str
    fee_minor: int | None


def stored_answer(attempt: PaymentAttempt) -> StoredAnswer | None:
    """The bank's answer to the transfer that is in the store, also one that came when nobody waited any more."""
    if attempt.message_id is None:
        return None
    answers = ChannelMessage.objects.filter(
        direction=IN, answers_id=attempt.message_id, understood_at__isnull=False, problem=""
    )
    found = answers.order_by("id").first()
    if found is None:
        return None
    answered = understood(found.resp_code)
    fee = decode(bytes(found.body)).number("fee") if answered is Answered.DONE else None
    return StoredAnswer(found.id, answered.value, found.resp_code, fee)
