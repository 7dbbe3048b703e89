"""Wrong machine tokens: how many an address may show, and what of it stands in the audit trail.

A right token is let in also from an address that showed too many wrong ones: nobody guesses 256 bits, and one program
with an old token must not keep out all others of its house.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import connection

from moa.control.audit import record
from moa.control.queries import list_groups, machine_context
from moa.control.tokens import PREFIX_LENGTH, digest_of
from moa.control.tries import Limit, seconds_to_wait

WRONG = Limit("wrong_token", 60, 60, "address")
# One line an hour, so that nobody fills the trail by guessing.
_LINE_OF_TOKEN = Limit("dead_token_line", 1, 3600, "token")
_LINE_OF_ADDRESS = Limit("wrong_token_line", 1, 3600, "address")
_ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}")


def count_wrong_token(secret: str, address: str, *, at: datetime, request_id: str = "") -> int:
    """Count one; the seconds that the address must wait, or 0 when it may try again at once.

    A token that is over leaves a line in the trail of its group; an address that is stopped one in every group's, for
    whose token was meant is not known.
    """
    dead = _dead_token(secret)
    if dead is not None and not seconds_to_wait(_LINE_OF_TOKEN, str(dead[0]), at=at):
        _record(dead[1], "control.token.refused", dead[0], secret, address, at, request_id)
    wait = seconds_to_wait(_limit(), address, at=at)
    if wait and not seconds_to_wait(_LINE_OF_ADDRESS, address, at=at):
        for group in list_groups():
            _record(group.id, "control.token.tries_stopped", "", "", address, at, request_id)
    return wait


def _limit() -> Limit:
    """Where tokens may be used more often than usual, wrong ones may be shown more often."""
    return replace(WRONG, most=max(WRONG.most, settings.API_REQUESTS_PER_MINUTE // 10))


def _dead_token(secret: str) -> tuple[int, int] | None:
    """Number and group of a token that was good once."""
    with connection.cursor() as cursor:
        cursor.execute("select id, group_id from moa_dead_token(%s)", [digest_of(secret)])
        found = cursor.fetchone()
    return None if found is None else (found[0], found[1])


def _record(
    group_id: int, code: str, token: object, secret: str, address: str, at: datetime, request_id: str
) -> None:
    """As the group's machine user: who showed it is not known."""
    ctx = machine_context(group_id, at=at, channel="api", request_id=request_id)
    facts = {"address": address if _ADDRESS.fullmatch(address) else ""}
    if secret:
        facts["prefix"] = secret[:PREFIX_LENGTH]
    with ctx.open():
        record(ctx, code, "machine_token", token, after=facts)
