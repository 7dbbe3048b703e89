"""A seal leaves the house: filed in the transaction of the closing, sent after it. A closing never waits for either."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from moa.control.context import Context
from moa.control.jobs import enqueue
from moa.control.mail import Attachment, send
from moa.ledger.models import Book, Seal, SealDispatch
from moa.ui.printing.setting import PrintTooLong

STAMP_JOB = "ledger.stamp_seals"
_LANGUAGES = {"KR": "ko", "CN": "zh-hans"}


def send_seal_out(ctx: Context, book: Book, day: date, revision: int) -> None:
    """File the mails to the book's auditors and the request for a time stamp, where they are set."""
    seal = Seal.objects.get(book_id=book.id, business_date=day, revision=revision)
    if book.seal_recipients:
        mails = _mails(ctx, book, seal)
        SealDispatch.objects.create(
            group_id=ctx.group_id, seal_id=seal.id, way=SealDispatch.MAIL, target=", ".join(book.seal_recipients),
            attempts=1, tried_at=ctx.at, sent_at=ctx.at, answer=json.dumps(mails),
        )  # fmt: skip
    if settings.TSA_URL:
        SealDispatch.objects.create(
            group_id=ctx.group_id, seal_id=seal.id, way=SealDispatch.TIMESTAMP, target=settings.TSA_URL
        )
        enqueue(ctx, STAMP_JOB)


def _mails(ctx: Context, book: Book, seal: Seal) -> list[int]:
    """One mail to each auditor, in the language of the book's country. Gives the numbers of the mails."""
    with override(_LANGUAGES.get(book.calendar, "en")):
        subject = _("Seal of %(day)s, book %(book)s") % {"day": seal.business_date, "book": book.code}
        text = "\n".join(
            [
                _("The business day %(day)s of the book %(book)s was closed.")
                % {"day": seal.business_date, "book": book.code},
                _("Keep this line: with it the proof of the day is checked later."),
                "",
                f"{seal.business_date}={seal.hex}",
                "",
                _("Revision %(revision)s, closed at %(moment)s.")
                % {"revision": seal.revision, "moment": seal.closed_at.isoformat(timespec="seconds")},
            ]
        )
        facts = Attachment(
            f"seal-{book.code}-{seal.business_date}-{seal.revision}.json",
            seal.facts.encode(),
            "application/json",
        )
        files = [facts, *_sheet_of(ctx, book, seal)]
        return [send(ctx, address, subject, text, files).id for address in book.seal_recipients]


def _sheet_of(ctx: Context, book: Book, seal: Seal) -> list[Attachment]:
    """The day sheet, in the language of the mail. One too long to print holds back neither the mail nor the closing."""
    # Loaded here: what prints needs a second to load, and most closings of tests and commands send no mail.
    from moa.ledger.day_sheet import day_sheet

    try:
        sheet = day_sheet(replace(ctx, language=_LANGUAGES.get(book.calendar, "en")), book, seal)
    except PrintTooLong:
        return []
    return [Attachment(f"{book.code}-{seal.business_date}-{seal.revision}.pdf", sheet, "application/pdf")]
