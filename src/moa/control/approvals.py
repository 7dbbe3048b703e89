"""Other persons' decisions over content that is pinned by its hash, step by step.

The context that owns the subject owns the transition: its operation calls `decide` and then, when the request is
approved, acts on what was approved, in the same transaction. How a context plugs in: docs/approvals.md.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from moa.control.access import require
from moa.control.approval_capacity import Capacity, capacity_of, check_rekeyed
from moa.control.approval_route import deadline, find_route, keep_route
from moa.control.approvers import DECIDE
from moa.control.audit import record
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.lifecycle import APPROVAL, ApprovalState
from moa.control.masked_facts import masked
from moa.control.models import ApprovalDecision, ApprovalRequest
from moa.control.return_notices import tell_maker
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.masking import mask_text

__all__ = [
    "DECIDE", "AlreadyOpen", "ContentChanged", "ReasonMissing", "SamePerson", "cancel", "decide", "is_approved",
    "submit", "withdraw",
]  # fmt: skip


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


def submit(
    ctx: Context,
    *,
    subject_type: str,
    subject_id: object,
    content: dict[str, Any],
    unit_id: int | None = None,
    amount_minor: int | None = None,
    currency: str = "",
    due_on: date | None = None,
) -> ApprovalRequest:
    """File a request for the decision of others; its steps and who could give them are found now and kept.

    `amount_minor` with `currency` chooses the policy's band; `due_on` the day by which it must be decided, else the
    policy's. Persons' numbers in the content's texts are masked before it is pinned, so they are neither kept nor
    decided on.

    Raises: request_already_open; where a policy is in force also nobody_can_approve, no_rate_for_limit.
    """
    content = masked(content)
    route = find_route(ctx, subject_type, unit_id, amount_minor, currency)
    try:
        with transaction.atomic():
            request = ApprovalRequest.objects.create(
                group_id=ctx.group_id, subject_type=subject_type, subject_id=str(subject_id), content=content,
                content_hash=content_hash(content), maker_id=ctx.actor.person_id, unit_id=unit_id,
                policy_id=route.policy.id if route.policy else None, amount_minor=amount_minor, currency=currency,
                steps=max(1, len(route.steps)), due_on=due_on or deadline(ctx, route.policy),
            )  # fmt: skip
            keep_route(ctx, request, route)
    except IntegrityError as refusal:
        if "one_open_request_per_subject" not in str(refusal):
            raise
        raise AlreadyOpen(subject_type=subject_type, subject_id=subject_id) from None
    record(
        ctx, "control.approval.submitted", subject_type, subject_id,
        after={"request": request.id, "hash": request.content_hash, "steps": request.steps},
    )  # fmt: skip
    return request


def decide(
    ctx: Context,
    request_id: int,
    *,
    approve: bool,
    seen_hash: str,
    reason: str = "",
    subject: str = "",
) -> ApprovalRequest:
    """Record one decision by another person than the maker, at the step that waits, over the content that person saw.

    With `subject` a request about anything else is not found. An approval before the last step leaves the request open:
    the caller acts only when `is_approved` says so. Inside `approval_batch.signed_as` the decision carries its batch.

    Raises: not_found, forbidden, move_not_allowed (it was decided before), maker_is_checker, content_changed,
    reason_missing, signed_already, not_an_approver, above_approval_limit, rekey_needed.
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
    capacity = capacity_of(ctx, request, approve=approve)
    if approve:
        check_rekeyed(ctx, request, capacity)
    _sign(ctx, request, capacity, approve=approve, reason=mask_text(reason.strip()))
    if approve and request.step < request.steps:
        _go_on(ctx, request)
    else:
        _move(ctx, request, state)
        if not approve:
            tell_maker(ctx, request, mask_text(reason.strip()))
    return request


def is_approved(request: ApprovalRequest) -> bool:
    """Whether every step was approved, so that the subject's context may act."""
    return request.state == ApprovalState.APPROVED


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


def cancel(ctx: Context, *, subject_type: str, subject_id: object, why: str) -> ApprovalRequest | None:
    """End the subject's open request, if there is one, because its content was edited or it lost its ground.

    To be called by the operation that edits the subject. Shape: `why` a short code for the trail.
    """
    request = (
        ApprovalRequest.objects.select_for_update()
        .filter(subject_type=subject_type, subject_id=str(subject_id), state=ApprovalState.OPEN)
        .first()
    )
    if request is not None:
        _move(ctx, request, APPROVAL.after(request.state, "cancel"), why)
    return request


def _sign(ctx: Context, request: ApprovalRequest, capacity: Capacity, *, approve: bool, reason: str) -> None:
    ApprovalDecision.objects.create(
        group_id=ctx.group_id, request_id=request.id, maker_id=request.maker_id, checker_id=ctx.actor.person_id,
        on_behalf_of_id=capacity.on_behalf_of, batch_id=ctx.memo.get("approval_batch"), step=request.step,
        review=capacity.review, approved=approve, reason=reason, content_hash=request.content_hash,
        decided_on=ctx.today,
    )  # fmt: skip


def _go_on(ctx: Context, request: ApprovalRequest) -> None:
    """The next step waits; it has its own time before it is overdue."""
    step = request.step
    ApprovalRequest.objects.filter(id=request.id).update(step=step + 1, escalated_at=None)
    request.step, request.escalated_at = step + 1, None
    record(
        ctx, "control.approval.step_approved", request.subject_type, request.subject_id,
        before={"step": step}, after={"step": step + 1, "request": request.id, "hash": request.content_hash},
    )  # fmt: skip


def _move(ctx: Context, request: ApprovalRequest, state: str, why: str = "") -> None:
    before = request.state
    ApprovalRequest.objects.filter(id=request.id).update(
        state=state, state_at=ctx.at, state_by=ctx.actor.person_id
    )
    request.state = state
    after: dict[str, Any] = {"state": state, "request": request.id, "hash": request.content_hash}
    record(
        ctx, f"control.approval.{state}", request.subject_type, request.subject_id,
        before={"state": before}, after=after | ({"why": why} if why else {}),
    )  # fmt: skip
