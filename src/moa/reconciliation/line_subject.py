"""Decisions on bank lines as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_subjects import RekeyField, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_text
from moa.reconciliation.booking import memo_facts
from moa.reconciliation.models import BankLine
from moa.reconciliation.operations.propose_line import decide_line
from moa.reconciliation.rules.vouchers import memo_of
from moa.reconciliation.stored_lines import what_they_say


class LineSubject:
    """Registered in entry/wiring.py for the subject type of `operations.propose_line`."""

    label = gettext_lazy("Decision on a bank line")

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        line = BankLine.objects.select_related("link__account").get(id=int(content["row"]))
        account, minor = line.link.account, int(content["amount_minor"])
        unit = Unit.objects.filter(id=line.unit_id or 0).first()
        # As it will stand on the voucher, not as it was typed.
        memo = memo_of(content["memo"], memo_facts(line, what_they_say([line.id])[line.id]))
        note = (content["reason"], f"→ {content['counter']}" if content["counter"] else "", memo)
        shown = SubjectLine(
            date=date.fromisoformat(content["booked_on"]), value_date=line.value_date, description=content["text"],
            counterparty=content["counterparty"], debit_minor=-minor if minor < 0 else None,
            credit_minor=minor if minor > 0 else None,
        )  # fmt: skip
        return Subject(
            kind=f"bank_line_{content['action']}", title=content["counterparty"] or content["text"], amount_minor=minor,
            currency=content["currency"], unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=account.nickname or account.holder, account_number=account.number, lines=(shown,),
            note=" · ".join(part for part in note if part), ground_url=f"/reconciliation/lines/{line.id}",
            rekey=(RekeyField("amount", _("Amount"), to_text(abs(minor), content["currency"])),),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_line(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)
