"""How often an address or a person tried something in a short time, counted in the database over all processes."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

_COUNT = """
insert into control_trycount as t (scope, key, window_at, used) values (%(scope)s, %(key)s, %(window)s, 1)
on conflict (scope, key) do update
    set used = case when t.window_at >= excluded.window_at then t.used + 1 else 1 end,
        window_at = greatest(t.window_at, excluded.window_at)
returning used, window_at
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` tries in each window of `seconds`, counted by "address" or by "person" (before sign-in by address)."""

    scope: str
    most: int
    seconds: int
    by: str


def seconds_to_wait(limit: Limit, subject: str, *, at: datetime) -> int:
    """Count one try of `subject`; 0 when it may go on, else the seconds until the next window begins."""
    begun = int(at.timestamp()) // limit.seconds * limit.seconds
    values: dict[str, str | datetime] = {
        "scope": limit.scope,
        "key": _key(limit, subject),
        "window": datetime.fromtimestamp(begun, UTC),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # A crash may forget the last counts.
        cursor.execute("set local synchronous_commit to off")
        cursor.execute(_COUNT, values)
        used, window_at = cursor.fetchone()
    if used <= limit.most * settings.TRY_LIMIT_FACTOR:
        return 0
    ends: datetime = window_at + timedelta(seconds=limit.seconds)
    return max(1, int((ends - at).total_seconds()) + 1)


def _key(limit: Limit, subject: str) -> str:
    key = hashlib.sha256(b"moa.tries " + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{limit.by} {subject}".encode(), hashlib.sha256).hexdigest()


def forget_tries(before: datetime) -> int:
    """Remove counts of windows that began before a moment; returns their number."""
    with connection.cursor() as cursor:
        cursor.execute("delete from control_trycount where window_at < %s", [before])
        return int(cursor.rowcount)
