"""Messages in the database: numbered and stored before they leave, stored raw before they are understood.

Each function commits by itself, in a transaction of its own: what is stored must outlive whatever happens next. They are
called in a closed Context.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection as database

from moa.channels.models import IN, MOST_NUMBERS, NOW, OUT, ChannelMessage, Connection
from moa.control.context import Context
from moa.formats.firm_banking import blank, envelope
from moa.kernel.errors import DomainError

_NEXT = """
insert into channels_messagecounter (group_id, connection_id, day, last_no)
values (%(group)s, %(connection)s, %(day)s, %(count)s)
on conflict (group_id, connection_id, day) do update set last_no = channels_messagecounter.last_no + %(count)s
 where channels_messagecounter.last_no + %(count)s <= %(most)s
returning last_no
"""


class NumbersUsedUp(DomainError):
    """The bank's numbers of the day are all used; nothing more can be sent today."""

    code = "message_numbers_used_up"


@dataclass(frozen=True, slots=True)
class Stored:
    """A request that is stored and may now leave. Shape: `payload` holds secrets and is kept in memory alone."""

    id: int
    day: date
    msg_no: int
    payload: bytes


# What else is to be written with a message, in its transaction.
WhenStored = Callable[[Stored], None]


def store_request(
    ctx: Context,
    line: Connection,
    key: str,
    write: Callable[[int], bytes],
    *,
    about: tuple[str, object] = ("", ""),
    when_stored: WhenStored | None = None,
) -> Stored:
    """Give the next number of the day, let `write` make the bytes, and keep their blank copy. `when_stored` runs in the same
    transaction: what it writes stands exactly when the message does. Raises: message_numbers_used_up, and what `write` and
    `when_stored` raise; then the number is not used and nothing leaves."""
    with ctx.open():
        number = take_numbers(ctx, line, 1)
        payload = write(number)
        kept = ChannelMessage.objects.create(
            group_id=ctx.group_id, connection_id=line.id, direction=OUT, day=ctx.today, msg_no=number, key=key,
            body=blank(payload), sha256=hashlib.sha256(payload).hexdigest(), about_kind=about[0], about_id=str(about[1]),
        )  # fmt: skip
        stored = Stored(kept.id, ctx.today, number, payload)
        if when_stored is not None:
            when_stored(stored)
    return stored


def take_numbers(ctx: Context, line: Connection, count: int) -> int:
    """The first of so many numbers of the day in a row, in the caller's transaction. Raises: message_numbers_used_up."""
    facts: dict[str, Any] = {
        "group": ctx.group_id, "connection": line.id, "day": ctx.today, "most": MOST_NUMBERS, "count": count,
    }  # fmt: skip
    with database.cursor() as cursor:
        cursor.execute(_NEXT, facts)
        row = cursor.fetchone()
    if row is None:
        raise NumbersUsedUp(bank=line.bank_code, day=str(ctx.today))
    return int(row[0]) - count + 1


def mark_sent(ctx: Context, message_id: int) -> None:
    """The socket has taken it. Without this mark nobody knows whether it left."""
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(
            "update channels_channelmessage set sent_at = clock_timestamp() where id = %s", [message_id]
        )


def mark_not_sent(ctx: Context, message_id: int, problem: str) -> None:
    """It is certain that it never left."""
    with ctx.open():
        ChannelMessage.objects.filter(id=message_id, sent_at=None).update(problem=problem)


def store_received(ctx: Context, line: Connection, payload: bytes) -> int:
    """Keep what came, as it came but for secrets; nothing of it is understood yet."""
    with ctx.open():
        kept = received_row(ctx, line, payload)
        kept.save(force_insert=True)
        Connection.objects.filter(id=line.id).update(heard_at=NOW)
    return kept.id


def received_row(ctx: Context, line: Connection, payload: bytes) -> ChannelMessage:
    """What came as the row that keeps it, not saved yet."""
    said = envelope(payload)
    return ChannelMessage(
        group_id=ctx.group_id, connection_id=line.id, direction=IN, day=_day(said.send_date),
        msg_no=int(said.msg_no) if said.msg_no.isascii() and said.msg_no.isdigit() else None, key=_fit(said.key),
        body=blank(payload), sha256=hashlib.sha256(payload).hexdigest(),
    )  # fmt: skip


def store_reply(ctx: Context, line: Connection, payload: bytes, *, answers: int) -> int:
    """Our answer to what the bank began, kept before it is sent; it carries the bank's number."""
    said = envelope(payload)
    with ctx.open():
        kept = ChannelMessage.objects.create(
            group_id=ctx.group_id, connection_id=line.id, direction=OUT, day=_day(said.send_date), msg_no=int(said.msg_no),
            key=_fit(said.key), body=blank(payload), sha256=hashlib.sha256(payload).hexdigest(), answers_id=answers,
        )  # fmt: skip
    return kept.id


def request_of(ctx: Context, line: Connection, day: date | None, msg_no: int, key: str) -> int | None:
    """The request of ours with this number, day and kind, whenever its answer comes."""
    with ctx.open():
        found = ChannelMessage.objects.filter(
            connection_id=line.id, direction=OUT, day=day, msg_no=msg_no, key=key, answers=None
        )
        return found.values_list("id", flat=True).first()


def mark_understood(
    ctx: Context, message_id: int, *, answers: int | None = None, resp_code: str = "", problem: str = ""
) -> None:
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(
            "update channels_channelmessage set understood_at = clock_timestamp(), answers_id = %s, resp_code = %s,"
            " problem = %s where id = %s",
            [answers, resp_code[:4], problem, message_id],
        )


def _day(text: str) -> date | None:
    try:
        return (
            date(int(text[:4]), int(text[4:6]), int(text[6:8])) if text.isascii() and text.isdigit() else None
        )
    except ValueError:
        return None


def _fit(key: str) -> str:
    """The kind as the header says it, if it says one."""
    return key if key.isascii() and key.isprintable() else "?"
