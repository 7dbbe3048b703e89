"""The daily fund report as a page, on paper and as a workbook, and to whom it is mailed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moa.accounts.overview import seen_on
from moa.control.access import may, rights
from moa.control.context import Context
from moa.control.models import Person
from moa.control.queries import group_zone, person_names
from moa.control.right_holders import holders_of_anywhere
from moa.control.trail import last_actor
from moa.control.web.page import page
from moa.directory.permissions import VIEW_RATES
from moa.formats.spreadsheets.writing.workbook import CONTENT_TYPE
from moa.kernel.days import read_typed_day
from moa.kernel.errors import NotFound
from moa.kernel.seen import ChangedMeanwhile, fingerprint
from moa.reports.daily import daily_report, last_report_day
from moa.reports.daily_words import PRINTED, notes, report_pdf
from moa.reports.daily_workbook import report_workbook
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import (
    MailingNotPossible,
    end_daily_mailing,
    mailing_shown,
    set_daily_mailing,
)
from moa.reports.permissions import CHANGE_MAILINGS, VIEW_POSITION
from moa.reports.web.days import EARLIEST_DAY
from moa.reports.web.forms import FORM_WORDS, MailingForm, seen_of
from moa.ui.formatting import ended
from moa.ui.problems import problem_text

# A page of a hundred thousand rows is read by nobody, and takes a browser a minute; the files have them all.
SHOWN = 500


@require_GET
@page(VIEW_POSITION)
def daily(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _show(request, ctx)


def _show(
    request: HttpRequest, ctx: Context, *, mailing: MailingForm | None = None, refusal: str = ""
) -> HttpResponse:
    text = request.GET.get("date", "")
    day, error = _asked(ctx, text)
    report = daily_report(ctx, day=day, most=SHOWN)
    values: dict[str, Any] = {
        "report": report, "shown": report.rows[:SHOWN], "notes": notes(report, group_zone(ctx)), "query": {"date": text or str(day)},
        "errors": {"date": error} if error else {}, "totals": {by: report.totals(by) for by in ("currency", "bank", "company")},
        "printed": PRINTED, "may_mail": CHANGE_MAILINGS in rights(ctx).everywhere, "may_rates": may(ctx, VIEW_RATES), "refusal": refusal,
    }  # fmt: skip
    if values["may_mail"]:
        values |= _mailings(ctx, mailing)
    refused = bool(refusal or mailing is not None)
    return render(request, "reports/daily.html", values, status=422 if refused else 200)


def _mailings(ctx: Context, form: MailingForm | None) -> dict[str, Any]:
    rows = _kept()
    names = person_names(ctx, {row.person_id for row in rows})
    return {
        "mailings": [
            {
                "person": row.person_id, "name": names.get(row.person_id, ""), "at": row.at, "form": row.form,
                "seen": fingerprint(mailing_shown(row)),
            }
            for row in rows
        ],
        "forms_of": FORM_WORDS, "mailing": form or MailingForm.over(_persons(ctx), rows),
    }  # fmt: skip


def _kept() -> list[DailyMailing]:
    return list(DailyMailing.objects.order_by("at", "id"))


def _persons(ctx: Context) -> list[tuple[str, str]]:
    people = Person.objects.filter(id__in=holders_of_anywhere(ctx, VIEW_POSITION)).order_by("name")
    none = _("no mail address")
    return [(str(one.id), f"{one.name} ({one.email or none})") for one in people]


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
    day = _day_of_file(request, ctx)
    return HttpResponse(
        report_pdf(ctx, day=day), content_type="application/pdf", headers=_named(f"daily-{day}.pdf")
    )


@require_GET
@page(VIEW_POSITION, opened=False)
def daily_xlsx(request: HttpRequest, ctx: Context) -> StreamingHttpResponse:
    """Sent while it is read, as the lists are: rows and sums of one moment, few rows held at once."""
    with ctx.open():
        day = _day_of_file(request, ctx)
    language = get_language()

    def pieces() -> Iterator[bytes]:
        with ctx.open(steady=True):
            with override(language):
                made = report_workbook(ctx, day=day)
            yield from made

    return StreamingHttpResponse(pieces(), content_type=CONTENT_TYPE, headers=_named(f"daily-{day}.xlsx"))


def _day_of_file(request: HttpRequest, ctx: Context) -> date:
    """Refused before the first byte of a file is sent. Raises: forbidden, not_found."""
    day, error = _asked(ctx, request.GET.get("date", ""))
    if error:
        raise NotFound(date=request.GET["date"])
    seen_on(ctx, day, VIEW_POSITION)
    return day


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@require_POST
@page(CHANGE_MAILINGS)
def mailings(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.POST.get("do") == "end":
        return _end(request, ctx)
    form = MailingForm(_persons(ctx), request.POST)
    if form.is_valid() and _set(ctx, form):
        return _back()
    return _show(request, ctx, mailing=form)


def _set(ctx: Context, form: MailingForm) -> bool:
    """Whether it was set; else the form says why not."""
    said = form.cleaned_data
    person = int(said["person"])
    try:
        # Opened again inside, so that the page can still be drawn after a refusal.
        with ctx.open():
            set_daily_mailing(
                ctx, person_id=person, at=said["at"], form=said["form"], seen=form.seen_of_chosen()
            )
    except ChangedMeanwhile as changed:
        form.tell(changed, by=_changer(ctx, person), seen=seen_of(_kept()))
    except MailingNotPossible as refusal:
        words = problem_text(refusal.code)
        form.add_error("person", ended(words.whole))
    return not form.errors


def _end(request: HttpRequest, ctx: Context) -> HttpResponse:
    number = request.POST.get("person", "")
    if not number.isdecimal() or len(number) > 18:
        raise NotFound(person=number)
    person = int(number)
    try:
        with ctx.open():
            end_daily_mailing(ctx, person_id=person, seen=request.POST.get("seen", "")[:64])
    except ChangedMeanwhile:
        refusal = _(
            "Nothing was ended: since this page was opened, %(who)s changed this mailing. It stands below as it is now; "
            "end it again if it shall still end."
        ) % {"who": _changer(ctx, person) or _("somebody else")}
        return _show(request, ctx, refusal=refusal)
    return _back()


def _changer(ctx: Context, person: int) -> str:
    return last_actor(ctx, "person", person, "reports.mailing.")


def _back() -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('reports:daily')}#mailings")
