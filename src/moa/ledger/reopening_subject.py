"""Reopenings as the approvals page shows and decides them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.ledger.models import Book
from moa.ledger.operations.reopen_day import decide_reopening


class ReopeningSubject:
    """Registered in entry/wiring.py for the subject type of `operations.reopen_day`."""

    label = gettext_lazy("Reopening a day")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        book = Book.objects.get(id=int(content["book"]))
        unit = Unit.objects.filter(id=book.unit_id).first()
        return Subject(
            kind="day_reopening", title=content["day"],
            unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=book.names.get(ctx.language) or book.name, note=content["reason"],
            rekey=(RekeyField("day", _("Business day"), content["day"]),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_reopening(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
