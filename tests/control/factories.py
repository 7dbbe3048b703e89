"""Groups, units and persons for tests, made in a few statements and through the product's own tables.

    ctx = make_group()                                  # the machine user's Context
    company = make_unit(ctx, "C1")
    teller = make_person(ctx, "kim", roles=["teller"])  # the person's Context
    clerk = make_person(ctx, "lee", roles=[("clerk", company.id)])

    client = signed_in(teller)                          # Django's test client, for pages

Contexts come closed: a test opens them (`with teller.open(): …`), which also works inside one another.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from moa.control.context import Context
from moa.control.models import Assignment, Identity, Person, Role, Unit
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.set_up_group import NewGroup, set_up_group
from moa.control.queries import context_for, machine_context

# Friday, 10:00 in Seoul. Time is an argument everywhere, so tests stand still.
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class TwoGroups:
    """Two groups that must never see each other, each with a person who may do everything a treasurer may."""

    one: Context
    other: Context
    person: Context
    stranger: Context
    company: Unit
    foreign_company: Unit


def make_group(
    code: str = "",
    *,
    base_currency: str = "KRW",
    time_zone: str = "Asia/Seoul",
    at: datetime = AT,
    is_demo: bool = False,
) -> Context:
    """A new group with its standard roles; returns the Context of its machine user."""
    code = code or f"G{next(_numbers)}"
    new = NewGroup(code, f"Group {code}", base_currency, time_zone=time_zone, is_demo=is_demo)
    return set_up_group(new, at=at)


def make_unit(
    ctx: Context,
    code: str = "",
    *,
    kind: str = "company",
    parent: Unit | None = None,
    name: str = "",
    country: str = "KR",
    valid_from: date = date(2020, 1, 1),
) -> Unit:
    """A company, or with `kind="unit"` and a parent a unit of one."""
    code = code or f"U{next(_numbers)}"
    new = NewUnit(
        kind, code, name or f"Unit {code}", valid_from, parent.id if parent else None, country=country
    )
    # Units are made by the group's machine user, whoever's Context the test has at hand.
    machine = machine_context(ctx.group_id, at=ctx.at, channel="test")
    with machine.open():
        return add_unit(machine, new=new)


def make_person(
    ctx: Context,
    login: str = "",
    roles: Sequence[str | tuple[str, int | None]] = (),
    *,
    name: str = "",
    password: str = PASSWORD,
    language: str = "ko",
    os_user: str = "",
    valid_from: date = date(2020, 1, 1),
    at: datetime | None = None,
) -> Context:
    """A person with a login and roles; returns the person's Context.

    Shape: a role is its code (whole group) or (code, unit id). The rows are written directly and the password's
    hash is computed once, because hashing a password takes longer than most tests.
    """
    login = login or f"person{next(_numbers)}"
    with ctx.open():
        person = Person.objects.create(group_id=ctx.group_id, name=name or login, language=language)
        Identity.objects.create(
            login=login,
            group_id=ctx.group_id,
            person_id=person.id,
            password=_hash_of(password),
            os_user=os_user,
        )
        for role in roles:
            code, unit_id = (role, None) if isinstance(role, str) else role
            Assignment.objects.create(
                group_id=ctx.group_id, person_id=person.id, role_id=Role.objects.get(code=code).id,
                unit_id=unit_id, valid_from=valid_from,
            )  # fmt: skip
    return context_for(ctx.group_id, person.id, at=at or ctx.at, channel="test")


def make_role(ctx: Context, *permissions: str) -> str:
    """The code of a role of the group's own."""
    code = f"own{next(_numbers)}"
    with ctx.open():
        Role.objects.create(
            group_id=ctx.group_id, code=code, name=code, is_standard=False, permissions=list(permissions)
        )
    return code


def make_two_groups() -> TwoGroups:
    """Two groups side by side, each with a company and a treasurer."""
    one, other = make_group(), make_group()
    return TwoGroups(
        one=one,
        other=other,
        person=make_person(one, roles=["treasurer"]),
        stranger=make_person(other, roles=["treasurer"]),
        company=make_unit(one),
        foreign_company=make_unit(other),
    )


def signed_in(ctx: Context) -> Client:
    """A test client that is signed in as the person of `ctx`; its requests run at the real present moment."""
    client = Client()
    client.force_login(
        Identity.objects.get(group_id=ctx.group_id, person_id=ctx.actor.person_id),
        backend="moa.control.web.signing_in.IdentityBackend",
    )
    return client


@cache
def _hash_of(password: str) -> str:
    return make_password(password)
