"""The rule that booked a voucher, as the books show it."""

from __future__ import annotations

from urllib.parse import quote

from django.urls import reverse

from moa.control.access import may
from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.source_pages import RulePage
from moa.reconciliation.models import RuleVersion
from moa.reconciliation.permissions import VIEW


def rule_of_source(ctx: Context, book: Book, source_id: str) -> RulePage | None:
    """Shape: `source_id` as rules/vouchers.py writes it, "4711 FEES.2"; other words there are no rule's name."""
    code, _, number = source_id.partition(" ")[2].rpartition(".")
    if not code or not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    found = RuleVersion.objects.filter(book_id=book.id, code=code, number=int(number)).first()
    if found is None:
        return None
    seen = may(ctx, VIEW, book.unit_id)
    url = f"{reverse('reconciliation:rule', args=[code])}?book={quote(book.code)}" if seen else ""
    return RulePage(f"{code}.{number}", found.title, url)
