"""Evidence from outside as the approvals page shows and decides it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Fact, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.control.queries import group_zone
from moa.payments.bank_days import may_arrive
from moa.payments.lifecycle import AttemptState
from moa.payments.models import Evidence, PaymentAttempt
from moa.payments.operations.propose_evidence import decide_evidence
from moa.payments.proof_words import PROVES
from moa.payments.rules.evidence import PROVE_FAILED
from moa.payments.silent_statements import silent_until
from moa.payments.web.bank_parts import known_of
from moa.ui.formatting import full_moment, moment


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
            ground_url=reverse("payments:evidence", args=[int(content["attempt"])]), must_read=True,
        )  # fmt: skip

    def facts(self, ctx: Context, request: ApprovalRequest) -> tuple[Fact, ...]:
        """The document that is to be looked at, and what the bank itself has said so far."""
        content: dict[str, Any] = request.content
        attempt = PaymentAttempt.objects.select_related("connection", "message").get(
            id=int(content["attempt"])
        )
        link = reverse("payments:evidence_document", args=[attempt.id, int(content["document"])])
        facts = [
            Fact(_("It proves"), str(PROVES[content["says"]])),
            Fact(_("What the bank said, who and when"), content["text"]),
            Fact(
                _("Document"),
                links=((content["document_name"], link),),
                more=f"SHA-256 {content['sha256'][:16]}…",
            ),
        ]
        now = ctx.at.astimezone(group_zone(ctx))
        heard = Evidence.objects.filter(attempt_id=attempt.id).order_by("id")
        for known in known_of(heard, ctx.language):
            said = " · ".join([*([str(known["proves"])] if known["proves"] else []), *known["parts"]])
            facts.append(Fact(str(known["what"]), said, more=full_moment(known["at"], now)))
        if request.state == "open" and attempt.state == AttemptState.PAID and content["says"] == PROVE_FAILED:
            facts += _disproof(ctx, attempt)
        arrival = may_arrive(ctx, attempt) if request.state == "open" else None
        if arrival is not None and content["says"] == PROVE_FAILED:
            until = _("until %(at)s") % {"at": moment(arrival.until, now)}
            facts.append(
                Fact(
                    _("It may still arrive"), _("Only the bank's word that it will not carry it out proves this before."),
                    tone="pending", word=_("until the bank shows that its next day has begun") if arrival.is_after else until,
                )
            )  # fmt: skip
        return tuple(facts)

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_evidence(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _disproof(ctx: Context, attempt: PaymentAttempt) -> list[Fact]:
    """What follows, and the statements that say nothing of it."""
    facts = [
        Fact(_("When this is agreed to"), _("The payment stands as failed, its voucher is taken back, and it may be sent again."))
    ]  # fmt: skip
    until = silent_until(ctx, attempt)
    if until is not None:
        facts.append(
            Fact(
                _("The bank's statement"), _("no line of it, and its files reach to %(day)s") % {"day": until}
            )
        )
    return facts
