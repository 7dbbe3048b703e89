"""Mails: filed in the transaction of the change, sent after commit by a job, tried again after faults.

    send(ctx, "kim@example.org", _("Daily fund report 2026-11-20"), text, [Attachment("report.pdf", data, "application/pdf")])

A mail is rolled back with the change that asked for it and otherwise never lost; every try carries the same
Message-ID, so that a second copy, which a fault right after handing it over can cause, is known as one.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import get_language

from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import store
from moa.control.jobs import enqueue
from moa.control.models import Mail
from moa.kernel.errors import DomainError

SEND_JOB = "control.send_mail"


class MailAddressUnfit(DomainError):
    """One address of the form name@host.domain, nothing around it."""

    code = "mail_address_unfit"


class MailSubjectUnfit(DomainError):
    """A subject is one line of at most 150 characters and holds no amount and no account number."""

    code = "mail_subject_unfit"


class MailAttachmentUnfit(DomainError):
    """An attachment has a plain file name and all of them together at most 20 MB."""

    code = "mail_attachment_unfit"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along. Shape: `media_type` as "application/pdf"."""

    name: str
    data: bytes
    media_type: str = "application/octet-stream"


SUBJECT_LIMIT = 150
ATTACHMENTS_LIMIT_BYTES = 20_000_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}(?:-\d{2})?(?!\d)")
# An amount with separators, or digits enough for an account number, hyphens and blanks between them included.
_FIGURE = re.compile(r"\d{1,3}(?:[,'’]\d{3})+|\d(?:[-\s.]?\d){4,}")
_MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def address_fits(address: str) -> bool:
    """One plain address. It stands in a header, so anything that could end a header is refused here."""
    return (
        len(address) <= 254 and _ADDRESS.fullmatch(address) is not None and parseaddr(address)[1] == address
    )


def subject_fits(subject: str) -> bool:
    """One printable line without an amount or an account number: subjects are shown on locked screens."""
    if not subject.strip() or len(subject) > SUBJECT_LIMIT or not subject.isprintable():
        return False
    return _FIGURE.search(_DAY.sub("", subject)) is None


def send(ctx: Context, to: str, subject: str, text: str, attachments: Iterable[Attachment] = ()) -> Mail:
    """File one mail to one address; a job sends it once this transaction is committed.

    The text is removed from the database when it is sent, so it may hold a link that lets somebody in. It is in the
    language that holds now.
    Raises: mail_address_unfit, mail_subject_unfit, mail_attachment_unfit.
    """
    if not address_fits(to):
        raise MailAddressUnfit(address=to)
    if not subject_fits(subject):
        raise MailSubjectUnfit(subject=subject)
    files = list(attachments)
    _check_files(files)
    kept = []
    for file in files:
        document = store(ctx, io.BytesIO(file.data), name=file.name, kind="mail_attachment")
        kept.append({"document": document.id, "name": file.name, "media_type": file.media_type})
    domain = str(settings.MAIL_FROM).rpartition("@")[2].rstrip(">") or "localhost"
    mail = Mail.objects.create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, to_address=to, subject=subject, text=text,
        attachments=kept, message_id=f"<{uuid.uuid4()}@{domain}>", language=get_language() or "", made_at=ctx.at, next_at=ctx.at,
    )  # fmt: skip
    record(ctx, "control.mail.filed", "mail", mail.id, after={"subject": subject, "files": len(kept)})
    enqueue(ctx, SEND_JOB, mail_id=mail.id)
    return mail


def _check_files(files: list[Attachment]) -> None:
    if sum(len(file.data) for file in files) > ATTACHMENTS_LIMIT_BYTES:
        raise MailAttachmentUnfit(limit=ATTACHMENTS_LIMIT_BYTES)
    for file in files:
        plain = file.name.isprintable() and file.name.strip() and not set(file.name) & set('/\\"')
        if not plain or len(file.name) > 150 or _MEDIA.fullmatch(file.media_type) is None:
            raise MailAttachmentUnfit(name=file.name)
