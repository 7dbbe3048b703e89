"""`moa ledger post`: book a file of vouchers under a standing order; each row has its answer for ever."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.shared_options import book_options


@click.command(
    "post",
    help="Book the vouchers of FILE: CSV (key,business_date,value_date,debit_account,credit_account,amount,currency,"
    "memo) or JSON lines (key, business_date, value_date, memo, entries).",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@book_options
def post(file: Path, book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.post_file import post_file
    from moa.ledger.permissions import POST
    from moa.ledger.queries import access_book
    from moa.ledger.voucher_files import read_vouchers

    begun = time.monotonic()
    with ctx.open():
        found = access_book(ctx, book, POST)
    answer = post_file(ctx, found, read_vouchers(file))
    seconds = round(time.monotonic() - begun, 3)
    if as_json:
        rejected = [_rejection(place, one) for place, one in answer.rejected]
        shown = {"accepted": answer.accepted, "rejected": rejected, "known": answer.known, "seconds": seconds}
        # A key may hold what no text can; it is refused, and shown with its escapes.
        click.echo(json.dumps(shown, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        return
    click.echo(
        f"{answer.accepted} booked, {len(answer.rejected)} refused, {answer.known} booked before, {seconds} s"
    )
    for place, one in answer.rejected:
        said = " ".join(part for part in (place, one.key, one.code, one.account) if part)
        click.echo(said.encode("utf-8", "backslashreplace"))


def _rejection(place: str, one: Any) -> dict[str, str]:
    said = {"key": one.key, "code": one.code, "place": place}
    return said | {"account": one.account} if one.account else said
