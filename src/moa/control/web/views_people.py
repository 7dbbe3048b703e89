"""Users: the list of persons, and the invitation of a new one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moa.control.access import may
from moa.control.administrators import ADMINISTER
from moa.control.approval_acts import ask_or_do, second_person_needed
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Person
from moa.control.one_time_links import MadeLink
from moa.control.operations.add_person import SUBJECT as INVITATION
from moa.control.operations.add_person import LoginTaken, LoginUnfit
from moa.control.operations.give_role import SUBJECT as ROLE
from moa.control.operations.give_role import PeriodEmpty
from moa.control.operations.invite_person import NewInvitation, NewRole, invite_person
from moa.control.person_acts import person_invited
from moa.control.queries import the_group_of
from moa.control.role_acts import role_given
from moa.control.rules import first_day_after
from moa.control.web.filed import back_with, filed_of
from moa.control.web.forms_people import LOGIN_TAKEN, LOGIN_UNFIT, InviteForm
from moa.control.web.link_mail import mail_link
from moa.control.web.page import page
from moa.control.web.people_table import PEOPLE
from moa.control.web.sentences_people import refusal_words
from moa.control.web.tables import Around, table_view
from moa.kernel.errors import DomainError, Forbidden
from moa.kernel.money import to_minor


def _around(request: HttpRequest, ctx: Context, **numbers: int) -> Around:
    values = {"filed": filed_of(request, ctx), "may_change": may(ctx, ADMINISTER)}
    return Around(template="control/people.html", values=values)


people = table_view(PEOPLE, _around)


@require_http_methods(["GET", "POST"])
@page(ADMINISTER)
def invite(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = InviteForm(ctx, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with ctx.open():
                return _invited(request, ctx, _invitation(ctx, form.cleaned_data))
        except Forbidden:
            raise
        except LoginTaken:
            form.add_error("login", LOGIN_TAKEN)
        except LoginUnfit:
            form.add_error("login", LOGIN_UNFIT)
        except PeriodEmpty as refusal:
            form.add_error("valid_until", refusal_words(refusal))
        except DomainError as refusal:
            form.add_error("role", refusal_words(refusal))
    return render(request, "control/invite.html", {"form": form}, status=422 if form.errors else 200)


def _invited(request: HttpRequest, ctx: Context, new: NewInvitation) -> HttpResponse:
    """Invited, or filed where a policy says so. Roles that a policy of their own guards are filed for themselves."""
    roles = () if second_person_needed(ctx, ROLE) else new.roles
    if second_person_needed(ctx, INVITATION):
        content = person_invited(replace(new, roles=roles))
        filed = ask_or_do(ctx, INVITATION, subject_id=new.login, content=content)
        return back_with(reverse("control:people"), filed)
    person, link = invite_person(ctx, new=replace(new, roles=roles))
    asked = None
    for role in new.roles if not roles else ():
        content = role_given(
            person.id, role_code=role.code, unit_id=role.unit_id, valid_from=role.valid_from or ctx.today,
            valid_until=role.valid_until, limit_minor=role.limit_minor,
        )  # fmt: skip
        asked = ask_or_do(
            ctx, ROLE, subject_id=f"{person.id}:{role.code}:{role.unit_id or ''}", content=content
        )
    return link_made(request, ctx, person.id, link, asked)


def link_made(
    request: HttpRequest, ctx: Context, person_id: int, link: MadeLink, filed: ApprovalRequest | None = None
) -> HttpResponse:
    """The one page that shows a one-time link; it is not an address, so that it cannot be opened again.

    Where mail is set the link is mailed and not shown, unless a link to hand over was asked for.
    """
    person = Person.objects.get(id=person_id)
    mailed = not request.POST.get("by_hand") and mail_link(ctx, person, link)
    values = {
        "person_id": person_id, "name": person.name, "expires_at": link.expires_at, "filed": filed,
        "address": "" if mailed else request.build_absolute_uri(reverse("control:link", args=[link.token])),
        "mailed_to": person.email if mailed else "",
    }  # fmt: skip
    return render(request, "control/link_made.html", values)


def role_of(ctx: Context, given: dict[str, Any]) -> NewRole:
    """The role that a form describes; its last day becomes the first day without it."""
    limit = given["limit"]
    return NewRole(
        given["role"], int(given["unit"]) if given["unit"] else None,
        None if limit is None else to_minor(limit, the_group_of(ctx).base_currency),
        given["valid_from"], first_day_after(given["valid_until"]),
    )  # fmt: skip


def _invitation(ctx: Context, given: dict[str, Any]) -> NewInvitation:
    return NewInvitation(
        given["login"],
        given["name"],
        given["email"],
        given["title"],
        given["language"],
        (role_of(ctx, given),),
    )
