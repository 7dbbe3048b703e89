"""Change when a book's days open by themselves, and who receives its seals."""

from __future__ import annotations

from datetime import time

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.mail import MailAddressUnfit, address_fits
from moa.kernel.seen import check_seen
from moa.ledger.models import Book
from moa.ledger.permissions import SET_UP

_MOST_RECIPIENTS = 20


def settings_shown(book: Book) -> dict[str, str]:
    return {
        "opens_at": f"{book.opens_at:%H:%M}" if book.opens_at else "",
        "seal_recipients": "\n".join(book.seal_recipients),
    }


def change_book_settings(
    ctx: Context, book: Book, *, opens_at: time | None, seal_recipients: list[str], seen: str = ""
) -> Book:
    """Without an hour the next day opens with the closing of the one before.

    Raises: forbidden, mail_address_unfit, changed_meanwhile.
    """
    require(ctx, SET_UP, book.unit_id)
    addresses = list(dict.fromkeys(one.strip() for one in seal_recipients if one.strip()))
    for address in addresses:
        if not address_fits(address):
            raise MailAddressUnfit(address=address)
    if len(addresses) > _MOST_RECIPIENTS:
        raise MailAddressUnfit(address=addresses[_MOST_RECIPIENTS])
    locked = Book.objects.select_for_update().get(id=book.id)
    check_seen(seen, settings_shown(locked))
    before = _said(locked)
    Book.objects.filter(id=book.id).update(opens_at=opens_at, seal_recipients=addresses)
    book.refresh_from_db()
    if _said(book) != before:
        record(ctx, "ledger.book.settings_changed", "book", book.id, before=before, after=_said(book))
    return book


def _said(book: Book) -> dict[str, object]:
    return {
        "opens_at": f"{book.opens_at:%H:%M}" if book.opens_at else None,
        "seal_recipients": list(book.seal_recipients),
    }
