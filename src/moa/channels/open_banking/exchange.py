"""Requests and their answers over HTTP: stored, sent, heard, stored, understood; in this order, whatever happens between.

So many as there are connections are stored together and leave in the same moment, each on its own; what waits its turn is not
stored yet and so has not left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from moa.channels.bank_profiles import profile_of
from moa.channels.banks_day import day_of_moment
from moa.channels.message_store import (
    Claim,
    Heard,
    Stored,
    Understood,
    Wanted,
    WhenStored,
    mark_sent,
    mark_understood,
    store_heard,
    store_requests,
)
from moa.channels.models import Connection
from moa.channels.open_banking.line import HttpLine
from moa.channels.open_banking.replies import DONE, Reply, read_reply
from moa.channels.open_banking.requests import ROUTES, Place, blank, tran_id, write_request
from moa.channels.protocol import Answered, Asked
from moa.channels.reasons import understood
from moa.control.context import Context


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shape: `reply` the usable answer, None in silence."""

    asked: Asked
    reply: Reply | None = None

    @property
    def is_done(self) -> bool:
        return self.reply is not None and self.reply.code == DONE


def not_sent(ctx: Context) -> Exchange:
    return Exchange(Asked(Answered.NOT_SENT, 0, 0, ctx.today))


def place_of(connection: Connection, host: str, base_path: str) -> Place:
    return Place(host, base_path, connection.company_no, connection.bank_code)


def exchange_chunk(
    ctx: Context, connection: Connection, line: HttpLine, key: str, wanted: Sequence[Wanted], *, place: Place, token: str,
    refusing: frozenset[int], expected: Callable[[Mapping[str, str]], str] | None = None, claim: Claim | None = None,
    when_stored: WhenStored | None = None,
) -> list[Exchange]:  # fmt: skip
    """Ask these, no more than there are connections, and wait for the answers. What was not stored was not sent; what is not
    answered usably is silence.

    Called in a closed Context. Shape: in the order of `wanted`; `expected` the bank_tran_id that an answer must speak of where
    it is not the request's own. Raises: message_numbers_used_up.
    """

    def write(number: int, fields: Mapping[str, str]) -> bytes:
        return write_request(key, place, ctx.today, number, fields, token)

    requests = store_requests(
        ctx, connection, key, write, wanted, claim=claim, when_stored=when_stored, blank=blank
    )
    leaving = [(one, wanted[at].fields) for at, one in enumerate(requests) if one is not None]
    taken = line.send([one.payload for one, _ in leaving])
    mark_sent(ctx, [one.id for (one, _), went in zip(leaving, taken, strict=True) if went])
    came = line.receive()
    firsts = line.firsts
    strays = _strays(line)
    kept = store_heard(
        ctx, connection,
        [*(_heard(one, key, raw) for (one, _), raw in zip(leaving, came, strict=True) if raw), *strays],
    )  # fmt: skip
    replies: dict[int, Reply] = {}
    told: list[Understood] = []
    numbers = iter(kept)
    for at, ((one, fields), raw) in enumerate(zip(leaving, came, strict=True)):
        if not raw:
            continue
        number = expected(fields) if expected else _own_number(key, place, ctx, one)
        reply = read_reply(key, raw, number=number, refusing=refusing, is_first=firsts[at])
        if reply.problem:
            line.distrust(at)
        told.append(Understood(next(numbers), one.id, reply.code, reply.problem))
        if not reply.problem:
            replies[one.id] = reply
    told += [Understood(number, problem="nobody_asked") for number in numbers]
    mark_understood(ctx, told)
    opens = profile_of(connection.bank_code).opens
    return [not_sent(ctx) if one is None else _exchanged(one, replies.get(one.id), opens) for one in requests]


def _own_number(key: str, place: Place, ctx: Context, request: Stored) -> str:
    return tran_id(place, ctx.today, request.msg_no) if ROUTES[key].numbered else ""


def _heard(request: Stored, key: str, raw: bytes) -> Heard:
    return Heard(raw, blank(raw), request.day, request.msg_no, key)


def _strays(line: HttpLine) -> list[Heard]:
    found = [Heard(raw, blank(raw), None, None, "?") for raw in line.strays]
    line.strays.clear()
    return found


def _exchanged(request: Stored, reply: Reply | None, opens: time) -> Exchange:
    if reply is None:
        return Exchange(Asked(Answered.SILENCE, request.id, request.msg_no, request.day))
    asked = Asked(
        understood(reply.code), request.id, request.msg_no, request.day, reply.code, bank_day=day_of_moment(reply.told_at, opens)
    )  # fmt: skip
    return Exchange(asked, reply)
