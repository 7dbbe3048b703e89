"""Where a line comes from: its file, its record in the file, its statement, the balances around it."""

from __future__ import annotations

import json
import re
from typing import Any

from moa.accounts.lines import ExplainedLine, explain_line, explain_provisional, superseded_ids
from moa.accounts.models import StatementFile, Supersession
from moa.accounts.overview import list_accounts
from moa.accounts.raw_lines import raw_cells, raw_record
from moa.control.context import Context
from moa.control.models import ApprovalDecision

_KEY = re.compile(r"(p?)(\d{1,18})")


def explained(ctx: Context, line_key: str) -> dict[str, Any] | None:
    """The panel's facts (see the template), or None when the line is absent or not this person's to see.

    Shape: `line_key` is a line's id, or an intraday line's with a "p" before it.
    """
    found = _KEY.fullmatch(line_key)
    if found is None:
        return None
    provisional = bool(found[1])
    line = explain_provisional(ctx, int(found[2])) if provisional else explain_line(ctx, int(found[2]))
    if line is None:
        return None
    account = next(iter(list_accounts(ctx, ids=[line.account_id])), None)
    if account is None:
        return None
    balance = line.balance_minor
    return {
        "id": line_key, "account_id": account.id, "booked_on": line.booked_on, "time": line.time,
        "value_date": line.value_date, "recorded_at": line.recorded_at, "currency": account.currency,
        "direction": "credit" if line.amount_minor >= 0 else "debit", "amount_minor": abs(line.amount_minor),
        "counterparty": line.counterparty, "counterparty_account": line.counterparty_account,
        "description": line.description, "reference": line.reference, "bank_reference": line.bank_reference,
        "bank": account.bank, "account_end": account.account_end, "account_name": account.name,
        "company": account.company, "state": "provisional" if provisional else _state(line), "file": _file(line), "record": _record(ctx, line),
        "statement": {
            "from_date": line.from_date, "to_date": line.to_date, "reference": line.statement_reference,
        },
        "manual": _manual(line), "before_minor": None if balance is None else balance - line.amount_minor,
        "balance_minor": balance, "stated": line.balance_stated, "next_agrees": line.next_agrees,
        "details": json.loads(line.details) if line.details else [], "superseded_by": None if provisional else _superseded_by(line), "history": [],
    }  # fmt: skip


def _state(line: ExplainedLine) -> str:
    if superseded_ids([line.id]):
        return "superseded"
    return "manual" if line.request_id else "booked"


def _file(line: ExplainedLine) -> dict[str, Any] | None:
    if line.file_id is None:
        return None
    return {
        "id": line.file_id, "name": line.file, "received_at": line.received_at, "by": line.by, "channel": line.channel,
        "sha256": line.sha256, "url": f"/imports/{line.file_id}",
    }  # fmt: skip


def _record(ctx: Context, line: ExplainedLine) -> dict[str, Any] | None:
    if line.document_id is None:
        return None
    profile = (
        StatementFile.objects.filter(id=line.file_id).values_list("profile", flat=True).first()
        if line.file_id
        else ""
    )
    row = raw_cells(ctx, line.document_id, line.place, profile or "")
    text = "" if row else raw_record(ctx, line.document_id, line.place, line.encoding or "utf-8")
    marks: list[tuple[int, int]] = []
    if text:
        words = [
            str(abs(line.amount_minor)),
            f"{abs(line.amount_minor):,}",
            line.reference,
            line.counterparty,
        ]
        for word in words:
            at = text.find(word) if len(word) > 2 else -1
            if at >= 0 and not any(start < at + len(word) and at < end for start, end in marks):
                marks.append((at, at + len(word)))
    return {
        "place": line.place, "encoding": line.encoding or "", "text": text,
        "marks": [[start, end] for start, end in sorted(marks)], "row": row,
    }  # fmt: skip


def _manual(line: ExplainedLine) -> dict[str, Any] | None:
    if line.request_id is None:
        return None
    decision = (
        ApprovalDecision.objects.filter(request_id=line.request_id, approved=True)
        .select_related("maker", "checker")
        .first()
    )
    if decision is None:
        return None
    return {
        "maker": decision.maker.name, "approver": decision.checker.name, "at": decision.recorded_at,
        "approval_url": f"/approvals/{line.request_id}",
    }  # fmt: skip


def _superseded_by(line: ExplainedLine) -> dict[str, Any] | None:
    found = (
        Supersession.objects.filter(transaction_id=line.id)
        .select_related("conflict__file")
        .order_by("id")
        .first()
    )
    if found is None:
        return None
    return {
        "file": found.conflict.file.name, "at": found.recorded_at, "url": f"/conflicts/{found.conflict_id}",
    }  # fmt: skip
