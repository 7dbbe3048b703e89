"""Faults that are put into the worker on purpose, so that it is known that the checker finds them. Never into the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moa.channels.protocol import Answered
from moa.entry.simulation.checking import BOOKS, DOUBLED, GUESSED, LOST
from moa.entry.simulation.wrapping import wrap
from moa.payments.rules.evidence import PROVE_FAILED

_RELEASE, _INQUIRE = "moa.payments.operations.release_order", "moa.payments.operations.inquire_attempt"


def plant(name: str) -> None:
    """Nothing where the name is empty."""
    if name:
        PLANTS[name]()


def _double_send() -> None:
    """What is not answered is sent once more, under another number."""

    def around(does: Callable[..., Any]) -> Callable[..., Any]:
        def transfers(channel: Any, orders: Any, **more: Any) -> Any:
            said = does(channel, orders, **more)
            silent = [at for at, one in enumerate(said) if one.asked.answered is Answered.SILENCE]
            for at, again in zip(silent, does(channel, [orders[at] for at in silent]), strict=True):
                said[at] = again
            return said

        return transfers

    wrap("moa.channels.firm_banking.channel", "FirmBankingChannel.transfers", around)
    wrap("moa.channels.open_banking.channel", "OpenBankingChannel.transfers", around)


def _timeout_as_failed() -> None:
    """Silence is taken for a refusal."""

    def around(does: Callable[..., Any]) -> Callable[..., Any]:
        return lambda answered: PROVE_FAILED if answered == Answered.SILENCE else does(answered)

    wrap(_RELEASE, "judge_transfer", around)


def _lost_hold() -> None:
    """What is not proven yet is free again already."""
    from moa.ledger.holds import end_hold
    from moa.payments.models import PaymentAttempt
    from moa.payments.moves import SOURCE

    def around(does: Callable[..., Any]) -> Callable[..., Any]:
        def take_answers(ctx: Any, answers: Any) -> None:
            does(ctx, answers)
            for attempt_id, answer in answers.items():
                if answer.asked.answered is Answered.SILENCE:
                    with ctx.open():
                        order = PaymentAttempt.objects.select_related("order__book").get(id=attempt_id).order
                        end_hold(ctx, order.book, source_kind=SOURCE, source_id=order.id)

        return take_answers

    wrap(_RELEASE, "take_answers", around)


def _nrec_as_failed() -> None:
    """That the bank knows of none is believed at once."""

    def around(does: Callable[..., Any]) -> Callable[..., Any]:
        return lambda found, **more: PROVE_FAILED if found == Answered.NO_RECORD else does(found, **more)

    wrap(_INQUIRE, "judge_inquiry", around)


# What each of them does wrong, as the checker calls it.
CAUGHT_AS = {
    "double-send": {DOUBLED}, "timeout-as-failed": {GUESSED, LOST}, "lost-hold": {BOOKS}, "nrec-as-failed": {DOUBLED, GUESSED},
}  # fmt: skip
PLANTS: dict[str, Callable[[], None]] = {
    "double-send": _double_send, "timeout-as-failed": _timeout_as_failed, "lost-hold": _lost_hold,
    "nrec-as-failed": _nrec_as_failed,
}  # fmt: skip
