"""Evidence from outside as the approvals page shows and decides it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.payments.operations.propose_evidence import decide_evidence
from moa.payments.proof_words import PROVES


class EvidenceSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_evidence`."""

    label = gettext_lazy("Evidence of a payment")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        unit = Unit.objects.filter(id=request.unit_id or 0).first()
        said = str(PROVES[content["says"]])
        minor = int(content["amount_minor"])
        return Subject(
            kind="payment_evidence", title=f"P{content['order']} {content['payee_name']}: {said}", amount_minor=minor,
            currency=content["currency"], unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            note=_("%(text)s · document “%(name)s”") % {"text": content["text"], "name": content["document_name"]},
            lines=(SubjectLine(date=ctx.today, description=content["reference"], counterparty=content["payee_name"],
                               debit_minor=minor),),
            ground_url=reverse("payments:evidence", args=[int(content["attempt"])]),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_evidence(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
