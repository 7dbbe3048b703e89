"""Suspense items that a person who leaves was responsible for."""

from __future__ import annotations

from functools import reduce

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from moa.control.access import may
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import Matter, Waiting, register_matter
from moa.control.right_holders import holders_of
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.models import SuspenseItem
from moa.reconciliation.permissions import ASSIGN, CONFIRM, VIEW


def _owned(person_id: int) -> QuerySet[SuspenseItem]:
    return SuspenseItem.objects.filter(owner_id=person_id, state=SuspenseState.OPEN).order_by("id")


def _ask(ctx: Context, person_id: int) -> Waiting:
    units = set(_owned(person_id).values_list("unit_id", "book__unit_id"))
    able = [
        frozenset(holders_of(ctx, ASSIGN, book) | (holders_of(ctx, CONFIRM, unit) if unit else set()))
        for unit, book in units
    ]
    heirs = reduce(frozenset.intersection, able) if able else frozenset()
    url = "/reconciliation/suspense" if may(ctx, VIEW) else ""
    return Waiting(_owned(person_id).count(), heirs - {person_id}, url=url)


def _hand_over(ctx: Context, person_id: int, heir_id: int) -> int:
    items = list(_owned(person_id).select_for_update().values_list("id", flat=True))
    SuspenseItem.objects.filter(id__in=items).update(owner_id=heir_id)
    if items:
        facts = {"from": person_id, "to": heir_id, "items": items}
        record(ctx, "reconciliation.suspense.handed_over", "person", person_id, after=facts)
    return len(items)


register_matter(
    Matter(
        "suspense", gettext_lazy("Suspense items that this person answers for"),
        gettext_lazy("Another person answers for them"), _ask, hand_over=_hand_over,
    )
)  # fmt: skip
