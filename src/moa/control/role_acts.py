"""Roles given to persons, which a second person decides when a policy says so. Taking one away waits for nobody."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import Role
from moa.control.operations.give_role import SUBJECT, give_role
from moa.control.queries import person_names, unit_names


def role_given(
    person_id: int, *, role_code: str, unit_id: int | None, valid_from: date, valid_until: date | None = None,
    limit_minor: int | None = None,
) -> Content:  # fmt: skip
    """The content of the request that gives a role."""
    return {
        "person": str(person_id), "role": role_code, "unit": str(unit_id or ""),
        "valid_from": str(valid_from), "valid_until": str(valid_until or ""),
        "limit_minor": "" if limit_minor is None else str(limit_minor),
    }  # fmt: skip


def _perform(ctx: Context, content: Content) -> object:
    until = date.fromisoformat(content["valid_until"]) if content["valid_until"] else None
    return give_role(
        ctx, int(content["person"]), role_code=content["role"],
        unit_id=int(content["unit"]) if content["unit"] else None,
        valid_from=date.fromisoformat(content["valid_from"]), valid_until=until,
        limit_minor=int(content["limit_minor"]) if content["limit_minor"] else None,
    )  # fmt: skip


def _describe(ctx: Context, content: Content) -> Subject:
    person = int(content["person"])
    role = Role.objects.filter(code=content["role"]).first()
    name = (role.names.get(ctx.language) or role.name) if role else content["role"]
    units = unit_names(ctx, {int(content["unit"])}) if content["unit"] else {}
    period = f"{content['valid_from']} – {content['valid_until']}".strip(" –")
    return Subject(
        kind="role_change", title=person_names(ctx, {person}).get(person, ""), unit=next(iter(units.values()), ""),
        note=f"{name} {content['limit_minor']} · {period}".strip(" ·"),
        ground_url=f"/people/{person}", rekey=(RekeyField("role", _("Role"), name),),
    )  # fmt: skip


register_act(Act(SUBJECT, _perform, _describe, gettext_lazy("Role of a person")))
