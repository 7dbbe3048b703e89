"""Messages in the database: numbered and stored before they leave, stored raw before they are understood; one or many at once.

Each function commits by itself, in a transaction of its own: what is stored must outlive whatever happens next. They are
called in a closed Context.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection as database

from moa.channels.models import IN, MOST_NUMBERS, NOW, OUT, ChannelMessage, Connection
from moa.control.context import Context
from moa.formats.firm_banking import blank as blank_of_firm_banking
from moa.formats.firm_banking import envelope
from moa.kernel.errors import DomainError

_NEXT = """
insert into channels_messagecounter (group_id, connection_id, day, last_no)
values (%(group)s, %(connection)s, %(day)s, %(count)s)
on conflict (group_id, connection_id, day) do update set last_no = channels_messagecounter.last_no + %(count)s
 where channels_messagecounter.last_no + %(count)s <= %(most)s
returning last_no
"""
_LAST = "select last_no from channels_messagecounter where connection_id = %(connection)s and day = %(day)s for update"
_TAKE_ALL = "update channels_messagecounter set last_no = %(most)s where connection_id = %(connection)s and day = %(day)s"
_UNDERSTOOD = """
update channels_channelmessage m set understood_at = clock_timestamp(), answers_id = u.answers, resp_code = u.code, problem = u.problem
  from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) u (id, answers, code, problem) where m.id = u.id
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


class Wanted(NamedTuple):
    """What is to be asked. Shape: the fields of the message; `about` what it is for, kept with it."""

    fields: Mapping[str, str]
    about: tuple[str, object] = ("", "")


class Heard(NamedTuple):
    """What came. Shape: `payload` as it came, `blanked` the copy that is kept; `day`, `msg_no` and `key` as far as it says them."""

    payload: bytes
    blanked: bytes
    day: date | None
    msg_no: int | None
    key: str


class Understood(NamedTuple):
    """What a message of theirs is. Shape: `answers` the request of ours, with the code it carries; `problem` why it is none."""

    message_id: int
    answers: int | None = None
    code: str = ""
    problem: str = ""


# Whose messages may still leave, by what they are about; what it locks stays locked until they are stored.
Claim = Callable[[], Collection[object]]
# What else is to be written with the messages, in their transaction. Shape: by what they are about.
WhenStored = Callable[[Mapping[object, Stored]], None]


def store_requests(
    ctx: Context,
    line: Connection,
    key: str,
    write: Callable[[int, Mapping[str, str]], bytes],
    wanted: Sequence[Wanted],
    *,
    claim: Claim | None = None,
    when_stored: WhenStored | None = None,
    blank: Callable[[bytes], bytes] = blank_of_firm_banking,
) -> list[Stored | None]:
    """Give each the next number of the day, let `write` make its bytes, and keep their blank copies.

    `blank` makes the copy without secrets that is kept. All is one transaction: what `claim` locks and `when_stored` writes stands exactly when the messages do.

    Shape: in the order of `wanted`; None for one that was not claimed, and for those at the end for which no number was left.
    Raises: message_numbers_used_up where none is left at all, and what `write`, `claim` and `when_stored` raise; then no
    number is used and nothing leaves.
    """
    with ctx.open():
        allowed = None if claim is None else claim()
        chosen = [at for at, one in enumerate(wanted) if allowed is None or one.about[1] in allowed]
        first, count = take_numbers(ctx, line, len(chosen)) if chosen else (0, 0)
        payloads = [
            (at, number, write(number, wanted[at].fields)) for number, at in enumerate(chosen[:count], first)
        ]
        kept = ChannelMessage.objects.bulk_create(
            ChannelMessage(
                group_id=ctx.group_id, connection_id=line.id, direction=OUT, day=ctx.today, msg_no=number, key=key,
                body=blank(payload), sha256=hashlib.sha256(payload).hexdigest(), about_kind=wanted[at].about[0],
                about_id=str(wanted[at].about[1]),
            )
            for at, number, payload in payloads
        )  # fmt: skip
        stored: list[Stored | None] = [None] * len(wanted)
        for row, (at, number, payload) in zip(kept, payloads, strict=True):
            stored[at] = Stored(row.id, ctx.today, number, payload)
        if when_stored is not None:
            when_stored({wanted[at].about[1]: one for at, one in enumerate(stored) if one is not None})
    return stored


def take_numbers(ctx: Context, line: Connection, count: int) -> tuple[int, int]:
    """Numbers of the day in a row, in the caller's transaction, as many as are left. Shape: the first, and how many.

    Raises: message_numbers_used_up where none is left.
    """
    facts: dict[str, Any] = {
        "group": ctx.group_id, "connection": line.id, "day": ctx.today, "most": MOST_NUMBERS, "count": count,
    }  # fmt: skip
    with database.cursor() as cursor:
        cursor.execute(_NEXT, facts)
        if row := cursor.fetchone():
            return int(row[0]) - count + 1, count
        # There are fewer than that, if any.
        cursor.execute(_LAST, facts)
        last = int(cursor.fetchone()[0])
        if last >= MOST_NUMBERS:
            raise NumbersUsedUp(bank=line.bank_code, day=str(ctx.today))
        cursor.execute(_TAKE_ALL, facts)
    return last + 1, MOST_NUMBERS - last


def mark_sent(ctx: Context, message_ids: Sequence[int]) -> None:
    """The socket has taken them. Without this mark nobody knows whether they left."""
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(
            "update channels_channelmessage set sent_at = clock_timestamp() where id = any(%s)",
            [list(message_ids)],
        )


def store_received(ctx: Context, line: Connection, payloads: Sequence[bytes]) -> list[int]:
    """Keep what came, as it came but for secrets; nothing of it is understood yet. Shape: ids in the order of the payloads."""
    return store_heard(ctx, line, [_heard(payload) for payload in payloads])


def store_heard(ctx: Context, line: Connection, heard: Sequence[Heard]) -> list[int]:
    """Keep what came, of whatever kind of connection. Shape: ids in the order of `heard`."""
    with ctx.open():
        kept = ChannelMessage.objects.bulk_create(
            ChannelMessage(
                group_id=ctx.group_id, connection_id=line.id, direction=IN, day=one.day, msg_no=one.msg_no, key=one.key,
                body=one.blanked, sha256=hashlib.sha256(one.payload).hexdigest(),
            )
            for one in heard
        )  # fmt: skip
        Connection.objects.filter(id=line.id).update(heard_at=NOW)
    return [row.id for row in kept]


def _heard(payload: bytes) -> Heard:
    said = envelope(payload)
    number = int(said.msg_no) if said.msg_no.isascii() and said.msg_no.isdigit() else None
    return Heard(payload, blank_of_firm_banking(payload), _day(said.send_date), number, _fit(said.key))


def store_replies(ctx: Context, line: Connection, replies: Sequence[tuple[bytes, int]]) -> list[int]:
    """Our answers to what the bank began, kept before they are sent; they carry the bank's numbers. Shape: each with the id of
    the message that it answers; the answers' ids in their order."""
    with ctx.open():
        kept = ChannelMessage.objects.bulk_create(
            _reply(ctx, line, payload, answers=answers) for payload, answers in replies
        )
    return [row.id for row in kept]


def _reply(ctx: Context, line: Connection, payload: bytes, *, answers: int) -> ChannelMessage:
    said = envelope(payload)
    return ChannelMessage(
        group_id=ctx.group_id, connection_id=line.id, direction=OUT, day=_day(said.send_date), msg_no=int(said.msg_no),
        key=_fit(said.key), body=blank_of_firm_banking(payload), sha256=hashlib.sha256(payload).hexdigest(), answers_id=answers,
    )  # fmt: skip


def request_of(ctx: Context, line: Connection, day: date | None, msg_no: int, key: str) -> int | None:
    """The request of ours with this number, day and kind, whenever its answer comes."""
    with ctx.open():
        found = ChannelMessage.objects.filter(
            connection_id=line.id, direction=OUT, day=day, msg_no=msg_no, key=key, answers=None
        )
        return found.values_list("id", flat=True).first()


def mark_understood(ctx: Context, found: Sequence[Understood]) -> None:
    if not found:
        return
    ids, answers, codes, problems = zip(*found, strict=True)
    with ctx.open(), database.cursor() as cursor:
        cursor.execute(_UNDERSTOOD, [list(ids), list(answers), [code[:4] for code in codes], list(problems)])


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
