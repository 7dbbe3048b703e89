"""The moment that a row of an append-only table is recorded at."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from moa.control.context import Context
from moa.directory.models import CalendarOverride, ExchangeRate

Recorded = type[ExchangeRate] | type[CalendarOverride]


def take_recording_moment(ctx: Context, model: Recorded) -> datetime:
    """Lock the group's rows of `model` until the transaction ends, and return the moment for new ones.

    The moment is the server's, and never before the last one there, also when the clock steps back: an answer "as
    known at T" must not change once T has passed.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, %s))", [table, ctx.group_id])
        # A statement of its own: its snapshot must be taken after the lock, to see the last holder's rows.
        cursor.execute(f"select greatest(clock_timestamp(), (select max(recorded_at) from {table}))")
        return cursor.fetchone()[0]
