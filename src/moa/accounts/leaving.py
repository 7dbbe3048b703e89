"""Watches of a person who leaves: those that nobody else has go to another, the rest end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext

from moa.accounts.models import Watch
from moa.accounts.permissions import VIEW, WATCH_OTHERS
from moa.control.access import may
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import Matter, Waiting, register_matter
from moa.control.models import Person
from moa.control.right_holders import holders_of, holders_of_anywhere

# What two watches have alike that tell of the same.
ALIKE = (
    "kind", "account_id", "unit_id", "bank_key", "currency", "amount_minor", "factor", "from_time", "until_time",
)  # fmt: skip


def _alone(person_id: int) -> tuple[list[Watch], int]:
    """The watches that only this person has, and how many of the person's others have too."""
    mine = list(Watch.objects.filter(person_id=person_id).select_related("account").order_by("id"))
    staying = Person.objects.filter(left_on=None).values("id")
    others = set(Watch.objects.filter(person_id__in=staying).exclude(person_id=person_id).values_list(*ALIKE))
    alone = [one for one in mine if tuple(getattr(one, name) for name in ALIKE) not in others]
    return alone, len(mine) - len(alone)


def _ask(ctx: Context, person_id: int) -> Waiting:
    alone, shared = _alone(person_id)
    heirs = frozenset(holders_of_anywhere(ctx, VIEW))
    for unit in {one.account.unit_id if one.account else one.unit_id for one in alone}:
        if unit is not None:
            heirs &= frozenset(holders_of(ctx, VIEW, unit))
    goes = (
        ngettext("%(num)s more ends: others have the same", "%(num)s more end: others have the same", shared)
        % {"num": shared},
    )
    url = "/settings/watches" if may(ctx, WATCH_OTHERS) else ""
    return Waiting(len(alone), heirs - {person_id}, url=url, goes=goes if shared else ())


def _hand_over(ctx: Context, person_id: int, heir_id: int) -> int:
    alone, _shared = _alone(person_id)
    for old in alone:
        new = Watch.objects.create(
            group_id=ctx.group_id, person_id=heir_id, maker_id=ctx.actor.person_id, made_at=ctx.at,
            **{name: getattr(old, name) for name in ALIKE},
        )  # fmt: skip
        facts = {"watch": new.id, "kind": new.kind, "from": person_id}
        record(ctx, "accounts.watch.set", "person", heir_id, after=facts)
    # Those that others have too are told to them anyway.
    Watch.objects.filter(person_id=person_id).delete()
    return len(alone)


register_matter(
    Matter(
        "watches", gettext_lazy("Notices that only this person gets"),
        gettext_lazy("Another person is told"), _ask, hand_over=_hand_over,
    )
)  # fmt: skip
