"""The route of a request: which policy applies, its steps, and who could give each; found once, at submission."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from moa.control.approval_rules import Band, PolicyKey, StepRule, choose_policy, steps_for, unfilled_step
from moa.control.approvers import AmountUnknown, in_base, list_approvers, path_of
from moa.control.context import Context
from moa.control.models import (
    ApprovalCandidate,
    ApprovalGrade,
    ApprovalPolicy,
    ApprovalRequest,
    ApprovalStep,
)
from moa.kernel.errors import DomainError
from moa.kernel.money import to_minor


class NobodyCanApprove(DomainError):
    """Nobody is there who could give one of the steps; facts: `step`, `grade` its grade's code."""

    code = "nobody_can_approve"


class NoRateForLimit(DomainError):
    """No rate says whether the amount is within the limits of the roles; facts: `currency`."""

    code = "no_rate_for_limit"


@dataclass(frozen=True, slots=True)
class Route:
    """Shape: `steps` empty: no policy, one step of anyone with the right to decide; `candidates` one set per step."""

    steps: tuple[StepRule, ...] = ()
    candidates: tuple[frozenset[int], ...] = ()
    policy: ApprovalPolicy | None = None
    grades: dict[str, int] = field(default_factory=dict)


def bands_of(policy: ApprovalPolicy) -> list[Band]:
    return read_bands(policy.bands, policy.currency)


def read_bands(bands: list[dict[str, Any]], currency: str) -> list[Band]:
    """The bands as a policy's row keeps them. Raises what money raises for an amount that is none."""
    return [
        Band(
            to_minor(Decimal(band["up_to"]), currency or "KRW") if band["up_to"] else None,
            tuple(StepRule(step["grade"], step["review"]) for step in band["steps"]),
        )
        for band in bands
    ]


def policies_in_force(ctx: Context, subject_type: str) -> dict[PolicyKey, ApprovalPolicy]:
    """The version of each place and currency that counts today."""
    newest = (
        ApprovalPolicy.objects.filter(subject_type=subject_type, valid_from__lte=ctx.today)
        .order_by("unit_id", "currency", "-valid_from", "-id")
        .distinct("unit_id", "currency")
    )
    return {PolicyKey(one.unit_id, one.currency): one for one in newest}


def policy_for(ctx: Context, subject_type: str, unit_id: int | None, currency: str) -> ApprovalPolicy | None:
    """The policy that applies, or None: then one person with the right to decide suffices."""
    versions = policies_in_force(ctx, subject_type)
    if not versions:
        return None
    found = choose_policy(versions, path=path_of(unit_id), currency=currency)
    return next((policy for _, policy in found if policy.bands), None)


def find_route(
    ctx: Context, subject_type: str, unit_id: int | None, amount_minor: int | None, currency: str
) -> Route:
    """Raises: nobody_can_approve, no_rate_for_limit; both only where a policy is in force."""
    policy = policy_for(ctx, subject_type, unit_id, currency)
    if policy is None:
        return Route()
    ranks = dict(ApprovalGrade.objects.values_list("code", "rank"))
    measured = amount_minor if policy.currency in ("", currency) else None
    steps = steps_for(bands_of(policy), measured, ranks, includes_lower=policy.includes_lower)
    approvers = {
        person: one for person, one in list_approvers(ctx, unit_id).items() if person != ctx.actor.person_id
    }
    candidates = []
    for number, step in enumerate(steps, 1):
        able = [one for one in approvers.values() if one.rank >= ranks.get(step.grade, 0)]
        # The last approver answers for the amount; those before only pass it on.
        if number == len(steps) and any(one.limit_minor is not None for one in able):
            able = [one for one in able if one.within(_base(ctx, amount_minor, currency))]
        candidates.append(frozenset(one.person_id for one in able))
    missing = unfilled_step(candidates)
    if missing is not None:
        raise NobodyCanApprove(subject_type=subject_type, step=missing, grade=steps[missing - 1].grade)
    return Route(steps, tuple(candidates), policy, ranks)


def _base(ctx: Context, amount_minor: int | None, currency: str) -> int | None:
    try:
        return in_base(ctx, amount_minor, currency)
    except AmountUnknown:
        raise NoRateForLimit(currency=currency) from None


def keep_route(ctx: Context, request: ApprovalRequest, route: Route) -> None:
    """Store the steps and who could give them, as they were found."""
    grades = dict(ApprovalGrade.objects.values_list("code", "id"))
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            group_id=ctx.group_id, request_id=request.id, number=number, grade_id=grades.get(step.grade),
            review=step.review,
        )
        for number, step in enumerate(route.steps, 1)
    )  # fmt: skip
    ApprovalCandidate.objects.bulk_create(
        ApprovalCandidate(group_id=ctx.group_id, request_id=request.id, number=number, person_id=person)
        for number, persons in enumerate(route.candidates, 1)
        for person in sorted(persons)
    )


def deadline(ctx: Context, policy: ApprovalPolicy | None) -> Any:
    if policy is None or policy.decide_within_days is None:
        return None
    return ctx.today + timedelta(days=policy.decide_within_days)
