"""Count the books again and keep what was found, for the closing, the page and whoever must know."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.notices import tell
from moa.ledger.models import Book, BookVerification
from moa.ledger.notices import VERIFY_DIFFERS
from moa.ledger.verification import Verified, verify_books

# More than this nobody reads one by one; the command prints all.
_KEPT = 100


def record_verification(ctx: Context, found: list[Verified] | None = None) -> list[Verified]:
    """Verify every book that the actor may see, every night or by hand; each count is kept and audited, and differences are told.

    `found` is what `verify_books` gave just now to the same actor. Raises: forbidden.
    """
    found = verify_books(ctx) if found is None else found
    books = {book.code: book for book in Book.objects.filter(code__in=[one.book for one in found])}
    for one in found:
        book = books[one.book]
        kept = BookVerification.objects.create(
            group_id=ctx.group_id, book_id=book.id, at=ctx.at, accounts=one.accounts, vouchers=one.vouchers,
            entries=one.entries, differences=len(one.differences),
            found=[list(each[1:]) for each in one.differences[:_KEPT]],
        )  # fmt: skip
        after = {"accounts": one.accounts, "entries": one.entries, "differences": len(one.differences)}
        record(ctx, "ledger.book.verified", "book", one.book, after=after)
        if one.differences:
            tell(
                ctx, VERIFY_DIFFERS, key=str(kept.id), unit_id=book.unit_id, link=f"/books/closing?book={book.code}",
                facts={"book": {"": book.name} | book.names, "count": len(one.differences)},
            )  # fmt: skip
    return found
