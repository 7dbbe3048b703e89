"""The kinds of connections to banks: which channel speaks over each, and what its stored answers say.

A bank is added by its folder in channels/banks; a way of speaking by its folder here and one line below. Nobody above asks
which way a connection speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from moa.channels.firm_banking.channel import FirmBankingChannel, fee_in
from moa.channels.models import FIRM_BANKING, OPEN_BANKING, ChannelMessage, Connection
from moa.channels.open_banking.channel import OpenBankingChannel
from moa.channels.protocol import Answered, Channel
from moa.channels.reasons import understood
from moa.control.context import Context

SECONDS = 10


class Kind(NamedTuple):
    """Shape: `read_fee` out of the stored answer to a transfer that was done; None where this way of speaking has none."""

    channel: Callable[[Context, Connection, int], Channel]
    read_fee: Callable[[bytes], int | None]


KINDS: dict[str, Kind] = {
    FIRM_BANKING: Kind(lambda ctx, one, seconds: FirmBankingChannel(ctx, one, seconds=seconds), fee_in),
    OPEN_BANKING: Kind(
        lambda ctx, one, seconds: OpenBankingChannel(ctx, one, seconds=seconds), lambda body: None
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
