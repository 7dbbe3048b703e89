"""The moment that a row of an append-only table is recorded at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from moa.control.context import Context
from moa.control.queries import person_names
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


def newest_number(model: Recorded) -> str:
    """For a form: the newest row that its page can have shown."""
    newest = model.objects.order_by("-id").values_list("id", flat=True).first()
    return str(newest or 0)


def recorded_since(ctx: Context, model: Recorded, seen: str, **of: Any) -> tuple[Any, str] | None:
    """The newest row of the same matter that was recorded after the page was shown, and who did it.

    Holds the group's rows of `model` for what follows in the transaction.
    """
    if not seen.isdecimal() or len(seen) > 18:
        return None
    take_recording_moment(ctx, model)
    found = model.objects.filter(id__gt=int(seen), **of).order_by("-recorded_at", "-id").first()
    if found is None or found.entered_by_id is None:
        return None
    return found, person_names(ctx, {found.entered_by_id}).get(found.entered_by_id, "")
