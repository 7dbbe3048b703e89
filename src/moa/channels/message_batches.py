"""Many messages at a time, by the rules of the message store: each piece of work is one transaction for all of them.

Stored together before the first of them leaves; what comes in one piece is stored together before any of it is understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection as database

from moa.channels.message_store import Stored, received_row, take_numbers
from moa.channels.models import NOW, OUT, ChannelMessage, Connection
from moa.control.context import Context
from moa.formats.firm_banking import blank

_UNDERSTOOD = """
update channels_channelmessage m set understood_at = clock_timestamp(), answers_id = u.answers, resp_code = u.code
  from unnest(%s::bigint[], %s::bigint[], %s::text[]) u (id, answers, code) where m.id = u.id
"""


class Understood(NamedTuple):
    """A message of theirs that answers one of ours, with the code it carries."""

    message_id: int
    answers: int
    code: str


def store_requests(
    ctx: Context,
    line: Connection,
    key: str,
    write: Callable[[int, Mapping[str, str]], bytes],
    wanted: Sequence[Mapping[str, str]],
) -> list[Stored]:
    """A request for each of the fields, in their order. Raises: message_numbers_used_up, and what `write` raises; then none
    is stored and nothing leaves."""
    with ctx.open():
        first = take_numbers(ctx, line, len(wanted))
        payloads = [write(number, fields) for number, fields in enumerate(wanted, first)]
        kept = ChannelMessage.objects.bulk_create(
            ChannelMessage(
                group_id=ctx.group_id, connection_id=line.id, direction=OUT, day=ctx.today, msg_no=number, key=key,
                body=blank(payload), sha256=hashlib.sha256(payload).hexdigest(),
            )
            for number, payload in enumerate(payloads, first)
        )  # fmt: skip
    return [
        Stored(row.id, ctx.today, number, payload)
        for number, (row, payload) in enumerate(zip(kept, payloads, strict=True), first)
    ]


def mark_all_sent(ctx: Context, message_ids: Sequence[int]) -> None:
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(
            "update channels_channelmessage set sent_at = clock_timestamp() where id = any(%s)",
            [list(message_ids)],
        )


def store_all_received(ctx: Context, line: Connection, payloads: Sequence[bytes]) -> list[int]:
    """Shape: the ids in the order of the payloads."""
    with ctx.open():
        kept = ChannelMessage.objects.bulk_create(received_row(ctx, line, payload) for payload in payloads)
        Connection.objects.filter(id=line.id).update(heard_at=NOW)
    return [row.id for row in kept]


def mark_all_understood(ctx: Context, found: Sequence[Understood]) -> None:
    if not found:
        return
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(_UNDERSTOOD, [list(column) for column in zip(*found, strict=True)])
