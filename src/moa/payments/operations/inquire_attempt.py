"""Ask what became of payments that left and are not proven: with growing pauses, and never giving up.

Many are asked about together, and one alone is many of one. A process may end between any two of these calls; whoever was asked about
and not taken in is asked about again after its pause:
1. `begin_inquiries` looks for answers that are here already, and claims the questions, so that two who run at once ask once;
2. `ask_results` asks the bank over one line; each answer is stored before it is understood;
3. `take_results` takes in what it said. That a bank knows of none comes last, for its totals are compared with what was proven before.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from moa.channels.bank_profiles import profile_of
from moa.channels.operations.ask_bank import channel_of
from moa.channels.protocol import Answered, Channel, Question, ResultAnswer
from moa.control.access import require
from moa.control.bulk_rows import update_rows
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.kernel.errors import DomainError
from moa.payments.attempts import (
    Word,
    is_asked_about,
    lock_attempts,
    stored_answers,
    take_words,
    together_or_alone,
    transfer_of,
)
from moa.payments.bank_booking import Pair
from moa.payments.bank_days import DEBITED, debited_on
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.permissions import CARRY_OUT
from moa.payments.rules.evidence import (
    LOSE,
    PROVE_FAILED,
    bank_lets_end,
    judge_inquiry,
    judge_transfer,
    pause_before,
    request_can_arrive,
)

logger = logging.getLogger("moa.payments")

SECONDS = 10
# So many are claimed, asked and taken in before the next.
TOGETHER = 50


class Result(NamedTuple):
    """Shape: `is_final` that what the bank does not know can no longer arrive; `denies` that it is taken in of one that was debited, too."""

    said: ResultAnswer
    is_final: bool = False
    denies: bool = False


def inquire_attempt(ctx: Context, attempt_id: int, *, seconds: int = SECONDS) -> str:
    """Ask about one, as `inquire_attempts` does. Shape: the attempt's state afterwards."""
    inquire_attempts(ctx, [attempt_id], seconds=seconds)
    with ctx.open():
        return PaymentAttempt.objects.values_list("state", flat=True).get(id=attempt_id)


def inquire_attempts(ctx: Context, attempt_ids: Sequence[int], *, seconds: int = SECONDS) -> None:
    """Look for answers that are here already, else ask the banks. Called in a closed Context, for the machine user.

    What goes wrong with one stops none of the others. Raises: forbidden, not_found.
    """
    for start in range(0, len(attempt_ids), TOGETHER):
        for attempts in begin_inquiries(ctx, attempt_ids[start : start + TOGETHER]).values():
            try:
                _ask_and_take(ctx, attempts, seconds)
            except DomainError as fault:
                # No more is known than before, and the next questions have their time already.
                logger.warning("%s attempts could not be asked about: %s", len(attempts), fault.code)


def _ask_and_take(ctx: Context, attempts: Sequence[PaymentAttempt], seconds: int) -> None:
    channel: Channel = channel_of(ctx, attempts[0].connection_id, seconds=seconds)
    said = ask_results(channel, attempts)
    with ctx.open():
        now = ctx.at.astimezone(group_zone(ctx))
    over = [
        one
        for one in attempts
        if said[one.id].found is Answered.NO_RECORD and _is_over(one, said[one.id], now)
    ]
    left = {one.id for one in over}
    take_results(ctx, {number: Result(one) for number, one in said.items() if number not in left})
    days = sorted({_bank_day(one) for one in over})
    agree = {day: _totals_agree(ctx, channel, *day) for day in days}
    # That it never arrives is believed when the bank's day is over by both clocks and its totals have no room for it.
    take_results(ctx, {one.id: Result(said[one.id], agree[_bank_day(one)]) for one in over})


def begin_inquiries(ctx: Context, attempt_ids: Collection[int]) -> dict[int, list[PaymentAttempt]]:
    """Take in the answers that are stored, and claim the questions about the others.

    Shape: what is to be asked, by the connection that it left over; none where there is nothing to ask now. Raises: forbidden, not_found.
    """
    with ctx.open():
        require(ctx, CARRY_OUT)
    claimed: list[int] = []
    together_or_alone(
        lambda numbers: claimed.extend(_begin(ctx, numbers)), sorted(attempt_ids), "could not be claimed"
    )
    with ctx.open():
        found = PaymentAttempt.objects.select_related("connection", "order__via__account")
        attempts = list(found.filter(id__in=claimed).order_by("id"))
    by_connection: dict[int, list[PaymentAttempt]] = {}
    for one in attempts:
        by_connection.setdefault(one.connection_id, []).append(one)
    return by_connection


def _begin(ctx: Context, attempt_ids: Collection[int]) -> list[int]:
    with ctx.open():
        due = [pair for pair in lock_attempts(attempt_ids).values() if _is_due(ctx, pair[1])]
        here = stored_answers([attempt for _, attempt in due])
        words = []
        for order, attempt in due:
            answer = here.get(attempt.id)
            if (
                attempt.state == AttemptState.FAILED
                and answer
                and judge_transfer(answer.answered) == PROVE_FAILED
            ):
                # That is what it failed by, or no news: there is reason to ask anew.
                answer = None
            if answer:
                words.append(
                    Word(
                        order, attempt, judge_transfer(answer.answered), Evidence.ANSWER, answer.message_id, answer.code,
                        answer.fee_minor, {"said": answer.answered},
                    )
                )  # fmt: skip
            elif attempt.state == AttemptState.SENT:
                # Whoever sent it was stopped or waited in vain; from now on it is unknown.
                words.append(Word(order, attempt, LOSE, Evidence.ANSWER, facts={"said": "silence"}))
        take_words(ctx, words)
        asked = [attempt for _, attempt in due if is_asked_about(attempt)]
        for attempt in asked:
            attempt.ask_at = ctx.at + pause_before(attempt.inquiries)
            attempt.inquiries += 1
        update_rows(asked, ["ask_at", "inquiries"])
        return [attempt.id for attempt in asked]


def _is_due(ctx: Context, attempt: PaymentAttempt) -> bool:
    return is_asked_about(attempt) and attempt.ask_at is not None and attempt.ask_at <= ctx.at


def ask_results(channel: Channel, attempts: Sequence[PaymentAttempt]) -> dict[int, ResultAnswer]:
    """What their bank says became of them; tries of one bank. Shape: by the try's id."""
    questions = []
    for one in attempts:
        assert one.day is not None and one.msg_no is not None
        questions.append(Question(transfer_of(one.order, one), one.day, one.msg_no))
    said = channel.inquire_results(questions)
    return {one.id: answer for one, answer in zip(attempts, said, strict=True)}


def take_results(ctx: Context, results: Mapping[int, Result]) -> None:
    """What the bank says became of them, by the try's id. That a question was not answered says nothing."""
    told = {
        number: one
        for number, one in results.items()
        if one.said.asked.answered not in (Answered.NOT_SENT, Answered.SILENCE)
    }
    if told:
        together_or_alone(partial(_take, ctx, told), sorted(told), "could not be taken in")


def _take(ctx: Context, results: Mapping[int, Result], attempt_ids: Collection[int]) -> None:
    with ctx.open():
        pairs = lock_attempts(attempt_ids)
        # What has failed by another word can be contradicted by this one, and what was debited by the word of persons alone.
        told = {
            number: pair
            for number, pair in pairs.items()
            if pair[1].state not in DEBITED or is_asked_about(pair[1]) or results[number].denies
        }
        take_words(ctx, [_word(pair, results[number]) for number, pair in told.items()])


def _word(pair: Pair, result: Result) -> Word:
    order, attempt = pair
    assert order.via is not None
    said, profile = result.said, profile_of(order.via.account.bank_code)
    move = judge_inquiry(
        said.found.value, can_arrive=not result.is_final, was_returned=said.code in profile.returned_codes
    )
    return Word(
        order, attempt, move, Evidence.INQUIRY, said.asked.message_id or None, said.code, said.fee_minor,
        {"said": said.found.value, **_shown_day(said)},
    )  # fmt: skip


def _shown_day(said: ResultAnswer) -> dict[str, str]:
    """That the bank knows of none is worth what its day was then."""
    shown = said.asked.bank_day if said.found is Answered.NO_RECORD else None
    return {} if shown is None else {"bank_day": str(shown)}


def _is_over(attempt: PaymentAttempt, said: ResultAnswer, now: datetime) -> bool:
    """Whether the bank's day on which it was sent is over, by our clock and by what the bank shows of its own."""
    assert attempt.day is not None
    opens = profile_of(attempt.connection.bank_code).opens
    return not request_can_arrive(attempt.day, now, opens) and bank_lets_end(attempt.day, said.asked.bank_day)


def _bank_day(attempt: PaymentAttempt) -> tuple[int, str, date, int]:
    """The account that it was to leave from, the bank's day of it, and the connection: what the bank's totals are of."""
    via = attempt.order.via
    assert attempt.day is not None and via is not None
    return via.id, via.account.number_key, attempt.day, attempt.connection_id


def _totals_agree(
    ctx: Context, channel: Channel, link_id: int, account: str, day: date, connection_id: int
) -> bool:
    """The bank's totals of the day are those of the payments that are proven, so what is not proven is not among them. What persons
    alone say was paid is no part of them either, until the bank has agreed."""
    said = channel.totals(day, account)
    if said.ok_count is None or not bank_lets_end(day, said.asked.bank_day):
        return False
    with ctx.open():
        paid = PaymentAttempt.objects.filter(
            order__via_id=link_id, day=day, connection_id=connection_id, state=AttemptState.PAID
        )
        doubted = set(paid.filter(ask_at__isnull=False).values_list("id", flat=True))
        return (said.ok_count, said.ok_minor) == debited_on(link_id, day, connection_id, without=doubted)
