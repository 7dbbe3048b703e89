"""Reads of users and roles: the list of persons, one person, the roles, and who may do what where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q

from moa.control.access import require
from moa.control.context import Context
from moa.control.models import (
    Assignment,
    AuditLine,
    Authenticator,
    Delegation,
    Identity,
    MachineToken,
    OneTimeLink,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    Unit,
)
from moa.control.permissions import DECIDE
from moa.control.rules_of_meeting import By
from moa.kernel.errors import NotFound

VIEW_USERS = "control.users.view"
HISTORY_LIMIT = 50


@dataclass(frozen=True, slots=True)
class HeldRole:
    """One role of a person with its place and time."""

    id: int
    role_id: int
    role: str
    unit: str
    limit_minor: int | None
    valid_from: date
    valid_until: date | None
    is_present: bool


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """What a person has beside the password."""

    authenticator: bool = False
    passkeys: int = 0
    codes_left: int = 0

    @property
    def any(self) -> bool:
        return self.authenticator or self.passkeys > 0


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person for the list. Shape: `state` is active, invited, expired (the invitation ran out), leaving, left, locked
    or machine."""

    id: int
    name: str
    title: str
    email: str
    login: str
    state: str
    left_on: date | None
    last_sign_in: datetime | None
    locked_until: datetime | None
    link_until: datetime | None
    factors: SecondFactors
    roles: tuple[HeldRole, ...] = field(default_factory=tuple)


def list_people(ctx: Context) -> list[PersonLine]:
    """Persons and machine users, by name; those who left last. Raises: forbidden."""
    require(ctx, VIEW_USERS)
    lines = _lines(ctx, list(Person.objects.order_by("name", "id")))
    return sorted(lines, key=lambda line: (line.state == "left", line.state == "machine"))


def access_person(ctx: Context, person_id: int) -> PersonLine:
    """One person with all roles, past ones included. Raises: forbidden, not_found."""
    require(ctx, VIEW_USERS)
    person = Person.objects.filter(id=person_id).first()
    if person is None:
        raise NotFound(person=person_id)
    return _lines(ctx, [person])[0]


def history_of_person(ctx: Context, person_id: int) -> list[AuditLine]:
    """What the audit trail says about a person and the person's login, newest first."""
    identity = Identity.objects.filter(group_id=ctx.group_id, person_id=person_id).first()
    about = Q(subject_type="person", subject_id=str(person_id))
    if identity is not None:
        about |= Q(subject_type="identity", subject_id=str(identity.id))
    return list(AuditLine.objects.filter(about).order_by("-recorded_at", "-id")[:HISTORY_LIMIT])


def second_factors_of(persons: Iterable[int]) -> dict[int, SecondFactors]:
    """What each person has besides the password; the Context is open."""
    wanted = set(persons)
    apps = set(
        Authenticator.objects.filter(person_id__in=wanted, confirmed_at__isnull=False).values_list(
            "person_id", flat=True
        )
    )
    keys = list(Passkey.objects.filter(person_id__in=wanted).values_list("person_id", flat=True))
    codes = list(
        RecoveryCode.objects.filter(person_id__in=wanted, used_at=None).values_list("person_id", flat=True)
    )
    return {
        person: SecondFactors(person in apps, keys.count(person), codes.count(person)) for person in wanted
    }


def list_roles(ctx: Context) -> list[Role]:
    """Standard roles first, then the group's own. The machine's role is none that a person could hold."""
    require(ctx, VIEW_USERS)
    return list(Role.objects.exclude(code="machine").order_by("-is_standard", "id"))


def access_role(ctx: Context, role_id: int) -> Role:
    """Raises: forbidden, not_found."""
    require(ctx, VIEW_USERS)
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise NotFound(role=role_id)
    return role


def role_name(ctx: Context, role: Role) -> str:
    return role.names.get(ctx.language) or role.name


@dataclass(frozen=True, slots=True)
class Grant:
    """That somebody holds a right: everywhere (unit "") or in a unit and below, with the limit where there is one."""

    unit: str
    limit_minor: int | None
    by: By


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who may do what on a day. Shape: `grants` is (person id, right) → grants."""

    people: list[tuple[int, str]]
    rights: list[str]
    grants: dict[tuple[int, str], list[Grant]]


def who_may_do_what(ctx: Context, *, on: date | None = None, unit_id: int | None = None) -> Matrix:
    """Persons × rights on a day; with `unit_id` only what holds in that unit (from above it too). Raises: forbidden."""
    require(ctx, VIEW_USERS)
    day = on or ctx.today
    above = _above(unit_id) if unit_id is not None else None
    held = Assignment.objects.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gt=day))
    people = {
        person.id: person.name
        for person in Person.objects.filter(Q(left_on=None) | Q(left_on__gt=day)).order_by("name", "id")
    }
    grants: dict[tuple[int, str], list[Grant]] = {}
    rights: set[str] = set()
    for row in held.select_related("role", "unit").order_by("id"):
        if row.person_id not in people or (above is not None and row.unit_id not in above):
            continue
        unit = (row.unit.names.get(ctx.language) or row.unit.name) if row.unit else ""
        grant = Grant(unit, row.limit_minor, By("role", role_name(ctx, row.role)))
        for code in row.role.permissions:
            rights.add(code)
            grants.setdefault((row.person_id, code), []).append(grant)
    _add_what_is_lent(ctx, day, people, grants)
    holding = {person for person, _ in grants}
    return Matrix([(one, name) for one, name in people.items() if one in holding], sorted(rights), grants)


def _add_what_is_lent(
    ctx: Context, day: date, people: dict[int, str], grants: dict[tuple[int, str], list[Grant]]
) -> None:
    """What a deputy decides with, and what whoever made a token of the machine user can do with its secret."""
    stands_for = Delegation.objects.filter(valid_from__lte=day, valid_until__gt=day)
    stands_for = stands_for.filter(Q(ended_on=None) | Q(ended_on__gt=day)).order_by("id")
    lent = [
        (deputy, principal, (DECIDE,), By("deputy", people[principal]))
        for deputy, principal in stands_for.values_list("deputy_id", "principal_id")
        if principal in people
    ]
    tokens = MachineToken.objects.filter(
        person__kind=Person.MACHINE, revoked_at=None, made_at__lte=ctx.at, expires_at__gt=ctx.at
    ).order_by("id")
    lent += [(one.made_by_id, one.person_id, tuple(one.scopes), By("token", one.name)) for one in tokens]
    # Nobody lends what was lent to himself.
    own = {key: list(held) for key, held in grants.items()}
    for holder, lender, codes, by in lent:
        for code in codes if holder in people else ():
            for grant in own.get((lender, code), ()):
                grants.setdefault((holder, code), []).append(replace(grant, by=by))


def _above(unit_id: int) -> set[int | None]:
    """The unit, all above it, and None for the whole group."""
    parents = dict(Unit.objects.values_list("id", "parent_id"))
    found: set[int | None] = {None}
    at: int | None = unit_id
    while at is not None and at not in found:
        found.add(at)
        at = parents.get(at)
    return found


def _lines(ctx: Context, persons: list[Person]) -> list[PersonLine]:
    ids = [person.id for person in persons]
    logins = {row.person_id: row for row in Identity.objects.filter(group_id=ctx.group_id, person_id__in=ids)}
    open_links = OneTimeLink.objects.filter(person_id__in=ids, used_at=None, withdrawn_at=None)
    links = {row.person_id: row for row in open_links}
    factors = second_factors_of(ids)
    roles = _roles_of(ctx, ids)
    return [
        _line(ctx, person, logins.get(person.id), links.get(person.id), factors[person.id], roles.get(person.id, []))
        for person in persons
    ]  # fmt: skip


def _line(
    ctx: Context, person: Person, login: Identity | None, link: OneTimeLink | None, factors: SecondFactors,
    roles: list[HeldRole],
) -> PersonLine:  # fmt: skip
    locked = (
        max(filter(None, (login.locked_until, login.second_locked_until)), default=None) if login else None
    )
    locked = locked if locked is not None and locked > ctx.at else None
    return PersonLine(
        person.id, person.name, person.title, person.email, login.login if login else "",
        _state(ctx, person, login, link, locked), person.left_on, login.last_login if login else None, locked,
        link.expires_at if link and link.expires_at > ctx.at else None, factors, tuple(roles),
    )  # fmt: skip


def _state(
    ctx: Context, person: Person, login: Identity | None, link: OneTimeLink | None, locked: datetime | None
) -> str:
    if person.kind == Person.MACHINE:
        return "machine"
    if person.left_on is not None:
        return "left" if person.left_on <= ctx.today else "leaving"
    if login is None or not login.is_active:
        return "invited" if link is not None and link.expires_at > ctx.at else "expired"
    return "locked" if locked is not None else "active"


def _roles_of(ctx: Context, persons: list[int]) -> dict[int, list[HeldRole]]:
    found: dict[int, list[HeldRole]] = {}
    rows = Assignment.objects.filter(person_id__in=persons).select_related("role", "unit")
    for row in rows.order_by("-valid_from", "id"):
        present = row.valid_from <= ctx.today and (row.valid_until is None or row.valid_until > ctx.today)
        unit = (row.unit.names.get(ctx.language) or row.unit.name) if row.unit else ""
        found.setdefault(row.person_id, []).append(
            HeldRole(
                row.id, row.role_id, role_name(ctx, row.role), unit, row.limit_minor, row.valid_from,
                row.valid_until, present,
            )
        )  # fmt: skip
    return found
