"""Add a person with a login and roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Assignment, Identity, Person, Role
from moa.control.rules import password_problem
from moa.kernel.errors import DomainError, NotFound


class LoginTaken(DomainError):
    code = "login_taken"


class PasswordWeak(DomainError):
    code = "password_weak"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be. Shape: `roles` are (role code, unit id or None for the whole group)."""

    login: str
    name: str
    password: str
    roles: tuple[tuple[str, int | None], ...]
    language: str = "ko"
    title: str = ""
    os_user: str = ""
    is_demo: bool = False


def add_person(ctx: Context, *, new: NewPerson, valid_from: date | None = None) -> Person:
    """Raises: forbidden, login_taken, password_weak, not_found (role)."""
    # The machine user of a group sets up its first persons; later only an administrator adds any.
    if ctx.actor.kind != Person.MACHINE:
        require(ctx, "control.users.change")
    problem = password_problem(new.password, new.login)
    if problem:
        raise PasswordWeak(problem=problem)
    person = Person.objects.create(
        group_id=ctx.group_id, name=new.name, title=new.title, language=new.language
    )
    try:
        with transaction.atomic():
            Identity.objects.create(
                login=new.login.strip().lower(), group_id=ctx.group_id, person_id=person.id,
                password=make_password(new.password), os_user=new.os_user, is_demo=new.is_demo,
            )  # fmt: skip
    except IntegrityError:
        raise LoginTaken(login=new.login) from None
    for code, unit_id in new.roles:
        role = Role.objects.filter(code=code).first()
        if role is None:
            raise NotFound(role=code)
        Assignment.objects.create(
            group_id=ctx.group_id, person_id=person.id, role_id=role.id, unit_id=unit_id,
            valid_from=valid_from or ctx.today,
        )  # fmt: skip
    record(
        ctx, "control.person.added", "person", person.id,
        after={"login": new.login, "name": new.name, "roles": [[code, unit] for code, unit in new.roles]},
    )  # fmt: skip
    return person
