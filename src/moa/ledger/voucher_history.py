"""What happened to a voucher, from the lines of the audit trail: typed, sent, decided, booked, attached to, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from moa.control.models import ApprovalDecision, AuditLine
from moa.ledger.models import Book, VoucherAttachment, VoucherDraft
from moa.ledger.operations.save_draft import SUBJECT

# The line of a posting names the first and the last of its vouchers; it is written in the statement that stamps them.
_AROUND = timedelta(minutes=1)
POSTED, REFUSED = "ledger.vouchers.posted", "control.approval.refused"


@dataclass(frozen=True, slots=True)
class Event:
    """One line. Shape: `code` that of the trail; `draft` the draft it is about where that is the taking back of the voucher;
    `reason` what was given with a return."""

    at: datetime
    who: str
    code: str
    channel: str
    reason: str = ""
    draft: int | None = None


def history_of_draft(draft: VoucherDraft) -> list[Event]:
    """What was done with a draft and its requests, oldest first."""
    return _in_order(_events(_lines([draft]), None))


def history_of_voucher(
    book: Book, voucher_id: int, period: int, recorded_at: datetime, draft: VoucherDraft | None
) -> list[Event]:
    """The whole way of a booked voucher, its taking back included, oldest first."""
    attached = VoucherAttachment.objects.filter(voucher_id=voucher_id, period=period)
    events = list(_events(_lines([draft] if draft else [], attached), None))
    if draft is None:
        events += _events(_posting(book, voucher_id, recorded_at), None)
    for back in VoucherDraft.objects.filter(reverses_id=voucher_id, reverses_period=period):
        events += _events(_lines([back]), back.id)
    return _in_order(events)


def _lines(drafts: Iterable[VoucherDraft], attached: Iterable[VoucherAttachment] = ()) -> list[AuditLine]:
    ids = [one.id for one in drafts]
    numbers = [str(one) for one in ids]
    of_drafts = VoucherAttachment.objects.filter(draft_id__in=ids).values_list("document_id", flat=True)
    documents = [str(one) for one in of_drafts]
    of = Q(subject_type__in=("voucher_draft", SUBJECT), subject_id__in=numbers)
    of |= Q(subject_type="document", subject_id__in=documents, code="ledger.attachment.added", after__draft_id__in=ids)  # fmt: skip
    for one in attached:
        of |= Q(
            subject_type="document", subject_id=str(one.document_id), code="ledger.attachment.added",
            after__voucher_id=one.voucher_id,
        )  # fmt: skip
    return list(AuditLine.objects.filter(of).order_by("id"))


def _posting(book: Book, voucher_id: int, recorded_at: datetime) -> list[AuditLine]:
    """The line of the posting that it came with: a file's or a machine's has one for all of its vouchers."""
    near = AuditLine.objects.filter(
        recorded_at__gte=recorded_at - _AROUND, recorded_at__lte=recorded_at + _AROUND,
        subject_type="book", subject_id=str(book.id), code=POSTED,
    )  # fmt: skip
    return [one for one in near if _holds(one.after or {}, voucher_id)]


def _holds(after: dict[str, Any], voucher_id: int) -> bool:
    first, last = after.get("first"), after.get("last")
    return isinstance(first, int) and isinstance(last, int) and first <= voucher_id <= last


def _events(lines: Iterable[AuditLine], draft: int | None) -> Iterable[Event]:
    lines = list(lines)
    refused = [_request_of(one) for one in lines if one.code == REFUSED]
    given = ApprovalDecision.objects.filter(request_id__in=refused, approved=False)
    reasons: dict[int, str] = dict(given.values_list("request_id", "reason"))
    for one in lines:
        reason = reasons.get(_request_of(one), "") if one.code == REFUSED else ""
        yield Event(one.recorded_at, one.actor_name, one.code, one.channel, reason, draft)


def _request_of(line: AuditLine) -> int:
    return int((line.after or {}).get("request") or 0)


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda one: one.at)
