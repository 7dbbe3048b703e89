"""The daily fund report that goes to a person who leaves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import Matter, Waiting, register_matter
from moa.control.mail import address_fits
from moa.control.models import Person
from moa.control.right_holders import holders_of_anywhere
from moa.reports.models import DailyMailing
from moa.reports.permissions import VIEW_POSITION


def _ask(ctx: Context, person_id: int) -> Waiting:
    """It needs somebody else only when nobody else gets it; the mail to the leaver ends in any case."""
    mine = DailyMailing.objects.filter(person_id=person_id).count()
    others = DailyMailing.objects.exclude(person_id=person_id).filter(person__left_on=None)
    if not mine or others.exists():
        return Waiting(0)
    able = holders_of_anywhere(ctx, VIEW_POSITION) - {person_id}
    addresses = Person.objects.filter(id__in=able).values_list("id", "email")
    return Waiting(
        mine, frozenset(one for one, email in addresses if address_fits(email)), url="/reports/daily"
    )


def _hand_over(ctx: Context, person_id: int, heir_id: int) -> int:
    count = DailyMailing.objects.filter(person_id=person_id).update(person_id=heir_id)
    if count:
        record(ctx, "reports.mailing.set", "person", heir_id, after={"from": person_id})
    return count


register_matter(
    Matter(
        "daily_mailing", gettext_lazy("The daily fund report goes by mail to this person alone"),
        gettext_lazy("It goes to another person"), _ask, hand_over=_hand_over,
    )
)  # fmt: skip
