"""Entries by hand as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from moa.accounts.models import BankAccount
from moa.accounts.operations.enter_lines import decide_entry
from moa.control.approval_subjects import Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_minor


class HandEntrySubject:
    """Registered in entry/wiring.py for the subject type of `operations.enter_lines`."""

    def describe(self, ctx: Context, request: ApprovalRequest) -> Subject:
        content: dict[str, Any] = request.content
        account = BankAccount.objects.get(id=content["account"])
        currency = content["currency"]
        balance = to_minor(Decimal(content["balance"]), currency) if content["mode"] == "balance" else None
        lines = tuple(_line(line, currency) for line in content["lines"])
        if balance is not None:
            lines = (SubjectLine(date=date.fromisoformat(content["day"]), balance_minor=balance),)
        moved = sum((line.credit_minor or 0) - (line.debit_minor or 0) for line in lines)
        unit = Unit.objects.filter(id=account.unit_id).first()
        return Subject(
            kind="manual_balance" if balance is not None else "manual_lines",
            title=account.nickname or account.number, amount_minor=moved if balance is None else balance,
            currency=currency, unit=(unit.names.get(ctx.language) or unit.name) if unit else "",
            account_name=account.nickname or account.holder, account_number=account.number, lines=lines,
            note=content.get("note", ""), ground_url=f"/accounts/{account.id}",
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_entry(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _line(line: dict[str, str], currency: str) -> SubjectLine:
    minor = to_minor(Decimal(line["amount"]), currency)
    return SubjectLine(
        date=date.fromisoformat(line["date"]),
        value_date=date.fromisoformat(line["value_date"]) if line["value_date"] else None,
        description=line["description"], counterparty=line["counterparty"],
        debit_minor=-minor if minor < 0 else None, credit_minor=minor if minor >= 0 else None,
    )  # fmt: skip
