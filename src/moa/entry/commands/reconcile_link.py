"""`moa reconcile link`, `moa reconcile links`: which account of a book is which bank account."""

from __future__ import annotations

import json
from datetime import time

import click

from moa.entry.commands.shared_options import book_options, needed_date


@click.command(
    "link",
    help="Link the bank account NUMBER to an account of a book: from then on its lines come into the books.",
)
@click.argument("number")
@click.option("--bank", default="", help="The bank's code, where several banks have the number.")
@click.option("--currency", default="", help="The account's currency, where the number has several.")
@click.option("--ledger", required=True, help="The account of the book that is this bank account.")
@click.option(
    "--suspense",
    required=True,
    help="The account of the book for what is unknown or unconfirmed at business end.",
)
@click.option("--since", required=True, help="The first business day that is reconciled, YYYY-MM-DD.")
@click.option("--unit", default="", help="The unit that knows its lines; the account's own if left out.")
@click.option(
    "--business-ends",
    default="",
    help="What the bank books later is of the next business day, HH:MM; never if left out.",
)
@book_options
def link(
    number: str,
    bank: str,
    currency: str,
    ledger: str,
    suspense: str,
    since: str,
    unit: str,
    business_ends: str,
    book: str,
    as_login: str,
    group: str,
    as_json: bool,
) -> None:
    day, ends = needed_date(since, "--since"), _time(business_ends)
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.accounts.queries import open_accounts_numbered
    from moa.control.queries import unit_by_code
    from moa.kernel.errors import NotFound
    from moa.ledger.queries import access_book
    from moa.reconciliation.operations.link_account import NewLink, link_account
    from moa.reconciliation.permissions import LINK

    with ctx.open():
        asked = access_book(ctx, book, LINK)
        numbered = open_accounts_numbered(ctx, number, currency=currency)
        accounts = [one for one in numbered if bank in ("", one.bank_code)]
        if not accounts:
            raise NotFound(account=number)
        if len(accounts) > 1:
            raise click.UsageError(
                f"“{number}” is several accounts: name the bank with --bank, the currency with --currency."
            )
        new = NewLink(
            accounts[0].id,
            ledger,
            suspense,
            day,
            unit_id=unit_by_code(ctx, unit).id if unit else None,
            business_ends=ends,
        )
        made = link_account(ctx, asked, new=new)
    answer = {"book": asked.code, "account": made.name, "ledger": ledger, "since": str(day)}
    click.echo(
        json.dumps(answer, ensure_ascii=False) if as_json
        else f"{made.name} is {ledger} of {asked.code} from {day} on"
    )  # fmt: skip


def _time(text: str) -> time | None:
    try:
        found = time.fromisoformat(text) if text else None
    except ValueError:
        found = time.max
    if found is not None and (found.tzinfo or found.second or found.microsecond):
        raise click.UsageError(f"--business-ends: “{text}” is not a time like 16:30.")
    return found


@click.command("links", help="The linked bank accounts of a book.")
@book_options
def links(book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.queries import access_book
    from moa.reconciliation.permissions import VIEW
    from moa.reconciliation.queries import list_links

    with ctx.open():
        asked = access_book(ctx, book, VIEW)
        rows = [
            {
                "account": one.name, "ledger": one.ledger_account.code, "suspense": one.suspense.code, "since": str(one.since),
                "business_ends": f"{one.business_ends:%H:%M}" if one.business_ends else "",
            }
            for one in list_links(asked)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"book": asked.code, "rows": rows}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['account']} → {row['ledger']} since {row['since']}, suspense {row['suspense']}")
