"""The inbox of notices, its live count, how each kind is wanted, and the mails that wait or failed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.context import Context
from moa.control.mail_sending import try_again
from moa.control.mail_transport import PASSING
from moa.control.models import Mail, Person
from moa.control.notice_inbox import access_notice, choices_of, count_unread, unread_of_page
from moa.control.operations.choose_notices import choose_notices
from moa.control.operations.mark_notices import mark_notices
from moa.control.web.notices_table import NOTICES, VIEWS
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.tables import Around, table_view
from moa.kernel.errors import NotFound

MAILS_RIGHT = "control.users.change"
CHANNEL_WORDS = (
    ("app", _("in the inbox")), ("mail", _("by mail")), ("both", _("both")), ("none", _("not at all")),
)  # fmt: skip
PACE_WORDS = (("now", _("at once")), ("digest", _("once a day")))


def _settle(request: HttpRequest, ctx: Context) -> Around:
    asked = request.GET.get("tab", "open")
    view = asked if asked in VIEWS else "open"
    values = {"view": view, "unread": unread_of_page(ctx)}
    return Around(given=[(VIEWS[view], {})], template="control/notices.html", values=values)


notices = table_view(NOTICES, _settle)


@require_GET
@page()
def notice_count(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The number beside the bell, asked again every minute."""
    return render(request, "control/fragments/notice_count.html", {"unread": count_unread(ctx)})


@require_POST
@page()
def open_notice(request: HttpRequest, ctx: Context, notice_id: int) -> HttpResponse:
    """To the ground of the notice, which is read by that."""
    notice = access_notice(ctx, notice_id)
    mark_notices(ctx, "read", ids=[notice.id])
    return HttpResponseRedirect(notice.link or reverse("control:notices"))


@require_POST
@page()
def mark(request: HttpRequest, ctx: Context, move: str) -> HttpResponse:
    """Moves the notice of the pressed button (`only`), else the chosen ones (`row`), else, with `all`, every open one."""
    asked = [request.POST["only"]] if "only" in request.POST else request.POST.getlist("row")
    numbers = [one for one in map(row_number, asked) if one is not None]
    if numbers or "all" in request.POST:
        mark_notices(ctx, move, ids=numbers or None)
    return HttpResponseRedirect(reverse("control:notices"))


@require_http_methods(["GET", "POST"])
@page()
def notice_settings(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "POST":
        for choice in (one for one in choices_of(ctx) if not one.always):
            channel = request.POST.get(f"channel-{choice.kind}", choice.channel)
            pace = request.POST.get(f"pace-{choice.kind}", choice.pace)
            if (channel, pace) != (choice.channel, choice.pace):
                choose_notices(ctx, kind=choice.kind, channel=channel, pace=pace)
        return HttpResponseRedirect(f"{reverse('control:notice_settings')}?saved=1")
    person = Person.objects.get(id=ctx.actor.person_id)
    values: dict[str, Any] = {
        "choices": choices_of(ctx), "channels": CHANNEL_WORDS, "paces": PACE_WORDS, "email": person.email,
        "saved": "saved" in request.GET,
    }  # fmt: skip
    return render(request, "control/notice_settings.html", values)


@require_GET
@page(MAILS_RIGHT)
def mails(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What waits and what failed, then what was sent last; no text of a mail."""
    found = [
        *Mail.objects.exclude(state="sent").order_by("-id")[:100],
        *Mail.objects.filter(state="sent").order_by("-id")[:50],
    ]
    return render(request, "control/mails.html", {"mails": found, "passing": PASSING})


@require_POST
@page(MAILS_RIGHT)
def mail_again(request: HttpRequest, ctx: Context, mail_id: int) -> HttpResponse:
    mail = Mail.objects.filter(id=mail_id, state="failed").first()
    if mail is None:
        raise NotFound(mail=mail_id)
    try_again(ctx, mail)
    return HttpResponseRedirect(reverse("control:mails"))
