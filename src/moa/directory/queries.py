"""Reads of the directory: rates on a day and as known at a moment, banks, calendars."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models

from moa.control.asked_together import Question, answer_to
from moa.control.context import Context
from moa.control.queries import the_group_of
from moa.directory.models import Bank, CalendarOverride, ExchangeRate
from moa.kernel.calendar_data import published_calendar
from moa.kernel.calendars import Calendar, DayOverride
from moa.kernel.rates import Rate


class DatedRate(NamedTuple):
    """A rate and the day it was published for, which is on or before the day asked for."""

    rate: Rate
    on_date: date


_LAST_RATES = """
    select asked.base, asked_day.day, found.rate, found.on_date
      from unnest(%(bases)s::text[]) as asked (base)
     cross join unnest(%(days)s::date[]) as asked_day (day)
     cross join lateral (
            select r.rate, r.on_date
              from directory_exchangerate r
             where r.base = asked.base and r.quote = %(quote)s and r.on_date <= asked_day.day
               and (%(known_at)s::timestamptz is null or r.recorded_at <= %(known_at)s::timestamptz)
             order by r.on_date desc, r.recorded_at desc, r.id desc
             limit 1) found
"""


def rates_for_days(
    ctx: Context, bases: Iterable[str], quote: str, days: Iterable[date], known_at: datetime | None = None
) -> dict[tuple[str, date], DatedRate]:
    """For each currency and day the last rate into `quote` on or before that day, in one query.

    Shape: a currency without such a rate is absent. `quote` itself gives 1 on the day. With `known_at`, only what
    was recorded by then counts.
    """
    days = list(days)
    wanted = set(bases)
    found = {(quote, day): DatedRate(Rate.same(quote), day) for day in days if quote in wanted}
    others = sorted(wanted - {quote})
    if others and days:
        with connection.cursor() as cursor:
            cursor.execute(_LAST_RATES, {"bases": others, "days": days, "quote": quote, "known_at": known_at})
            for base, day, value, on_date in cursor.fetchall():
                found[base, day] = DatedRate(Rate(base, quote, value), on_date)
    return found


def rates_on_or_before(
    ctx: Context, bases: Iterable[str], quote: str, day: date, known_at: datetime | None = None
) -> dict[str, DatedRate]:
    """For each currency the last rate into `quote` on or before `day`; a currency without one is absent."""
    return {base: dated for (base, _), dated in rates_for_days(ctx, bases, quote, [day], known_at).items()}


def rate_on_or_before(
    ctx: Context, base: str, quote: str, day: date, known_at: datetime | None = None
) -> DatedRate | None:
    """The last rate on or before `day`, or None; never the other direction turned round."""
    return rates_on_or_before(ctx, [base], quote, day, known_at).get(base)


def rated_currencies(ctx: Context, quote: str) -> list[str]:
    """The currencies that have any rate into `quote`."""
    return list(
        ExchangeRate.objects.filter(quote=quote).order_by("base").values_list("base", flat=True).distinct()
    )


class RateRow(NamedTuple):
    """One recorded rate for the history; `superseded` when a later row for the same day and pair holds."""

    id: int
    on_date: date
    base: str
    quote: str
    rate: Decimal
    source: str
    source_name: str
    file_name: str
    entered_by_id: int
    recorded_at: datetime
    superseded: bool


# The two directions of the history: newest first from a place on, and back towards the newest.
_HISTORY = {
    direction: f"""
    select r.id, r.on_date, r.base, r.quote, r.rate, r.source, r.source_name, coalesce(d.name, ''),
           r.entered_by_id, r.recorded_at,
           exists (select 1 from directory_exchangerate later
                    where later.group_id = r.group_id and later.base = r.base and later.quote = r.quote
                      and later.on_date = r.on_date
                      and (later.recorded_at, later.id) > (r.recorded_at, r.id))
      from directory_exchangerate r
      left join control_document d on d.group_id = r.group_id and d.id = r.file_id
     where (%(base)s = '' or r.base = %(base)s)
       and (%(day)s::date is null or (r.on_date, r.id) {beyond} (%(day)s::date, %(row)s))
     order by r.on_date {order}, r.id {order}
     limit %(limit)s
"""
    for direction, beyond, order in (("after", "<", "desc"), ("before", ">", "asc"))
}

Place = tuple[date, int]


def list_rates(
    ctx: Context, *, base: str = "", after: Place | None = None, before: Place | None = None, limit: int = 50
) -> list[RateRow]:
    """Recorded rates, newest day first: those just after a row (its day and id), or those just before one."""
    day, row = before or after or (None, 0)
    facts = {"base": base, "day": day, "row": row, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY["before" if before else "after"], facts)
        rows = [RateRow(*found) for found in cursor.fetchall()]
    return rows[::-1] if before else rows


def count_rates(ctx: Context, *, base: str = "", newer_than: RateRow | None = None, limit: int) -> int:
    """How many rates are recorded, or how many stand before a row in the history; never counts past `limit`."""
    rows = ExchangeRate.objects.filter(base=base) if base else ExchangeRate.objects.all()
    if newer_than is not None:
        same_day = models.Q(on_date=newer_than.on_date, id__gt=newer_than.id)
        rows = rows.filter(models.Q(on_date__gt=newer_than.on_date) | same_day)
    return rows[:limit].count()


def latest_rate_rows(ctx: Context, quote: str) -> list[RateRow]:
    """The newest rate into `quote` of every currency that has one, by currency."""
    newest = (
        ExchangeRate.objects.filter(quote=quote)
        .order_by("base", "-on_date", "-recorded_at", "-id")
        .distinct("base")
        .select_related("file")
    )
    return [
        RateRow(
            row.id, row.on_date, row.base, row.quote, row.rate, row.source, row.source_name,
            row.file.name if row.file else "", row.entered_by_id, row.recorded_at, False,
        )
        for row in newest
    ]  # fmt: skip


def bank_map(ctx: Context) -> dict[tuple[str, str], Bank]:
    """All banks by country and code; the codes of merged banks and of head offices lead to the bank of today."""
    return _shipped_banks()


@cache
def _shipped_banks() -> dict[tuple[str, str], Bank]:
    """Read once a process: the product only reads this table, and a new version of it comes with a new process."""
    banks = list(Bank.objects.order_by("id"))
    by_code = {(bank.country, code): bank for bank in banks for code in bank.other_codes}
    return by_code | {(bank.country, bank.code): bank for bank in banks}


def forget_banks() -> None:
    """Read the banks anew at the next question; for a process that outlives a migration."""
    _shipped_banks.cache_clear()


def list_banks(ctx: Context) -> list[Bank]:
    """Every bank once, by country and code."""
    return sorted(set(bank_map(ctx).values()), key=lambda bank: bank.id)


def banks_to_choose(ctx: Context) -> list[Bank]:
    """As a person looks for one: those of the group's own country stand first."""
    own = the_group_of(ctx).country
    return sorted(list_banks(ctx), key=lambda bank: (bank.country != own, bank.id))


def find_bank(ctx: Context, *, country: str = "", code: str = "", bic: str = "") -> Bank | None:
    """The bank that a file names by its code in a country or by its BIC (8 or 11 characters), or None.

    Of a Chinese number of twelve digits the first three name the bank, unless many banks share them (313).
    """
    banks = bank_map(ctx)
    if code and country:
        found = banks.get((country, code))
        if found is None and country == "CN" and len(code) == 12:
            found = banks.get((country, code[:3]))
        if found is not None:
            return found
    head = bic[:8].upper()
    return next((bank for bank in banks.values() if head and bank.bic == head), None)


def bank_named(ctx: Context, text: str) -> Bank | None:
    """The bank that a file calls by a name, in any language and also with a branch behind it; None where several fit as well."""
    said = _plain_name(text)
    fits = [(_fit(bank, said), bank) for bank in list_banks(ctx)]
    best = max((fit for fit, _ in fits), default=0)
    found = [bank for fit, bank in fits if fit == best]
    return found[0] if best and len(found) == 1 else None


def _fit(bank: Bank, said: str) -> int:
    """How many letters fit. A short name before other words says little; the whole of what was said is enough."""
    names = map(_plain_name, [*bank.names.values(), *bank.short_names.values(), *bank.former_names])
    return max(
        (len(one) for one in names if one == said or (len(one) >= 4 and said.startswith(one))), default=0
    )


def _plain_name(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def calendar_for(ctx: Context, country: str, known_at: datetime | None = None) -> Calendar:
    """The country's calendar with the group's own days. Raises: calendar_country_unknown."""
    found: Calendar = answer_to(ctx, _calendar_question(country, known_at))
    return found


def calendar_of_page(ctx: Context) -> Question:
    """The calendar of the group's own country, for what a page asks together."""
    return _calendar_question(the_group_of(ctx).country, None)


def forget_calendar(ctx: Context, country: str) -> None:
    """After a change: the next question in this Context reads the overrides again."""
    ctx.memo.pop(f"calendar {country} ", None)


def list_overrides(ctx: Context, country: str, year: int) -> list[CalendarOverride]:
    """The group's words on days of a year that hold now, by day; days given back are left out."""
    rows = _latest_overrides(country, None).filter(on_date__year=year)
    return [row for row in rows if row.is_business_day is not None]


def latest_override(ctx: Context, country: str, day: date) -> CalendarOverride | None:
    """The last word on a day, a taking-back included."""
    return _latest_overrides(country, None).filter(on_date=day).first()


def _latest_overrides(country: str, known_at: datetime | None) -> models.QuerySet[CalendarOverride]:
    rows = CalendarOverride.objects.filter(country=country)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return rows.order_by("on_date", "-recorded_at", "-id").distinct("on_date")


# `_latest_overrides` as plain values: every page asks for them, so it is a prepared statement.
_OVERRIDES = """
select json_agg(json_build_array(o.on_date, o.is_business_day, o.name)) from (
    select distinct on (on_date) on_date, is_business_day, name from directory_calendaroverride
     where country = %(country)s and (%(known_at)s::timestamptz is null or recorded_at <= %(known_at)s::timestamptz)
     order by on_date, recorded_at desc, id desc) o
"""


def _calendar_question(country: str, known_at: datetime | None) -> Question:
    def read(rows: list[Any] | None) -> Calendar:
        overrides = {
            date.fromisoformat(day): DayOverride(works, name)
            for day, works, name in rows or ()
            if works is not None
        }
        return published_calendar(country, overrides)

    facts = {"country": country, "known_at": known_at}
    return Question(f"calendar {country} {known_at or ''}", _OVERRIDES, facts, read)
