"""Payments that are decided on and not over: what waits to leave, what is on its way, what nobody knows the outcome of."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from moa.control.access import may, permitted_units
from moa.control.context import Context
from moa.control.driver import driver_cursor
from moa.payments.permissions import VIEW

UNKNOWN, HELD_UP, ON_ITS_WAY = "unknown", "held_up", "on_its_way"

# Stands on the first page, so it is a prepared statement; the states are written out, for the index of payments under way
# is kept for these very ones.
_NOT_OVER = """
select k.kind, count(*), min(o.state_at), o.currency, sum(o.amount_minor)::bigint
  from payments_paymentorder o
 cross join lateral (select case
        when o.state = 'unknown' then %(unknown)s
        when o.state in ('approved', 'ready') then case when o.pay_on <= %(today)s and o.problem <> '' then %(held_up)s end
        else %(on_its_way)s end) k (kind)
 where o.state in ('approved', 'ready', 'sent', 'processing', 'unknown')
   and (%(everywhere)s or o.unit_id = any(%(units)s)) and k.kind is not null
 group by 1, 4 order by 4
"""


class NotOver(NamedTuple):
    """Shape: `kind` above; `since` the oldest; amounts by currency, in minor units."""

    kind: str
    number: int
    since: datetime
    amounts: dict[str, int]


def list_not_over(ctx: Context) -> list[NotOver]:
    """Of the actor's units, what is most pressing first; nothing for who may not see payments. Held up is what was to leave
    by today and something hinders it."""
    if not may(ctx, VIEW):
        return []
    units = permitted_units(ctx, VIEW)
    facts = {
        "everywhere": units is None, "units": list(units or ()), "today": ctx.today, "unknown": UNKNOWN, "held_up": HELD_UP,
        "on_its_way": ON_ITS_WAY,
    }  # fmt: skip
    with driver_cursor() as cursor:
        rows = cursor.execute(_NOT_OVER, facts).fetchall()
    found = []
    for kind in (UNKNOWN, HELD_UP, ON_ITS_WAY):
        mine = [row[1:] for row in rows if row[0] == kind]
        if mine:
            amounts = {currency: int(minor) for _, _, currency, minor in mine}
            found.append(NotOver(kind, sum(one[0] for one in mine), min(one[1] for one in mine), amounts))
    return found
