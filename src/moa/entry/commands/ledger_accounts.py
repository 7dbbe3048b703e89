"""`moa ledger accounts …`: open and change accounts of a book from a file, all or none; say whose an account is."""

from __future__ import annotations

import json
from pathlib import Path

import click

from moa.entry.commands.shared_options import book_options


@click.command(
    "load", help="Open the accounts of FILE (CSV: code,name,subject,currency,floor); change name and floor."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@book_options
def load(file: Path, book: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.entry.commands.file_errors import as_values, problem_of, say
    from moa.kernel.errors import DomainError
    from moa.ledger.account_files import read_accounts_file
    from moa.ledger.operations.load_accounts import AccountsRefused, load_accounts
    from moa.ledger.permissions import CHANGE_ACCOUNTS
    from moa.ledger.queries import access_book

    try:
        rows, unreadable = read_accounts_file(file)
        with ctx.open():
            loaded = load_accounts(ctx, access_book(ctx, book, CHANGE_ACCOUNTS), rows, unreadable=unreadable)
    except DomainError as refusal:
        problems = refusal.problems if isinstance(refusal, AccountsRefused) else [problem_of(refusal)]
        if as_json:
            answer = {"created": 0, "updated": 0, "errors": as_values(problems)}
            click.echo(json.dumps(answer, ensure_ascii=False))
        if not isinstance(refusal, AccountsRefused):
            raise
        say(problems)
        return 1
    if as_json:
        click.echo(json.dumps({"created": loaded.created, "updated": loaded.updated}))
    else:
        click.echo(f"{loaded.created} opened, {loaded.updated} changed, {loaded.unchanged} as they were")
    return 0


@click.command(
    "give", help="Say for which company or unit the account CODE is kept: its persons pay from it and see it."
)
@click.argument("code")
@click.argument("unit", metavar="UNIT", default="")
@book_options
def give(code: str, unit: str, book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.queries import unit_by_code
    from moa.ledger.operations.give_account import give_account
    from moa.ledger.permissions import CHANGE_ACCOUNTS
    from moa.ledger.queries import access_book

    with ctx.open():
        found = unit_by_code(ctx, unit).id if unit else None
        given = give_account(ctx, access_book(ctx, book, CHANGE_ACCOUNTS), code, found)
    answer = {"account": given.code, "unit": unit}
    click.echo(json.dumps(answer) if as_json else f"{given.code} is kept for {unit or 'nobody'}")
