"""What a person does with one request besides deciding: type again, ask, answer, take back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from moa.control import inbox
from moa.control.approvals import withdraw
from moa.control.context import Context
from moa.control.operations.ask_maker import answer_question, ask_maker
from moa.control.operations.rekey_request import rekey_request
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.views_approvals import answer_page, sentence_of
from moa.kernel.errors import DomainError, Forbidden, NotFound


def _to(request_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("control:approval", args=[request_id]))


@require_POST
@page()
def rekey(request: HttpRequest, ctx: Context, request_id: int) -> HttpResponse:
    asked = inbox.access_request(ctx, request_id)
    typed = {
        name.removeprefix("field."): str(value)
        for name, value in request.POST.items()
        if name.startswith("field.")
    }
    try:
        with ctx.open():
            attempt = rekey_request(ctx, request_id, typed=typed)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return answer_page(request, ctx, asked, said=sentence_of(refusal), status=409)
    if attempt.matched:
        return _to(request_id)
    # The try itself is kept: this page is an answer, not a refusal.
    return answer_page(request, ctx, asked, differing=attempt.differing, typed=typed, status=422)


@require_POST
@page()
def ask(request: HttpRequest, ctx: Context, request_id: int) -> HttpResponse:
    asked = inbox.access_request(ctx, request_id)
    question = row_number(request.POST.get("question", ""))
    try:
        with ctx.open():
            if question is not None:
                answer_question(ctx, question, text=request.POST.get("text", "")[:500])
            else:
                ask_maker(ctx, request_id, text=request.POST.get("text", "")[:500])
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return answer_page(request, ctx, asked, said=sentence_of(refusal), status=409)
    return _to(request_id)


@require_POST
@page()
def take_back(request: HttpRequest, ctx: Context, request_id: int) -> HttpResponse:
    asked = inbox.access_request(ctx, request_id)
    try:
        with ctx.open():
            withdraw(ctx, request_id)
    except NotFound:
        raise
    except DomainError as refusal:
        said = sentence_of(refusal) or _("Somebody has decided this a moment ago. Nothing was changed.")
        return answer_page(request, ctx, asked, said=said, status=409)
    return _to(request_id)
