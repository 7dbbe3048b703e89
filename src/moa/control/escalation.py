"""Requests that are overdue: marked once a step, and the next higher grade is told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control import approval_subjects, notices
from moa.control.approval_capacity import current_step
from moa.control.approvers import DECIDE, list_approvers
from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import job
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest
from moa.control.notice_kinds import NoticeKind, register_kind

OVERDUE = "control.approval_overdue"
register_kind(
    NoticeKind(
        OVERDUE, gettext_lazy("An approval is overdue"),
        gettext_lazy("“%(title)s” waits since %(due)s for a decision."),
        right=DECIDE, channel="app", pace="now", tone="pending",
    )
)  # fmt: skip


@job("control.escalate_approvals", frequent=True)
def escalate_approvals(ctx: Context) -> int:
    """Mark what is overdue since the last time; returns how many. Safe to run twice: each step is marked once."""
    with ctx.open():
        overdue = (
            ApprovalRequest.objects.select_for_update(skip_locked=True)
            .filter(state=ApprovalState.OPEN, due_on__lt=ctx.today, escalated_at=None)
            .order_by("id")
        )
        found = list(overdue[:500])
        for request in found:
            _escalate(ctx, request)
        return len(found)


def next_grade(ctx: Context, request: ApprovalRequest) -> set[int]:
    """Those of the next higher grade than the step asks for, the maker left out; without one, those it waits for."""
    step = current_step(request)
    rank = step.grade.rank if step is not None and step.grade is not None else 0
    approvers = [
        one for one in list_approvers(ctx, request.unit_id).values() if one.person_id != request.maker_id
    ]
    higher = [one for one in approvers if one.rank > rank]
    if not higher:
        return {one.person_id for one in approvers if one.rank >= rank}
    lowest = min(one.rank for one in higher)
    return {one.person_id for one in higher if one.rank == lowest}


def _escalate(ctx: Context, request: ApprovalRequest) -> None:
    told = next_grade(ctx, request)
    ApprovalRequest.objects.filter(id=request.id).update(escalated_at=ctx.at)
    record(
        ctx, "control.approval.escalated", request.subject_type, request.subject_id,
        after={"request": request.id, "step": request.step, "told": sorted(told)},
    )  # fmt: skip
    if told:
        title = approval_subjects.describe(ctx, request).title
        notices.tell(
            ctx, OVERDUE, key=f"{request.id}:{request.step}", persons=told, unit_id=request.unit_id,
            facts={"title": title, "due_on": str(request.due_on)}, link=f"/approvals/{request.id}",
        )  # fmt: skip
