"""Who holds a right in a place: for telling those who may know, and nobody else."""

from __future__ import annotations

from django.db import connection

from moa.control.context import Context

# A unit stands below itself. Without a unit only a role in the whole group counts.
_HOLDERS = """
with recursive above as (
    select id, parent_id from control_unit where id = %(unit)s
    union
    select u.id, u.parent_id from control_unit u join above on u.id = above.parent_id
)
select distinct a.person_id
  from control_assignment a
  join control_role r on r.id = a.role_id and r.group_id = a.group_id
  join control_person p on p.id = a.person_id and p.group_id = a.group_id
 where p.kind = 'person' and (p.left_on is null or p.left_on > %(day)s)
   and a.valid_from <= %(day)s and (a.valid_until is null or a.valid_until > %(day)s)
   and r.permissions @> to_jsonb(%(right)s::text)
   and (%(anywhere)s or a.unit_id is null or a.unit_id in (select id from above))
"""


def holders_of(ctx: Context, permission: str, unit_id: int | None = None) -> set[int]:
    """The persons who hold `permission` in the unit on the Context's day; without a unit, in the whole group."""
    return _holders(ctx, permission, unit_id)


def holders_of_anywhere(ctx: Context, permission: str) -> set[int]:
    """The persons who hold `permission` in the group or in any unit on the Context's day."""
    return _holders(ctx, permission, None, anywhere=True)


def _holders(ctx: Context, permission: str, unit_id: int | None, *, anywhere: bool = False) -> set[int]:
    asked = {"unit": unit_id, "day": ctx.today, "right": permission, "anywhere": anywhere}
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, asked)
        return {int(person) for (person,) in cursor.fetchall()}
