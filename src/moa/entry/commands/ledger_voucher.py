"""`moa ledger voucher show`: one voucher by its key; `moa ledger opening load`: opening balances filed for approval."""

from __future__ import annotations

import json
from pathlib import Path

import click

from moa.entry.commands.shared_options import book_options


@click.command("show", help="Show the voucher of KEY, with its entries.")
@click.argument("key")
@book_options
def show(key: str, book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.kernel.errors import NotFound
    from moa.kernel.money import to_text
    from moa.ledger.models import PostingKey
    from moa.ledger.queries import access_book
    from moa.ledger.sheets.vouchers import voucher_facts

    with ctx.open():
        found = access_book(ctx, book)
        answer = PostingKey.objects.filter(book_id=found.id, key=key).first()
        if answer is None:
            raise NotFound(key=key)
        if answer.voucher_id is None or answer.period is None:
            shown: dict[str, object] = {"key": key, "code": answer.code, "account": answer.account_code}
        else:
            facts, legs = voucher_facts(ctx, found, answer.voucher_id, answer.period)
            shown = {
                name: value if isinstance(value, int) or value is None else str(value)
                for name, value in facts.items()
            }
            shown["entries"] = [
                {
                    "account": leg.account, "name": leg.name, "subject": leg.subject, "currency": leg.currency,
                    ("debit" if leg.side == 1 else "credit"): to_text(leg.minor * leg.side, leg.currency),
                    "value_date": str(leg.value_date),
                }
                for leg in legs
            ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    for name, value in shown.items():
        if name != "entries":
            click.echo(f"{name}: {value}")
    for leg in shown.get("entries", ()):  # type: ignore[attr-defined]
        click.echo(f"  {leg['account']} {leg['currency']} {leg.get('debit', '')} | {leg.get('credit', '')}")


@click.command(
    "load", help="File the opening balances of FILE (CSV or Excel: account, currency, side, amount)."
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@book_options
@click.option("--preview", is_flag=True, help="Only read the file and tell its faults.")
def load(file: Path, book: str, as_login: str, group: str, preview: bool, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.documents import store
    from moa.kernel.money import to_text
    from moa.ledger.opening_files import read_opening_file
    from moa.ledger.operations.propose_opening import propose_opening
    from moa.ledger.permissions import ENTER
    from moa.ledger.queries import access_book

    with ctx.open():
        found = access_book(ctx, book, ENTER)
        with file.open("rb") as source:
            read = read_opening_file(found, source)
            requests = []
            if not preview and not read.problems:
                source.seek(0)
                kept = store(ctx, source, name=file.name, kind="attachment")
                requests = propose_opening(ctx, found, read, source=kept)
    shown = {
        "rows": len(read.rows), "requests": [one.id for one in requests],
        "sums": [
            {"currency": one.currency, "debit": to_text(one.debit, one.currency), "credit": to_text(one.credit, one.currency)}
            for one in read.sums
        ],
        "problems": [one.as_json() for one in read.problems],
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo(f"{len(read.rows)} balances, {len(requests)} requests filed for approval")
        for one in read.problems:
            click.echo(f"{one.place}: {one.code} {one.value}".rstrip())
    return 1 if read.problems else 0
