"""Make a group with its machine user and standard roles: the first step of an empty system and of the demo."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection, transaction

from moa.control.audit import record
from moa.control.context import Actor, Context, new_request_id
from moa.control.models import Assignment, Group, Person, Role
from moa.control.operations.sync_roles import sync_roles
from moa.control.queries import machine_context
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError
from moa.kernel.money import minor_digits


class GroupExists(DomainError):
    code = "group_exists"


class CodeUnfit(DomainError):
    """A code of a group or a unit has 1 to 32 characters and no spaces."""

    code = "code_unfit"


class TimeZoneUnknown(DomainError):
    code = "time_zone_unknown"


@dataclass(frozen=True, slots=True)
class NewGroup:
    code: str
    name: str
    base_currency: str
    names: dict[str, str] = field(default_factory=dict)
    time_zone: str = "Asia/Seoul"
    country: str = "KR"
    is_demo: bool = False


def set_up_group(new: NewGroup, *, at: datetime) -> Context:
    """Return a Context of the new group's machine user.

    Raises: group_exists, code_unfit, currency_unknown, time_zone_unknown.
    """
    if not code_fits(new.code):
        raise CodeUnfit(group=new.code)
    minor_digits(new.base_currency)
    today = at.astimezone(_zone(new.time_zone)).date()
    with transaction.atomic():
        group_id = _next_id(new.code)
        opening = Context(Actor(0, ""), group_id, at, today, new_request_id(), "command")
        with opening.open():
            Group.objects.create(
                id=group_id, code=new.code, name=new.name, names=new.names, base_currency=new.base_currency,
                time_zone=new.time_zone, country=new.country, is_demo=new.is_demo, created_at=at,
            )  # fmt: skip
            Person.objects.create(group_id=group_id, kind=Person.MACHINE, name="Moa", language="ko")
        ctx = machine_context(group_id, at=at, channel="command")
        with ctx.open():
            sync_roles(ctx)
            machine_role = Role.objects.get(code="machine")
            Assignment.objects.create(
                group_id=group_id, person_id=ctx.actor.person_id, role_id=machine_role.id, valid_from=today
            )
            record(ctx, "control.group.set_up", "group", group_id, after={"code": new.code, "name": new.name})
    return ctx


def _next_id(code: str) -> int:
    """The id of the group to be: its policy lets nobody write the row before the id is known."""
    with connection.cursor() as cursor:
        # Two set-ups at once would both find the code free.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('control.set_up_group', 0))")
        cursor.execute("select id from moa_groups() where code = %s", [code])
        if cursor.fetchone():
            raise GroupExists(group=code)
        cursor.execute("select nextval(pg_get_serial_sequence('control_group', 'id'))")
        return int(cursor.fetchone()[0])


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise TimeZoneUnknown(time_zone=name) from None
