"""Banks, exchange rates on a day, business calendars."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from moa.control.context import Context
from moa.control.moments import Clock
from moa.control.queries import the_group_of
from moa.directory.permissions import VIEW_CALENDAR, VIEW_RATES
from moa.directory.queries import calendar_for, list_banks, rated_currencies, rates_on_or_before
from moa.directory.rules.calendar_year import kind_of
from moa.directory.rules.holiday_names import names_of_day
from moa.entry.api.paging import Paged, read_cursor, write_cursor
from moa.entry.api.routes import reads
from moa.entry.api.values import Country, CurrencyCode, Day, DayText, Moment, MomentText
from moa.kernel.calendar_data import CountryUnknown
from moa.kernel.errors import NotFound

router = Router(tags=["directory"])


class BankItem(Schema):
    key: str = Field(description="Country and code, as accounts name it", examples=["KR004"])
    country: str
    code: str
    bic: str
    name: str
    names: dict[str, str]


class BankPage(Schema):
    items: list[BankItem]
    next: str | None


class BanksAsked(Paged):
    country: Country | None = None


class RateItem(Schema):
    base: str
    quote: str
    rate: str = Field(description="`quote` for one unit of `base`, exactly as recorded")
    date: DayText = Field(description="The day of the rate: the last on or before the day asked for")


class RatesAnswer(Schema):
    date: DayText
    quote: str
    known_at: MomentText | None
    items: list[RateItem]


class RatesAsked(Schema):
    date: Day | None = Field(None, description="Today if left out")
    quote: CurrencyCode | None = Field(None, description="The group's base currency if left out")
    known_at: Moment | None = None


class CalendarDayItem(Schema):
    date: DayText
    is_business_day: bool
    kind: str = Field(description="work, weekend, public, makeup, override_open or override_closed")
    name: str = Field(description="As it was published, or in the words of the person who changed the day")
    names: dict[str, str] = Field(description="A published name by language: ko, zh-hans, en")
    is_estimate: bool = Field(description="The authority has not announced this year's days yet")


class CalendarAnswer(Schema):
    country: str
    items: list[CalendarDayItem]
    next: str | None


class CalendarAsked(Paged):
    from_: Day | None = Field(None, alias="from", description="Today if left out")
    to: Day | None = Field(None, description="Included; 30 days after `from` if left out")


@reads(
    router, "/banks", scope="", answer=BankPage, summary="Banks and institutions",
    example={
        "items": [{
            "key": "KR004", "country": "KR", "code": "004", "bic": "CZNBKRSE", "name": "국민은행",
            "names": {"ko": "국민은행", "en": "Kookmin Bank"},
        }],
        "next": None,
    },
)  # fmt: skip
def list_banks_(request: HttpRequest, ctx: Context, asked: Query[BanksAsked]) -> dict[str, Any]:
    """A public list, the same for all groups."""
    question = ["banks", asked.country]
    place = read_cursor(question, asked.cursor, str)
    after = place[0] if place else ""
    found = [
        bank
        for bank in list_banks(ctx)
        if bank.id > after and (asked.country is None or bank.country == asked.country)
    ]
    shown = found[: asked.limit]
    items = [
        {
            "key": bank.country + bank.code, "country": bank.country, "code": bank.code, "bic": bank.bic,
            "name": bank.short_name(ctx.language), "names": bank.names,
        }
        for bank in shown
    ]  # fmt: skip
    return {
        "items": items,
        "next": write_cursor(question, [shown[-1].id]) if len(found) > len(shown) else None,
    }


@reads(
    router, "/rates", scope=VIEW_RATES, answer=RatesAnswer, summary="Exchange rates on a day",
    example={
        "date": "2026-11-22", "quote": "KRW", "known_at": None,
        "items": [{"base": "USD", "quote": "KRW", "rate": "1391.5", "date": "2026-11-20"}],
    },
)  # fmt: skip
def read_rates(request: HttpRequest, ctx: Context, asked: Query[RatesAsked]) -> dict[str, Any]:
    """For each currency the last rate on or before the day; never the other direction turned round."""
    quote, day = asked.quote or the_group_of(ctx).base_currency, asked.date or ctx.today
    found = rates_on_or_before(ctx, rated_currencies(ctx, quote), quote, day, asked.known_at)
    items = [
        {
            "base": base,
            "quote": quote,
            "rate": f"{dated.rate.value.normalize():f}",
            "date": dated.on_date.isoformat(),
        }
        for base, dated in sorted(found.items())
    ]
    return {
        "date": day.isoformat(), "quote": quote, "known_at": Clock(ctx).maybe(asked.known_at), "items": items,
    }  # fmt: skip


@reads(
    router, "/calendars/{country}", scope=VIEW_CALENDAR, answer=CalendarAnswer, summary="Business days",
    example={
        "country": "KR",
        "items": [{"date": "2026-11-22", "is_business_day": False, "kind": "weekend", "name": "", "names": {}, "is_estimate": False}],
        "next": None,
    },
)  # fmt: skip
def read_calendar(
    request: HttpRequest, ctx: Context, country: Country, asked: Query[CalendarAsked]
) -> dict[str, Any]:
    """The country's published calendar with the group's own days."""
    try:
        calendar = calendar_for(ctx, country)
    except CountryUnknown:
        raise NotFound(country=country) from None
    first = asked.from_ or ctx.today
    last = asked.to or date.fromordinal(min(first.toordinal() + 30, date.max.toordinal()))
    question = ["calendar", country, first.isoformat(), last.isoformat()]
    place = read_cursor(question, asked.cursor, int)
    begin, end = max(place[0] if place else 0, first.toordinal()), last.toordinal() + 1
    stop = min(begin + asked.limit, end)
    days = [calendar.describe(date.fromordinal(number)) for number in range(begin, stop)]
    items = [
        {
            "date": day.day.isoformat(), "is_business_day": day.is_business_day, "kind": kind_of(day), "name": day.name,
            "names": names_of_day(day), "is_estimate": day.is_estimate,
        }
        for day in days
    ]  # fmt: skip
    more = write_cursor(question, [stop]) if stop < end else None
    return {"country": country, "items": items, "next": more}
