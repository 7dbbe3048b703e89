"""Say which unit an account of a book is kept for: that unit's persons pay from it and see what is paid."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import Unit
from moa.kernel.errors import NotFound
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.operations.change_account import SUBJECT
from moa.ledger.permissions import CHANGE_ACCOUNTS


def give_account(ctx: Context, book: Book, code: str, unit_id: int | None) -> LedgerAccount:
    """Raises: forbidden, second_person_needed, not_found."""
    require(ctx, CHANGE_ACCOUNTS, book.unit_id)
    guard(ctx, SUBJECT, book.unit_id)
    account = LedgerAccount.objects.select_for_update().filter(book_id=book.id, code=code).first()
    if account is None or (unit_id is not None and not Unit.objects.filter(id=unit_id).exists()):
        raise NotFound(account=code)
    if account.unit_id == unit_id:
        return account
    before, account.unit_id = account.unit_id, unit_id
    account.save(update_fields=["unit_id"])
    record(
        ctx, "ledger.account.given", "ledger_account", account.id, before={"unit": before}, after={"unit": unit_id}
    )  # fmt: skip
    return account
