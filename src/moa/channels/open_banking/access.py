"""The token of a connection over HTTP: sealed, kept until it ends, and forgotten when the bank refuses it or it is revoked."""

from __future__ import annotations

from datetime import timedelta

from moa.channels.models import OUT, ChannelMessage, Connection, HttpAccess
from moa.channels.open_banking.requests import TOKEN
from moa.control.audit import record
from moa.control.context import Context
from moa.control.sealed_secrets import open_secret, seal_secret

# A token is renewed so long before it ends.
_BEFORE_ITS_END = timedelta(minutes=10)
LONGEST = timedelta(days=366)
# So many are asked for on a day at most: whoever revokes ours again and again gets no endless stream of new ones.
TOKENS_A_DAY = 20
REFUSED, REVOKED = "refused", "revoked"


def access_of(connection: Connection) -> HttpAccess:
    return HttpAccess.objects.get(connection_id=connection.id)


def token_of(ctx: Context, connection: Connection) -> str:
    """In an open Context; empty where there is none that holds. Raises: secret_damaged."""
    row = access_of(connection)
    if row.token is None or row.token_until is None or row.token_until - _BEFORE_ITS_END <= ctx.at:
        return ""
    assert row.token_key_version is not None, "a constraint of the table"
    return open_secret(ctx, row.token_key_version, bytes(row.token), label=token_label(connection.bank_code))


def may_ask_for_token(ctx: Context, connection: Connection) -> bool:
    """In an open Context."""
    asked = ChannelMessage.objects.filter(
        connection_id=connection.id, direction=OUT, key=TOKEN, day=ctx.today
    )
    return asked.count() < TOKENS_A_DAY


def keep_token(ctx: Context, connection: Connection, token: str, seconds: int) -> None:
    """In an open Context."""
    version, sealed = seal_secret(ctx, token, label=token_label(connection.bank_code))
    until = ctx.at + min(timedelta(seconds=seconds), LONGEST)
    HttpAccess.objects.filter(connection_id=connection.id).update(
        token=sealed, token_key_version=version, token_until=until
    )
    record(
        ctx, "channels.token.obtained", "connection", connection.id, after={"valid_until": until.isoformat()}
    )


def forget_token(ctx: Context, connection: Connection, why: str) -> None:
    """In an open Context. Shape: `why` refused or revoked."""
    HttpAccess.objects.filter(connection_id=connection.id).update(
        token=None, token_key_version=None, token_until=None
    )
    record(ctx, f"channels.token.{why}", "connection", connection.id, after={"bank": connection.bank_code})


def token_label(bank_code: str) -> str:
    return f"open banking {bank_code} token"
