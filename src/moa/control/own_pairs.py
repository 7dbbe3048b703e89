"""The pairs of rights that a group keeps apart in addition to the built-in ones."""

from __future__ import annotations

from django.db.models import QuerySet

from moa.control.models import RightsPair
from moa.control.permissions import INCOMPATIBLE


def refused_pairs(*, of_machine: bool = False) -> list[tuple[str, str]]:
    """Every pair that no person may hold, the group's own last; the Context is open.

    Shape: `of_machine` those that the machine user may not hold either: the built-in ones.
    """
    return [*INCOMPATIBLE, *(() if of_machine else own_pairs().values_list("one", "other"))]


def own_pairs() -> QuerySet[RightsPair]:
    """The group's own that are in force, oldest first."""
    return RightsPair.objects.filter(ended_on=None).order_by("id")
