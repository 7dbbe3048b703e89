"""`moa proof export`: the closed days of a book in one file that docs/proof/verify_proof.py checks without us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.shared_options import answer_options, book_options, needed_date


@click.command(
    "export", help="Write the proof of closed days to one file; docs/proof/verify_proof.py checks it."
)
@click.option("--book", default="", help="The book's code; the default book if left out.")
@click.option("--from", "first", required=True, help="The first day, YYYY-MM-DD.")
@click.option("--to", "last", required=True, help="The last day, YYYY-MM-DD, included.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@answer_options
def export(book: str, first: str, last: str, output: Path, as_login: str, group: str, as_json: bool) -> None:
    days = needed_date(first, "--from"), needed_date(last, "--to")
    if not output.parent.is_dir():
        raise click.UsageError(f"-o: there is no folder “{output.parent}”.")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.operations.export_proof import export_proof
    from moa.ledger.permissions import EXPORT_PROOF
    from moa.ledger.queries import access_book

    with ctx.open():
        asked = access_book(ctx, book, EXPORT_PROOF)
        done = export_proof(ctx, asked, first=days[0], last=days[1], path=output)
    answer = {
        "book": asked.code, "file": str(done.path), "lines": done.lines, "from": str(done.first), "to": str(done.last),
        "seals": {str(day): seal for day, seal in done.seals.items()},
    }  # fmt: skip
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo(f"{done.path}: {asked.code} from {done.first} to {done.last}, {done.lines} lines")


@click.command(
    "seals", help="List the seals of a book's closings, the newest first, and how each left the house."
)
@book_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many.")
def seals(book: str, as_login: str, group: str, limit: int, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.permissions import EXPORT_PROOF
    from moa.ledger.queries import access_book
    from moa.ledger.seal_list import list_seals

    with ctx.open():
        asked = access_book(ctx, book, EXPORT_PROOF)
        found: list[dict[str, Any]] = [
            {
                "date": str(one.seal.business_date), "revision": one.seal.revision, "seal": one.seal.hex,
                "previous": one.seal.previous, "closed_at": one.seal.closed_at.isoformat(),
                "left": [
                    {"way": way.way, "to": way.target, "state": way.state, "problem": way.problem,
                     "stamped_at": way.dispatch.stamped_at.isoformat() if way.dispatch.stamped_at else None}
                    for way in one.ways
                ],
            }
            for one in list_seals(asked, limit=limit)
        ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"book": asked.code, "seals": found}, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one['date']}={one['seal']} revision {one['revision']}")
        for way in one["left"]:
            click.echo(f"  {way['way']} {way['to']}: {way['state']} {way['stamped_at'] or way['problem']}")
