"""When any bank last spoke, and how many banks are late: two figures that stand above every page."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from moa.accounts.overview import expected_days
from moa.accounts.permissions import VIEW
from moa.accounts.rules import freshness
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import calendar_for

# Above this many accounts the answer is kept for some seconds, for it stands on every page.
MANY_ACCOUNTS = 2_000
KEPT = timedelta(seconds=15)

# The group is named with its value, not by the policy alone: only then the planner knows whether it has few accounts or all.
_BY_BANK = """
select a.bank_country, a.bank_code, max(b.received_at), min(b.covered_until), count(*)
  from accounts_currentbalance b join accounts_bankaccount a on a.id = b.account_id
 where a.group_id = %(group)s and a.closed_on is null {units} group by 1, 2
"""


class NewestWord(NamedTuple):
    as_of: datetime | None
    late_banks: int


_kept: dict[tuple[int, frozenset[int] | None], tuple[datetime, NewestWord]] = {}
_lock = threading.Lock()


def newest_word(ctx: Context) -> NewestWord:
    """Raises: forbidden."""
    units = permitted_units(ctx, VIEW)
    with _lock:
        found = _kept.get((ctx.group_id, units))
        if found is not None and abs(ctx.at - found[0]) < KEPT:
            return found[1]
        if found is not None:
            # This request asks anew; those that come meanwhile have the former answer once more.
            _kept[ctx.group_id, units] = (ctx.at, found[1])
    with connection.cursor() as cursor:
        statement = _BY_BANK.format(units="" if units is None else "and a.unit_id = any(%(units)s)")
        cursor.execute(statement, {"group": ctx.group_id, "units": list(units or ())})
        rows = cursor.fetchall()
    late = 0
    for country, _, _, until, _ in rows:
        expected, before = expected_days(calendar_for(ctx, country), ctx.today)
        late += freshness(until, expected, before) in {"late", "overdue"}
    word = NewestWord(max((moment for _, _, moment, _, _ in rows if moment), default=None), late)
    with _lock:
        _kept.pop((ctx.group_id, units), None)
        if sum(row[4] for row in rows) > MANY_ACCOUNTS:
            _kept[ctx.group_id, units] = (ctx.at, word)
    return word
