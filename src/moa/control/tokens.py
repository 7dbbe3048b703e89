"""Machine tokens: made, shown once, kept as a keyed hash, and found again before a group is known.

A token is 256 random bits, so a fast hash is enough: nobody can try them all. It is keyed with the installation's
secret, so a row that somebody writes into the database opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import MachineToken, Person
from moa.control.queries import context_for
from moa.control.rules import token_state
from moa.kernel.errors import DomainError, NotFound

MAKE_TOKENS = "control.tokens.make"
MANAGE_TOKENS = "control.tokens.manage"
_SHAPE = re.compile(r"moa_[A-Za-z0-9_-]{43}")
PREFIX_LENGTH = 12
WINDOW = timedelta(minutes=1)


class TokenRefused(DomainError):
    """No such token, or it is expired, revoked, or its person has left; which one is not said."""

    code = "token_refused"


_scopes: dict[str, str | Promise] = {}


def provide_scopes(scopes: Mapping[str, str | Promise]) -> None:
    """What a token may be given, with the words for it; told by the package that has the routes."""
    _scopes.update(scopes)


def grantable_scopes() -> dict[str, str | Promise]:
    return dict(_scopes)


def new_secret() -> str:
    return "moa_" + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    key = hashlib.sha256(b"moa.machine_token " + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class OpenedToken:
    """A token that was shown: its row's number and the Context it opens."""

    id: int
    prefix: str
    expires_at: datetime
    ctx: Context


def open_token(secret: str, *, at: datetime, request_id: str = "") -> OpenedToken:
    """The Context of the token's person, with the token's scopes alone. Raises: token_refused.

    What the person may do now counts: a role that was withdrawn since is withdrawn from the token too.
    """
    if not _SHAPE.fullmatch(secret):
        raise TokenRefused()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, group_id, person_id, prefix, expires_at from moa_machine_token(%s, %s)",
            [digest_of(secret), at],
        )
        found = cursor.fetchone()
    if found is None:
        raise TokenRefused()
    token_id, group_id, person_id, prefix, expires_at = found
    try:
        ctx = context_for(group_id, person_id, at=at, channel="api", request_id=request_id)
    except NotFound:
        raise TokenRefused() from None
    with ctx.open():
        scopes = MachineToken.objects.values_list("scopes", flat=True).get(id=token_id)
    return OpenedToken(token_id, prefix, expires_at, replace(ctx, scopes=frozenset(scopes), token=prefix))


@dataclass(frozen=True, slots=True)
class Use:
    """How often a token was shown in the running window, and when the next one begins."""

    used: int
    window_ends_at: datetime


_USE = """
insert into control_tokenuse as u (token_id, group_id, last_used_at, window_at, used)
     values (%(token)s, %(group)s, %(at)s, %(window)s, 1)
on conflict (token_id) do update
    set last_used_at = greatest(u.last_used_at, excluded.last_used_at),
        used = case when u.window_at >= excluded.window_at then u.used + 1 else 1 end,
        window_at = greatest(u.window_at, excluded.window_at)
returning used, window_at
"""


def count_use(token: OpenedToken) -> Use:
    """Count one request in the minute that it falls in; over all processes, and never waiting for the disk."""
    ctx = token.ctx
    window = ctx.at.replace(second=0, microsecond=0)
    with ctx.open(), connection.cursor() as cursor:
        # A crash may forget the last counts; the requests themselves keep their own promise of being on disk.
        cursor.execute("set local synchronous_commit to off")
        cursor.execute(_USE, {"token": token.id, "group": ctx.group_id, "at": ctx.at, "window": window})
        used, window_at = cursor.fetchone()
    return Use(used, window_at + WINDOW)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it; never the secret."""

    id: int
    name: str
    prefix: str
    person_id: int
    person: str
    person_kind: str
    made_by: str
    scopes: tuple[str, ...]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str


def list_tokens(ctx: Context) -> list[TokenRow]:
    """One's own tokens, and with the right to manage them all; the newest first. Raises nothing."""
    tokens = MachineToken.objects.select_related("person", "use").order_by("-id")
    if not may(ctx, MANAGE_TOKENS):
        tokens = tokens.filter(person_id=ctx.actor.person_id)
    found = list(tokens)
    makers = dict(Person.objects.filter(id__in={one.made_by_id for one in found}).values_list("id", "name"))
    return [
        TokenRow(
            one.id, one.name, one.prefix, one.person_id, one.person.name, one.person.kind,
            makers.get(one.made_by_id, ""), tuple(one.scopes), one.made_at, one.expires_at,
            one.use.last_used_at if hasattr(one, "use") else None,
            token_state(
                revoked_at=one.revoked_at, expires_at=one.expires_at, left_on=one.person.left_on, at=ctx.at,
                today=ctx.today,
            ),
        )
        for one in found
    ]  # fmt: skip


def access_token(ctx: Context, token_id: int) -> MachineToken:
    """One's own token, or any with the right to manage them. Raises: not_found."""
    token = MachineToken.objects.filter(id=token_id).first()
    if token is None or (token.person_id != ctx.actor.person_id and not may(ctx, MANAGE_TOKENS)):
        raise NotFound(token=token_id)
    return token
