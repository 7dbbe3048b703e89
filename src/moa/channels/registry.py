"""The kinds of connections to banks: which channel speaks over each, and what its stored answers say.

A bank is added by its folder in channels/banks; a way of speaking by its folder here and one line below. Nobody above asks
which way a connection speaks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet

from moa.channels.firm_banking.channel import FirmBankingChannel, debited_in, failed_in, fee_in
from moa.channels.models import FIRM_BANKING, IN, OPEN_BANKING, ChannelMessage, Connection
from moa.channels.open_banking.channel import OpenBankingChannel
from moa.channels.protocol import Answered, Channel, DebitTold, FailedAfterwards
from moa.channels.reasons import understood
from moa.control.context import Context
from moa.formats.firm_banking import FAILURE_NOTICE, TRANSACTION_NOTICE
from moa.kernel.errors import DomainError

logger = logging.getLogger("moa.channels")

SECONDS = 10
Told = TypeVar("Told")


class Kind(NamedTuple):
    """Shape: `read_fee` out of the stored answer to a transfer that was done; None where this way of speaking has none;
    `failures` and `debits` the messages by which a bank tells them by itself, and what reads them out of the stored copy."""

    channel: Callable[[Context, Connection, int], Channel]
    read_fee: Callable[[bytes], int | None]
    failures: Mapping[str, Callable[[bytes], FailedAfterwards]]
    debits: Mapping[str, Callable[[bytes], DebitTold | None]]


KINDS: dict[str, Kind] = {
    FIRM_BANKING: Kind(
        lambda ctx, one, seconds: FirmBankingChannel(ctx, one, seconds=seconds),
        fee_in,
        {FAILURE_NOTICE: failed_in},
        {TRANSACTION_NOTICE: debited_in},
    ),
    OPEN_BANKING: Kind(
        lambda ctx, one, seconds: OpenBankingChannel(ctx, one, seconds=seconds), lambda body: None, {}, {}
    ),
}


class StoredWord(NamedTuple):
    """What a stored answer to a transfer says. Shape: `fee_minor` None where the bank said none."""

    answered: Answered
    fee_minor: int | None


def channel_over(ctx: Context, connection: Connection, *, seconds: int = SECONDS) -> Channel:
    """Called in a closed Context by whoever may use the connection."""
    return KINDS[connection.kind].channel(ctx, connection, seconds)


def word_of(answer: ChannelMessage) -> StoredWord:
    """Shape: `answer` with its connection."""
    answered = understood(answer.resp_code)
    fee = KINDS[answer.connection.kind].read_fee(bytes(answer.body)) if answered is Answered.DONE else None
    return StoredWord(answered, fee)


class StoredFailure(NamedTuple):
    """Shape: `day` the notice's own, None where it says none."""

    message_id: int
    connection_id: int
    day: date | None
    said: FailedAfterwards


def failures_told(since: datetime, *, without: QuerySet[Any, Any]) -> list[StoredFailure]:
    """What banks told by themselves since then, the oldest first. Shape: `without` yields the ids of messages left out.

    For payments, whose own rights were asked.
    """
    keys = {key for kind in KINDS.values() for key in kind.failures}
    notices = ChannelMessage.objects.filter(
        direction=IN, key__in=keys, understood_at__isnull=False, problem="", recorded_at__gte=since
    ).exclude(id__in=without)
    found = []
    for one in notices.select_related("connection").order_by("id"):
        said = _read(KINDS[one.connection.kind].failures.get(one.key), one)
        if said is not None:
            found.append(StoredFailure(one.id, one.connection_id, one.day, said))
    return found


def _read(read: Callable[[bytes], Told | None] | None, message: ChannelMessage) -> Told | None:
    """One whose content makes no sense, as a day that there is not, is told in the log and says nothing: the others are read."""
    try:
        return read(bytes(message.body)) if read is not None else None
    except (DomainError, ValueError):
        logger.exception("message %s of a bank could not be read", message.id)
        return None


class StoredDebit(NamedTuple):
    """Shape: `heard_at` when it was stored."""

    connection_id: int
    heard_at: datetime
    said: DebitTold


def debits_told(since: datetime, connection_ids: Collection[int]) -> list[StoredDebit]:
    """What these banks told by themselves since then, the oldest first. For payments, whose own rights were asked."""
    keys = {key for kind in KINDS.values() for key in kind.debits}
    notices = ChannelMessage.objects.filter(
        direction=IN, key__in=keys, understood_at__isnull=False, problem="", recorded_at__gte=since,
        connection_id__in=connection_ids,
    )  # fmt: skip
    found = []
    for one in notices.select_related("connection").order_by("id"):
        said = _read(KINDS[one.connection.kind].debits.get(one.key), one)
        if said is not None:
            found.append(StoredDebit(one.connection_id, one.recorded_at, said))
    return found
