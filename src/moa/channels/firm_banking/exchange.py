"""Requests and their answers over a line: stored, sent, heard, stored, understood; in this order, whatever happens between.

One is many of one: all are stored, then all are sent before the first answer is waited for, and answers come in any order. What else the bank says meanwhile is stored too; notices are confirmed once they are stored, so none is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from moa.channels.bank_profiles import profile_of
from moa.channels.banks_day import day_of_line
from moa.channels.firm_banking.line import Line, LineBroken, LineEnded
from moa.channels.message_store import (
    Claim,
    Stored,
    Understood,
    Wanted,
    WhenStored,
    mark_sent,
    mark_understood,
    request_of,
    store_received,
    store_replies,
    store_requests,
)
from moa.channels.models import Connection
from moa.channels.protocol import Answered, Asked
from moa.channels.reasons import understood
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.formats.firm_banking import (
    Frame,
    Message,
    answer,
    check,
    decode,
    encode,
)

# A bank that is silent is waited for once for so many.
AT_A_TIME = 200
# The request that an answer of this kind and identity belongs to.
_Waiting = dict[tuple[str, tuple[str, str, str, str]], Stored]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shape: `message` the answer, None in silence."""

    asked: Asked
    message: Message | None = None


def exchange(
    ctx: Context, connection: Connection, line: Line, key: str, fields: Mapping[str, str]
) -> Exchange:
    """Ask one thing, as `exchange_together` does."""
    return exchange_together(ctx, connection, line, key, [Wanted(fields)])[0]


def exchange_together(
    ctx: Context, connection: Connection, line: Line, key: str, wanted: Sequence[Wanted], *,
    claim: Claim | None = None, when_stored: WhenStored | None = None,
) -> list[Exchange]:  # fmt: skip
    """Ask these and wait for the answers. An answer with a code that nobody knows is `unclear`, one that cannot be read is
    silence, and what was not stored was not sent.

    When a line breaks on the way, what the socket took may have left and is silence where it is not answered; what the
    socket was never given is stored and has not left: NOT_SENT, with its message.

    Called in a closed Context. Shape: in the order of `wanted`. Raises: message_numbers_used_up, and MessageRefused when the
    fields do not fit a message.
    """
    write = writer_for(ctx, connection, key)
    found: list[Exchange] = []
    for start in range(0, len(wanted), AT_A_TIME):
        requests = store_requests(
            ctx,
            connection,
            key,
            write,
            wanted[start : start + AT_A_TIME],
            claim=claim,
            when_stored=when_stored,
        )
        answers, unsent = _ask(ctx, connection, line, [one for one in requests if one is not None])
        for one in requests:
            if one is None:
                found.append(not_sent(ctx))
            elif one.id in unsent:
                found.append(Exchange(Asked(Answered.NOT_SENT, one.id, one.msg_no, one.day)))
            else:
                found.append(_exchanged(connection, one, answers.get(one.id)))
    return found


def not_sent(ctx: Context) -> Exchange:
    return Exchange(Asked(Answered.NOT_SENT, 0, 0, ctx.today))


def _exchanged(connection: Connection, request: Stored, message: Message | None) -> Exchange:
    if message is None:
        return Exchange(Asked(Answered.SILENCE, request.id, request.msg_no, request.day))
    code, asked = message["resp_code"], decode(request.payload)
    bank_day = day_of_line(
        connection.opened_on, (asked["send_date"], asked["send_time"]), message["send_time"],
        profile_of(connection.bank_code).opens,
    )  # fmt: skip
    said = Asked(understood(code), request.id, request.msg_no, request.day, code, bank_day=bank_day)
    return Exchange(said, message)


def writer_for(ctx: Context, connection: Connection, key: str) -> Callable[[int, Mapping[str, str]], bytes]:
    """What makes the bytes of a request of this kind out of its number and its fields. Called in a closed Context."""
    with ctx.open():
        zone = group_zone(ctx)
    header = {
        "company_no": connection.company_no, "bank_code": connection.bank_code,
        "send_date": f"{ctx.today:%Y%m%d}", "send_time": f"{ctx.at.astimezone(zone):%H%M%S}",
    }  # fmt: skip
    return lambda number, fields: encode(key, {**fields, **header, "msg_no": str(number)})


def listen(ctx: Context, connection: Connection, line: Line) -> None:
    """Take what the bank says by itself until it is silent; everything is stored, then confirmed."""
    with suppress(LineBroken):
        while frames := line.receive():
            _take(ctx, connection, line, frames, {})


def _ask(
    ctx: Context, connection: Connection, line: Line, requests: Sequence[Stored]
) -> tuple[dict[int, Message], set[int]]:
    """Shape: answers by the id of the request; the ids of those of which the socket was given nothing."""
    answers: dict[int, Message] = {}
    if not requests:
        return answers, set()
    unsent = _send(ctx, line, requests)
    waiting: _Waiting = {}
    for request in requests:
        if request.id not in unsent:
            asked = decode(request.payload)
            assert asked.kind.answer_key is not None, "what is asked has an answer"
            waiting[asked.kind.answer_key, asked.identity] = request
    with suppress(LineBroken):
        while waiting and (frames := line.receive(len(waiting))):
            answers |= _take(ctx, connection, line, frames, waiting)
    return answers, unsent


def _send(ctx: Context, line: Line, requests: Sequence[Stored]) -> set[int]:
    """Shape: the ids of those of which the socket was given nothing; one that it took in part is none of them."""
    unsent = {request.id for request in requests}
    taken = []
    try:
        for request in requests:
            line.send(request.payload)
            taken.append(request.id)
    except LineEnded:
        unsent -= set(taken)
    except LineBroken:
        # That one may have left, and is not marked as taken.
        unsent -= {*taken, requests[len(taken)].id}
    else:
        unsent.clear()
    if taken:
        mark_sent(ctx, taken)
    return unsent


def _take(
    ctx: Context, connection: Connection, line: Line, frames: Sequence[Frame], waiting: _Waiting
) -> dict[int, Message]:
    """One piece of what came: stored whole before any of it is understood, then each answer is given to its request, and
    what the bank began is confirmed."""
    kept = store_received(ctx, connection, [frame.payload for frame in frames])
    answers: dict[int, Message] = {}
    told: list[Understood] = []
    begun: list[tuple[Message, int]] = []
    for frame, message_id in zip(frames, kept, strict=True):
        findings = [] if frame.kind == "garbled" else check(frame.payload)
        if frame.kind == "garbled" or findings:
            told.append(Understood(message_id, problem=findings[0].code if findings else "garbled"))
            continue
        message = decode(frame.payload)
        request = waiting.pop((message.key, message.identity), None)
        if request is not None:
            answers[request.id] = message
            told.append(Understood(message_id, request.id, message["resp_code"]))
        elif message.kind.is_answer:
            told.append(_answers_another(ctx, connection, message, message_id))
        else:
            begun.append((message, message_id))
            told.append(Understood(message_id))
    mark_understood(ctx, told)
    _confirm(ctx, connection, line, begun)
    return answers


def _answers_another(ctx: Context, connection: Connection, message: Message, message_id: int) -> Understood:
    """An answer that came late belongs to its request still; to none of ours: it is said so and means nothing."""
    day = date.fromisoformat(message["send_date"])
    asked = request_of(ctx, connection, day, message.number("msg_no"), message.kind.request_key)
    return Understood(message_id, asked, message["resp_code"], "" if asked else "nobody_asked")


def _confirm(ctx: Context, connection: Connection, line: Line, begun: Sequence[tuple[Message, int]]) -> None:
    """The bank sends them again until they are confirmed; a line that breaks here has lost nothing."""
    if not begun:
        return
    replies = [(answer(message, "0000"), message_id) for message, message_id in begun]
    kept = store_replies(ctx, connection, replies)
    with suppress(LineBroken):
        for reply, _ in replies:
            line.send(reply)
        mark_sent(ctx, kept)
