"""Who may decide on what on a day: rights, grades, limits of roles, and deputies of absent persons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from moa.control.context import Context
from moa.control.models import ApprovalGrade, Delegation, PersonGrade, Unit
from moa.control.queries import the_group_of

DECIDE = "control.approvals.decide"
ToBase = Callable[[Context, int, str, str], int | None]
_to_base: list[ToBase] = []


def provide_conversion(convert: ToBase) -> None:
    """Who converts minor units of one currency into another by the group's rates; from `entry/wiring.py`."""
    _to_base[:] = [convert]


@dataclass(frozen=True, slots=True)
class Approver:
    """A person who may decide in a unit. Shape: `rank` 0 without a grade; `limit_minor` None: without limit, else in
    the group's base currency."""

    person_id: int
    rank: int
    limit_minor: int | None

    def reaches(self, rank: int, base_minor: int | None) -> bool:
        """Whether grade and limit suffice; `base_minor` None: not one amount, so no limit speaks of it."""
        return self.rank >= rank and self.within(base_minor)

    def within(self, base_minor: int | None) -> bool:
        return self.limit_minor is None or base_minor is None or base_minor <= self.limit_minor


_HELD = """
select a.person_id, a.unit_id, a.limit_minor
  from control_assignment a
  join control_role r on r.id = a.role_id and r.group_id = a.group_id
  join control_person p on p.id = a.person_id and p.group_id = a.group_id
 where r.permissions ? %(right)s and a.valid_from <= %(day)s and (a.valid_until is null or a.valid_until > %(day)s)
   and p.kind = 'person' and (p.left_on is null or p.left_on > %(day)s)
"""


def list_approvers(ctx: Context, unit_id: int | None) -> dict[int, Approver]:
    """All persons who hold the right to decide in the unit today, by number."""
    limits = limits_in(held_to_decide(ctx), unit_id, set(path_of(unit_id)))
    ranks = ranks_of(ctx, limits)
    return {person: Approver(person, ranks.get(person, 0), limit) for person, limit in limits.items()}


def held_to_decide(ctx: Context) -> list[tuple[int, int | None, int | None]]:
    """Who holds the right to decide today. Shape: person, unit (None: everywhere), limit."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"right": DECIDE, "day": ctx.today})
        return cursor.fetchall()


def limits_in(
    rows: Iterable[tuple[int, int | None, int | None]], unit_id: int | None, above: Collection[int]
) -> dict[int, int | None]:
    """Of those, who may decide in the unit, and up to what: of several limits the highest counts. Shape: `above` the unit and
    those above it."""
    limits: dict[int, int | None] = {}
    for person, unit, limit in rows:
        if unit is not None and unit_id is not None and unit not in above:
            continue
        held = limits.get(person, 0)
        limits[person] = (
            None if limit is None or (person in limits and held is None) else max(held or 0, limit)
        )
    return limits


def ranks_of(ctx: Context, persons: Iterable[int]) -> dict[int, int]:
    """The rank of each person's grade today; who has none is not in it."""
    newest = (
        PersonGrade.objects.filter(person_id__in=list(persons), valid_from__lte=ctx.today)
        .order_by("person_id", "-valid_from", "-id")
        .distinct("person_id")
        .values_list("person_id", "grade_id")
    )
    ranks = dict(ApprovalGrade.objects.values_list("id", "rank"))
    return {person: ranks[grade] for person, grade in newest if grade is not None}


def path_of(unit_id: int | None) -> list[int]:
    """The unit and those above it, nearest first."""
    if unit_id is None:
        return []
    parents = dict(Unit.objects.values_list("id", "parent_id"))
    path: list[int] = []
    here: int | None = unit_id
    while here is not None and here not in path:
        path.append(here)
        here = parents.get(here)
    return path


class AmountUnknown(Exception):
    """No rate says how much it is in the base currency."""


def in_base(ctx: Context, amount_minor: int | None, currency: str) -> int | None:
    """The size of the amount in the group's base currency; None where there is no amount. Raises: AmountUnknown."""
    if amount_minor is None:
        return None
    base = the_group_of(ctx).base_currency
    if currency in ("", base):
        return abs(amount_minor)
    found = _to_base[0](ctx, abs(amount_minor), currency, base) if _to_base else None
    if found is None:
        raise AmountUnknown(currency)
    return found


def principals_of(ctx: Context, deputy_id: int) -> list[int]:
    """For whom the person may decide today, because they are away."""
    current = Delegation.objects.filter(
        Q(ended_on=None) | Q(ended_on__gt=ctx.today),
        deputy_id=deputy_id, valid_from__lte=ctx.today, valid_until__gt=ctx.today,
    )  # fmt: skip
    return sorted(set(current.values_list("principal_id", flat=True)))
