"""Limits of payments: one person proposes a version, another agrees, and from its day on it counts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from moa.control.access import require
from moa.control.approvals import decide, is_approved, submit
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.control.rights_guards import guarded
from moa.kernel.errors import DomainError
from moa.kernel.money import CURRENCIES
from moa.payments.models import PaymentLimit
from moa.payments.permissions import PROPOSE_LIMIT, VIEW
from moa.payments.rules.limits import LimitScope

SUBJECT = "payments.limit"


class LimitInvalid(DomainError):
    """Facts: `problem`: scope_unknown, unit_missing, unit_not_here, currency_unknown, amount_invalid or date_invalid."""

    code = "payment_limit_invalid"


class NewLimit(NamedTuple):
    """Shape: `unit_id` None for the whole group; `most_minor` None ends the limit."""

    scope: str
    currency: str
    most_minor: int | None
    valid_from: date
    unit_id: int | None = None


def propose_limit(ctx: Context, *, new: NewLimit) -> ApprovalRequest:
    """Raises: forbidden, payment_limit_invalid, request_already_open, nobody_can_approve."""
    require(ctx, PROPOSE_LIMIT, new.unit_id)
    if problem := _problem(ctx, new):
        raise LimitInvalid(problem=problem)
    content = {
        "scope": new.scope, "unit": str(new.unit_id or ""), "currency": new.currency,
        "most_minor": "" if new.most_minor is None else str(new.most_minor), "valid_from": str(new.valid_from),
    }  # fmt: skip
    return submit(
        ctx, subject_type=SUBJECT, subject_id=f"{new.scope}:{new.unit_id or ''}:{new.currency}", content=content,
        unit_id=new.unit_id, amount_minor=new.most_minor, currency=new.currency if new.most_minor is not None else "",
    )  # fmt: skip


def decide_limit(
    ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str = ""
) -> ApprovalRequest:
    """Raises: what `approvals.decide` raises, and what a guard of rights refuses."""
    require(ctx, VIEW)
    request = decide(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason, subject=SUBJECT)
    if is_approved(request):
        content = request.content
        with guarded(ctx):
            limit = PaymentLimit.objects.create(
                group_id=ctx.group_id, scope=content["scope"], unit_id=int(content["unit"] or 0) or None,
                currency=content["currency"], most_minor=int(content["most_minor"]) if content["most_minor"] else None,
                valid_from=date.fromisoformat(content["valid_from"]), maker_id=request.maker_id,
                checker_id=ctx.actor.person_id, request_id=request.id,
            )  # fmt: skip
        record(ctx, "payments.limit.changed", "payment_limit", limit.id, after=content)
    return request


def _problem(ctx: Context, new: NewLimit) -> str:
    if new.scope not in list(LimitScope):
        return "scope_unknown"
    if new.scope == LimitScope.UNIT and new.unit_id is None:
        return "unit_missing"
    if new.scope == LimitScope.DAILY and new.unit_id is not None:
        return "unit_not_here"
    if new.unit_id is not None and not Unit.objects.filter(id=new.unit_id).exists():
        return "unit_missing"
    if new.currency not in CURRENCIES:
        return "currency_unknown"
    # No figure of the books is larger than the database can hold.
    if new.most_minor is not None and not 0 <= new.most_minor < 2**63:
        return "amount_invalid"
    return "date_invalid" if new.valid_from < ctx.today else ""
