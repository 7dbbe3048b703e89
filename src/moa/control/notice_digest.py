"""The morning mail with what was told since the last one, for those who want it once a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from moa.control.context import Context
from moa.control.jobs import job
from moa.control.mail import address_fits, send
from moa.control.models import Notice, Person
from moa.control.notice_kinds import sentence_of
from moa.control.notices import mail_text
from moa.control.queries import group_zone

DIGEST_AT = time(8, 0)


def digest_due(at: datetime, zone: ZoneInfo) -> datetime | None:
    """The digest moment of this day in the group's zone, when it has come. Shape: `at` aware."""
    local = at.astimezone(zone)
    return None if local.time() < DIGEST_AT else local.replace(hour=8, minute=0, second=0, microsecond=0)


@job("control.mail_digests", frequent=True)
def mail_digests(ctx: Context) -> None:
    """One mail to each person who has notices from before this morning's moment.

    The rows are locked and marked in the transaction that files the mail: two runs send one mail.
    """
    with ctx.open():
        due = digest_due(ctx.at, group_zone(ctx))
        if due is None:
            return
        waiting: dict[int, list[Notice]] = defaultdict(list)
        for notice in (
            Notice.objects.select_for_update().filter(mail="digest", made_at__lt=due).order_by("id")
        ):
            waiting[notice.person_id].append(notice)
        people = {person.id: person for person in Person.objects.filter(id__in=waiting)}
        for person_id, notices in waiting.items():
            _mail(ctx, people[person_id], notices)
        sent = [notice.id for notices in waiting.values() for notice in notices]
        Notice.objects.filter(id__in=sent).update(mail="sent")


def _mail(ctx: Context, person: Person, notices: list[Notice]) -> None:
    if not address_fits(person.email) or (person.left_on is not None and person.left_on <= ctx.today):
        return
    with override(person.language):
        told = [
            (sentence_of(one.kind, one.facts, language=person.language, zone=group_zone(ctx)), one.link)
            for one in notices
        ]
        send(ctx, person.email, f"[Moa] {_('Notices of the day')} {ctx.today}", mail_text(told))
