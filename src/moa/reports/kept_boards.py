"""The boards of the first page, kept in this process while nothing in the group has changed.

Every operation writes a line of the audit trail in its own transaction. So the number of the last line, with how many
lines the last hours have, changes with every commit that changes figures, also when a transaction with earlier numbers
commits later; boards made at one stamp are the same until it changes. Lines of signing in alone are left out. They are made
anew after five minutes anyway.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Any

from django.db import connection

from moa.accounts.permissions import VIEW
from moa.control.access import permitted_units
from moa.control.asked_together import Question, answer_to
from moa.control.context import Context
from moa.reports.permissions import VIEW_POSITION

MOST = 64
SECONDS = 300
_kept: OrderedDict[Hashable, tuple[int, dict[str, Any]]] = OrderedDict()
_making: dict[Hashable, threading.Lock] = {}
_lock = threading.Lock()

# While no transaction has ended since the last question, the server's snapshot is the same, and the lines need not be
# counted; unless this very transaction has written, whose lines no snapshot tells apart.
_STAMP = """
select json_build_array(s.now, case when s.now <> %(snapshot)s or pg_current_xact_id_if_assigned() is not null then (
    select array[count(*), coalesce(max(id), 0),
                 (select id from control_auditline where code <> all(%(idle)s) order by recorded_at desc, id desc limit 1)]
      from control_auditline where recorded_at > %(since)s and code <> all(%(idle)s)) end)
  from (select pg_current_snapshot()::text as now) s
"""
Stamp = tuple[int | None, ...]
# Of these, the transaction wrote nothing but logins, codes and sessions, which no board reads; what else it may have done has
# a line of its own. Everybody signs in right before looking at the first page.
IDLE = tuple(
    f"control.identity.{done}"
    for done in (
        "signed_in", "password_accepted", "refused", "second_factor_refused", "proven_again", "not_proven",
    )
)  # fmt: skip
# The last snapshot of a group with its stamp.
_counted: OrderedDict[Hashable, tuple[str, Stamp]] = OrderedDict()


def stamp_question(ctx: Context) -> Question:
    """Changes with every commit that wrote an audit line of more than signing in. Shape: counts from the start of the hour before this one."""
    since = ctx.at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    key = (connection.settings_dict["NAME"], ctx.group_id, since)
    with _lock:
        snapshot, known = _counted.get(key, ("", ()))

    def read(answer: list[Any]) -> Stamp:
        now, counted = answer
        if counted is None:
            return known
        with _lock:
            _counted[key] = (now, tuple(counted))
            while len(_counted) > MOST:
                _counted.popitem(last=False)
        return tuple(counted)

    return Question("reports.stamp", _STAMP, {"since": since, "snapshot": snapshot, "idle": list(IDLE)}, read)


def stamp_of(ctx: Context) -> Stamp:
    """The one that was asked with the page, once; then anew."""
    found: Stamp = answer_to(ctx, stamp_question(ctx))
    ctx.memo.pop("reports.stamp")
    return found


def boards(ctx: Context, by: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `make` gives, or gave before at the same stamp to somebody with the same rights, day and language.

    Everything that `make` asks by stands in the key: a right that it asks besides these two belongs there too. Raises: forbidden.
    """
    counted, seen = permitted_units(ctx, VIEW_POSITION), permitted_units(ctx, VIEW)
    # Who does not see the files of the whole group sees, of refused ones, her own uploads too.
    person = None if seen is None else ctx.actor.person_id
    whose = (ctx.group_id, counted, seen, person, ctx.language, ctx.today, by)
    key = (*whose, connection.settings_dict["NAME"], stamp_of(ctx))
    held = _held(key)
    if held is not None:
        return held
    with _lock:
        making = _making.setdefault(key, threading.Lock())
    # One makes them, the others wait for it: made sixteen times at once, the last would wait sixteen times as long.
    with making:
        held = _held(key)
        if held is not None:
            return held
        try:
            made = make()
        finally:
            with _lock:
                _making.pop(key, None)
        with _lock:
            _kept[key] = (time.monotonic_ns(), made)
            while len(_kept) > MOST:
                _kept.popitem(last=False)
    return made


def _held(key: Hashable) -> dict[str, Any] | None:
    with _lock:
        held = _kept.get(key)
    return held[1] if held is not None and time.monotonic_ns() - held[0] < SECONDS * 10**9 else None
