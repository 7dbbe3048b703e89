"""The closing page (마감): where the day stands, what stands in its way, closing, reopening, months and years, seals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from moa.control.access import may, require
from moa.control.context import Context
from moa.control.documents import open_document
from moa.control.mail import MailAddressUnfit
from moa.control.models import ApprovalRequest
from moa.control.trail import last_actor
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile
from moa.ledger.day_sheet import day_sheet
from moa.ledger.day_status import day_status
from moa.ledger.models import Book, BookVerification, ClosingRun, PeriodClosing, Seal
from moa.ledger.models.closing_run import DAY
from moa.ledger.models.period import MONTH, YEAR
from moa.ledger.operations.ask_closing import ask_closing
from moa.ledger.operations.change_book_settings import change_book_settings, settings_shown
from moa.ledger.operations.close_day import NoDayOpen
from moa.ledger.operations.open_business_day import open_business_day
from moa.ledger.operations.reopen_day import SUBJECT, request_reopening
from moa.ledger.periods import PeriodStatus, period_status
from moa.ledger.permissions import (
    CLOSE_DAY,
    CLOSE_PERIOD,
    EXPORT_PROOF,
    OPEN_DAY,
    REOPEN_DAY,
    SET_UP,
    VIEW,
)
from moa.ledger.queries import access_book, list_books, waiting_day
from moa.ledger.rules.periods import period_name
from moa.ledger.seal_list import list_seals
from moa.ledger.web.day_words import STATES
from moa.ledger.web.shown_checks import shown_check
from moa.ledger.web.views_closing_run import address_of, shown_run
from moa.ui.problems import problem_text
from moa.ui.seen import SeenForm

_SHOWN = 30


class ReopeningForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class SettingsForm(SeenForm):
    opens_at = forms.TimeField(
        label=gettext_lazy("Opens by itself at"), required=False, input_formats=["%H:%M"],
        help_text=gettext_lazy("Hour and minute, such as 08:30. Empty: the next day opens with the closing."),
        widget=forms.TimeInput(format="%H:%M"),
    )  # fmt: skip
    seal_recipients = forms.CharField(
        label=gettext_lazy("Mail addresses of the auditors"), required=False, max_length=2000,
        help_text=gettext_lazy("Each closing sends its seal there. One address a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@require_GET
@page(VIEW)
def closing(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _answer(request, ctx, _book(request, ctx))


@require_POST
@page(VIEW)
def act(request: HttpRequest, ctx: Context, what: str) -> HttpResponse:
    """One of the page's buttons; a refusal stands on the page, and nothing was changed. Closings are done by a job."""
    if what not in _ACTS:
        raise Http404(what)
    book = _book(request, ctx)
    reopening = ReopeningForm(request.POST if what == "reopen" else None)
    settings = SettingsForm(request.POST) if what == "settings" else _settings_form(book)
    asked = {"reopen": reopening, "settings": settings}.get(what)
    if asked is not None and not asked.is_valid():
        return _answer(request, ctx, book, reopening=reopening, settings=settings, status=422)
    try:
        # Opened again inside: what a refused act had begun is undone, and the page can still be drawn.
        with ctx.open():
            done = _ACTS[what](ctx, book, asked.cleaned_data if asked is not None else request.POST)
    except (Forbidden, NotFound):
        raise
    except ChangedMeanwhile as changed:
        settings.tell(changed, by=last_actor(ctx, "book", book.id))
        return _answer(request, ctx, book, settings=settings, status=409)
    except MailAddressUnfit as refusal:
        settings.add_error(
            "seal_recipients",
            _("%(address)s is no mail address") % {"address": refusal.facts.get("address", "")},
        )
        return _answer(request, ctx, book, settings=settings, status=422)
    except DomainError as refusal:
        return _answer(request, ctx, book, refusal=refusal, status=409)
    if isinstance(done, ClosingRun):
        return HttpResponseRedirect(address_of(done))
    return HttpResponseRedirect(f"{reverse('ledger:closing')}?book={book.code}")


@require_GET
@page(VIEW)
def sheet_of_day(request: HttpRequest, ctx: Context, seal_id: int) -> HttpResponse:
    seal = Seal.objects.filter(id=seal_id).select_related("book", "closed_by").first()
    if seal is None:
        raise NotFound(seal=seal_id)
    book = access_book(ctx, seal.book.code)
    name = f"{book.code}-{seal.business_date}-{seal.revision}.pdf"
    return HttpResponse(
        day_sheet(ctx, book, seal), content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )  # fmt: skip


@require_GET
@page(EXPORT_PROOF)
def backup(request: HttpRequest, ctx: Context, closing_id: int) -> HttpResponse:
    found = PeriodClosing.objects.filter(id=closing_id, kind=YEAR).select_related("book").first()
    if found is None or found.document_id is None:
        raise NotFound(closing=closing_id)
    book = access_book(ctx, found.book.code, EXPORT_PROOF)
    require(ctx, EXPORT_PROOF, book.unit_id)
    with open_document(ctx, found.document_id) as source:
        data = source.read()
    name = f"{book.code}-{found.period}.zip"
    return HttpResponse(
        data, content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _close(ctx: Context, book: Book, said: dict[str, Any]) -> ClosingRun:
    return ask_closing(ctx, book, DAY, said.get("target", ""), early=said.get("early") == "yes")


def _open(ctx: Context, book: Book, said: dict[str, Any]) -> None:
    waiting = waiting_day(book)
    if waiting is None:
        raise NoDayOpen(book=book.code, waiting="")
    open_business_day(ctx, book, waiting.business_date)


def _reopen(ctx: Context, book: Book, said: dict[str, Any]) -> None:
    request_reopening(ctx, book, reason=said["reason"])


def _change(ctx: Context, book: Book, said: dict[str, Any]) -> None:
    addresses = said["seal_recipients"].replace(",", "\n").splitlines()
    change_book_settings(ctx, book, opens_at=said["opens_at"], seal_recipients=addresses, seen=said["seen"])


_ACTS: dict[str, Any] = {
    "close": _close, "open": _open, "reopen": _reopen,
    "month": lambda ctx, book, said: ask_closing(ctx, book, MONTH, said.get("target", "")),
    "year": lambda ctx, book, said: ask_closing(ctx, book, YEAR, said.get("target", "")), "settings": _change,
}  # fmt: skip


def _book(request: HttpRequest, ctx: Context) -> Book:
    code = request.POST.get("book") or request.GET.get("book") or ""
    books = list_books(ctx)
    if code:
        return access_book(ctx, code)
    if not books:
        raise NotFound(book="any")
    return books[0]


def _settings_form(book: Book) -> SettingsForm:
    return SettingsForm.showing(settings_shown(book))


def _answer(
    request: HttpRequest, ctx: Context, book: Book, *, refusal: DomainError | None = None,
    reopening: ReopeningForm | None = None, settings: SettingsForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    day = day_status(ctx, book)
    open_request = ApprovalRequest.objects.filter(
        subject_type=SUBJECT, state="open", subject_id=f"{book.id}:{day.last_closed}"
    ).first()
    tone, word = STATES.get(day.state, ("draft", ""))
    counted = BookVerification.objects.filter(book_id=book.id).order_by("-at", "-id").first()
    values = {
        "here": "closing", "book": book, "book_name": book.names.get(ctx.language) or book.name,
        "books": [{"code": one.code, "name": one.names.get(ctx.language) or one.name} for one in list_books(ctx)],
        "day": day, "today": ctx.today, "early": day.business_date is not None and day.business_date > ctx.today,
        "tone": tone, "word": word, "checks": [shown_check(one, counted=counted is not None) for one in day.findings],
        "ready": all(one.ok for one in day.findings),
        "refusal": problem_text(refusal.code) if refusal else None, "run": shown_run(request, ctx, book),
        "periods": [_period(one) for one in (period_status(ctx, book, MONTH), period_status(ctx, book, YEAR)) if one],
        "closed_periods": _closed_periods(book), "seals": list_seals(book, limit=_SHOWN), "reopening": reopening or ReopeningForm(),
        "settings": settings or _settings_form(book), "open_request": open_request,
        "verification": counted,
        "may": {
            "close": may(ctx, CLOSE_DAY, book.unit_id), "open": may(ctx, OPEN_DAY, book.unit_id),
            "reopen": may(ctx, REOPEN_DAY, book.unit_id), "period": may(ctx, CLOSE_PERIOD, book.unit_id),
            "settings": may(ctx, SET_UP, book.unit_id), "proof": may(ctx, EXPORT_PROOF, book.unit_id),
        },
    }  # fmt: skip
    return render(request, "ledger/closing.html", values, status=status)


def _period(status: PeriodStatus) -> dict[str, Any]:
    return {
        "kind": status.kind, "name": period_name(status.period), "ready": status.ready,
        "checks": [shown_check(one) for one in status.findings],
    }  # fmt: skip


def _closed_periods(book: Book) -> list[dict[str, Any]]:
    found = PeriodClosing.objects.filter(book_id=book.id).select_related("closed_by").order_by("-closed_at")
    return [{"row": one, "name": period_name(one.period)} for one in found[:_SHOWN]]
