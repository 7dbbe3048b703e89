"""Many questions of one kind over one line, sent before the first answer is waited for; answers come in any order.

Only for what moves no money: a try to pay is one message with its own fate (exchange.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from moa.channels.firm_banking.exchange import Exchange, take_in, understood, writer_for
from moa.channels.firm_banking.line import Line, LineBroken
from moa.channels.message_batches import (
    Understood,
    mark_all_sent,
    mark_all_understood,
    store_all_received,
    store_requests,
)
from moa.channels.message_store import Stored
from moa.channels.models import Connection
from moa.channels.protocol import Answered, Asked
from moa.control.context import Context
from moa.formats.firm_banking import Frame, Message, check, decode

# A bank that is silent is waited for once for so many.
AT_A_TIME = 200
_Waiting = dict[tuple[str, tuple[str, str, str, str]], int]


def exchange_together(
    ctx: Context, connection: Connection, line: Line, key: str, wanted: Sequence[Mapping[str, str]]
) -> list[Exchange]:
    """The answer to each question, in their order; what the bank does not answer in time is silence.

    Called in a closed Context. Raises: message_numbers_used_up, and MessageRefused when the fields do not fit a message.
    """
    write = writer_for(ctx, connection, key)
    found: list[Exchange] = []
    for start in range(0, len(wanted), AT_A_TIME):
        requests = store_requests(ctx, connection, key, write, wanted[start : start + AT_A_TIME])
        answers = _ask(ctx, connection, line, requests)
        found += [_exchange(request, answers.get(at)) for at, request in enumerate(requests)]
    return found


def _ask(ctx: Context, connection: Connection, line: Line, requests: Sequence[Stored]) -> dict[int, Message]:
    """Shape: answers by the request's place."""
    answers: dict[int, Message] = {}
    waiting: _Waiting = {}
    for at, request in enumerate(requests):
        asked = decode(request.payload)
        assert asked.kind.answer_key is not None, "what is asked has an answer"
        waiting[asked.kind.answer_key, asked.identity] = at
    try:
        for request in requests:
            line.send(request.payload)
        mark_all_sent(ctx, [request.id for request in requests])
        while waiting and (frames := line.receive()):
            answers |= _take(ctx, connection, line, frames, waiting, requests)
    except LineBroken:
        pass
    return answers


def _take(
    ctx: Context,
    connection: Connection,
    line: Line,
    frames: Sequence[Frame],
    waiting: _Waiting,
    requests: Sequence[Stored],
) -> dict[int, Message]:
    """One piece of what came: stored whole, then each answer is given to its request, and the rest is what nobody asked."""
    kept = store_all_received(ctx, connection, [frame.payload for frame in frames])
    answers: dict[int, Message] = {}
    told: list[Understood] = []
    for frame, message_id in zip(frames, kept, strict=True):
        message = None if frame.kind == "garbled" or check(frame.payload) else decode(frame.payload)
        at = waiting.pop((message.key, message.identity), None) if message is not None else None
        if message is None or at is None:
            take_in(ctx, connection, line, frame, message_id)
            continue
        answers[at] = message
        told.append(Understood(message_id, requests[at].id, message["resp_code"]))
    mark_all_understood(ctx, told)
    return answers


def _exchange(request: Stored, message: Message | None) -> Exchange:
    if message is None:
        return Exchange(Asked(Answered.SILENCE, request.id, request.msg_no, request.day))
    code = message["resp_code"]
    return Exchange(Asked(understood(code), request.id, request.msg_no, request.day, code), message)
