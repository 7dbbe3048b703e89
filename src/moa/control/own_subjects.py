"""Control's own subjects on the approvals page: policies and deputies."""

from __future__ import annotations

from typing import Any

from moa.control.approval_subjects import Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.operations.change_policy import decide_policy
from moa.control.operations.delegate_approval import decide_delegation
from moa.control.queries import person_names, unit_names


class PolicySubject:
    """Registered in entry/wiring.py for the subject type of `operations.change_policy`."""

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        bands = " / ".join(
            f"≤ {band['up_to'] or '∞'}: " + " → ".join(step["grade"] or "*" for step in band["steps"])
            for band in content["bands"]
        )
        unit = unit_names(ctx, {int(content["unit"])}) if content["unit"] else {}
        return Subject(
            kind="approval_policy", title=content["subject_type"], unit=next(iter(unit.values()), ""),
            note=f"{content['currency']} {bands} · {content['valid_from']}".strip(),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_policy(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


class DelegationSubject:
    """Registered in entry/wiring.py for the subject type of `operations.delegate_approval`."""

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        principal, deputy = int(content["principal"]), int(content["deputy"])
        names = person_names(ctx, {principal, deputy})
        return Subject(
            kind="delegation", title=f"{names.get(principal, '')} → {names.get(deputy, '')}",
            note=f"{content['valid_from']} – {content['valid_until']} {content['reason']}".strip(),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_delegation(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
