"""Review by typing again (复录): the decisive fields, blind, compared digit by digit."""

from __future__ import annotations

from collections.abc import Mapping

from moa.control import approval_subjects
from moa.control.access import require
from moa.control.approval_capacity import capacity_of
from moa.control.approval_rules import differing_fields
from moa.control.approvals import DECIDE, SamePerson
from moa.control.audit import record
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.lifecycle import APPROVAL
from moa.control.models import ApprovalRequest, RekeyAttempt
from moa.control.models.approvals import REKEY
from moa.kernel.errors import DomainError, NotFound


class NothingToRekey(DomainError):
    """The step is reviewed by eye, or the subject names no fields to type."""

    code = "nothing_to_rekey"


def rekey_request(ctx: Context, request_id: int, *, typed: Mapping[str, str]) -> RekeyAttempt:
    """Record one try: which fields differ, never how, and nothing of what was typed.

    To be called in a transaction of its own, for a try that failed is kept too. Raises: not_found, forbidden,
    move_not_allowed, maker_is_checker, signed_already, not_an_approver, nothing_to_rekey.
    """
    request = ApprovalRequest.objects.select_for_update().filter(id=request_id).first()
    if request is None:
        raise NotFound(request=request_id)
    require(ctx, DECIDE, request.unit_id)
    APPROVAL.after(request.state, "approve")
    if request.maker_id == ctx.actor.person_id:
        raise SamePerson(request=request_id)
    fields = approval_subjects.describe(ctx, request).rekey
    if capacity_of(ctx, request).review != REKEY or not fields:
        raise NothingToRekey(request=request_id)
    differing = differing_fields({field.code: field.value for field in fields}, typed)
    unchanged = content_hash(request.content) == request.content_hash
    attempt = RekeyAttempt.objects.create(
        group_id=ctx.group_id, request_id=request.id, number=request.step, person_id=ctx.actor.person_id,
        matched=unchanged and not differing, differing=differing,
    )  # fmt: skip
    record(
        ctx, "control.approval.rekeyed" if attempt.matched else "control.approval.rekeyed_otherwise",
        request.subject_type, request.subject_id,
        after={"request": request.id, "step": request.step, "differing": differing},
    )  # fmt: skip
    return attempt
