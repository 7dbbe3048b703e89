"""`moa ledger post`: book a file of vouchers under a standing order; each row has its answer for ever."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moa.entry.commands.shared_options import book_options

if TYPE_CHECKING:
    from moa.ledger.operations.post_file import FileAnswer


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
    from moa.entry.commands.file_errors import as_values, problem_of
    from moa.kernel.errors import DomainError
    from moa.ledger.operations.post_file import FileAnswer, post_file
    from moa.ledger.permissions import POST
    from moa.ledger.queries import access_book
    from moa.ledger.voucher_files import read_vouchers

    begun = time.monotonic()
    answer = FileAnswer()
    try:
        with ctx.open():
            found = access_book(ctx, book, POST)
        post_file(ctx, found, read_vouchers(file), answer)
    except DomainError as refusal:
        # What went before the fault is booked and answered, and stays so.
        if as_json:
            _say_json(answer, begun, errors=as_values([problem_of(refusal)]))
        raise
    if as_json:
        _say_json(answer, begun)
        return
    seconds = round(time.monotonic() - begun, 3)
    click.echo(
        f"{answer.accepted} booked, {len(answer.rejected)} refused, {answer.known} booked before, {seconds} s"
    )
    for place, one in answer.rejected:
        said = " ".join(part for part in (place, one.key, one.code, one.account) if part)
        click.echo(said.encode("utf-8", "backslashreplace"))


def _say_json(answer: FileAnswer, begun: float, **more: Any) -> None:
    rejected = [_rejection(place, one) for place, one in answer.rejected]
    seconds = round(time.monotonic() - begun, 3)
    shown = {"accepted": answer.accepted, "rejected": rejected, "known": answer.known, "seconds": seconds}
    # A key may hold what no text can; it is refused, and shown with its escapes.
    click.echo(json.dumps(shown | more, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def _rejection(place: str, one: Any) -> dict[str, str]:
    said = {"key": one.key, "code": one.code, "place": place}
    return said | {"account": one.account} if one.account else said
