"""Standing orders: one person files what a machine may do on a book, another agrees; then it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.rules import code_fits
from moa.kernel.errors import DomainError
from moa.ledger.models import Book, StandingOrder
from moa.ledger.permissions import FILE_ORDER
from moa.ledger.rules.acts import ACTS

SUBJECT = "ledger.standing_order"


class StandingOrderInvalid(DomainError):
    """Facts: `problem`: code_unfit, acts_unknown, or period_empty."""

    code = "standing_order_invalid"


class StandingOrderExists(DomainError):
    code = "standing_order_exists"


@dataclass(frozen=True, slots=True)
class NewStandingOrder:
    """`acts` what the machine may do; in force from `valid_from`, and before `valid_until` when there is one."""

    code: str
    title: str
    acts: tuple[str, ...]
    valid_from: date
    valid_until: date | None = None


def file_standing_order(ctx: Context, book: Book, *, new: NewStandingOrder) -> ApprovalRequest:
    """Raises: forbidden, standing_order_invalid, standing_order_exists, request_already_open."""
    require(ctx, FILE_ORDER, book.unit_id)
    if problem := _problem(new):
        raise StandingOrderInvalid(order=new.code, problem=problem)
    if StandingOrder.objects.filter(book_id=book.id, code=new.code).exists():
        raise StandingOrderExists(order=new.code)
    content: dict[str, Any] = {
        "book": str(book.id), "code": new.code, "title": new.title, "acts": sorted(set(new.acts)),
        "valid_from": str(new.valid_from), "valid_until": str(new.valid_until or ""),
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{book.id}:{new.code}", content=content, unit_id=book.unit_id
    )


def decide_standing_order(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; what was agreed is in force in the same transaction.

    Raises: not_found, forbidden, maker_is_checker, content_changed, move_not_allowed, reason_missing.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        _put_in_force(ctx, request)
    return request


def _problem(new: NewStandingOrder) -> str:
    if not code_fits(new.code):
        return "code_unfit"
    if not new.acts or set(new.acts) - ACTS:
        return "acts_unknown"
    if new.valid_until is not None and new.valid_until <= new.valid_from:
        return "period_empty"
    return ""


def _put_in_force(ctx: Context, request: ApprovalRequest) -> None:
    content: dict[str, Any] = request.content
    until = content["valid_until"]
    order = StandingOrder.objects.create(
        group_id=ctx.group_id, book_id=int(content["book"]), code=content["code"], title=content["title"],
        acts=content["acts"], valid_from=date.fromisoformat(content["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None, maker_id=request.maker_id,
        checker_id=ctx.actor.person_id, request_id=request.id,
    )  # fmt: skip
    record(ctx, "ledger.standing_order.in_force", "standing_order", order.id, after=content)
