"""`moa verify`: recompute what is derived from the entries of all books, and print every difference."""

from __future__ import annotations

import json

import click

from moa.entry.commands.shared_options import answer_options


@click.command(
    help="Recompute balances, interest products and chains from the entries. Exit code 1 when something differs."
)
@answer_options
def verify(as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.verification import verify_books

    with ctx.open():
        books = verify_books(ctx)
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
