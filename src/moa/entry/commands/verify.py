"""`moa verify`: recompute what is derived from the entries of all books, print every difference, and keep the count."""

from __future__ import annotations

import json
from typing import Any

import click

from moa.entry.commands.shared_options import answer_options


@click.command(
    help="Recompute balances, interest products, closings and seals from the entries, and keep the result for the"
    " closing page. Exit code 1 when something differs."
)
@answer_options
def verify(as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.verification import verify_books

    with ctx.open():
        books = verify_books(ctx)
    _keep(ctx, books)
    differences = [one._asdict() for book in books for one in book.differences]
    if as_json:
        read = [
            {"book": book.book, "accounts": book.accounts, "vouchers": book.vouchers, "entries": book.entries}
            for book in books
        ]
        answer = {"ok": not differences, "books": read, "differences": differences}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return 1 if differences else 0
    for book in books:
        word = f"{len(book.differences)} differences" if book.differences else "no difference"
        click.echo(
            f"{book.book}: {book.accounts} accounts, {book.vouchers} vouchers, {book.entries} entries: {word}"
        )
    for one in differences:
        click.echo(
            f"{one['book']} {one['check']}: {one['subject']}: should be {one['expected']}, is {one['found']}"
        )
    return 1 if differences else 0


def _keep(ctx: Any, books: Any) -> None:
    """The count stands on the closing page. A database that takes nothing more must not hide what was found."""
    from django.db import DatabaseError

    from moa.ledger.operations.record_verification import record_verification

    try:
        with ctx.open():
            record_verification(ctx, books)
    except DatabaseError as problem:
        click.echo(f"The count is not kept: {problem}".strip(), err=True)
