"""The job that sends one mail, what follows a fault, and the sweep that loses none.

Whoever sends holds the mail's row, so two workers with the same job send it once. A fault is tried again after
longer and longer waits for about two days; then the mail is failed, and the administrators are told.
"""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings

from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import DocumentNotKept, open_document
from moa.control.jobs import enqueue, job
from moa.control.mail import SEND_JOB
from moa.control.mail_html import html_of
from moa.control.mail_transport import (
    MailRefusedForGood,
    MailServerUnclear,
    answer_of,
    hand_to_folder,
    hand_to_server,
    server_of,
)
from moa.control.models import Mail
from moa.control.notices import tell
from moa.control.queries import the_group_of

# Seconds to wait after each failed try.
WAITS = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
# A mail that is this much over its time has lost its job.
FORGOTTEN_AFTER = timedelta(minutes=10)


@job(SEND_JOB)
def send_mail(ctx: Context, mail_id: int) -> None:
    """Send the mail if it still waits; note a fault and when to try again."""
    with ctx.open():
        mail = Mail.objects.select_for_update().filter(id=mail_id, state="queued").first()
        if mail is None or mail.next_at > ctx.at:
            return
        try:
            message = compose(ctx, mail)
            _hand_over(ctx, message)
        except (MailRefusedForGood, DocumentNotKept) as refusal:
            _fail(ctx, mail, refusal)
        except (OSError, smtplib.SMTPException, MailServerUnclear) as fault:
            _wait(ctx, mail, fault)
        else:
            _sent(ctx, mail)


def compose(ctx: Context, mail: Mail) -> EmailMessage:
    """The mail as it goes out; the same at every try."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.MAIL_FROM
    message["To"] = mail.to_address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.made_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(html_of(mail.text, mail.language), subtype="html")
    for kept in mail.attachments:
        kind, _, subtype = kept["media_type"].partition("/")
        with open_document(ctx, kept["document"]) as file:
            message.add_attachment(file.read(), maintype=kind, subtype=subtype, filename=kept["name"])
    return message


def _hand_over(ctx: Context, message: EmailMessage) -> None:
    """A demo's mails never leave the machine: its persons have no mailboxes."""
    if settings.SMTP_URL and not the_group_of(ctx).is_demo:
        hand_to_server(server_of(settings.SMTP_URL), message)
    else:
        hand_to_folder(Path(settings.STATE_DIR) / "mail", message)


def _sent(ctx: Context, mail: Mail) -> None:
    mail.state, mail.sent_at, mail.attempts = "sent", ctx.at, mail.attempts + 1
    mail.text, mail.fault, mail.problem = "", "", ""
    mail.save()
    record(ctx, "control.mail.sent", "mail", mail.id, after={"tries": mail.attempts})


def _wait(ctx: Context, mail: Mail, fault: Exception) -> None:
    if mail.attempts >= len(WAITS):
        _fail(ctx, mail, fault)
        return
    seconds = WAITS[mail.attempts]
    mail.attempts += 1
    _note(mail, fault)
    mail.next_at = datetime.now(UTC) + timedelta(seconds=seconds)
    mail.save()
    enqueue(ctx, SEND_JOB, after_seconds=seconds + 1, mail_id=mail.id)


def _note(mail: Mail, fault: Exception) -> None:
    code, words = ("mail_attachment_gone", "") if isinstance(fault, DocumentNotKept) else answer_of(fault)
    mail.fault, mail.problem = code, words[:300]


def _fail(ctx: Context, mail: Mail, fault: Exception) -> None:
    mail.state, mail.attempts = "failed", mail.attempts + 1
    _note(mail, fault)
    mail.save()
    record(
        ctx,
        "control.mail.failed",
        "mail",
        mail.id,
        after={"tries": mail.attempts, "problem": mail.problem or mail.fault},
    )
    tell(
        ctx, "control.mail_failed", key=str(mail.id), link="/notices/mails",
        facts={"address": mail.to_address, "subject": mail.subject},
    )  # fmt: skip


def try_again(ctx: Context, mail: Mail) -> None:
    """Put a failed mail back in the queue; whoever calls has checked the right."""
    Mail.objects.filter(id=mail.id, state="failed").update(state="queued", attempts=0, next_at=ctx.at)
    record(ctx, "control.mail.asked_again", "mail", mail.id)
    enqueue(ctx, SEND_JOB, mail_id=mail.id)


@job("control.resume_mails", frequent=True)
def resume_mails(ctx: Context) -> None:
    """File a job again for every mail that is over its time: its own job was lost with a fault of the database."""
    with ctx.open():
        waiting = Mail.objects.filter(state="queued", next_at__lt=ctx.at - FORGOTTEN_AFTER)
        for mail_id in waiting.order_by("id").values_list("id", flat=True)[:1000]:
            enqueue(ctx, SEND_JOB, mail_id=mail_id)
