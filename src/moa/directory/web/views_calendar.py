"""The business calendars: a year of a country, and the group's own days."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.control.access import may, require
from moa.control.approval_acts import ask_or_do
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.queries import person_names, the_group_of
from moa.control.web.filed import back_with, filed_of
from moa.control.web.page import page
from moa.directory.models import CalendarOverride
from moa.directory.operations.override_calendar_day import SUBJECT, OverrideRefused
from moa.directory.permissions import OVERRIDE_CALENDAR, VIEW_CALENDAR
from moa.directory.queries import calendar_for, list_overrides
from moa.directory.recording import newest_number, recorded_since
from moa.directory.rules.calendar_year import kind_of, month_sheets, special_days
from moa.directory.rules.holiday_names import name_of_day
from moa.directory.web.forms import CalendarDayForm
from moa.kernel.calendar_data import COUNTRIES
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile
from moa.ui.problems import problem_text

MONDAY = 0
_OPEN = {"open": True, "closed": False, "published": None}
_FORM_FIELDS = {"calendar_name_missing": "name", "calendar_day_unchanged": "kind"}


@require_http_methods(["GET", "POST"])
@page(VIEW_CALENDAR)
def calendar(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "POST":
        require(ctx, OVERRIDE_CALENDAR)
    country, year = _country(request, ctx), _year(request, ctx)
    form = CalendarDayForm(
        request.POST if request.method == "POST" else None, initial={"seen": newest_number(CalendarOverride)}
    )
    if request.method == "POST" and form.is_valid() and (filed := _override(ctx, country, form)) is not False:
        shown = {"country": country, "year": form.cleaned_data["date"].year}
        return back_with(f"{reverse('directory:calendar')}?{urlencode(shown)}", filed)
    facts = _page_facts(ctx, country, year) | {"form": form, "filed": filed_of(request, ctx)}
    return render(request, "directory/calendar.html", facts, status=422 if form.errors else 200)


def _override(ctx: Context, country: str, form: CalendarDayForm) -> ApprovalRequest | None | Literal[False]:
    """Record what was typed, or file it where a policy says so; a refusal stands at its field, and False is given."""
    typed = form.cleaned_data
    try:
        said = {True: "yes", False: "no", None: ""}[_OPEN[typed["kind"]]]
        content = {
            "country": country, "day": str(typed["date"]), "is_business_day": said, "name": typed["name"],
            "reason": typed["reason"],
        }  # fmt: skip
        with ctx.open():
            _check_newest(ctx, country, form)
            return ask_or_do(ctx, SUBJECT, subject_id=f"{country}:{typed['date']}", content=content)
    except ChangedMeanwhile as changed:
        form.tell(changed, by=changed.facts["by"], seen=newest_number(CalendarOverride))
    except OverrideRefused as refusal:
        form.add_error(_FORM_FIELDS[refusal.code], problem_text(refusal.code, "", refusal.facts["day"]).what)
    except Forbidden:
        raise
    except DomainError as refusal:
        form.add_error(None, problem_text(refusal.code).what)
    return False


def _check_newest(ctx: Context, country: str, form: CalendarDayForm) -> None:
    """Raises: changed_meanwhile, where somebody said something else of that day since the page was shown."""
    typed = form.cleaned_data
    since = recorded_since(ctx, CalendarOverride, form.was_seen(), country=country, on_date=typed["date"])
    if since is None:
        return
    said = next(kind for kind, is_open in _OPEN.items() if is_open == since[0].is_business_day)
    now = {"kind": said, "name": since[0].name}
    if now != {"kind": typed["kind"], "name": typed["name"].strip()}:
        raise ChangedMeanwhile(now=now, by=since[1])


def _page_facts(ctx: Context, country: str, year: int) -> dict[str, Any]:
    seen = calendar_for(ctx, country)
    return {
        "here": "calendar",
        "year": year,
        "years": sorted({ctx.today.year - 1, ctx.today.year, ctx.today.year + 1, year}),
        "country": country,
        "countries": [{"code": "KR", "name": _("Korea")}, {"code": "CN", "name": _("China")}],
        "months": month_sheets(seen, year, first_weekday=MONDAY, language=ctx.language),
        "days": _days(ctx, country, year),
        "may_edit": may(ctx, OVERRIDE_CALENDAR),
        "estimated": seen.is_estimate(year),
    }


def _days(ctx: Context, country: str, year: int) -> list[dict[str, Any]]:
    """Every day that is not what its weekday says, with who said so where the group did."""
    own = {row.on_date: row for row in list_overrides(ctx, country, year)}
    names = person_names(ctx, {row.entered_by_id for row in own.values()})
    return [
        {
            "date": day.day,
            "kind": kind_of(day),
            "name": name_of_day(day, ctx.language),
            "source": "override" if day.day in own else "holidays",
            "by": names.get(own[day.day].entered_by_id, "") if day.day in own else "",
            "at": own[day.day].recorded_at if day.day in own else None,
            "reason": own[day.day].reason if day.day in own else "",
            "id": own[day.day].id if day.day in own else None,
        }
        for day in special_days(calendar_for(ctx, country), year)
    ]


def _country(request: HttpRequest, ctx: Context) -> str:
    """The country asked for, else the group's own, else the first there is a calendar of. Raises: not_found."""
    asked = request.POST.get("country") or request.GET.get("country", "")
    if asked and asked not in COUNTRIES:
        raise NotFound(calendar=asked)
    home = the_group_of(ctx).country
    return asked or (home if home in COUNTRIES else COUNTRIES[0])


def _year(request: HttpRequest, ctx: Context) -> int:
    asked = request.GET.get("year", "")
    if asked and not (asked.isascii() and asked.isdigit() and 1950 <= int(asked) <= 2099):
        raise NotFound(year=asked)
    return int(asked) if asked else ctx.today.year
