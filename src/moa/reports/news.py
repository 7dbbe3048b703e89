"""What changed since the last business day: money in and out by currency, and the largest movements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moa.accounts.overview import AccountRow
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.notice_inbox import list_notices, unread_of_page
from moa.directory.queries import DatedRate
from moa.reports.permissions import VIEW_POSITION
from moa.reports.position import minor_factor, rates_on
from moa.ui.formatting import figure

LARGEST, NOTICES = 3, 3

_LINES = """
from accounts_transaction t join accounts_bankaccount a on a.id = t.account_id
left join unnest(%(codes)s::text[], %(factors)s::numeric[]) as rate (currency, factor) on rate.currency = a.currency
where t.booked_on > %(after)s and t.booked_on <= %(until)s
  and not exists (select 1 from accounts_supersession x where x.transaction_id = t.id) {units}
"""
_MOVED = (
    "select a.currency, coalesce(sum(t.amount_minor) filter (where t.amount_minor > 0), 0)::bigint,"
    " coalesce(-sum(t.amount_minor) filter (where t.amount_minor < 0), 0)::bigint, count(*) "
    + _LINES
    + " group by 1 order by 4 desc"
)
_LARGEST = "select t.id, t.account_id, t.amount_minor, a.currency, coalesce(nullif(t.counterparty, ''), t.description) " + _LINES + \
    " order by abs(t.amount_minor * coalesce(rate.factor, case when a.currency = %(base)s then 1 end)) desc nulls last, t.id limit %(largest)s"  # fmt: skip


class Moved(NamedTuple):
    """Shape: minor units of `currency`, both not negative."""

    currency: str
    in_minor: int
    out_minor: int
    lines: int


class Large(NamedTuple):
    line_id: int
    account_id: int
    amount_minor: int
    currency: str
    who: str


def movements(ctx: Context, *, after: date, until: date, base: str) -> tuple[list[Moved], list[Large]]:
    """Of the lines booked after one day up to another; the largest by their worth in `base`. Raises: forbidden."""
    units = permitted_units(ctx, VIEW_POSITION)
    narrowed = "" if units is None else "and a.unit_id = any(%(units)s)"
    rates: dict[str, DatedRate] = rates_on(ctx, until)
    facts: dict[str, Any] = {
        "after": after, "until": until, "base": base, "largest": LARGEST, "units": list(units or ()), "codes": list(rates),
        "factors": [minor_factor(rate.rate.value, code, base) for code, rate in rates.items()],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVED.format(units=narrowed), facts)
        moved = [Moved(*row) for row in cursor.fetchall()]
        cursor.execute(_LARGEST.format(units=narrowed), facts)
        return moved, [Large(*row) for row in cursor.fetchall()]


def moved_entries(
    moved: Iterable[Moved], largest: Iterable[Large], accounts: dict[int, AccountRow], after: date
) -> list[dict[str, Any]]:
    """What moved, as entries of the list "to do and to know"."""
    entries = [
        {
            "kind": "moved", "at": None, "title": one.currency, "count": one.lines, "url": f"/transactions?from={after + timedelta(days=1)}&currency={one.currency}",
            "detail": _("in %(in)s, out %(out)s") % {"in": figure(one.in_minor, one.currency), "out": figure(one.out_minor, one.currency)}
            + " · " + ngettext("%(num)s line", "%(num)s lines", one.lines) % {"num": f"{one.lines:,}"},
        }
        for one in moved
    ]  # fmt: skip
    for one in largest:
        account = accounts.get(one.account_id)
        place = f" {account.bank} ···{account.account_end}" if account else ""
        entries.append({
            "kind": "large", "at": None, "title": one.who, "count": 0, "url": f"/transactions?open={one.line_id}",
            "detail": f"{one.currency} {figure(one.amount_minor, one.currency)}{place}",
        })  # fmt: skip
    return entries


def notice_entries(ctx: Context, told: Collection[str] = ()) -> list[dict[str, Any]]:
    """The newest unread notices, the oldest of them first, as entries of the list "to do and to know".

    Shape: `told` the addresses that the list leads to already; a notice of the same is not said twice."""
    if not unread_of_page(ctx):
        return []
    return [
        {"kind": "notice", "at": one.made_at, "title": one.title, "detail": one.sentence, "count": 0, "url": "/notices?tab=unread"}
        for one in reversed([one for one in list_notices(ctx, "unread") if one.link not in told][:NOTICES])
    ]  # fmt: skip
