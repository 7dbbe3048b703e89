"""Calendar days and rates by hand that a second person decides when a policy says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.directory.operations import enter_rate as rates
from moa.directory.operations import override_calendar_day as calendar
from moa.directory.rules.rates import NewRate, quoted, quoted_per

_OPEN = {"yes": True, "no": False, "": None}


def _override(ctx: Context, content: Content) -> object:
    return calendar.override_calendar_day(
        ctx, country=content["country"], day=date.fromisoformat(content["day"]),
        is_business_day=_OPEN[content["is_business_day"]], name=content["name"], reason=content["reason"],
    )  # fmt: skip


def _day_in_words(ctx: Context, content: Content) -> Subject:
    kind = {"yes": _("business day"), "no": _("closed"), "": _("as published")}[content["is_business_day"]]
    return Subject(
        kind="calendar_day", title=f"{content['country']} {content['day']}",
        note=" · ".join(part for part in (kind, content["name"], content["reason"]) if part),
        ground_url=f"/calendar?country={content['country']}&year={content['day'][:4]}",
        rekey=(RekeyField("day", _("Date"), content["day"]),),
    )  # fmt: skip


def _enter(ctx: Context, content: Content) -> object:
    new = NewRate(
        base=content["base"], quote=content["quote"], on_date=date.fromisoformat(content["day"]),
        rate=Decimal(content["rate"]), source_name=content["source"],
    )  # fmt: skip
    return rates.enter_rate(ctx, new=new)


def _rate_in_words(ctx: Context, content: Content) -> Subject:
    units = quoted_per(content["base"])
    rate = str(quoted(Decimal(content["rate"]), units))
    said = f"{content['base']} {units} = {content['quote']} {rate}"
    return Subject(
        kind="rate", title=f"{content['base']}/{content['quote']} {content['day']}",
        note=" · ".join(part for part in (said, content["source"]) if part), ground_url="/rates",
        rekey=(RekeyField("rate", _("Rate"), rate),),
    )  # fmt: skip


register_act(Act(calendar.SUBJECT, _override, _day_in_words, gettext_lazy("Calendar day")))
register_act(Act(rates.SUBJECT, _enter, _rate_in_words, gettext_lazy("Exchange rate")))
