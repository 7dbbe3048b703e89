"""Deputies during absence (대결): who decides for whom, and what they decided meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from moa.control import approval_subjects, inbox
from moa.control.access import may
from moa.control.approvers import DECIDE, list_approvers
from moa.control.context import Context
from moa.control.models import Delegation
from moa.control.operations.delegate_approval import (
    CHANGE,
    NewDelegation,
    delegate,
    end_delegation,
    read_report,
    request_delegation,
)
from moa.control.queries import person_names
from moa.control.web.forms_policies import DeputyForm
from moa.control.web.page import page
from moa.control.web.sentences_people import refusal_words
from moa.control.web.views_approvals import sentence_of
from moa.kernel.errors import DomainError, Forbidden, NotFound


@require_http_methods(["GET", "POST"])
@page()
def deputies(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = _form(ctx, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _answer(request, ctx, form)
    if not form.is_valid():
        return _answer(request, ctx, form, status=422)
    given = form.cleaned_data
    new = NewDelegation(
        int(given["principal"]), int(given["deputy"]), given["valid_from"], given["last_day"] + timedelta(days=1),
        given["reason"],
    )  # fmt: skip
    try:
        with ctx.open():
            if new.principal_id == ctx.actor.person_id:
                delegate(ctx, new=new)
                return HttpResponseRedirect(reverse("control:deputies"))
            filed = request_delegation(ctx, new=new)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        form.add_error(None, _words(refusal))
        return _answer(request, ctx, form, status=422)
    return HttpResponseRedirect(reverse("control:approval", args=[filed.id]))


@require_POST
@page()
def end(request: HttpRequest, ctx: Context, delegation_id: int) -> HttpResponse:
    end_delegation(ctx, delegation_id)
    return HttpResponseRedirect(reverse("control:deputies"))


@require_POST
@page()
def read(request: HttpRequest, ctx: Context) -> HttpResponse:
    given = [int(one) for one in request.POST.getlist("decision") if one.isdecimal() and len(one) < 19]
    read_report(ctx, given)
    return HttpResponseRedirect(reverse("control:deputies"))


def _form(ctx: Context, given: Any) -> DeputyForm:
    names = person_names(ctx, set(list_approvers(ctx, None)))
    people = sorted(((str(number), name) for number, name in names.items()), key=lambda one: one[1])
    me = str(ctx.actor.person_id)
    principals = people if may(ctx, CHANGE) else [one for one in people if one[0] == me]
    deputies = [one for one in people if one[0] != me or may(ctx, CHANGE)]
    start = {"valid_from": ctx.today, "last_day": ctx.today, "principal": me}
    return DeputyForm(given, initial=start, principals=principals, deputies=deputies)


def _answer(request: HttpRequest, ctx: Context, form: DeputyForm, *, status: int = 200) -> HttpResponse:
    found = Delegation.objects.filter(valid_until__gt=ctx.today - timedelta(days=90)).order_by(
        "-valid_from", "-id"
    )
    me = ctx.actor.person_id
    if not may(ctx, CHANGE) and not may(ctx, inbox.SEE_ALL):
        found = found.filter(principal_id=me) | found.filter(deputy_id=me)
    rows = list(found[:200])
    names = person_names(ctx, {number for one in rows for number in (one.principal_id, one.deputy_id)})
    reports = [
        {"decision": one, "title": approval_subjects.describe(ctx, one.request).title, "who": one.checker.name,
         "kind": approval_subjects.describe(ctx, one.request).kind}
        for one in inbox.unread_reports(ctx)
    ]  # fmt: skip
    values: dict[str, Any] = {
        "rows": [
            {"delegation": one, "principal": names[one.principal_id], "deputy": names[one.deputy_id],
             "last_day": min(one.valid_until, one.ended_on or one.valid_until) - timedelta(days=1),
             "over": one.valid_until <= ctx.today or one.ended_on is not None,
             "may_end": one.ended_on is None and one.valid_until > ctx.today
             and (one.principal_id == me or may(ctx, CHANGE))}
            for one in rows
        ],
        "reports": reports, "form": form, "may_name": may(ctx, DECIDE) or may(ctx, CHANGE), "here": "deputies",
    }  # fmt: skip
    return render(request, "control/deputies.html", values, status=status)


def _words(refusal: DomainError) -> str:
    words = {
        "same_person": _("The deputy is another person"),
        "period_empty": _("The last day lies before the first"),
        "period_over": _("These days are over already"),
        "principal_cannot_approve": _("This person holds no right to approve"),
        "deputy_cannot_approve": _("The deputy holds no right to approve"),
        "overlaps": _("There is a deputy on some of these days already"),
    }
    known = words.get(str(refusal.facts.get("problem", "")), "")
    return known or (refusal_words(refusal) if "one" in refusal.facts else sentence_of(refusal))
