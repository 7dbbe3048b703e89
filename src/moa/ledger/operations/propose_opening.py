"""The start of a book: its opening balances as one voucher per currency, agreed to by another person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import QuerySet

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Document
from moa.directory.queries import calendar_for
from moa.kernel.errors import DomainError, Problem
from moa.ledger.book_lock import hold_book
from moa.ledger.lifecycle import BUSINESS_DAY, DayState
from moa.ledger.models import Book, BusinessDay, Voucher, VoucherAttachment
from moa.ledger.models.draft import OPENING, VoucherDraft
from moa.ledger.opening_files import OpeningFile
from moa.ledger.operations.open_business_day import make_period
from moa.ledger.operations.submit_voucher import file_request, fingerprints
from moa.ledger.permissions import ENTER
from moa.ledger.pinned_vouchers import pin, pinned_leg
from moa.ledger.rules.acts import OPENING as ORIGIN
from moa.ledger.rules.typed_vouchers import Sum
from moa.ledger.rules.vouchers import MOST_LEGS, period_of


class OpeningRefused(DomainError):
    """The file cannot be taken; nothing was filed. Facts: the first problem; `problems` holds all."""

    code = "opening_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(None, place=first.place, value=first.value, problem=first.code, errors=len(problems))
        self.problems = list(problems)


class OpeningTooLate(DomainError):
    """Opening balances come before everything else: the book has vouchers or closed days. Facts: `book`."""

    code = "opening_too_late"


class OpeningExists(DomainError):
    """Of this currency they are filed or booked already. Facts: `currency`."""

    code = "opening_exists"


def opening_day(ctx: Context, book: Book) -> date:
    """The day before the book's first business day; a first day that is none was made for them. Raises: opening_too_late."""
    first = BusinessDay.objects.filter(book_id=book.id).order_by("business_date").first()
    others = Voucher.objects.filter(book_id=book.id).exclude(origin=ORIGIN)
    if (
        first is None
        or others.exists()
        or first.state not in (DayState.OPEN, DayState.WAITING)
        or first.revision
    ):
        raise OpeningTooLate(book=book.code)
    made = Voucher.objects.filter(book_id=book.id).exists()
    is_business_day = calendar_for(ctx, book.calendar).is_business_day(first.business_date)
    return first.business_date - timedelta(days=1) if is_business_day and not made else first.business_date


def propose_opening(
    ctx: Context, book: Book, file: OpeningFile, *, source: Document | None = None
) -> list[ApprovalRequest]:
    """One request for each currency, with the file that it was read from attached.

    The book is held alone, so that two persons do not file one currency twice. Raises: forbidden, opening_refused,
    opening_too_late, opening_exists, and what `submit` raises.
    """
    require(ctx, ENTER, book.unit_id)
    if file.problems:
        raise OpeningRefused(file.problems)
    if not file.rows:
        raise OpeningRefused([Problem("error", "opening_empty", "file")])
    hold_book(book.id)
    day = opening_day(ctx, book)
    return [_propose(ctx, book, day, one, file, source) for one in file.sums]


def _propose(
    ctx: Context, book: Book, day: date, total: Sum, file: OpeningFile, source: Document | None
) -> ApprovalRequest:
    currency = total.currency
    earlier = VoucherDraft.objects.filter(book_id=book.id, kind=OPENING, currency=currency)
    if earlier.exclude(voucher_id=None).exists() or earlier.filter(request__state="open").exists():
        raise OpeningExists(currency=currency)
    _put_away(ctx, earlier)
    rows = [row for row in file.rows if row.account.currency == currency]
    if len(rows) > MOST_LEGS:
        raise OpeningRefused([Problem("error", "too_many_legs", currency, "", str(MOST_LEGS))])
    draft = VoucherDraft.objects.create(
        group_id=ctx.group_id, book_id=book.id, maker_id=ctx.actor.person_id, kind=OPENING, memo=f"{currency} {day}",
        business_date=day, amount_minor=total.debit, currency=currency, made_at=ctx.at, saved_at=ctx.at,
        form={"kind": OPENING, "business_date": str(day), "memo": f"{currency} {day}"},
    )  # fmt: skip
    if source is not None:
        VoucherAttachment.objects.create(
            group_id=ctx.group_id, book_id=book.id, document_id=source.id, name=source.name, draft_id=draft.id,
            person_id=ctx.actor.person_id, attached_at=ctx.at,
        )  # fmt: skip
    legs = [pinned_leg(row.account, row.minor, row.side) for row in rows]
    return file_request(ctx, book, draft, pin(draft, day, None, legs, attachments=fingerprints(draft)))


def _put_away(ctx: Context, earlier: QuerySet[VoucherDraft]) -> None:
    """What was returned or taken back before gives way to the new one; else the first closing would wait for it for ever."""
    for draft in earlier.filter(discarded_at=None):
        VoucherDraft.objects.filter(id=draft.id).update(discarded_at=ctx.at)
        record(
            ctx,
            "ledger.draft.discarded",
            "voucher_draft",
            draft.id,
            after={"memo": draft.memo, "why": "filed anew"},
        )


def make_opening_day(ctx: Context, book: Book, day: date) -> None:
    """The day before the first business day is there and open; the first business day waits until it is closed.

    Called by the decision that books on it; it was agreed to with the balances. Raises: opening_too_late.
    """
    hold_book(book.id)
    if opening_day(ctx, book) != day:
        raise OpeningTooLate(book=book.code)
    if BusinessDay.objects.filter(book_id=book.id, business_date=day).exists():
        return
    first = BusinessDay.objects.filter(book_id=book.id).order_by("business_date")[0]
    if first.state == DayState.OPEN:
        state = BUSINESS_DAY.after(first.state, "wait")
        BusinessDay.objects.filter(id=first.id).update(state=state, opened_at=None, opened_by=None)
    made = BusinessDay.objects.create(group_id=ctx.group_id, book_id=book.id, business_date=day)
    make_period(period_of(day))
    BusinessDay.objects.filter(id=made.id).update(
        state=BUSINESS_DAY.after(DayState.WAITING, "open"), opened_at=ctx.at, opened_by=ctx.actor.person_id
    )
    record(ctx, "ledger.day.opened", "book", book.id, after={"day": str(day), "for": "opening balances"})
