"""Standing orders as the approvals page shows and decides them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.ledger.models import Book
from moa.ledger.operations.agree_standing_order import decide_standing_order
from moa.ui.trail_codes import code_words


class StandingOrderSubject:
    """Registered in entry/wiring.py for the subject type of `operations.agree_standing_order`."""

    label = gettext_lazy("Standing order")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        book = Book.objects.get(id=int(content["book"]))
        unit = Unit.objects.filter(id=book.unit_id).first()
        period = f"{content['valid_from']} – {content['valid_until']}".strip(" –")
        return Subject(
            kind="standing_order", title=content["title"], unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=book.name, note=f"{', '.join(code_words('acts', act) or act for act in content['acts'])} · {period}",
            rekey=(RekeyField("code", _("Code"), content["code"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_standing_order(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
