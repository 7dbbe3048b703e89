"""The bank line that a voucher was made from, as the books show it: its page, and its record as it stood in the file."""

from __future__ import annotations

from django.urls import reverse

from moa.accounts.explanation import explained
from moa.accounts.line_sources import line_of_source
from moa.accounts.permissions import VIEW
from moa.control.access import may
from moa.control.context import Context
from moa.ledger.source_pages import SourcePage


def line_page(ctx: Context, source_id: str) -> SourcePage | None:
    """Shape: `source_id` as `line_sources` writes it."""
    number = line_of_source(source_id)
    if number is None or not may(ctx, VIEW):
        return None
    line = explained(ctx, str(number))
    if line is None:
        return None
    title = f"{line['bank']} {line['account_name']} {line['booked_on']} {line['counterparty'] or line['description']}"
    record, file = line["record"] or {}, line["file"] or {}
    return SourcePage(
        title.strip(), reverse("accounts:transaction", args=[number]), record.get("text", ""), file.get("name", ""),
        record.get("place", ""),
    )  # fmt: skip
