"""Pairs of rights that never lie in one hand: the built-in ones to read, the group's own to add and to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.control.access import may, require
from moa.control.administrators import ADMINISTER
from moa.control.approval_acts import ask_or_do
from moa.control.context import Context
from moa.control.models import ApprovalRequest, RightsPair, Role
from moa.control.operations.keep_rights_apart import SUBJECT as APART
from moa.control.operations.let_rights_meet import SUBJECT as TOGETHER
from moa.control.own_pairs import own_pairs
from moa.control.pair_acts import pair_ended, pair_kept
from moa.control.people import VIEW_USERS, role_name
from moa.control.permissions import APART as BUILT_IN
from moa.control.permissions import PERMISSIONS
from moa.control.queries import person_names
from moa.control.web.filed import back_with, filed_of
from moa.control.web.forms_people import PairForm, PairReason
from moa.control.web.page import page
from moa.control.web.sentences_people import refusal_words, right_words
from moa.control.web.views_roles import by_area
from moa.kernel.errors import DomainError, Forbidden, NotFound

_AT = {
    "rights_pair_unfit": "other",
    "rights_pair_reason_missing": "reason",
    "rights_pair_reason_too_long": "reason",
}


@require_http_methods(["GET", "POST"])
@page(VIEW_USERS)
def apart(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Both kinds of pairs, and for an administrator the form for one more."""
    form = PairForm(by_area(PERMISSIONS), request.POST or None) if may(ctx, ADMINISTER) else None
    if request.method == "POST":
        require(ctx, ADMINISTER)
        assert form is not None
        content = pair_kept(
            *(form.data.get(name, "") for name in ("one", "other")), reason=form.data.get("reason", "")
        )
        done = _acted(ctx, form, lambda: ask_or_do(ctx, APART, subject_id=_named(content), content=content))
        if done is not None:
            return back_with(reverse("control:rights_apart"), done[0])
    own = list(own_pairs())
    names = person_names(ctx, {one.made_by_id for one in own})
    values: dict[str, Any] = {
        "form": form, "filed": filed_of(request, ctx),
        "own": [_shown(ctx, one) | {"by": names.get(one.made_by_id, "")} for one in own],
        "built_in": [
            {"one": right_words(one.one), "other": right_words(one.other), "why": _(one.why), "is_refused": one.is_refused}
            for one in sorted(BUILT_IN, key=lambda one: not one.is_refused)
        ],
    }  # fmt: skip
    return render(request, "control/rights_apart.html", values, status=_status(form))


@require_http_methods(["GET", "POST"])
@page(VIEW_USERS)
def pair(request: HttpRequest, ctx: Context, pair_id: int) -> HttpResponse:
    """One pair of the group's own, and the form that ends it."""
    found = RightsPair.objects.filter(id=pair_id).first()
    if found is None:
        raise NotFound(pair=pair_id)
    form = PairReason(request.POST or None) if may(ctx, ADMINISTER) and found.ended_on is None else None
    if request.method == "POST":
        require(ctx, ADMINISTER)
        if form is None:
            raise NotFound(pair=pair_id)
        content = pair_ended(found, reason=form.data.get("reason", ""))
        done = _acted(ctx, form, lambda: ask_or_do(ctx, TOGETHER, subject_id=pair_id, content=content))
        if done is not None:
            return back_with(reverse("control:rights_apart"), done[0])
    names = person_names(ctx, {one for one in (found.made_by_id, found.ended_by_id) if one is not None})
    values = {
        "form": form, "pair": _shown(ctx, found), "by": names.get(found.made_by_id, ""),
        "ended_by": names.get(found.ended_by_id or 0, ""),
    }  # fmt: skip
    return render(request, "control/rights_pair.html", values, status=_status(form))


def _acted(
    ctx: Context, form: forms.Form, act: Callable[[], ApprovalRequest | None]
) -> tuple[ApprovalRequest | None] | None:
    """What was filed, if anything, or None where the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        with ctx.open():
            return (act(),)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        form.add_error(_AT.get(refusal.code), refusal_words(refusal))
    return None


def _named(content: dict[str, Any]) -> str:
    """The same pair waits once, whichever right was named first."""
    return ":".join(sorted((content["one"], content["other"])))


def _shown(ctx: Context, one: RightsPair) -> dict[str, Any]:
    both = Role.objects.filter(permissions__contains=[one.one, one.other]).order_by("id")
    return {
        "id": one.id, "one": right_words(one.one), "other": right_words(one.other), "reason": one.reason,
        "since": one.valid_from, "ended_on": one.ended_on, "roles": [role_name(ctx, role) for role in both],
    }  # fmt: skip


def _status(form: forms.Form | None) -> int:
    return 422 if form is not None and form.errors else 200
