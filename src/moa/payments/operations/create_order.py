"""Enter a payment and send it for approval in one act, once for each key; for the command line and programs."""

from __future__ import annotations

from typing import Any

from moa.control.context import Context
from moa.control.idempotency import once
from moa.kernel.errors import NotFound
from moa.ledger.models import Book
from moa.payments.facts import order_facts
from moa.payments.operations.ask_payee import ask_payee
from moa.payments.operations.save_order import save_order
from moa.payments.operations.submit_order import submit_order
from moa.payments.permissions import ENTER
from moa.payments.queries import access_order
from moa.payments.rules.typed_orders import TypedOrder


def create_order(ctx: Context, typed: TypedOrder, *, book: str = "", key: str = "") -> dict[str, Any]:
    """The order as `payments show` prints it. With `key`, called in a closed Context, the first answer is the answer for ever.

    Raises: not_found, forbidden, payment_flawed and what submitting raises; key_conflict, in_progress.
    """
    if typed.is_of_bank:
        typed = typed._replace(purpose=typed.purpose or "other")
        with ctx.open():
            found = book_by_code(book)
        # Before the order, for what the bank says is committed by itself.
        ask_payee(ctx, found, typed)
    if not key:
        with ctx.open():
            return _create(ctx, typed, book)
    content = {"typed": typed.as_json(), "book": book}
    return once(ctx, "payments.create", key, content, lambda: _create(ctx, typed, book))


def book_by_code(code: str) -> Book:
    """The named book, else the default one. Raises: not_found."""
    found = (Book.objects.filter(code=code) if code else Book.objects.filter(is_default=True)).first()
    if found is None:
        raise NotFound(book=code or "default")
    return found


def _create(ctx: Context, typed: TypedOrder, code: str) -> dict[str, Any]:
    found = book_by_code(code)
    order = save_order(ctx, found, typed)
    submit_order(ctx, order.id, seen_version=order.version)
    # A program that may enter and not read is answered too.
    return order_facts(ctx, access_order(ctx, order.id, ENTER))
