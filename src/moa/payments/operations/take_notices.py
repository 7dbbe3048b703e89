"""Understand what banks told by themselves of payments: a transfer that failed after it was answered as done, and that an account was
debited, which proves nothing of a payment, but is reason to ask."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError

from moa.channels.registry import StoredDebit, StoredFailure, debits_told, failures_told
from moa.control.access import require
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.payments.attempts import lock_attempt, take_word
from moa.payments.contradictions import stood_by
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.permissions import CARRY_OUT
from moa.payments.rules.evidence import GIVE_BACK, NOTHING

logger = logging.getLogger("moa.payments")

# A bank sends a notice again until it is confirmed, and we confirm what is stored: older ones were looked at long ago.
_LOOK_BACK = timedelta(days=14)
# A debit that was told so long ago has been asked about; tries older than so many days are asked about by their own pauses.
_LATELY, _ASKED_ABOUT = timedelta(hours=1), timedelta(days=4)


def take_notices(ctx: Context) -> int:
    """Each notice once, in a transaction of its own, so that one that cannot be taken stops none of the others; returns how many were of
    payments of ours.

    Called in a closed Context, for the machine user. Raises: forbidden.
    """
    with ctx.open():
        require(ctx, CARRY_OUT)
        heard = Evidence.objects.filter(kind=Evidence.NOTICE, message_id__isnull=False).values("message_id")
        found = [(one, _attempt_of(one)) for one in failures_told(ctx.at - _LOOK_BACK, without=heard)]
    count = 0
    for notice, attempt_id in found:
        if attempt_id is None:
            continue
        try:
            _take(ctx, notice, attempt_id)
            count += 1
        except (DomainError, DatabaseError):
            # It is stored, and taken at the next run.
            logger.exception("message %s of a bank could not be taken in", notice.message_id)
    _hurry(ctx)
    return count


def _hurry(ctx: Context) -> None:
    """A debit of the amount of a try that is not proven, or has failed: its bank is asked at once what became of that try."""
    with ctx.open():
        waiting = PaymentAttempt.objects.filter(
            state__in=(AttemptState.PROCESSING, AttemptState.UNKNOWN, AttemptState.FAILED), message__isnull=False, problem="",
            day__gte=ctx.today - _ASKED_ABOUT,
        )  # fmt: skip
        tries = list(waiting.select_related("order__via__account"))
        decided = stood_by([one.id for one in tries if one.state == AttemptState.FAILED])
        tries = [one for one in tries if one.id not in decided]
        lines = {one.connection_id for one in tries}
        told = debits_told(ctx.at - _LATELY, lines) if tries else []
        due = [
            one.id
            for one in tries
            if (heard_at := _debit_of(one, told)) is not None and not _asked_since(one, heard_at)
        ]
        PaymentAttempt.objects.filter(id__in=due).exclude(ask_at__lte=ctx.at).update(ask_at=ctx.at)


def _debit_of(attempt: PaymentAttempt, told: Sequence[StoredDebit]) -> datetime | None:
    """When a debit was told last that may be of this try."""
    assert attempt.order.via is not None and attempt.day is not None
    account = attempt.order.via.account.number_key
    heard = [
        one.heard_at for one in told
        if one.connection_id == attempt.connection_id and one.said.day >= attempt.day
        and (one.said.account, one.said.amount_minor) == (account, attempt.amount_minor)
    ]  # fmt: skip
    return max(heard, default=None)


def _asked_since(attempt: PaymentAttempt, heard_at: datetime) -> bool:
    answers = Evidence.objects.filter(attempt_id=attempt.id, kind=Evidence.INQUIRY, recorded_at__gt=heard_at)
    return answers.exists()


def _attempt_of(notice: StoredFailure) -> int | None:
    """The newest try of that number with that bank whose amount and accounts are the notice's: it names no day."""
    said = notice.said
    tries = PaymentAttempt.objects.filter(
        connection_id=notice.connection_id, msg_no=said.msg_no, amount_minor=said.amount_minor,
        order__to_bank=said.credit_bank, order__to_account=said.credit_account,
        order__via__account__number_key=said.debit_account,
    )  # fmt: skip
    if notice.day is not None:
        tries = tries.filter(day__lte=notice.day)
    return tries.order_by("-day", "-id").values_list("id", flat=True).first()


def _take(ctx: Context, notice: StoredFailure, attempt_id: int) -> None:
    with ctx.open():
        order, attempt = lock_attempt(attempt_id)
        # A part that failed is no whole return; a person looks at it.
        whole = notice.said.failed_minor == attempt.amount_minor
        take_word(
            ctx, order, attempt, GIVE_BACK if whole else NOTHING, kind=Evidence.NOTICE, message_id=notice.message_id,
            code=notice.said.code, said="returned", failed=str(notice.said.failed_minor),
        )  # fmt: skip
        if not whole and not attempt.problem:
            attempt.problem = "returned_in_part"
            attempt.save(update_fields=["problem"])
