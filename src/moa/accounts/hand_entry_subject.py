"""Entries by hand as the approvals page shows and decides them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.accounts.models import BankAccount
from moa.accounts.operations.enter_lines import decide_entry
from moa.control.approval_subjects import RekeyField, Subject, SubjectLine
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.kernel.money import to_minor, to_text


class HandEntrySubject:
    """Registered in entry/wiring.py for the subject type of `operations.enter_lines`."""

    label = gettext_lazy("Entries by hand")

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
            rekey=_rekey(account, lines, balance, currency),
        )  # fmt: skip

    def decide(
        self, ctx: Context, request_id: int, *, approve: bool, seen_hash: str, reason: str
    ) -> ApprovalRequest:
        return decide_entry(ctx, request_id, approve=approve, seen_hash=seen_hash, reason=reason)


def _rekey(
    account: BankAccount, lines: tuple[SubjectLine, ...], balance: int | None, currency: str
) -> tuple[RekeyField, ...]:
    """The account, the amounts, and of a single line the counterparty too."""
    fields = [RekeyField("account", _("Account number"), account.number)]
    if balance is not None:
        return (*fields, RekeyField("balance", _("Balance"), to_text(balance, currency)))
    out = sum(line.debit_minor or 0 for line in lines)
    into = sum(line.credit_minor or 0 for line in lines)
    if out:
        fields.append(RekeyField("out", _("Total out"), to_text(out, currency)))
    if into or not out:
        fields.append(RekeyField("in", _("Total in"), to_text(into, currency)))
    if len(lines) == 1 and lines[0].counterparty:
        fields.append(RekeyField("counterparty", _("Counterparty"), lines[0].counterparty))
    return tuple(fields)


def _line(line: dict[str, str], currency: str) -> SubjectLine:
    minor = to_minor(Decimal(line["amount"]), currency)
    return SubjectLine(
        date=date.fromisoformat(line["date"]),
        value_date=date.fromisoformat(line["value_date"]) if line["value_date"] else None,
        description=line["description"], counterparty=line["counterparty"],
        debit_minor=-minor if minor < 0 else None, credit_minor=minor if minor >= 0 else None,
    )  # fmt: skip
