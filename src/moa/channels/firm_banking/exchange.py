"""One request and its answer over a line: stored, sent, heard, stored, understood; in this order, whatever happens between.

What else the bank says meanwhile is stored too; notices are confirmed once they are stored, so none is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from moa.channels.firm_banking.line import Line, LineBroken
from moa.channels.message_store import (
    Stored,
    WhenStored,
    mark_sent,
    mark_understood,
    request_of,
    store_received,
    store_reply,
    store_request,
)
from moa.channels.models import Connection
from moa.channels.protocol import Answered, Asked
from moa.control.context import Context
from moa.control.queries import group_zone
from moa.formats.firm_banking import (
    Frame,
    Meaning,
    Message,
    answer,
    check,
    decode,
    encode,
    meaning_of,
)

_ANSWERED = {
    Meaning.DONE: Answered.DONE, Meaning.REFUSED: Answered.REFUSED, Meaning.IN_PROCESS: Answered.IN_PROCESS,
    Meaning.NO_RECORD: Answered.NO_RECORD,
}  # fmt: skip


def understood(code: str) -> Answered:
    """What a bank's code says; one that nobody knows says nothing."""
    return _ANSWERED.get(meaning_of(code), Answered.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shape: `message` the answer, None in silence."""

    asked: Asked
    message: Message | None = None


def exchange(
    ctx: Context, connection: Connection, line: Line, key: str, fields: Mapping[str, str], *,
    about: tuple[str, object] = ("", ""), when_stored: WhenStored | None = None,
) -> Exchange:  # fmt: skip
    """Ask and wait for the answer. An answer with a code that nobody knows is `unclear`, one that cannot be read is silence.

    Called in a closed Context. Raises: message_numbers_used_up, and MessageRefused when the fields do not fit a message.
    """
    write = writer_for(ctx, connection, key)
    request = store_request(
        ctx, connection, key, lambda number: write(number, fields), about=about, when_stored=when_stored
    )
    try:
        line.send(request.payload)
        mark_sent(ctx, request.id)
        found = _wait(ctx, connection, line, request)
    except LineBroken:
        found = None
    if found is None:
        return Exchange(Asked(Answered.SILENCE, request.id, request.msg_no, request.day))
    code = found["resp_code"]
    answered = understood(code)
    return Exchange(Asked(answered, request.id, request.msg_no, request.day, code), found)


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
            kept = [(frame, store_received(ctx, connection, frame.payload)) for frame in frames]
            for frame, number in kept:
                take_in(ctx, connection, line, frame, number)


def _wait(ctx: Context, connection: Connection, line: Line, request: Stored) -> Message | None:
    """The answer among all that comes until the time is over; every frame is stored before it is looked into."""
    wanted = decode(request.payload)
    while frames := line.receive():
        # All of a piece is stored before the first of it is understood.
        kept = [(frame, store_received(ctx, connection, frame.payload)) for frame in frames]
        found = [_understand(ctx, connection, line, frame, number, wanted, request) for frame, number in kept]
        for message in found:
            if message is not None:
                return message
    return None


def _understand(
    ctx: Context,
    connection: Connection,
    line: Line,
    frame: Frame,
    message_id: int,
    wanted: Message,
    request: Stored,
) -> Message | None:
    """The message if it is the answer; what it is else is kept with it."""
    message = _read(ctx, frame, message_id)
    if message is None:
        return None
    if message.key == wanted.kind.answer_key and message.identity == wanted.identity:
        mark_understood(ctx, message_id, answers=request.id, resp_code=message["resp_code"])
        return message
    _take_other(ctx, connection, line, message, message_id)
    return None


def take_in(ctx: Context, connection: Connection, line: Line, frame: Frame, message_id: int) -> None:
    """What nobody waits for: a late answer, or what the bank began."""
    message = _read(ctx, frame, message_id)
    if message is not None:
        _take_other(ctx, connection, line, message, message_id)


def _read(ctx: Context, frame: Frame, message_id: int) -> Message | None:
    findings = [] if frame.kind == "garbled" else check(frame.payload)
    if frame.kind == "garbled" or findings:
        mark_understood(ctx, message_id, problem=findings[0].code if findings else "garbled")
        return None
    return decode(frame.payload)


def _take_other(ctx: Context, connection: Connection, line: Line, message: Message, message_id: int) -> None:
    if message.kind.is_answer:
        _answers_another(ctx, connection, message, message_id)
        return
    mark_understood(ctx, message_id)
    _confirm(ctx, connection, line, message, message_id)


def _answers_another(ctx: Context, connection: Connection, message: Message, message_id: int) -> None:
    """An answer that came late belongs to its request still; to none of ours: it is said so and means nothing."""
    day = date.fromisoformat(message["send_date"])
    asked = request_of(ctx, connection, day, message.number("msg_no"), message.kind.request_key)
    mark_understood(
        ctx,
        message_id,
        answers=asked,
        resp_code=message["resp_code"],
        problem="" if asked else "nobody_asked",
    )


def _confirm(ctx: Context, connection: Connection, line: Line, message: Message, message_id: int) -> None:
    """The bank sends it again until it is confirmed; a line that breaks here has lost nothing."""
    reply = answer(message, "0000")
    reply_id = store_reply(ctx, connection, reply, answers=message_id)
    with suppress(LineBroken):
        line.send(reply)
        mark_sent(ctx, reply_id)
