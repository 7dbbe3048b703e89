"""At every moment somebody can administer persons: the last one who can neither leaves nor loses the right."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Q

from moa.control.access import require_below
from moa.control.context import Context
from moa.control.models import Assignment, Identity, Person
from moa.kernel.errors import DomainError, Forbidden

ADMINISTER = "control.users.change"


class LastAdministrator(DomainError):
    """Nobody else could administer persons from that day on; facts: `day`."""

    code = "last_administrator"


def lock_roles(ctx: Context) -> None:
    """Changes of roles and of who holds them come one after the other in a group, until the transaction ends.

    Two administrators who retire each other at once would otherwise each see the other one stay.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('control.roles', %s))", [ctx.group_id])


def access_roles(ctx: Context) -> None:
    """The right to change who may do what, as it stands once all others have finished. Raises: forbidden."""
    lock_roles(ctx)
    # The page looked the rights up before it waited; another administrator may have taken them meanwhile.
    ctx.memo.pop("rights", None)
    require_below(ctx, ADMINISTER, None)
    if Person.objects.filter(id=ctx.actor.person_id, left_on__lte=ctx.today).exists():
        raise Forbidden(permission=ADMINISTER)


def administrators_on(ctx: Context, day: date) -> set[int]:
    """Persons who can administer the whole group from `day` on without an end: with a login, not leaving."""
    held = Assignment.objects.filter(
        Q(role__permissions__contains=[ADMINISTER]), unit=None, valid_until=None, valid_from__lte=day
    )
    persons = set(held.values_list("person_id", flat=True))
    staying = Person.objects.filter(id__in=persons, kind=Person.PERSON, left_on=None)
    # Logins stand under no policy: the group is asked for by name.
    active = Identity.objects.filter(group_id=ctx.group_id, is_active=True)
    return set(staying.values_list("id", flat=True)) & set(active.values_list("person_id", flat=True))


def check_administrator_stays(ctx: Context, day: date) -> None:
    """Called under `lock_roles` after the change. Raises: last_administrator."""
    if not administrators_on(ctx, day):
        raise LastAdministrator(day=day.isoformat())
