"""The daily fund report as a page, on paper and as a workbook, and to whom it is mailed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from moa.control.access import may, rights
from moa.control.context import Context
from moa.control.models import Person
from moa.control.queries import group_zone, person_names
from moa.control.right_holders import holders_of_anywhere
from moa.control.web.page import page
from moa.directory.permissions import VIEW_RATES
from moa.formats.spreadsheets.writing.workbook import CONTENT_TYPE
from moa.kernel.days import read_typed_day
from moa.kernel.errors import NotFound
from moa.reports.daily import DailyReport, daily_report, last_report_day
from moa.reports.daily_words import notes, report_pdf, report_workbook
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import (
    MailingNotPossible,
    end_daily_mailing,
    set_daily_mailing,
)
from moa.reports.permissions import CHANGE_MAILINGS, VIEW_POSITION
from moa.reports.web.days import EARLIEST_DAY
from moa.ui.problems import problem_text

# A page of a hundred thousand rows is read by nobody, and takes a browser a minute; the files have them all.
SHOWN = 500
FORM_WORDS = (
    ("pdf", gettext_lazy("PDF")),
    ("xlsx", gettext_lazy("Excel")),
    ("both", gettext_lazy("PDF and Excel")),
)


@require_GET
@page(VIEW_POSITION)
def daily(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _show(request, ctx)


def _show(request: HttpRequest, ctx: Context, refusal: str = "") -> HttpResponse:
    text = request.GET.get("date", "")
    day, error = _asked(ctx, text)
    report = daily_report(ctx, day=day)
    values: dict[str, Any] = {
        "report": report, "shown": report.rows[:SHOWN], "notes": notes(report, group_zone(ctx)), "query": {"date": text or str(day)},
        "errors": {"date": error} if error else {}, "totals": {by: report.totals(by) for by in ("currency", "bank", "company")},
        "may_mail": CHANGE_MAILINGS in rights(ctx).everywhere, "may_rates": may(ctx, VIEW_RATES), "refusal": refusal,
    }  # fmt: skip
    if values["may_mail"]:
        values |= _mailings(ctx)
    return render(request, "reports/daily.html", values, status=422 if refusal else 200)


def _mailings(ctx: Context) -> dict[str, Any]:
    rows = list(DailyMailing.objects.order_by("at", "id"))
    names = person_names(ctx, {row.person_id for row in rows})
    people = Person.objects.filter(id__in=holders_of_anywhere(ctx, VIEW_POSITION)).order_by("name")
    return {
        "mailings": [{"person": row.person_id, "name": names.get(row.person_id, ""), "at": row.at, "form": row.form} for row in rows],
        "persons": [(one.id, f"{one.name} ({one.email})" if one.email else f"{one.name} ({_('no mail address')})") for one in people],
        "forms_of": FORM_WORDS,
    }  # fmt: skip


def _asked(ctx: Context, text: str) -> tuple[date, str]:
    if not text:
        return last_report_day(ctx), ""
    try:
        asked = read_typed_day(text)
    except ValueError:
        return last_report_day(ctx), _("This is not a date. Write it as 2026-06-24.")
    if asked > ctx.today:
        # It would be a day without movements, which nobody knows.
        return last_report_day(ctx), _("This day has not come yet")
    return max(asked, EARLIEST_DAY), ""


@require_GET
@page(VIEW_POSITION)
def daily_pdf(request: HttpRequest, ctx: Context) -> HttpResponse:
    report = _report(request, ctx)
    return _file(report_pdf(ctx, report), "application/pdf", f"daily-{report.day}.pdf")


@require_GET
@page(VIEW_POSITION)
def daily_xlsx(request: HttpRequest, ctx: Context) -> HttpResponse:
    report = _report(request, ctx)
    return _file(report_workbook(ctx, report), CONTENT_TYPE, f"daily-{report.day}.xlsx")


def _report(request: HttpRequest, ctx: Context) -> DailyReport:
    day, error = _asked(ctx, request.GET.get("date", ""))
    if error:
        raise NotFound(date=request.GET["date"])
    return daily_report(ctx, day=day)


def _file(data: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_POST
@page(CHANGE_MAILINGS)
def mailings(request: HttpRequest, ctx: Context) -> HttpResponse:
    person = request.POST.get("person", "")
    if not person.isdecimal() or len(person) > 18:
        raise NotFound(person=person)
    if request.POST.get("do") == "end":
        end_daily_mailing(ctx, person_id=int(person))
    else:
        try:
            at = time.fromisoformat(request.POST.get("at", ""))
            # Opened again inside, so that the page can still be drawn after a refusal.
            with ctx.open():
                set_daily_mailing(ctx, person_id=int(person), at=at, form=request.POST.get("form", ""))
        except MailingNotPossible as refusal:
            words = problem_text(refusal.code)
            return _show(request, ctx, f"{words.what}. {words.mend}.")
        except ValueError:
            return _show(request, ctx, _("This is not an hour. Write it as 08:30."))
    return HttpResponseRedirect(f"{reverse('reports:daily')}#mailings")
