"""In what capacity a person decides at the step that waits: by own authority, or for an absent principal."""

from __future__ import annotations

from dataclasses import dataclass

from moa.control.approvers import AmountUnknown, Approver, in_base, list_approvers, principals_of
from moa.control.context import Context
from moa.control.models import (
    ApprovalCandidate,
    ApprovalDecision,
    ApprovalRequest,
    ApprovalStep,
    RekeyAttempt,
)
from moa.control.models.approvals import REKEY, VISUAL
from moa.kernel.errors import DomainError


class NotAnApprover(DomainError):
    """The step waits for others: those of its grade who were there when it was submitted, and their deputies."""

    code = "not_an_approver"


class AboveLimit(DomainError):
    """The amount is above the limit of the person's roles, or no rate says whether it is."""

    code = "above_approval_limit"


class SignedAlready(DomainError):
    """Each person signs a request once, also by a deputy."""

    code = "signed_already"


class RekeyNeeded(DomainError):
    """The step is reviewed by typing the decisive fields again, and they have not been typed alike yet."""

    code = "rekey_needed"


@dataclass(frozen=True, slots=True)
class Capacity:
    """Shape: `on_behalf_of` the principal whose authority is used, None: the person's own."""

    on_behalf_of: int | None = None
    review: str = VISUAL


def current_step(request: ApprovalRequest) -> ApprovalStep | None:
    """The step that waits; None: anyone with the right to decide."""
    return (
        ApprovalStep.objects.filter(request_id=request.id, number=request.step)
        .select_related("grade")
        .first()
    )


def capacity_of(ctx: Context, request: ApprovalRequest, *, approve: bool = True) -> Capacity:
    """Whether and how the actor may decide now; the right itself is asked for by the caller.

    Limits hold for approving, not for returning, and at the last step. Raises: signed_already, not_an_approver,
    above_approval_limit.
    """
    me = ctx.actor.person_id
    signed = _signers(request)
    if me in signed:
        raise SignedAlready(request=request.id)
    step = current_step(request)
    rank = step.grade.rank if step is not None and step.grade is not None else 0
    allowed = _candidates(request) if step is not None else None
    approvers = list_approvers(ctx, request.unit_id)
    persons = [me, *(one for one in principals_of(ctx, me) if one != request.maker_id and one not in signed)]
    able = [
        approvers[one]
        for one in persons
        if one in approvers and approvers[one].rank >= rank and (allowed is None or one in allowed)
    ]
    if not able:
        raise NotAnApprover(request=request.id, step=request.step)
    if approve and request.step == request.steps:
        able = [one for one in able if _within(ctx, request, one)]
        if not able:
            raise AboveLimit(request=request.id, currency=request.currency)
    chosen = able[0].person_id
    return Capacity(None if chosen == me else chosen, step.review if step is not None else VISUAL)


def check_rekeyed(ctx: Context, request: ApprovalRequest, capacity: Capacity) -> None:
    """Raises: rekey_needed."""
    if capacity.review == REKEY and not has_rekeyed(ctx, request):
        raise RekeyNeeded(request=request.id)


def has_rekeyed(ctx: Context, request: ApprovalRequest) -> bool:
    return RekeyAttempt.objects.filter(
        request_id=request.id, number=request.step, person_id=ctx.actor.person_id, matched=True
    ).exists()


def _signers(request: ApprovalRequest) -> set[int]:
    rows = ApprovalDecision.objects.filter(request_id=request.id).values_list("checker_id", "on_behalf_of_id")
    return {person for row in rows for person in row if person is not None}


def _candidates(request: ApprovalRequest) -> set[int]:
    return set(
        ApprovalCandidate.objects.filter(request_id=request.id, number=request.step).values_list(
            "person_id", flat=True
        )
    )


def _within(ctx: Context, request: ApprovalRequest, approver: Approver) -> bool:
    if approver.limit_minor is None:
        return True
    try:
        return approver.within(in_base(ctx, request.amount_minor, request.currency))
    except AmountUnknown:
        return False
