"""Rules for bank lines as the approvals page shows and decides them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.ledger.models import Book
from moa.reconciliation.operations.propose_rule import decide_rule


def _target(content: dict[str, Any]) -> str:
    """The account, and the version of the template that named it."""
    named = content.get("template", "")
    return (
        f"{content['counter']} [{named}.{content['template_revision']}]" if named else str(content["counter"])
    )


class RuleSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_rule`."""

    label = gettext_lazy("Rule for bank lines")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        book = Book.objects.get(id=int(content["book"]))
        unit = Unit.objects.filter(id=int(content["unit"] or 0)).first()
        asked = ", ".join(f"{name} = {value}" for name, value in content["conditions"].items())
        parts = (
            f"{content['position']} {content['code']}: {asked}",
            f"→ {_target(content)} ({content['mode']})" if content["is_on"] == "yes" else "→ ✕",
            f"{content['valid_from']} –", content["note"],
        )  # fmt: skip
        return Subject(
            kind="bank_rule", title=content["title"], unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=book.name, note=" · ".join(part for part in parts if part),
            ground_url=f"/reconciliation/rules/{content['code']}",
            rekey=(
                RekeyField("code", _("Code"), content["code"]),
                RekeyField("counter", _("Account of the books"), content["counter"]),
            ),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_rule(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
