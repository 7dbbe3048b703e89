"""Reads of the approvals page: what waits for me, what I sent, what is done, and one request with its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet

from moa.control.access import may, rights
from moa.control.approvers import DECIDE
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalDecision, ApprovalRequest, AuditLine
from moa.kernel.errors import NotFound

View = Literal["mine", "submitted", "done"]
Blocked = Literal["maker", "permission", "decided", "changed"]
LIST_LIMIT = 200
SEE_ALL = "control.audit.view"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a request's history."""

    at: datetime
    code: str
    who: str


def list_requests(ctx: Context, view: View) -> list[ApprovalRequest]:
    """At most LIST_LIMIT requests: open ones oldest first, done ones newest first."""
    if view == "mine":
        return list(_waiting(ctx).order_by("id")[:LIST_LIMIT])
    me = ctx.actor.person_id
    if view == "submitted":
        return list(ApprovalRequest.objects.filter(maker_id=me, state="open").order_by("id")[:LIST_LIMIT])
    done = ApprovalRequest.objects.exclude(state="open").filter(Q(maker_id=me) | Q(state_by=me))
    return list(done.order_by("-state_at", "-id")[:LIST_LIMIT])


def count_waiting(ctx: Context) -> int:
    """How many requests wait for this person's decision."""
    return _waiting(ctx).count()


def access_request(ctx: Context, request_id: int) -> ApprovalRequest:
    """A request that the actor made, may decide on or may see as auditor. Raises: not_found."""
    request = ApprovalRequest.objects.filter(id=request_id).first()
    if request is None or not (
        ctx.actor.person_id in (request.maker_id, request.state_by)
        or may(ctx, DECIDE, request.unit_id)
        or may(ctx, SEE_ALL, request.unit_id)
    ):
        raise NotFound(request=request_id)
    return request


def is_unchanged(request: ApprovalRequest) -> bool:
    return content_hash(request.content) == request.content_hash


def why_blocked(ctx: Context, request: ApprovalRequest) -> Blocked | None:
    """Why this person cannot decide on the request now; None when she can. The order is that of `approvals.decide`."""
    if request.state != ApprovalState.OPEN:
        return "decided"
    if not may(ctx, DECIDE, request.unit_id):
        return "permission"
    if request.maker_id == ctx.actor.person_id:
        return "maker"
    return None if is_unchanged(request) else "changed"


def reason_of(request: ApprovalRequest) -> str:
    decision = ApprovalDecision.objects.filter(request_id=request.id).first()
    return decision.reason if decision else ""


def history_of(request: ApprovalRequest) -> list[Step]:
    """What the audit trail says about this request, oldest first."""
    lines = AuditLine.objects.filter(
        subject_type=request.subject_type, subject_id=request.subject_id, after__request=request.id
    )
    return [Step(line.recorded_at, line.code, line.actor_name) for line in lines.order_by("id")]


def last_decided_by(ctx: Context) -> ApprovalRequest | None:
    mine = ApprovalRequest.objects.filter(state_by=ctx.actor.person_id).exclude(state="open")
    return mine.order_by("-state_at", "-id").first()


def _waiting(ctx: Context) -> QuerySet[ApprovalRequest]:
    waiting = ApprovalRequest.objects.filter(state="open").exclude(maker_id=ctx.actor.person_id)
    held = rights(ctx)
    if DECIDE in held.everywhere:
        return waiting
    units = [unit for unit, codes in held.by_unit.items() if DECIDE in codes]
    if not units:
        return waiting.none()
    return waiting.filter(Q(unit_id__in=units) | Q(unit_id=None))
