"""Choose to whom the daily fund report is mailed, and when; and end it."""

from __future__ import annotations

from datetime import time

from moa.control.access import require_below
from moa.control.audit import record
from moa.control.context import Context
from moa.control.mail import address_fits
from moa.control.models import Person
from moa.control.right_holders import holders_of_anywhere
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.seen import check_seen
from moa.reports.models import FORMS, DailyMailing
from moa.reports.permissions import CHANGE_MAILINGS, VIEW_POSITION


class MailingNotPossible(DomainError):
    """The person has no mail address, has left, or may not see the position; facts: `person`."""

    code = "mailing_not_possible"


def mailing_shown(mailing: DailyMailing | None) -> dict[str, str]:
    """What the page shows of a person's mailing; without one nothing stands there."""
    return {"at": f"{mailing.at:%H:%M}", "form": mailing.form} if mailing else {"at": "", "form": ""}


def set_daily_mailing(ctx: Context, *, person_id: int, at: time, form: str, seen: str = "") -> DailyMailing:
    """From the next business day's hour on. Raises: forbidden, not_found, changed_meanwhile, mailing_not_possible."""
    require_below(ctx, CHANGE_MAILINGS, None)
    # The person, for there may be no mailing to hold yet.
    person = Person.objects.select_for_update().filter(id=person_id, kind=Person.PERSON).first()
    if person is None:
        raise NotFound(person=person_id)
    check_seen(seen, mailing_shown(DailyMailing.objects.filter(person_id=person.id).first()))
    able = address_fits(person.email) and person.id in holders_of_anywhere(ctx, VIEW_POSITION)
    if not able or form not in FORMS:
        raise MailingNotPossible(person=person.name)
    mailing, made = DailyMailing.objects.update_or_create(
        group_id=ctx.group_id, person_id=person.id, defaults={"at": at, "form": form}
    )
    facts = {"person": person.id, "at": f"{at:%H:%M}", "form": form}
    record(ctx, "reports.mailing.set", "person", person.id, after=facts | {"new": made})
    return mailing


def end_daily_mailing(ctx: Context, *, person_id: int, seen: str = "") -> None:
    """Raises: forbidden, not_found, changed_meanwhile."""
    require_below(ctx, CHANGE_MAILINGS, None)
    mailing = DailyMailing.objects.select_for_update().filter(person_id=person_id).first()
    if mailing is None:
        raise NotFound(person=person_id)
    check_seen(seen, mailing_shown(mailing))
    mailing.delete()
    record(ctx, "reports.mailing.ended", "person", person_id)
