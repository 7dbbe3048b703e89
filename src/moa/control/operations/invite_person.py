"""Invite a person: a login that nobody can use yet, roles, and a link with which the person sets a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from moa.control.access import require_below
from moa.control.administrators import ADMINISTER
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, OneTimeLink, Person
from moa.control.one_time_links import MadeLink, make_link
from moa.control.operations.add_person import SUBJECT, LoginTaken, LoginUnfit
from moa.control.operations.give_role import give_role
from moa.control.rights_guards import guarded
from moa.control.rules import login_fits


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to be given. Shape: `unit_id` None for the whole group; the limit in minor units of the base currency."""

    code: str
    unit_id: int | None = None
    limit_minor: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    login: str
    name: str
    email: str = ""
    title: str = ""
    language: str = "ko"
    roles: tuple[NewRole, ...] = ()


def invite_person(ctx: Context, *, new: NewInvitation) -> tuple[Person, MadeLink]:
    """Raises: forbidden, second_person_needed, login_unfit, login_taken, not_found (role or unit), roles_incompatible."""
    require_below(ctx, ADMINISTER, None)
    guard(ctx, SUBJECT)
    login = new.login.strip().lower()
    if not login_fits(login):
        raise LoginUnfit(login=login)
    person = Person.objects.create(
        group_id=ctx.group_id, name=new.name.strip(), title=new.title.strip(), email=new.email.strip(),
        language=new.language,
    )  # fmt: skip
    try:
        with transaction.atomic():
            identity = Identity.objects.create(
                login=login, group_id=ctx.group_id, person_id=person.id, password=make_password(None),
                is_active=False,
            )  # fmt: skip
    except IntegrityError:
        raise LoginTaken(login=login) from None
    link = make_link(ctx, identity, OneTimeLink.INVITATION)
    facts = {"login": login, "name": person.name, "expires_at": link.expires_at.isoformat()}
    record(ctx, "control.person.invited", "person", person.id, after=facts)
    with guarded(ctx):
        for role in new.roles:
            give_role(
                ctx, person.id, role_code=role.code, unit_id=role.unit_id, valid_from=role.valid_from or ctx.today,
                valid_until=role.valid_until, limit_minor=role.limit_minor, newcomer=True,
            )  # fmt: skip
    return person, link
