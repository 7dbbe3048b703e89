"""Add a person with a login and roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from moa.control.access import require_below
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Identity, Person
from moa.control.operations.give_role import give_role
from moa.control.password_rules import password_problem
from moa.control.rules import login_fits
from moa.kernel.errors import DomainError

# As an invitation: both bring a person with roles into the group.
SUBJECT = "control.person_invitation"


class LoginTaken(DomainError):
    code = "login_taken"


class LoginUnfit(DomainError):
    """A login is 2 to 150 letters a–z, digits, and . _ @ + - after the first character."""

    code = "login_unfit"


class PasswordWeak(DomainError):
    """The password will not do; facts: `problem`."""

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
    """Raises: forbidden, second_person_needed, login_unfit, login_taken, password_weak, not_found (role or unit)."""
    # The machine user of a group sets up its first persons; later only an administrator adds any.
    if ctx.actor.kind != Person.MACHINE:
        require_below(ctx, "control.users.change", None)
        guard(ctx, SUBJECT)
    login = new.login.strip().lower()
    if not login_fits(login):
        raise LoginUnfit(login=login)
    check_password_fits(new.password, login, new.name)
    person = Person.objects.create(
        group_id=ctx.group_id, name=new.name, title=new.title, language=new.language
    )
    try:
        with transaction.atomic():
            Identity.objects.create(
                login=login, group_id=ctx.group_id, person_id=person.id,
                password=make_password(new.password), os_user=new.os_user, is_demo=new.is_demo,
            )  # fmt: skip
    except IntegrityError:
        raise LoginTaken(login=login) from None
    facts = {"login": login, "name": new.name}
    record(ctx, "control.person.added", "person", person.id, after=facts)
    for code, unit_id in new.roles:
        give_role(
            ctx, person.id, role_code=code, unit_id=unit_id, valid_from=valid_from or ctx.today, newcomer=True
        )
    return person


def check_password_fits(password: str, login: str, name: str = "") -> None:
    """Raises: password_weak."""
    problem = password_problem(password, login, name)
    if problem:
        raise PasswordWeak(problem=problem)
