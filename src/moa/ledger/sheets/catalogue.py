"""All sheets by name, one door for pages, files and the command."""

from __future__ import annotations

from collections.abc import Callable

from moa.control.context import Context
from moa.ledger.models import Book
from moa.ledger.sheets.accounts import account_positions
from moa.ledger.sheets.by_subject import subject_sheet
from moa.ledger.sheets.changes import changes_since
from moa.ledger.sheets.ledgers import account_ledger, subject_entries, subject_ledger
from moa.ledger.sheets.shape import Asked, Sheet, SheetUnknown
from moa.ledger.sheets.volume import volume_sheet
from moa.ledger.sheets.vouchers import large_sheet, voucher_sheet

Maker = Callable[[Context, Book, Asked, str], Sheet]
# In the order of the page's list.
SHEETS: dict[str, Maker] = {
    "day": subject_sheet,
    "balance": subject_sheet,
    "month": subject_sheet,
    "cumulative": subject_sheet,
    "trial-balance": subject_sheet,
    "subjects": subject_sheet,
    "subject-ledger": subject_ledger,
    "subject-entries": subject_entries,
    "account-ledger": account_ledger,
    "accounts": account_positions,
    "vouchers": voucher_sheet,
    "large": large_sheet,
    "volume": volume_sheet,
    "changes": changes_since,
}


def make_sheet(ctx: Context, book: Book, name: str, asked: Asked) -> Sheet:
    """The caller has the right to see the book. Raises: sheet_unknown, and what the sheet itself refuses."""
    if name not in SHEETS:
        raise SheetUnknown(sheet=name, known=", ".join(SHEETS))
    return SHEETS[name](ctx, book, asked, name)
