"""Control's own subjects on the approvals page: policies and deputies."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_route import read_bands
from moa.control.approval_rules import REKEY
from moa.control.approval_subjects import RekeyField, Subject, label_of
from moa.control.context import Context
from moa.control.models import ApprovalGrade, ApprovalRequest
from moa.control.operations.change_policy import decide_policy
from moa.control.operations.delegate_approval import decide_delegation
from moa.control.queries import person_names, unit_names
from moa.ui.formatting import figure


class PolicySubject:
    """Registered in entry/wiring.py for the subject type of `operations.change_policy`."""

    label = gettext_lazy("Approval policy")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        unit = unit_names(ctx, {int(content["unit"])}) if content["unit"] else {}
        return Subject(
            kind="approval_policy", title=label_of(content["subject_type"]), unit=next(iter(unit.values()), _("Whole group")),
            note=f"{_bands_in_words(ctx, content)} · {_('In force from')} {content['valid_from']}", ground_url="/approvals/policies",
            rekey=(RekeyField("valid_from", _("In force from"), content["valid_from"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_policy(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _bands_in_words(ctx: Context, content: dict[str, Any]) -> str:
    names = {grade.code: grade.names.get(ctx.language) or grade.name for grade in ApprovalGrade.objects.all()}
    said = []
    for band in read_bands(content["bands"], content["currency"]):
        signs = " → ".join(
            (names.get(step.grade, step.grade) or _("Any grade"))
            + (f" ({_('typed again')})" if step.review == REKEY else "")
            for step in band.steps
        )
        end = band.up_to_minor
        upto = _("no end") if end is None else f"≤ {content['currency']} {figure(end, content['currency'])}"
        said.append(f"{upto}: {signs}" if end is not None or len(content["bands"]) > 1 else signs)
    return " / ".join(said) or _("No rule of its own any more")


class DelegationSubject:
    """Registered in entry/wiring.py for the subject type of `operations.delegate_approval`."""

    label = gettext_lazy("Deputy")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        principal, deputy = int(content["principal"]), int(content["deputy"])
        names = person_names(ctx, {principal, deputy})
        return Subject(
            kind="delegation", title=f"{names.get(principal, '')} → {names.get(deputy, '')}",
            note=f"{content['valid_from']} – {content['valid_until']} {content['reason']}".strip(),
            ground_url="/approvals/deputies",
            rekey=(RekeyField("valid_from", _("From"), content["valid_from"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_delegation(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
