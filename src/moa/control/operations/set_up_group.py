"""Make a group with its machine user and standard roles: the first step of an empty system and of the demo."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Group, Person
from moa.control.operations.sync_roles import sync_roles
from moa.control.queries import machine_context
from moa.kernel.errors import DomainError
from moa.kernel.money import minor_digits


class GroupExists(DomainError):
    code = "group_exists"


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
    """Return a Context of the new group's machine user. Raises: group_exists, currency_unknown."""
    minor_digits(new.base_currency)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select id from moa_groups() where code = %s", [new.code])
            if cursor.fetchone():
                raise GroupExists(group=new.code)
            cursor.execute("select nextval(pg_get_serial_sequence('control_group', 'id'))")
            group_id = int(cursor.fetchone()[0])
            cursor.execute("select set_config('moa.group_id', %s, true)", [str(group_id)])
        Group.objects.create(
            id=group_id, code=new.code, name=new.name, names=new.names, base_currency=new.base_currency,
            time_zone=new.time_zone, country=new.country, is_demo=new.is_demo, created_at=at,
        )  # fmt: skip
        Person.objects.create(group_id=group_id, kind=Person.MACHINE, name="Moa", language="ko")
        ctx = machine_context(group_id, at=at, channel="command")
        with ctx.open():
            sync_roles(ctx)
            record(ctx, "control.group.set_up", "group", group_id, after={"code": new.code, "name": new.name})
    return ctx
