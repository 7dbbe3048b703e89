"""Approve several requests at once: their count and sums per currency are part of what is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moa.control import approval_subjects
from moa.control.approval_capacity import current_step
from moa.control.approval_rules import totals
from moa.control.audit import record
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.inbox import access_request, is_unchanged, why_blocked
from moa.control.models import ApprovalBatch, ApprovalRequest
from moa.control.models.approvals import REKEY
from moa.kernel.errors import DomainError
from moa.kernel.money import to_text

MOST = 200


class BatchChanged(DomainError):
    """What would be approved is not what the sum screen showed."""

    code = "batch_changed"


class BatchRefused(DomainError):
    """One of them cannot be approved in a batch; facts: `request`, `problem` (rekey, hold, read, decided, maker, permission,
    step, changed)."""

    code = "batch_refused"


class BatchEmpty(DomainError):
    code = "batch_empty"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the sum screen shows and what is signed. Shape: `sums` by currency in minor units; `without_amount` how many
    have none; `signed` the hash over the requests with their content's hashes, the count and the sums."""

    requests: tuple[ApprovalRequest, ...]
    count: int
    sums: dict[str, int]
    without_amount: int
    signed: str


def batch_sheet(ctx: Context, request_ids: Sequence[int]) -> Sheet:
    """Raises: not_found, batch_empty, batch_refused."""
    requests = [access_request(ctx, request_id) for request_id in sorted(set(request_ids))]
    if not requests or len(requests) > MOST:
        raise BatchEmpty(count=len(requests))
    for request in requests:
        problem = batch_problem(ctx, request)
        if problem:
            raise BatchRefused(request=request.id, problem=problem)
    sums = totals((one.currency, one.amount_minor) for one in requests if one.amount_minor is not None)
    signed = content_hash(
        {
            "requests": [[one.id, one.content_hash, one.step] for one in requests],
            "count": len(requests),
            "sums": {currency: str(minor) for currency, minor in sums.items()},
        }
    )
    without = sum(1 for one in requests if one.amount_minor is None)
    return Sheet(tuple(requests), len(requests), sums, without, signed)


def batch_problem(ctx: Context, request: ApprovalRequest) -> str:
    """Why the request is no part of a batch, or "": typing again, holds and what must be read need a look at each."""
    blocked = why_blocked(ctx, request)
    if blocked is not None:
        return blocked
    if not is_unchanged(request):
        return "changed"
    step = current_step(request)
    if step is not None and step.review == REKEY:
        return "rekey"
    subject = approval_subjects.describe(ctx, request)
    return "hold" if subject.holds else "read" if subject.must_read else ""


def approve_batch(ctx: Context, request_ids: Sequence[int], *, signed: str) -> ApprovalBatch:
    """Approve all or none. `signed` is that of the sheet shown; what changed since then changes it.

    Raises: not_found, batch_empty, batch_refused, batch_changed, and what the context of any of them refuses.
    """
    list(ApprovalRequest.objects.select_for_update().filter(id__in=list(request_ids)).order_by("id"))
    sheet = batch_sheet(ctx, request_ids)
    if sheet.signed != signed:
        raise BatchChanged(count=sheet.count)
    batch = ApprovalBatch.objects.create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, count=sheet.count, signed=signed,
        sums={currency: to_text(minor, currency) if currency else str(minor) for currency, minor in sheet.sums.items()},
    )  # fmt: skip
    ctx.memo["approval_batch"] = batch.id
    try:
        for request in sheet.requests:
            approval_subjects.decide(ctx, request, approve=True, seen_hash=request.content_hash, reason="")
    finally:
        del ctx.memo["approval_batch"]
    facts = {
        "count": batch.count,
        "sums": batch.sums,
        "signed": signed,
        "requests": [one.id for one in sheet.requests],
    }
    record(ctx, "control.approval.batch", "approval_batch", batch.id, after=facts)
    return batch
