"""Who approves what (위임전결 규정): one person proposes a version of a policy, another agrees; then it is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from moa.control.access import require_below
from moa.control.approval_route import read_bands
from moa.control.approval_rules import policy_problem
from moa.control.approvals import DECIDE, decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalGrade, ApprovalPolicy, ApprovalRequest, Unit
from moa.control.rights_guards import guarded
from moa.kernel.errors import DomainError, NotFound
from moa.kernel.money import CURRENCIES

SUBJECT = "control.approval_policy"
CHANGE = "control.policies.change"


class PolicyInvalid(DomainError):
    """Facts: `problem`, a code of `approval_rules.policy_problem`, or currency_unknown, amount_unreadable, starts_before_today."""

    code = "policy_invalid"


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """A version to be. Shape: `bands` as ApprovalPolicy keeps them; none of them ends the rule of this place."""

    subject_type: str
    unit_id: int | None
    currency: str
    bands: list[dict[str, Any]]
    includes_lower: bool
    valid_from: date
    decide_within_days: int | None = None


def propose_policy(ctx: Context, *, new: NewPolicy) -> ApprovalRequest:
    """Raises: forbidden, not_found (unit), policy_invalid, request_already_open, nobody_can_approve."""
    require_below(ctx, CHANGE, new.unit_id)
    if new.unit_id is not None and not Unit.objects.filter(id=new.unit_id).exists():
        raise NotFound(unit=new.unit_id)
    if problem := _problem(ctx, new):
        raise PolicyInvalid(problem=problem)
    content: dict[str, Any] = {
        "subject_type": new.subject_type, "unit": str(new.unit_id or ""), "currency": new.currency,
        "bands": new.bands, "includes_lower": new.includes_lower, "valid_from": str(new.valid_from),
        "decide_within_days": "" if new.decide_within_days is None else str(new.decide_within_days),
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{new.subject_type[:40]}:{new.unit_id or ''}:{new.currency}",
        content=content, unit_id=new.unit_id,
    )  # fmt: skip


def decide_policy(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Decide as another person; what was agreed is in force from its day. A rule of the whole group needs the right there.

    Raises: what `approvals.decide` raises, and what a guard of rights refuses.
    """
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    require_below(ctx, DECIDE, request.unit_id)
    if is_approved(request):
        _put_in_force(ctx, request)
    return request


def _problem(ctx: Context, new: NewPolicy) -> str:
    if new.currency and new.currency not in CURRENCIES:
        return "currency_unknown"
    if new.valid_from < ctx.today:
        return "starts_before_today"
    if new.decide_within_days is not None and new.decide_within_days < 0:
        return "deadline_negative"
    ranks = dict(ApprovalGrade.objects.values_list("code", "rank"))
    try:
        ends = [Decimal(band["up_to"]) for band in new.bands if band["up_to"]]
        bands = read_bands(new.bands, new.currency)
    except (InvalidOperation, DomainError):
        return "amount_unreadable"
    if any(not end.is_finite() for end in ends):
        return "amount_unreadable"
    return policy_problem(bands, ranks, new.currency)


def _put_in_force(ctx: Context, request: ApprovalRequest) -> None:
    content: dict[str, Any] = request.content
    days = content["decide_within_days"]
    with guarded(ctx):
        policy = ApprovalPolicy.objects.create(
            group_id=ctx.group_id, subject_type=content["subject_type"],
            unit_id=int(content["unit"]) if content["unit"] else None, currency=content["currency"],
            bands=content["bands"], includes_lower=content["includes_lower"],
            decide_within_days=int(days) if days else None, valid_from=date.fromisoformat(content["valid_from"]),
            maker_id=request.maker_id, checker_id=ctx.actor.person_id, request_id=request.id,
        )  # fmt: skip
    record(ctx, "control.policy.in_force", "approval_policy", policy.id, after=content)
