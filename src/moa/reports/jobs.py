"""Jobs of reports: the daily fund report goes out at its hour."""

from __future__ import annotations

import logging
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from moa.control.context import Context
from moa.control.jobs import job
from moa.control.mail import Attachment, address_fits, send
from moa.control.models import Person
from moa.control.notices import tell
from moa.control.queries import context_for, group_zone, the_group_of
from moa.directory.queries import calendar_for
from moa.formats.spreadsheets.writing.workbook import CONTENT_TYPE
from moa.kernel.errors import Forbidden, NotFound
from moa.reports.daily import daily_report, last_report_day
from moa.reports.daily_words import notes, report_pdf
from moa.reports.daily_workbook import report_workbook
from moa.reports.models import DailyMailing
from moa.reports.notices import MAILING_STOPPED

logger = logging.getLogger("moa.jobs")


@job("reports.mail_daily", frequent=True)
def mail_daily(ctx: Context) -> None:
    """On business days of the group's calendar, the report of the last one to each whose hour has come.

    One transaction a person, with the row locked: two runs send one mail, and one fault stops one report: the others go
    out, and then the job fails with the first of the faults.
    """
    with ctx.open():
        local = ctx.at.astimezone(group_zone(ctx))
        if not calendar_for(ctx, the_group_of(ctx).country).is_business_day(ctx.today):
            return
        due = DailyMailing.objects.filter(at__lte=local.time()).exclude(last_on=ctx.today)
        waiting = list(due.order_by("id").values_list("id", flat=True))
    faults = []
    for mailing_id in waiting:
        try:
            _mail_once(ctx, mailing_id)
        except Exception as fault:
            logger.exception("the daily report was not mailed", extra={"facts": {"mailing": mailing_id}})
            faults.append(fault)
    if faults:
        raise faults[0]


def _mail_once(ctx: Context, mailing_id: int) -> None:
    """The report is made of one moment, before the row is locked: in the transaction that sends, such a moment would be refused its lock."""
    with ctx.open(steady=True):
        mailing = DailyMailing.objects.filter(id=mailing_id).first()
        if mailing is None or mailing.last_on == ctx.today:
            return
        letter = _letter(ctx, mailing)
    with ctx.open():
        mailing = DailyMailing.objects.select_for_update().filter(id=mailing_id).first()
        if mailing is None or mailing.last_on == ctx.today:
            return
        if letter is None:
            _tell_of_end(ctx, mailing)
        else:
            with override(letter.language):
                send(letter.reader, letter.address, letter.subject, letter.text, letter.files)
        mailing.last_on = ctx.today
        mailing.save(update_fields=["last_on"])


class _Letter(NamedTuple):
    reader: Context
    language: str
    address: str
    subject: str
    text: str
    files: list[Attachment]


def _letter(ctx: Context, mailing: DailyMailing) -> _Letter | None:
    """The report as the person may see it, in her language; None for who cannot be mailed."""
    person = Person.objects.get(id=mailing.person_id)
    day = last_report_day(ctx)
    if not address_fits(person.email):
        return None
    try:
        reader = context_for(ctx.group_id, person.id, at=ctx.at, channel="job", request_id=ctx.request_id)
        report = daily_report(reader, day=day, most=0)
    except (Forbidden, NotFound):
        return None
    with override(person.language):
        files = []
        if mailing.form in {"pdf", "both"}:
            files.append(Attachment(f"daily-{day}.pdf", report_pdf(reader, day=day), "application/pdf"))
        if mailing.form in {"xlsx", "both"}:
            made = b"".join(report_workbook(reader, day=day))
            files.append(Attachment(f"daily-{day}.xlsx", made, CONTENT_TYPE))
        said = notes(report, group_zone(ctx)) or [
            _("Every account has its statement, and every row adds up.")
        ]
        if settings.PUBLIC_URL:
            said.append(f"{settings.PUBLIC_URL}/reports/daily?date={day}")
        subject = f"[Moa] {_('Daily fund report')} {day}"
    text = "\n".join([*said, "", "-- ", "Moa", ""])
    return _Letter(reader, person.language, person.email, subject, text, files)


def _tell_of_end(ctx: Context, mailing: DailyMailing) -> None:
    person, day = Person.objects.get(id=mailing.person_id), last_report_day(ctx)
    tell(ctx, MAILING_STOPPED, key=f"{person.id}:{day}", facts={"day_on": str(day), "person": person.name},
         link="/reports/daily")  # fmt: skip
