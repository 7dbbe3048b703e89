"""Which book and day a page is about, and what its forms offer."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import bank_map
from moa.kernel.errors import NotFound
from moa.ledger.close_checks import day_to_check
from moa.ledger.lifecycle import AccountState
from moa.ledger.models import Book, LedgerAccount
from moa.ledger.queries import access_book
from moa.reconciliation.models import BankLink
from moa.reconciliation.permissions import VIEW
from moa.reconciliation.queries import list_links


def asked_book(request: HttpRequest, ctx: Context) -> Book:
    return access_book(ctx, request.GET.get("book", ""), VIEW)


def asked_share(request: HttpRequest, ctx: Context) -> tuple[Book, frozenset[int] | None]:
    """The book, and the units whose lines the actor sees in it: None for all, of who has the right in the book itself.

    A unit answers for its own lines in a book that is not its own. Raises: forbidden, not_found.
    """
    allowed = permitted_units(ctx, VIEW)
    code = request.GET.get("book", "")
    book = (Book.objects.filter(code=code) if code else Book.objects.filter(is_default=True)).first()
    if book is None:
        raise NotFound(book=code or "default")
    return book, None if allowed is None or book.unit_id in allowed else allowed


def asked_day(request: HttpRequest, ctx: Context, book: Book) -> date:
    """The day of the address, else the one under way. What is no day is passed over."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        found = day_to_check(book)
        return found.business_date if found else ctx.today


def account_choices(book: Book, currency: str = "") -> list[tuple[str, str]]:
    """Accounts that take vouchers, but for those of the banks themselves."""
    found = LedgerAccount.objects.filter(book_id=book.id).exclude(state=AccountState.CLOSED)
    found = found.exclude(id__in=[one.ledger_account_id for one in list_links(book)])
    if currency:
        found = found.filter(currency=currency)
    return [(one.code, f"{one.code} {one.name}") for one in found.order_by("code")[:2_000]]


def bank_choices(ctx: Context, links: list[BankLink]) -> list[tuple[str, str]]:
    """The banks of linked accounts. Shape: as `Conditions.bank`, country and code."""
    banks = bank_map(ctx)
    keys = sorted({(link.account.bank_country, link.account.bank_code) for link in links})
    return [
        (country + code, banks[country, code].short_name(ctx.language) if (country, code) in banks else code)
        for country, code in keys
    ]
