"""Payments that are decided on and not over: what waits to leave, what is on its way, what nobody knows the outcome of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from moa.control.access import may, permitted_units
from moa.control.asked_together import Question, answer_now, answer_to
from moa.control.context import Context
from moa.payments.permissions import VIEW

UNKNOWN, HELD_UP, ON_ITS_WAY = "unknown", "held_up", "on_its_way"

# Stands on the first page, so it is a prepared statement; the states are written out, for the index of payments under way
# is kept for these very ones.
_NOT_OVER = """
select json_agg(json_build_array(n.kind, n.number, n.since, n.currency, n.minor) order by n.currency) from (
    select k.kind, count(*) as number, min(o.state_at) as since, o.currency, sum(o.amount_minor)::bigint as minor
      from payments_paymentorder o
     cross join lateral (select case
            when o.state = 'unknown' then %(unknown)s
            when o.state in ('approved', 'ready') then case when o.pay_on <= %(today)s and o.problem <> '' then %(held_up)s end
            else %(on_its_way)s end) k (kind)
     where o.state in ('approved', 'ready', 'sent', 'processing', 'unknown')
       and (%(everywhere)s or o.unit_id = any(%(units)s)) and k.kind is not null
     group by 1, 4) n
"""


class NotOver(NamedTuple):
    """Shape: `kind` above; `since` the oldest; amounts by currency, in minor units."""

    kind: str
    number: int
    since: datetime
    amounts: dict[str, int]


def not_over_question(ctx: Context) -> Question:
    """What is under way of the actor's units; nothing for who may not see payments."""
    units = permitted_units(ctx, VIEW) if may(ctx, VIEW) else frozenset()
    facts = {
        "everywhere": units is None, "units": list(units or ()), "today": ctx.today, "unknown": UNKNOWN, "held_up": HELD_UP,
        "on_its_way": ON_ITS_WAY,
    }  # fmt: skip
    return Question(
        "payments.not_over", _NOT_OVER if units is None or units else "select null::json", facts, _read
    )


def _read(rows: list[Any] | None) -> list[NotOver]:
    found = []
    for kind in (UNKNOWN, HELD_UP, ON_ITS_WAY):
        mine = [row[1:] for row in rows or () if row[0] == kind]
        if mine:
            since = min(datetime.fromisoformat(one[1]) for one in mine)
            amounts = {currency: minor for _, _, currency, minor in mine}
            found.append(NotOver(kind, sum(one[0] for one in mine), since, amounts))
    return found


def list_not_over(ctx: Context) -> list[NotOver]:
    """What is most pressing first. Held up is what was to leave by today and something hinders it."""
    found: list[NotOver] = answer_now(ctx, not_over_question(ctx))
    return found


def not_over_of_page(ctx: Context) -> list[NotOver]:
    """The same, asked once while a page is made."""
    found: list[NotOver] = answer_to(ctx, not_over_question(ctx))
    return found
