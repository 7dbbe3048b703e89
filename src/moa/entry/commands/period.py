"""`moa month close` and `moa year close`: close the month or the year that is next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.shared_options import book_options


@click.command("close", help="Close the month that is next: all its days must be closed.")
@book_options
def close_month(book: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.close_month import PeriodCloseRefused, close_month
    from moa.ledger.permissions import CLOSE_PERIOD
    from moa.ledger.queries import access_book
    from moa.ledger.rules.periods import period_name

    try:
        with ctx.open():
            asked = access_book(ctx, book, CLOSE_PERIOD)
            closed = close_month(ctx, asked)
    except PeriodCloseRefused as refusal:
        return _refused(refusal)
    answer = {
        "book": asked.code, "closed": period_name(closed.period), "revision": closed.revision, "seal": closed.hex,
        "closed_at": closed.closed_at.isoformat(), "lines": closed.lines,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(
            f"{asked.code}: {answer['closed']} is closed with {closed.lines} lines. Its seal is {closed.hex}"
        )
    return 0


@click.command("close", help="Close the year that is next: its profit is carried, and a backup is written.")
@book_options
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Also write the annual backup to this file.",
)  # fmt: skip
def close_year(book: str, as_login: str, group: str, as_json: bool, output: Path | None) -> int:
    if output is not None and not output.parent.is_dir():
        raise click.UsageError(f"-o: there is no folder “{output.parent}”.")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.documents import open_document
    from moa.ledger.operations.close_month import PeriodCloseRefused
    from moa.ledger.operations.close_year import close_year
    from moa.ledger.permissions import CLOSE_PERIOD
    from moa.ledger.queries import access_book

    try:
        with ctx.open():
            asked = access_book(ctx, book, CLOSE_PERIOD)
            closed = close_year(ctx, asked)
    except PeriodCloseRefused as refusal:
        return _refused(refusal)
    if output is not None:
        with ctx.open(), open_document(ctx, closed.document_id) as source, output.open("wb") as target:
            while chunk := source.read(1 << 20):
                target.write(chunk)
    answer = {
        "book": asked.code, "closed": str(closed.year), "seal": closed.hex, "closed_at": closed.closed_at.isoformat(),
        "vouchers": [number for number, _ in closed.vouchers],
        "carried_on": str(closed.carried_on.business_date) if closed.carried_on else None,
        "backup": closed.backup, "bytes": closed.bytes, "file": str(output) if output else None,
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"{asked.code}: {closed.year} is closed. Its seal is {closed.hex}")
        click.echo(f"The annual backup has {closed.bytes} bytes and the SHA-256 {closed.backup}")
    return 0


def _refused(refusal: Any) -> int:
    from moa.entry.close_check_sentences import detail_of

    for one in refusal.findings:
        if not one.ok:
            click.echo(f"{refusal.code} {one.name}: {detail_of(one)}", err=True)
    return 1
