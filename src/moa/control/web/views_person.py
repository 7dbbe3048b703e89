"""One person: state, roles with limits, history; giving and withdrawing roles, a new link, leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from moa.control.access import may
from moa.control.administrators import ADMINISTER
from moa.control.approval_acts import ask_or_do
from moa.control.context import Context
from moa.control.leaving import waiting_on
from moa.control.models import ApprovalRequest, Person
from moa.control.operations.change_person import SUBJECT as DETAILS
from moa.control.operations.change_person import details_shown
from moa.control.operations.give_role import SUBJECT, PeriodEmpty
from moa.control.operations.hand_over import hand_over
from moa.control.operations.make_reset_link import agreed_reset, make_reset_link
from moa.control.operations.renew_invitation import renew_invitation
from moa.control.operations.request_reset import request_reset, reset_waits
from moa.control.operations.retire_person import SUBJECT as LEAVING
from moa.control.operations.withdraw_role import SUBJECT as WITHDRAWAL
from moa.control.people import VIEW_USERS, access_person, history_of_person
from moa.control.person_acts import person_changed, person_leaves, role_taken
from moa.control.queries import the_group_of
from moa.control.role_acts import role_given
from moa.control.trail import last_actor
from moa.control.web.filed import back_with, filed_of
from moa.control.web.forms_people import DetailsForm, HeirFields, LeaveForm, ResetForm, RoleFields
from moa.control.web.page import page
from moa.control.web.people_table import LOOKS, STATES
from moa.control.web.sentences_people import refusal_words
from moa.control.web.trail_values import TrailReader, field_words, operation_words
from moa.control.web.views_people import link_made, role_of
from moa.control.web.views_prove import proven
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile

# Its fields are named as those of the invitation; two forms of one page must not share their names.
_DETAILS_ID = "details_%s"
_AT = {"person_name_missing": "name", "address_unfit": "email", "reset_under_way": "email"}


@require_GET
@page(VIEW_USERS)
def person(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    return _answer(request, ctx, person_id)


@require_POST
@page(ADMINISTER)
def give(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    form = RoleFields(ctx, request.POST)
    if not form.is_valid():
        return _answer(request, ctx, person_id, form=form, status=422)
    role = role_of(ctx, form.cleaned_data)

    def act() -> ApprovalRequest | None:
        content = role_given(
            person_id, role_code=role.code, unit_id=role.unit_id, valid_from=role.valid_from or ctx.today,
            valid_until=role.valid_until, limit_minor=role.limit_minor,
        )  # fmt: skip
        return ask_or_do(
            ctx, SUBJECT, subject_id=f"{person_id}:{role.code}:{role.unit_id or ''}", content=content
        )

    try:
        filed = _acted(ctx, act)
    except PeriodEmpty as refusal:
        form.add_error("valid_until", refusal_words(refusal))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        form.add_error("role", refusal_words(refusal))
    else:
        return back_with(_page_of(person_id), filed)
    return _answer(request, ctx, person_id, form=form, status=409)


@require_POST
@page(ADMINISTER)
def change(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    """Name, title and address; a refusal stands in the form with what was typed."""
    access_person(ctx, person_id)
    form = DetailsForm(request.POST, auto_id=_DETAILS_ID)
    if not form.is_valid():
        return _answer(request, ctx, person_id, details_form=form, status=422)
    given = form.cleaned_data
    content = person_changed(
        person_id, name=given["name"], title=given["title"], email=given["email"], seen=form.was_seen()
    )
    try:
        filed = _acted(ctx, lambda: ask_or_do(ctx, DETAILS, subject_id=person_id, content=content))
    except (NotFound, Forbidden):
        raise
    except ChangedMeanwhile as refusal:
        form.tell(refusal, by=last_actor(ctx, "person", person_id))
    except DomainError as refusal:
        form.add_error(_AT.get(refusal.code), refusal_words(refusal))
    else:
        return back_with(_page_of(person_id), filed)
    return _answer(request, ctx, person_id, details_form=form, status=409)


@require_POST
@page(ADMINISTER)
def withdraw(request: HttpRequest, ctx: Context, person_id: int, assignment_id: int) -> HttpResponse:
    def act() -> ApprovalRequest | None:
        content = role_taken(assignment_id, valid_until=ctx.today)
        return ask_or_do(ctx, WITHDRAWAL, subject_id=assignment_id, content=content)

    return _do(request, ctx, person_id, act)


@require_POST
@page(ADMINISTER)
def leave(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    access_person(ctx, person_id)
    form = LeaveForm(waiting_on(ctx, person_id), request.POST)
    if not form.is_valid():
        return _answer(request, ctx, person_id, leave_form=form, status=422)
    content = person_leaves(person_id, left_on=form.cleaned_data["left_on"], heirs=form.heirs())
    return _do(
        request, ctx, person_id, lambda: ask_or_do(ctx, LEAVING, subject_id=person_id, content=content)
    )


@require_POST
@page(ADMINISTER)
def pass_on(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    """What still waits on somebody who leaves or has left goes to others."""
    access_person(ctx, person_id)
    form = HeirFields(waiting_on(ctx, person_id), request.POST, all_of_it=False)
    if not form.is_valid():
        return _answer(request, ctx, person_id, heirs_form=form, status=422)
    return _do(request, ctx, person_id, lambda: hand_over(ctx, person_id, heirs=form.heirs()))


@require_POST
@page(ADMINISTER)
@proven
def new_link(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    line = access_person(ctx, person_id)
    try:
        # Who has come gets a link after a reset only, which two persons agreed on.
        make = renew_invitation if line.state in {"invited", "expired"} else make_reset_link
        link = _acted(ctx, lambda: make(ctx, person_id))
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _answer(request, ctx, person_id, problem=refusal_words(refusal), status=409)
    return link_made(request, ctx, person_id, link)


@require_POST
@page(ADMINISTER)
@proven
def reset(request: HttpRequest, ctx: Context, person_id: int) -> HttpResponse:
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _answer(request, ctx, person_id, reset_form=form, status=422)
    given = form.cleaned_data
    return _do(
        request, ctx, person_id,
        lambda: request_reset(ctx, person_id, lost=given["lost"], reason=given["reason"]),
    )  # fmt: skip


def _do(
    request: HttpRequest, ctx: Context, person_id: int, act: Callable[[], ApprovalRequest | None]
) -> HttpResponse:
    """Act and go back to the person; a refusal is said on the page, and nothing was changed."""
    try:
        filed = _acted(ctx, act)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        return _answer(request, ctx, person_id, problem=refusal_words(refusal), status=409)
    return back_with(_page_of(person_id), filed)


def _acted(ctx: Context, act: Callable[[], Any]) -> Any:
    """Opened again inside: what a refused operation had begun is undone, and the page can still be drawn."""
    with ctx.open():
        return act()


def _page_of(person_id: int) -> str:
    return reverse("control:person", args=[person_id])


def _answer(
    request: HttpRequest, ctx: Context, person_id: int, *, form: forms.Form | None = None,
    leave_form: forms.Form | None = None, reset_form: forms.Form | None = None, heirs_form: forms.Form | None = None,
    details_form: forms.Form | None = None, problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    line = access_person(ctx, person_id)
    may_change = may(ctx, ADMINISTER) and line.state not in {"machine", "left"}
    mine = person_id == ctx.actor.person_id
    waiting = waiting_on(ctx, person_id) if line.state != "machine" else []
    gone = line.state == "left"
    if gone:
        # What ended with the person or is in the hands of others waits on nobody.
        waiting = [left for left in waiting if left.matter.hand_over is not None]
    may_hand_over = gone and may(ctx, ADMINISTER) and any(left.needs_heir for left in waiting)
    may_reset = may_change and not mine and line.state not in {"invited", "expired"}
    reader = TrailReader(ctx, ctx.at)
    values: dict[str, Any] = {
        "person": line, "states": STATES, "looks": LOOKS, "base_currency": the_group_of(ctx).base_currency,
        "history": [
            {"at": row.recorded_at, "who": row.actor_name, "what": operation_words(row.code), "after": _said(reader, row.after or {})}
            for row in history_of_person(ctx, person_id)
        ],
        "may_change": may_change, "is_me": mine, "problem": problem,
        "filed": filed_of(request, ctx),
        "details_form": details_form or (_details(person_id) if may_change else None),
        "form": form or (RoleFields(ctx) if may_change and not mine else None),
        "leave_form": leave_form or (LeaveForm(waiting, initial={"left_on": line.left_on or ctx.today}) if may_change and not mine else None),
        "reset_form": reset_form or (ResetForm() if may_reset else None),
        "reset_agreed": agreed_reset(ctx, person_id) if may_reset else None,
        "reset_waits": may_reset and reset_waits(person_id),
        "waiting": waiting,
        "heirs_form": heirs_form or (HeirFields(waiting, all_of_it=False) if may_hand_over else None),
    }  # fmt: skip
    return render(request, "control/person.html", values, status=status)


def _details(person_id: int) -> DetailsForm:
    return DetailsForm.showing(details_shown(Person.objects.get(id=person_id)), auto_id=_DETAILS_ID)


def _said(reader: TrailReader, facts: dict[str, Any]) -> list[tuple[str, str]]:
    return [(field_words(name), reader.said(name, value, facts)) for name, value in facts.items()]
