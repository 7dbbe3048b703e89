"""Limits of payments as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_text
from moa.payments.limit_words import scope_word
from moa.payments.operations.propose_limit import decide_limit


class LimitSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_limit`."""

    label = gettext_lazy("Limit of payments")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        unit = Unit.objects.filter(id=int(content["unit"] or 0)).first()
        name = (unit.names.get(ctx.language) or unit.name) if unit else _("whole group")
        minor = int(content["most_minor"]) if content["most_minor"] else None
        said = scope_word(content["scope"])
        return Subject(
            kind="payment_limit", title=f"{said} · {name}", amount_minor=minor, currency=content["currency"], unit=name,
            note="" if minor is not None else _("The limit ends"), ground_url=reverse("payments:limits"),
            lines=(SubjectLine(date=date.fromisoformat(content["valid_from"]), description=said, debit_minor=minor),),
            rekey=(RekeyField("amount", _("Amount"), "" if minor is None else to_text(minor, content["currency"])),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_limit(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
