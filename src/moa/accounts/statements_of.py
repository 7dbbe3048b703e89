"""The statements of one account in their order, the gaps between them, and its intraday lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moa.accounts.lines import LineRow
from moa.accounts.models import ProvisionalEntry, Statement
from moa.accounts.overview import AccountRow, expected_days
from moa.control.context import Context
from moa.directory.queries import calendar_for


def statement_rows(ctx: Context, account_id: int, *, limit: int = 200) -> list[dict[str, Any]]:
    """Statements newest first. A gap is told where a statement opens with another balance than the last closed with."""
    found = list(
        Statement.objects.filter(account_id=account_id)
        .select_related("file")
        .order_by("-to_date", "-recorded_at", "-id")[:limit]
    )
    rows: list[dict[str, Any]] = []
    former: Statement | None = None
    for statement in reversed(found):
        state, gap = "complete", None
        if statement.provisional:
            state = "provisional"
        else:
            gap = _gap(former, statement)
            state = "gap_before" if gap else "complete"
            former = statement
        rows.append(
            {
                "id": statement.id, "from_date": statement.from_date, "to_date": statement.to_date,
                "opening_minor": statement.opening_minor, "closing_minor": statement.closing_minor,
                "entries": statement.entry_count, "file": statement.file.name if statement.file else "",
                "file_url": f"/imports/{statement.file_id}" if statement.file_id else None,
                "received_at": statement.file.received_at if statement.file else statement.recorded_at,
                "state": state, "gap_minor": gap,
            }
        )  # fmt: skip
    return rows[::-1]


def _gap(former: Statement | None, statement: Statement) -> int | None:
    """What is missing between two statements that follow one another; overlapping ones have no gap."""
    if former is None or former.closing_minor is None or statement.opening_minor is None:
        return None
    if statement.from_date <= former.to_date:
        return None
    return (statement.opening_minor - former.closing_minor) or None


def day_strip(ctx: Context, account: AccountRow, *, days: int = 10) -> list[dict[str, Any]]:
    """The last business days of the account's bank, each with a statement or without."""
    calendar = calendar_for(ctx, account.bank_key[:2])
    day, _ = expected_days(calendar, ctx.today)
    strip: list[dict[str, Any]] = []
    while len(strip) < days:
        strip.insert(0, {"date": day, "state": "missing" if day in account.missing else "ok"})
        day = calendar.previous_business_day(day)
        if account.covered_until is None:
            break
    return strip


def provisional_lines(ctx: Context, account_id: int) -> list[LineRow]:
    """Intraday lines that no booked statement has replaced yet, newest first."""
    since = ctx.today - timedelta(days=31)
    found = ProvisionalEntry.objects.filter(account_id=account_id, replaced_at=None, booked_on__gte=since)
    return [
        LineRow(
            one.id, one.booked_on, one.booked_time, one.value_date, one.account_id, one.counterparty, one.description,
            one.amount_minor, None, False,
        )
        for one in found.order_by("-booked_on", "-id")[:200]
    ]  # fmt: skip
