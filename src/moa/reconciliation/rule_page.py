"""The rule that booked a voucher, as the books show it."""

from __future__ import annotations

from urllib.parse import quote

from django.urls import reverse

from moa.accounts import line_sources
from moa.control.access import may
from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.source_pages import RulePage
from moa.reconciliation.models import RuleVersion
from moa.reconciliation.permissions import VIEW


def rule_of_source(ctx: Context, book: Book, source_id: str) -> RulePage | None:
    """Shape: `source_id` as `accounts/line_sources.py` writes it; other words there are no rule's name."""
    code, _, number = line_sources.rule_of_source(source_id).rpartition(".")
    if not code or not (number.isascii() and number.isdigit() and len(number) < 9):
        return None
    found = RuleVersion.objects.filter(book_id=book.id, code=code, number=int(number)).first()
    if found is None:
        return None
    seen = may(ctx, VIEW, book.unit_id)
    url = f"{reverse('reconciliation:rule', args=[code])}?book={quote(book.code)}" if seen else ""
    return RulePage(f"{code}.{number}", found.title, url)
