"""What the bank took back is taken back in the book: by a reversal that is linked to it."""

from __future__ import annotations

from moa.accounts.line_sources import SOURCE, source_of
from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.book_lock import share_book
from moa.ledger.models import Book
from moa.ledger.operations.post_vouchers import post_vouchers
from moa.ledger.operations.reverse_voucher import plan_reversal
from moa.ledger.queries import open_day
from moa.ledger.rules.acts import RULE
from moa.reconciliation.clearing_candidates import clearings_taken_back
from moa.reconciliation.lifecycle import LINE, LineState, SuspenseState
from moa.reconciliation.models import LINE_CHANGES, BankLine, SuspenseItem
from moa.reconciliation.reopening_lines import end_item, open_again, reopen_item, undo_match
from moa.reconciliation.stored_lines import taken_back_by_the_bank, taken_back_in_the_book

# The voucher is taken back already; then there is nothing left to do.
_DONE = ("", "not_reversible")


def take_back_lines(ctx: Context, book: Book) -> int:
    """Returns how many lines ended. One transaction for each, and a refused reversal is told on its line.

    A superseded line whose voucher a person made by hand keeps the voucher, which is then a listed difference.
    Raises: forbidden, standing_order_missing.
    """
    count = 0
    with ctx.open():
        by_bank = taken_back_by_the_bank(book) if open_day(book) else []
    for row in by_bank:
        with ctx.open():
            share_book(book.id)
            count += _supersede(ctx, book, row)
    with ctx.open():
        in_book = taken_back_in_the_book(book)
        for line in (
            BankLine.objects.select_for_update(skip_locked=True).filter(id__in=in_book).order_by("id")
        ):
            if line.match_id is None:
                open_again(ctx, line, "take_back", "voucher_reversed")
            else:
                undo_match(ctx, line.match_id, "take_back", "voucher_reversed")
        for item in clearings_taken_back(book):
            line = BankLine.objects.select_for_update().get(id=item.line_id)
            item.refresh_from_db()
            if item.state == SuspenseState.CLEARED and line.state == LineState.CLEARED:
                reopen_item(ctx, line, item, "clearing_reversed")
    return count


def _supersede(ctx: Context, book: Book, row: int) -> bool:
    line = BankLine.objects.select_for_update(skip_locked=True).filter(id=row).first()
    if line is None or line.state == LineState.SUPERSEDED or open_day(book) is None:
        return False
    item = SuspenseItem.objects.filter(line_id=line.id).exclude(state=SuspenseState.REVERSED).first()
    vouchers = [(item.voucher_id, item.period)] if item and item.state == SuspenseState.CLEARED else []
    if line.state in (LineState.POSTED, LineState.SUSPENSE, LineState.CLEARED) and not line.explained:
        vouchers.append((line.voucher_id, line.period))
    for number, (voucher_id, period) in enumerate(vouchers):
        assert voucher_id is not None and period is not None
        key = f"bank-line-{line.line_id}-back-{line.attempt}-{number}"
        asked = plan_reversal(ctx, book, voucher_id, period, key=key)
        asked = asked._replace(source_id=source_of(line.line_id, "superseded"))
        answer = post_vouchers(ctx, book, [asked], origin=RULE, source_kind=SOURCE).answers[0]
        if answer.code not in _DONE:
            line.attempt += 1
            line.problem, line.problem_account = answer.code, answer.account
            line.save(update_fields=LINE_CHANGES)
            return False
    if line.match_id is not None:
        # What it was linked with does not come to the same without it.
        undo_match(ctx, line.match_id, "take_back", "match_undone")
        line.refresh_from_db()
    before = line.state
    line.state, line.state_at, line.problem = LINE.after(line.state, "supersede"), ctx.at, ""
    line.save(update_fields=LINE_CHANGES)
    if item is not None:
        end_item(item)
    record(
        ctx, "reconciliation.line.superseded", "bank_line", line.id, before={"state": before},
        after={"state": str(line.state), "line": line.line_id, "reversed": [voucher for voucher, _ in vouchers]},
    )  # fmt: skip
    return True
