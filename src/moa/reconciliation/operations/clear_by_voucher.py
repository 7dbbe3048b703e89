"""Clear a suspense item by a voucher that two persons booked already: nothing is booked, the item is seen to be done."""

from __future__ import annotations

from django.db import connection

from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.book_lock import share_book
from moa.reconciliation.clearing_candidates import clearing_vouchers
from moa.reconciliation.lifecycle import LINE, SUSPENSE, SuspenseState
from moa.reconciliation.models import ITEM_CHANGES, LINE_CHANGES, SuspenseItem
from moa.reconciliation.operations.match_lines import NoSuchMovement
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.queries import access_line, book_of_line


def clear_by_voucher(ctx: Context, row_id: int, voucher_id: int) -> SuspenseItem:
    """The voucher takes exactly the item's money out of suspense, and answers for no other item.

    Raises: not_found, forbidden, move_not_allowed, no_such_movement.
    """
    share_book(book_of_line(row_id).id)
    line = access_line(ctx, row_id, ASSIGN)
    state = LINE.after(line.state, "clear")
    with connection.cursor() as cursor:
        # Two items of one amount must not be cleared by the same voucher at the same moment.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('suspense', %s))", [line.book_id])
    item = SuspenseItem.objects.select_for_update().get(line_id=line.id, state=SuspenseState.OPEN)
    found = clearing_vouchers(item, line.link, voucher_id)
    if not found:
        raise NoSuchMovement(voucher=voucher_id)
    voucher = found[0]
    item.state, item.cleared_on, item.counter = (
        SUSPENSE.after(item.state, "clear"),
        voucher.business_date,
        voucher.counter,
    )
    item.voucher_id, item.period, item.request_id = voucher.voucher_id, voucher.period, voucher.request_id
    item.save(update_fields=ITEM_CHANGES)
    line.state, line.state_at, line.problem = state, ctx.at, ""
    line.save(update_fields=LINE_CHANGES)
    record(
        ctx, "reconciliation.suspense.linked", "suspense_item", item.id, before={"state": "open"},
        after={"state": "cleared", "counter": voucher.counter, "voucher": voucher.voucher_id},
    )  # fmt: skip
    return item
