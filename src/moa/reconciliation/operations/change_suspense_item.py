"""Say who clears a suspense item, and by when."""

from __future__ import annotations

from datetime import date

from moa.control.access import permitted_units
from moa.control.audit import record
from moa.control.context import Context
from moa.control.right_holders import holders_of
from moa.kernel.errors import DomainError, NotFound
from moa.ledger.models import Book
from moa.reconciliation.lifecycle import SUSPENSE, SuspenseState
from moa.reconciliation.models import ITEM_CHANGES, BankLine, SuspenseItem
from moa.reconciliation.permissions import ASSIGN, VIEW


class SuspenseChangeInvalid(DomainError):
    """Facts: `problem`: owner_unfit (the person does not see bank lines of the unit) or due_before_opening."""

    code = "suspense_change_invalid"


def change_suspense_item(ctx: Context, line_id: int, *, owner_id: int | None, due_on: date) -> SuspenseItem:
    """The item of a bank line that stands in suspense; without an owner it is its unit's. Nothing is booked.

    Raises: not_found, forbidden, move_not_allowed, suspense_change_invalid.
    """
    units = permitted_units(ctx, ASSIGN)
    # The line first, as everything that clears or takes back locks them.
    BankLine.objects.select_for_update().filter(id=line_id).first()
    item = (
        SuspenseItem.objects.select_for_update()
        .filter(line_id=line_id)
        .exclude(state=SuspenseState.REVERSED)
        .first()
    )
    if item is None:
        raise NotFound(line=line_id)
    book_unit = Book.objects.get(id=item.book_id).unit_id
    if units is not None and not {item.unit_id, book_unit} & units:
        raise NotFound(line=line_id)
    SUSPENSE.after(item.state, "change")
    if owner_id is not None and owner_id not in owners_of(ctx, item):
        raise SuspenseChangeInvalid(problem="owner_unfit")
    if due_on < item.opened_on:
        raise SuspenseChangeInvalid(problem="due_before_opening")
    before = {"owner": item.owner_id, "due_on": str(item.due_on)}
    after = {"owner": owner_id, "due_on": str(due_on)}
    if before == after:
        return item
    item.owner_id, item.due_on = owner_id, due_on
    item.save(update_fields=ITEM_CHANGES)
    record(
        ctx,
        "reconciliation.suspense.changed",
        "bank_line",
        line_id,
        before=before,
        after=after | {"item": item.id},
    )
    return item


def owners_of(ctx: Context, item: SuspenseItem) -> set[int]:
    """Persons who can see the item, so that it can be given to them."""
    book_unit = Book.objects.get(id=item.book_id).unit_id
    found = holders_of(ctx, VIEW, book_unit)
    return found | (holders_of(ctx, VIEW, item.unit_id) if item.unit_id else set())
