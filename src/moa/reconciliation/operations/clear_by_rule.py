"""A rule that came into force since clears what stands in suspense, if it books at once."""

from __future__ import annotations

from moa.control.context import Context
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.queries import open_day
from moa.reconciliation.clearing import clear_item
from moa.reconciliation.lifecycle import LineState, SuspenseState
from moa.reconciliation.line_claims import FOR_PERSONS
from moa.reconciliation.models import BankLine, SuspenseItem
from moa.reconciliation.queries import rules_of
from moa.reconciliation.reopening_lines import CLEARING_TAKEN_BACK
from moa.reconciliation.rules.matching import POST, first_match
from moa.reconciliation.stored_lines import what_they_say


def clear_by_rule(ctx: Context, book: Book) -> int:
    """Returns how many items were cleared. A rule under which the line was refused or unconfirmed does not count.

    Raises: forbidden, standing_order_missing.
    """
    with ctx.open():
        open_on = open_day(book)
        rules = rules_of(book, open_on) if open_on else []
        found = SuspenseItem.objects.filter(book_id=book.id, state=SuspenseState.OPEN).order_by("id")
        items = list(found.values_list("id", "line_id")) if rules else []
        said = what_they_say([line for _, line in items])
    count = 0
    for item_id, line_id in items:
        rule = first_match(rules, said[line_id].facts)
        if rule is None or rule.mode != POST:
            continue
        with ctx.open():
            share_book(book.id)
            line = (
                BankLine.objects.select_for_update(skip_locked=True)
                .filter(id=line_id, state=LineState.SUSPENSE)
                .first()
            )
            item = SuspenseItem.objects.filter(id=item_id, state=SuspenseState.OPEN).first()
            if line is None or item is None or line.rule_id == rule.id or open_day(book) != open_on:
                continue
            # A person took the clearing back, or persons decide on its payment first.
            if line.problem in CLEARING_TAKEN_BACK or item.cause in FOR_PERSONS:
                continue
            assert open_on is not None
            count += not clear_item(ctx, book, item, line, rule.counter, rule.memo, open_on, rule=rule).code
    return count
