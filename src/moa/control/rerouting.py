"""Where requests go that waited on a person who leaves: to others of the step's grade, else back to their makers.

A route stands as it was found (ADR 51); a person who is gone is the one reason to add to it (ADR 69).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from moa.control import approval_subjects
from moa.control.approval_rules import unfilled_step
from moa.control.approvals import cancel
from moa.control.approvers import AmountUnknown, Approver, in_base, list_approvers
from moa.control.audit import record
from moa.control.context import Context
from moa.control.lifecycle import ApprovalState
from moa.control.models import (
    ApprovalCandidate,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
)
from moa.control.notice_kinds import NoticeKind, register_kind
from moa.control.notices import tell

WHY = "approver_left"
RETURNED = "control.approval_without_approver"
register_kind(
    NoticeKind(
        RETURNED, gettext_lazy("A request came back, because its approver has left"),
        gettext_lazy("“%(title)s” came back to you: nobody is left who could approve it."),
        channel="app", pace="now", tone="pending",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Shape: `added` whom a step gets in place of the leaver, by its number; `is_stuck`: nobody could give some step."""

    added: dict[int, frozenset[int]] = field(default_factory=dict)
    is_stuck: bool = False


def requests_at(person_id: int, *, lock: bool = False) -> list[ApprovalRequest]:
    """Open requests that have the person among those who could give a step that is not given yet."""
    named = ApprovalCandidate.objects.filter(
        request_id=OuterRef("id"), number__gte=OuterRef("step"), person_id=person_id
    )
    found = ApprovalRequest.objects.filter(Exists(named), state=ApprovalState.OPEN).order_by("id")
    return list(found.select_for_update() if lock else found)


def plan_route(ctx: Context, request: ApprovalRequest, person_id: int) -> Plan:
    """What the request's own policy says without the person: nothing when the others of each step suffice."""
    approvers = {one: who for one, who in list_approvers(ctx, request.unit_id).items() if one != person_id}
    signed = _signed(request)
    free = {one: who for one, who in approvers.items() if one != request.maker_id and one not in signed}
    steps = list(
        ApprovalStep.objects.filter(request_id=request.id, number__gte=request.step)
        .select_related("grade")
        .order_by("number")
    )
    named: dict[int, set[int]] = {}
    pairs = ApprovalCandidate.objects.filter(request_id=request.id, number__gte=request.step)
    for number, one in pairs.values_list("number", "person_id"):
        named.setdefault(number, set()).add(one)
    able = {step.number: _able(ctx, request, step, free) for step in steps}
    kept = [frozenset(named.get(step.number, set()) & able[step.number]) for step in steps]
    if unfilled_step(kept) is None:
        return Plan()
    added = {
        step.number: able[step.number] - named[step.number]
        for step in steps
        if person_id in named.get(step.number, set())
    }
    filled = [one | added.get(step.number, frozenset()) for one, step in zip(kept, steps, strict=True)]
    if unfilled_step(filled) is not None:
        return Plan(is_stuck=True)
    return Plan({number: persons for number, persons in added.items() if persons})


def reroute(ctx: Context, request: ApprovalRequest, person_id: int) -> bool:
    """Do what the plan says, for a person who has left; whether anything was done."""
    plan = plan_route(ctx, request, person_id)
    if plan.is_stuck:
        _send_back(ctx, request)
        return True
    rows = [
        ApprovalCandidate(
            group_id=ctx.group_id,
            request_id=request.id,
            number=number,
            person_id=one,
            instead_of_id=person_id,
        )
        for number, persons in sorted(plan.added.items())
        for one in sorted(persons)
    ]
    if not rows:
        return False
    ApprovalCandidate.objects.bulk_create(rows)
    record(
        ctx, "control.approval.rerouted", request.subject_type, request.subject_id,
        after={
            "request": request.id, "hash": request.content_hash, "instead_of": person_id,
            "added": {str(number): sorted(persons) for number, persons in plan.added.items()},
        },
    )  # fmt: skip
    return True


def _able(
    ctx: Context, request: ApprovalRequest, step: ApprovalStep, free: dict[int, Approver]
) -> frozenset[int]:
    rank = step.grade.rank if step.grade is not None else 0
    able = [one for one in free.values() if one.rank >= rank]
    if step.number == request.steps and any(one.limit_minor is not None for one in able):
        able = [one for one in able if _within(ctx, request, one)]
    return frozenset(one.person_id for one in able)


def _within(ctx: Context, request: ApprovalRequest, approver: Approver) -> bool:
    try:
        return approver.within(in_base(ctx, request.amount_minor, request.currency))
    except AmountUnknown:
        return approver.limit_minor is None


def _signed(request: ApprovalRequest) -> set[int]:
    rows = ApprovalDecision.objects.filter(request_id=request.id).values_list("checker_id", "on_behalf_of_id")
    return {one for row in rows for one in row if one is not None}


def _send_back(ctx: Context, request: ApprovalRequest) -> None:
    title = approval_subjects.describe(ctx, request).title
    cancel(ctx, subject_type=request.subject_type, subject_id=request.subject_id, why=WHY)
    tell(
        ctx, RETURNED, key=str(request.id), persons=[request.maker_id], right="", facts={"title": title},
        link=f"/approvals/{request.id}",
    )  # fmt: skip
