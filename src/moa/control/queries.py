"""Reads of control: contexts for actors, the group, units and persons."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q
from django.utils.translation import get_language

from moa.control.access import permitted_units
from moa.control.context import Actor, Channel, Context, Names, new_request_id
from moa.control.driver import driver_cursor
from moa.control.models import Group, Identity, Person, Unit, UnitPlace
from moa.control.permissions import STANDARD_ROLES
from moa.kernel.errors import DomainError, NotFound


class GroupUnclear(DomainError):
    """There is no group, or there are several and none was named."""

    code = "group_unclear"


@dataclass(frozen=True, slots=True)
class GroupKeyRow:
    id: int
    code: str


def list_groups() -> list[GroupKeyRow]:
    """All groups by id and code, through a function of the owner role; for jobs and the command line."""
    with connection.cursor() as cursor:
        cursor.execute("select id, code from moa_groups() order by id")
        return [GroupKeyRow(*row) for row in cursor.fetchall()]


def the_group(code: str = "") -> GroupKeyRow:
    """The group named `code`, or the only one. Raises: group_unclear."""
    groups = [group for group in list_groups() if not code or group.code == code]
    if len(groups) != 1:
        raise GroupUnclear(asked=code, found=len(groups))
    return groups[0]


def context_for(
    group_id: int, person_id: int, *, at: datetime, channel: Channel, request_id: str = "",
    scopes: frozenset[str] | None = None,
) -> Context:  # fmt: skip
    """The Context of a person in a group at a moment. Raises: not_found when the person is absent or has left."""
    opening = _opening(group_id, person_id, at, channel, request_id)
    with opening.open():
        group, person = _who_and_where(group_id, person_id)
    return _made(opening, group, person, scopes)


@contextmanager
def opened_for(group_id: int, person_id: int, *, at: datetime, channel: Channel) -> Iterator[Context]:
    """The Context of a person, open: who acts, where, and the rights are asked by one statement in the one transaction.

    Raises: not_found when the person is absent or has left.
    """
    opening = _opening(group_id, person_id, at, channel)
    found: list[Any] = []

    def enter(names: Names) -> None:
        with driver_cursor() as cursor:
            found.append(cursor.execute(_ENTER_AS, names).fetchone())

    with opening.open(entering=enter):
        if found[0] is None:
            raise NotFound(person=person_id)
        *columns, held = found[0]
        ctx = _made(opening, *_group_and_person(columns))
        day = ctx.today.isoformat()
        ctx.memo["held"] = [
            row[:3] for row in held or [] if row[3] <= day and (row[4] is None or row[4] > day)
        ]
        try:
            yield ctx
        finally:
            ctx.memo.pop("held", None)


def _opening(group_id: int, person_id: int, at: datetime, channel: Channel, request_id: str = "") -> Context:
    """Who asks, before it is known who that is."""
    return Context(
        actor=Actor(person_id, ""), group_id=group_id, at=at, today=at.date(),
        request_id=request_id or new_request_id(), channel=channel,
    )  # fmt: skip


def _made(opening: Context, group: Group, person: Person, scopes: frozenset[str] | None = None) -> Context:
    """Raises: not_found when the person has left."""
    today = opening.at.astimezone(ZoneInfo(group.time_zone)).date()
    if person.left_on is not None and person.left_on <= today:
        raise NotFound(person=person.id)
    return Context(
        actor=Actor(person.id, person.name, person.kind), group_id=opening.group_id, at=opening.at, today=today,
        request_id=opening.request_id, channel=opening.channel, language=person.language, scopes=scopes,
        memo={"group": group, "person": person},
    )  # fmt: skip


# Asked before every page and call, so it is a prepared statement. The columns are those of the models, in their order.
_GROUP, _PERSON = ([str(field.column) for field in model._meta.concrete_fields] for model in (Group, Person))
_WHO_AND_WHERE = "select {}, {} from control_group g, control_person p where g.id = %(group)s and p.id = %(person)s".format(
    ", ".join(f"g.{column}" for column in _GROUP), ", ".join(f"p.{column}" for column in _PERSON)
)


# The inner questions name what the first sets, so they are asked when the group's rows can be seen.
_ENTER_AS = """
select {}, {}, h.held from (
    select set_config('moa.group_id', %s, true) as group_id, set_config('moa.person_id', %s, true) as person_id,
           set_config('moa.request_id', %s, true) as request_id offset 0) own
 cross join lateral (select * from control_group where id = own.group_id::bigint offset 0) g
 cross join lateral (select * from control_person where id = own.person_id::bigint and group_id = own.group_id::bigint offset 0) p
 cross join lateral (
    select json_agg(json_build_array(a.unit_id, r.code, r.permissions, a.valid_from, a.valid_until)) as held
      from control_assignment a join control_role r on r.id = a.role_id and r.group_id = a.group_id
     where a.group_id = own.group_id::bigint and a.person_id = own.person_id::bigint) h
""".format(", ".join(f"g.{column}" for column in _GROUP), ", ".join(f"p.{column}" for column in _PERSON))


def _who_and_where(group_id: int, person_id: int) -> tuple[Group, Person]:
    """Raises: not_found."""
    with driver_cursor() as cursor:
        row = cursor.execute(_WHO_AND_WHERE, {"group": group_id, "person": person_id}).fetchone()
    if row is None:
        raise NotFound(person=person_id)
    return _group_and_person(row)


def _group_and_person(row: Sequence[Any]) -> tuple[Group, Person]:
    width = len(_GROUP)
    group = Group.from_db(DEFAULT_DB_ALIAS, _GROUP, row[:width])
    # Django leaves documents as text to its own fields.
    group.names = json.loads(group.names)
    return group, Person.from_db(DEFAULT_DB_ALIAS, _PERSON, row[width:])


def machine_context(group_id: int, *, at: datetime, channel: Channel, request_id: str = "") -> Context:
    """The Context of the group's machine user, for periodic jobs and for loading the demo."""
    opening = Context(Actor(0, ""), group_id, at, at.date(), request_id or new_request_id(), channel)
    with opening.open():
        machine = Person.objects.filter(kind=Person.MACHINE).order_by("id").first()
    if machine is None:
        raise NotFound(person="machine")
    return context_for(group_id, machine.id, at=at, channel=channel, request_id=opening.request_id)


def context_for_login(login: str, *, at: datetime, channel: Channel, group_code: str = "") -> Context:
    """The Context of a command run `--as` a login. Raises: not_found."""
    identity = Identity.objects.filter(login=login.strip().lower(), is_active=True).first()
    if identity is None or (group_code and the_group(group_code).id != identity.group_id):
        raise NotFound(login=login)
    return context_for(identity.group_id, identity.person_id, at=at, channel=channel)


def context_for_os_user(os_user: str, *, at: datetime, channel: Channel, group_code: str = "") -> Context:
    """The Context of a command run by an operating-system user. Raises: group_unclear, not_found."""
    group = the_group(group_code)
    found = Identity.objects.filter(os_user=os_user, group_id=group.id, is_active=True).order_by("id").first()
    if found is None:
        raise NotFound(os_user=os_user)
    return context_for(group.id, found.person_id, at=at, channel=channel)


def the_group_of(ctx: Context) -> Group:
    """The group that `ctx` acts in, read once per Context."""
    if "group" not in ctx.memo:
        ctx.memo["group"] = Group.objects.get(id=ctx.group_id)
    return ctx.memo["group"]


def group_zone(ctx: Context) -> ZoneInfo:
    """The time zone that the group's days and hours are counted in."""
    return ZoneInfo(the_group_of(ctx).time_zone)


def list_units(ctx: Context, *, on: date | None = None, permission: str = "") -> list[Unit]:
    """Units that exist on a day and that the actor may see under `permission`, parents before children."""
    day = on or ctx.today
    units = Unit.objects.filter(_exists_on(day))
    allowed = permitted_units(ctx, permission) if permission else None
    if allowed is not None:
        units = units.filter(id__in=allowed)
    return list(units.order_by("kind", "code"))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stood on a day: its parent, and the company that it belonged to (None for a company)."""

    parent_id: int | None
    company_id: int | None


def tree_on(ctx: Context, day: date) -> dict[int, Standing]:
    """Where every unit that existed on `day` stood then; moves of later days are not seen."""
    units = {row.id: row for row in Unit.objects.filter(_exists_on(day))}
    places = UnitPlace.objects.filter(valid_from__lte=day).order_by("unit_id", "-valid_from", "-id")
    parents = dict(places.distinct("unit_id").values_list("unit_id", "parent_id"))
    return {unit_id: Standing(parents[unit_id], _company_on(unit_id, units, parents)) for unit_id in units}


def _company_on(unit_id: int, units: dict[int, Unit], parents: Mapping[int, int | None]) -> int | None:
    if units[unit_id].kind == Unit.COMPANY:
        return None
    above = parents[unit_id]
    while above is not None and above in units:
        if units[above].kind == Unit.COMPANY:
            return above
        above = parents[above]
    return None


def _exists_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))


def company_under(kind: str, parent: Unit | None) -> int | None:
    """The company of a unit of `kind` under `parent`; a company has none above it."""
    if kind == Unit.COMPANY or parent is None:
        return None
    return parent.id if parent.kind == Unit.COMPANY else parent.company_id


def lock_units(ctx: Context) -> dict[int, Unit]:
    """All units of the group, the tree locked against other changes until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('control.units', %s))", [ctx.group_id])
    return {unit.id: unit for unit in Unit.objects.order_by("id")}


def access_unit(ctx: Context, unit_id: int, permission: str) -> Unit:
    """The unit, if it is there and the actor has `permission` in it. Raises: not_found."""
    allowed = permitted_units(ctx, permission)
    unit = Unit.objects.filter(id=unit_id).first()
    if unit is None or (allowed is not None and unit.id not in allowed):
        raise NotFound(unit=unit_id)
    return unit


def unit_by_code(ctx: Context, code: str) -> Unit:
    """The unit that a command names. Raises: not_found."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise NotFound(unit=code)
    return unit


def person_names(ctx: Context, ids: set[int]) -> dict[int, str]:
    return dict(Person.objects.filter(id__in=ids).values_list("id", "name"))


def unit_names(ctx: Context, ids: set[int]) -> dict[int, str]:
    """Names of units in the actor's language."""
    return {one.id: one.names.get(ctx.language) or one.name for one in Unit.objects.filter(id__in=ids)}


def demo_logins() -> list[dict[str, str]]:
    """Logins of demo persons with role and name, for the sign-in page while a demo group exists."""
    with connection.cursor() as cursor:
        cursor.execute("select login, role, name from moa_demo_logins() order by place")
        return [
            {"username": login, "role": _roles_called(role), "name": name}
            for login, role, name in cursor.fetchall()
        ]


def _roles_called(codes: str) -> str:
    """Standard roles in the page's language."""
    language = (get_language() or "ko").lower()
    called = ((code, STANDARD_ROLES.get(code)) for code in codes.split(","))
    return ", ".join(code if role is None else role.names.get(language, role.name) for code, role in called)
