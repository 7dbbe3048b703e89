"""Limits of payments as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import Change, RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_text
from moa.payments.limit_words import scope_word
from moa.payments.models import PaymentLimit
from moa.payments.operations.propose_limit import decide_limit
from moa.ui.formatting import figure


class LimitSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_limit`."""

    label = gettext_lazy("Limit of payments")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content = request.content
        unit = Unit.objects.filter(id=int(content["unit"] or 0)).first()
        name = (unit.names.get(ctx.language) or unit.name) if unit else _("whole group")
        minor = int(content["most_minor"]) if content["most_minor"] else None
        currency, valid_from = content["currency"], date.fromisoformat(content["valid_from"])
        said = scope_word(content["scope"])
        return Subject(
            kind="payment_limit", title=f"{said} · {name}", amount_minor=minor, currency=content["currency"], unit=name,
            note="" if minor is not None else _("The limit ends"), ground_url=reverse("payments:limits"),
            changes=(
                Change(said, _limit_words(_before(request, unit, valid_from), currency), _limit_words(minor, currency)),
                Change(_("In force from"), "", str(valid_from)),
            ),
            rekey=(RekeyField("amount", _("Amount"), "" if minor is None else to_text(minor, content["currency"])),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_limit(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _before(request: ApprovalRequest, unit: Unit | None, day: date) -> int | None:
    """What is in force on that day without this request, once it is decided too."""
    content = request.content
    found = PaymentLimit.objects.filter(
        scope=content["scope"], unit=unit, currency=content["currency"], valid_from__lte=day
    ).exclude(request_id__gte=request.id)
    newest = found.order_by("-valid_from", "-id").first()
    return None if newest is None else newest.most_minor


def _limit_words(minor: int | None, currency: str) -> str:
    return _("no limit") if minor is None else f"{currency} {figure(minor, currency)}"
