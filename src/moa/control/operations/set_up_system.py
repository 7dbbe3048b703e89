"""Start an empty installation: its group, its companies and its first two administrators, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from moa.control.context import Context
from moa.control.models import Unit
from moa.control.operations.add_person import NewPerson, add_person
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import list_groups
from moa.kernel.errors import DomainError

ADMINISTRATORS = 2


class AlreadySetUp(DomainError):
    """There is a group already; facts: `groups`, their codes."""

    code = "already_set_up"


class NoCompany(DomainError):
    """Accounts belong to companies, so a system without one could hold nothing."""

    code = "no_company"


class AdministratorsNotTwo(DomainError):
    """Two different persons are needed, so that neither is alone when the other is away or has left."""

    code = "administrators_not_two"


@dataclass(frozen=True, slots=True)
class NewCompany:
    code: str
    name: str
    country: str = "KR"


@dataclass(frozen=True, slots=True)
class NewAdministrator:
    """Shape: `os_user` is the operating-system user whose commands act as this person, "" for none."""

    login: str
    name: str
    password: str
    os_user: str = ""
    language: str = "ko"


def set_up_system(
    group: NewGroup,
    *,
    companies: list[NewCompany],
    administrators: list[NewAdministrator],
    since: date,
    at: datetime,
) -> Context:
    """Return a Context of the new group's machine user. Shape: the companies exist from `since` on.

    Raises: already_set_up, no_company, administrators_not_two, and what the single steps raise.
    """
    if not companies:
        raise NoCompany()
    names = {one.name.strip() for one in administrators}
    logins = {one.login.strip().lower() for one in administrators}
    if not len(administrators) == len(names) == len(logins) == ADMINISTRATORS:
        raise AdministratorsNotTwo(persons=len(names), logins=len(logins))
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two set-ups at once: the second waits and then finds the first one's group.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('control.set_up_system', 0))")
        present = list_groups()
        if present:
            raise AlreadySetUp(groups=",".join(one.code for one in present))
        ctx = set_up_group(group, at=at)
        with ctx.open():
            for company in companies:
                new = NewUnit(Unit.COMPANY, company.code, company.name, since, country=company.country)
                add_unit(ctx, new=new)
            for one in administrators:
                person = NewPerson(
                    one.login, one.name, one.password, (("admin", None),), one.language, os_user=one.os_user
                )
                add_person(ctx, new=person)
    return ctx
