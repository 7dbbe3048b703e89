"""Persons invited, corrected, leaving, and losing a role, which a second person decides where a policy says so.

Each is a kind of its own, so that a group may ask for two when a right is given and for one when it is taken: whoever
has to be stopped is then stopped at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import Assignment, Role
from moa.control.operations.add_person import SUBJECT as INVITATION
from moa.control.operations.change_person import SUBJECT as DETAILS
from moa.control.operations.change_person import change_person
from moa.control.operations.invite_person import NewInvitation, NewRole, invite_person
from moa.control.operations.retire_person import SUBJECT as LEAVING
from moa.control.operations.retire_person import retire_person
from moa.control.operations.withdraw_role import SUBJECT as WITHDRAWAL
from moa.control.operations.withdraw_role import withdraw_role
from moa.control.queries import person_names, unit_names
from moa.kernel.errors import NotFound


def role_taken(assignment_id: int, *, valid_until: date) -> Content:
    """The content of the request that takes a role. Raises: not_found."""
    held = Assignment.objects.select_related("role").filter(id=assignment_id).first()
    if held is None:
        raise NotFound(assignment=assignment_id)
    return {
        "assignment": str(held.id), "person": str(held.person_id), "role": held.role.code,
        "unit": str(held.unit_id or ""), "valid_until": str(valid_until),
    }  # fmt: skip


def person_leaves(person_id: int, *, left_on: date, heirs: Mapping[str, int]) -> Content:
    """The content of the request that records a leaving, with who takes over what."""
    return {
        "person": str(person_id), "left_on": str(left_on), "heirs": {code: str(one) for code, one in heirs.items()},
    }  # fmt: skip


def person_changed(person_id: int, *, name: str, title: str, email: str, seen: str) -> Content:
    """The content of the request that corrects what is entered of a person."""
    return {"person": str(person_id), "name": name, "title": title, "email": email, "seen": seen}


def person_invited(new: NewInvitation) -> Content:
    """The content of the request that invites a person."""
    return {
        "login": new.login, "name": new.name, "email": new.email, "title": new.title, "language": new.language,
        "roles": [
            {
                "role": role.code, "unit": str(role.unit_id or ""),
                "limit_minor": "" if role.limit_minor is None else str(role.limit_minor),
                "valid_from": str(role.valid_from or ""), "valid_until": str(role.valid_until or ""),
            }
            for role in new.roles
        ],
    }  # fmt: skip


def _take_role(ctx: Context, content: Content) -> None:
    # Nobody loses yesterday what was held until today's approval.
    until = max(date.fromisoformat(content["valid_until"]), ctx.today)
    withdraw_role(ctx, int(content["assignment"]), valid_until=until)


def _taken_in_words(ctx: Context, content: Content) -> Subject:
    person, name = int(content["person"]), _role_name(ctx, content["role"])
    units = unit_names(ctx, {int(content["unit"])}) if content["unit"] else {}
    return Subject(
        kind="role_withdrawal", title=person_names(ctx, {person}).get(person, ""), unit=next(iter(units.values()), ""),
        note=f"{name} · {content['valid_until']}", ground_url=f"/people/{person}",
        rekey=(RekeyField("role", _("Role"), name),),
    )  # fmt: skip


def _leave(ctx: Context, content: Content) -> None:
    heirs = {code: int(one) for code, one in content.get("heirs", {}).items()}
    retire_person(ctx, int(content["person"]), left_on=date.fromisoformat(content["left_on"]), heirs=heirs)


def _leaving_in_words(ctx: Context, content: Content) -> Subject:
    person = int(content["person"])
    heirs = {int(one) for one in content.get("heirs", {}).values()}
    names = person_names(ctx, {person} | heirs)
    taking = ", ".join(sorted(names[one] for one in heirs))
    note = " · ".join(
        part
        for part in (content["left_on"], _("taken over by %(names)s") % {"names": taking} if heirs else "")
        if part
    )
    return Subject(
        kind="person_leaving", title=names.get(person, ""), note=note,
        ground_url=f"/people/{person}", rekey=(RekeyField("left_on", _("First day without the person"), content["left_on"]),),
    )  # fmt: skip


def _change(ctx: Context, content: Content) -> None:
    change_person(
        ctx, int(content["person"]), name=content["name"], title=content["title"], email=content["email"],
        seen=content["seen"],
    )  # fmt: skip


def _change_in_words(ctx: Context, content: Content) -> Subject:
    person = int(content["person"])
    said = (content["name"], content["title"], content["email"])
    return Subject(
        kind="person_details", title=person_names(ctx, {person}).get(person, ""),
        note=" · ".join(part for part in said if part), ground_url=f"/people/{person}",
        rekey=(RekeyField("name", _("Name"), content["name"]),),
    )  # fmt: skip


def _invite(ctx: Context, content: Content) -> object:
    roles = tuple(
        NewRole(
            role["role"], int(role["unit"]) if role["unit"] else None,
            int(role["limit_minor"]) if role["limit_minor"] else None, _day(role["valid_from"]), _day(role["valid_until"]),
        )
        for role in content["roles"]
    )  # fmt: skip
    new = NewInvitation(
        content["login"], content["name"], content["email"], content["title"], content["language"], roles
    )
    return invite_person(ctx, new=new)


def _invitation_in_words(ctx: Context, content: Content) -> Subject:
    roles = ", ".join(_role_name(ctx, role["role"]) for role in content["roles"])
    said = (content["login"], content["email"], roles)
    return Subject(
        kind="person_invitation", title=content["name"], note=" · ".join(part for part in said if part),
        rekey=(RekeyField("login", _("Login"), content["login"]),),
    )  # fmt: skip


def _role_name(ctx: Context, code: str) -> str:
    role = Role.objects.filter(code=code).first()
    return (role.names.get(ctx.language) or role.name) if role else code


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


register_act(Act(WITHDRAWAL, _take_role, _taken_in_words, gettext_lazy("Taking a role away")))
register_act(Act(LEAVING, _leave, _leaving_in_words, gettext_lazy("Leaving of a person")))
register_act(Act(DETAILS, _change, _change_in_words, gettext_lazy("Correction of a person's entries")))
register_act(Act(INVITATION, _invite, _invitation_in_words, gettext_lazy("Invitation of a person")))
