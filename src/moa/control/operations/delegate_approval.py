"""Deputies during absence (대결): named by the person, or by an administrator with a second person's decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from moa.control.access import require_below
from moa.control.approvals import DECIDE, decide, is_approved, submit
from moa.control.approvers import list_approvers
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalDecision, ApprovalRequest, Delegation, DeputyReport, Person
from moa.control.rights_guards import guarded
from moa.kernel.errors import DomainError, NotFound

SUBJECT = "control.delegation"
CHANGE = "control.users.change"


class DelegationInvalid(DomainError):
    """Facts: `problem`: same_person, period_empty, period_over, principal_cannot_approve, deputy_cannot_approve,
    or overlaps."""

    code = "delegation_invalid"


@dataclass(frozen=True, slots=True)
class NewDelegation:
    """`valid_until` is the first day on which the principal is back."""

    principal_id: int
    deputy_id: int
    valid_from: date
    valid_until: date
    reason: str = ""


def delegate(ctx: Context, *, new: NewDelegation) -> Delegation:
    """The actor names a deputy for an absence of his or her own. Raises: forbidden, delegation_invalid."""
    if new.principal_id != ctx.actor.person_id:
        raise NotFound(person=new.principal_id)
    _check(ctx, new)
    return _keep(ctx, new, ctx.actor.person_id, None)


def request_delegation(ctx: Context, *, new: NewDelegation) -> ApprovalRequest:
    """An administrator asks for a deputy of somebody who is away already; a second person decides.

    Raises: forbidden, delegation_invalid, request_already_open, nobody_can_approve.
    """
    require_below(ctx, CHANGE, None)
    _check(ctx, new)
    content: dict[str, Any] = {
        "principal": str(new.principal_id), "deputy": str(new.deputy_id), "valid_from": str(new.valid_from),
        "valid_until": str(new.valid_until), "reason": new.reason,
    }  # fmt: skip
    return submit(ctx, subject_type=SUBJECT, subject_id=new.principal_id, content=content)


def decide_delegation(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; the deputy does not agree to his or her own power.

    Raises: what `approvals.decide` raises, delegation_invalid.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        content: dict[str, Any] = request.content
        new = NewDelegation(
            int(content["principal"]), int(content["deputy"]), date.fromisoformat(content["valid_from"]),
            date.fromisoformat(content["valid_until"]), content["reason"],
        )  # fmt: skip
        if new.deputy_id == ctx.actor.person_id:
            raise DelegationInvalid(problem="same_person")
        _check(ctx, new)
        _keep(ctx, new, request.maker_id, request.id)
    return request


def end_delegation(ctx: Context, delegation_id: int) -> None:
    """The principal is back early, or an administrator ends it: from today the deputy decides no more.

    Raises: not_found.
    """
    found = Delegation.objects.select_for_update().filter(id=delegation_id).first()
    if found is None or found.ended_on is not None:
        raise NotFound(delegation=delegation_id)
    if found.principal_id != ctx.actor.person_id:
        require_below(ctx, CHANGE, None)
    Delegation.objects.filter(id=found.id).update(ended_on=ctx.today)
    record(ctx, "control.delegation.ended", "delegation", found.id, after={"ended_on": ctx.today.isoformat()})


def read_report(ctx: Context, decision_ids: list[int]) -> int:
    """The principal has read what the deputy decided; returns how many were new. Others' are passed over."""
    mine = ApprovalDecision.objects.filter(id__in=decision_ids, on_behalf_of_id=ctx.actor.person_id)
    unread = mine.exclude(id__in=DeputyReport.objects.values("decision_id"))
    rows = [
        DeputyReport(group_id=ctx.group_id, decision_id=one, person_id=ctx.actor.person_id)
        for one in unread.values_list("id", flat=True)
    ]
    # Pressed twice at once: read is read.
    DeputyReport.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        facts = {"decisions": [row.decision_id for row in rows]}
        record(ctx, "control.delegation.report_read", "person", ctx.actor.person_id, after=facts)
    return len(rows)


def _check(ctx: Context, new: NewDelegation) -> None:
    if new.principal_id == new.deputy_id:
        raise DelegationInvalid(problem="same_person")
    if new.valid_until <= new.valid_from:
        raise DelegationInvalid(problem="period_empty")
    if new.valid_until <= ctx.today:
        raise DelegationInvalid(problem="period_over")
    if Person.objects.filter(id__in=[new.principal_id, new.deputy_id], kind=Person.PERSON).count() != 2:
        raise NotFound(person=new.deputy_id)
    approvers = list_approvers(ctx, None)
    for person, problem in (
        (new.principal_id, "principal_cannot_approve"),
        (new.deputy_id, "deputy_cannot_approve"),
    ):
        if person not in approvers:
            raise DelegationInvalid(problem=problem, permission=DECIDE)
    others = Delegation.objects.filter(
        principal_id=new.principal_id, ended_on=None, valid_from__lt=new.valid_until,
        valid_until__gt=new.valid_from,
    )  # fmt: skip
    if others.exists():
        raise DelegationInvalid(problem="overlaps")


def _keep(ctx: Context, new: NewDelegation, maker_id: int, request_id: int | None) -> Delegation:
    with guarded(ctx):
        kept = Delegation.objects.create(
            group_id=ctx.group_id, principal_id=new.principal_id, deputy_id=new.deputy_id, valid_from=new.valid_from,
            valid_until=new.valid_until, reason=new.reason[:200], maker_id=maker_id, request_id=request_id,
        )  # fmt: skip
    facts = {
        "principal": new.principal_id, "deputy": new.deputy_id, "valid_from": str(new.valid_from),
        "valid_until": str(new.valid_until), "request": request_id,
    }  # fmt: skip
    record(ctx, "control.delegation.given", "delegation", kept.id, after=facts)
    return kept
