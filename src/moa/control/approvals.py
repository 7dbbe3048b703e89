"""A second person's decision over content that is pinned by its hash.

The context that owns the subject owns the transition: its operation calls `decide` and then acts on what was
approved, in the same transaction.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.audit import record
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.lifecycle import APPROVAL
from moa.control.masked_facts import masked
from moa.control.models import ApprovalDecision, ApprovalRequest
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text


class SamePerson(DomainError):
    """The maker cannot decide on what he or she made."""

    code = "maker_is_checker"


class ContentChanged(DomainError):
    """What is shown is not what was submitted."""

    code = "content_changed"


class AlreadyOpen(DomainError):
    """The subject waits for a decision already."""

    code = "request_already_open"


class ReasonMissing(DomainError):
    """Who sends something back says why."""

    code = "reason_missing"


DECIDE = "control.approvals.decide"


def submit(
    ctx: Context,
    *,
    subject_type: str,
    subject_id: object,
    content: dict[str, Any],
    unit_id: int | None = None,
) -> ApprovalRequest:
    """File a request for the decision of another person. Raises: request_already_open.

    Persons' numbers in the content's texts are masked before it is pinned, so they are neither kept nor decided on.
    """
    content = masked(content)
    try:
        with transaction.atomic():
            request = ApprovalRequest.objects.create(
                group_id=ctx.group_id, subject_type=subject_type, subject_id=str(subject_id), content=content,
                content_hash=content_hash(content), maker_id=ctx.actor.person_id, unit_id=unit_id,
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyOpen(subject_type=subject_type, subject_id=subject_id) from None
    record(
        ctx, "control.approval.submitted", subject_type, subject_id,
        after={"request": request.id, "hash": request.content_hash},
    )  # fmt: skip
    return request


def decide(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = "", subject: str = ""
) -> ApprovalRequest:
    """Record one decision by another person than the maker, over the content whose hash that person saw.

    With `subject` a request about anything else is not found.

    Raises: not_found, forbidden, move_not_allowed (it was decided before), maker_is_checker, content_changed,
    reason_missing.
    """
    request = ApprovalRequest.objects.select_for_update().filter(id=request_id).first()
    if request is None or (subject and request.subject_type != subject):
        raise NotFound(request=request_id)
    require(ctx, DECIDE, request.unit_id)
    state = APPROVAL.after(request.state, "approve" if approve else "refuse")
    if request.maker_id == ctx.actor.person_id:
        raise SamePerson(request=request_id)
    if not approve and not reason.strip():
        raise ReasonMissing(request=request_id)
    if not request.content_hash == seen_hash == content_hash(request.content):
        raise ContentChanged(request=request_id)
    ApprovalDecision.objects.create(
        group_id=ctx.group_id, request_id=request.id, maker_id=request.maker_id, checker_id=ctx.actor.person_id,
        approved=approve, reason=mask_text(reason.strip()), content_hash=request.content_hash,
    )  # fmt: skip
    _move(ctx, request, state)
    return request


def withdraw(ctx: Context, request_id: int) -> ApprovalRequest:
    """The maker takes the request back. Raises: not_found, move_not_allowed."""
    request = (
        ApprovalRequest.objects.select_for_update()
        .filter(id=request_id, maker_id=ctx.actor.person_id)
        .first()
    )
    if request is None:
        raise NotFound(request=request_id)
    _move(ctx, request, APPROVAL.after(request.state, "withdraw"))
    return request


def _move(ctx: Context, request: ApprovalRequest, state: str) -> None:
    before = request.state
    ApprovalRequest.objects.filter(id=request.id).update(
        state=state, state_at=ctx.at, state_by=ctx.actor.person_id
    )
    request.state = state
    record(
        ctx, f"control.approval.{state}", request.subject_type, request.subject_id,
        before={"state": before}, after={"state": state, "request": request.id, "hash": request.content_hash},
    )  # fmt: skip
