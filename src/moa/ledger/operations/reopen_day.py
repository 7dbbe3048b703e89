"""Reopen the latest closed day: one person files it, another agrees; only while nothing is booked after it."""

from __future__ import annotations

from datetime import date
from typing import Any

from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.book_lock import hold_book
from moa.ledger.lifecycle import BUSINESS_DAY, DayState
from moa.ledger.models import Book, BusinessDay, Voucher
from moa.ledger.period_state import closed_until
from moa.ledger.permissions import REOPEN_DAY
from moa.ledger.queries import last_closed_day, last_seal

SUBJECT = "ledger.day_reopening"


class NotTheLastDay(DomainError):
    """Only the latest closed day is reopened; facts: `day`, `last` the one that could be."""

    code = "not_the_last_day"


class DayIsReopened(DomainError):
    """The latest day that was closed is open again already; facts: `day` of it."""

    code = "day_is_reopened"


class NextDayHasVouchers(DomainError):
    """Something is booked on a later day already; facts: `day` of it."""

    code = "next_day_has_vouchers"


class YearIsClosed(DomainError):
    """No day of a closed year is reopened; facts: `day`, `year`."""

    code = "closed_year"


def request_reopening(
    ctx: Context, book: Book, *, day: date | None = None, reason: str = ""
) -> ApprovalRequest:
    """File the reopening of the latest closed day. What is agreed on is the day under the seal it has now.

    Raises: forbidden, not_found, not_the_last_day, day_is_reopened, next_day_has_vouchers, closed_year,
    request_already_open.
    """
    require(ctx, REOPEN_DAY, book.unit_id)
    found = _check(book, day)
    seal = last_seal(book)
    assert seal is not None, "a closed day has a seal"
    content: dict[str, Any] = {
        "book": str(book.id), "day": str(found.business_date), "seal": seal.hex, "revision": found.revision,
        "reason": reason,
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{book.id}:{found.business_date}", content=content,
        unit_id=book.unit_id,
    )  # fmt: skip


def decide_reopening(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; an agreed reopening happens in the same transaction.

    Raises: not_found, forbidden, maker_is_checker, content_changed, move_not_allowed, reason_missing,
    not_the_last_day, day_is_reopened, next_day_has_vouchers, closed_year.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _reopen(ctx, request)
    return request


def _reopen(ctx: Context, request: ApprovalRequest) -> None:
    book = Book.objects.get(id=int(request.content["book"]))
    hold_book(book.id)
    day = _check(book, date.fromisoformat(request.content["day"]))
    seal = last_seal(book)
    if seal is None or seal.hex != request.content["seal"]:
        raise NotTheLastDay(day=day.business_date, last=seal.business_date if seal else "")
    for later in BusinessDay.objects.filter(
        book_id=book.id, business_date__gt=day.business_date, state=DayState.OPEN
    ):
        BusinessDay.objects.filter(id=later.id).update(state=BUSINESS_DAY.after(later.state, "wait"))
    BusinessDay.objects.filter(id=day.id).update(state=BUSINESS_DAY.after(day.state, "reopen"))
    record(
        ctx, "ledger.day.reopened", "book", book.id,
        before={"day": str(day.business_date), "state": "closed", "seal": seal.hex},
        after={"day": str(day.business_date), "state": "reopened", "request": request.id,
               "reason": request.content["reason"]},
    )  # fmt: skip


def _check(book: Book, day: date | None) -> BusinessDay:
    """The latest closed day, with nothing booked after it."""
    last, seal = last_closed_day(book), last_seal(book)
    # Only a day that was closed once has a seal.
    if seal is not None and (last is None or seal.business_date > last.business_date):
        raise DayIsReopened(day=seal.business_date)
    if last is None:
        raise NotFound(day=day or "closed")
    if day is not None and day != last.business_date:
        raise NotTheLastDay(day=day, last=last.business_date)
    year_ends = closed_until(book)[1]
    if year_ends is not None and last.business_date <= year_ends:
        raise YearIsClosed(day=last.business_date, year=year_ends.year)
    booked = (
        Voucher.objects.filter(book_id=book.id, business_date__gt=last.business_date)
        .order_by("business_date")
        .values_list("business_date", flat=True)
        .first()
    )
    if booked is not None:
        raise NextDayHasVouchers(day=booked)
    return last
