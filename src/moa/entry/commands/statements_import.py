"""`moa statements import`: bring statement files in, one after the other, each whole or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.shared_options import answer_options


@click.command("import", help="Import statement files into the accounts.")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--account", default="", help="The account that the files are of, when they do not say.")
@click.option("--profile", default="", help="The column profile of spreadsheets.")
@click.option("--password", default="", help="The password of locked workbooks.")
@answer_options
def import_(
    files: tuple[Path, ...],
    account: str,
    profile: str,
    password: str,
    as_login: str,
    group: str,
    as_json: bool,
) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    results = [_import_one(ctx, path, account, profile, password) for path in files]
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        for result in results:
            click.echo(_sentence(result))
    if any(result["errors"] for result in results):
        sys.exit(1)


def _import_one(ctx: Any, path: Path, account: str, profile: str, password: str) -> dict[str, Any]:
    from django.conf import settings

    from moa.accounts.operations.import_file import import_file
    from moa.accounts.operations.receive_file import receive_file
    from moa.control.jobs import enqueue
    from moa.kernel.errors import DomainError

    try:
        with ctx.open(), path.open("rb") as source:
            received = receive_file(ctx, source=source, name=path.name, account=account, profile=profile)
            if not password:
                # Should this command be killed, a worker finishes the file; otherwise it finds it done.
                enqueue(ctx, "accounts.import_file", after_seconds=120, file_id=received.id)
        result = import_file(
            ctx, file_id=received.id, password=password, sheet_limit=settings.SHEET_LIMIT_BYTES
        )
    except DomainError as refusal:
        problem = {"code": refusal.code, "place": "file", "field": "", "value": str(refusal)}
        return {
            "file": str(path), "stored": False, "duplicate": False, "entries_new": 0, "entries_known": 0,
            "parked": [], "conflicts": 0, "errors": [problem],
        }  # fmt: skip
    return result.as_json() | {"file": str(path)}


def _sentence(result: dict[str, Any]) -> str:
    if result["errors"]:
        first = result["errors"][0]
        return (
            f"{result['file']}: refused, nothing stored; {len(result['errors'])} errors, first: "
            f"{first['place']} {first['field']} {first['code']} {first['value']!r}"
        )
    words = [f"{result['entries_new']} new", f"{result['entries_known']} known"]
    if result["duplicate"]:
        words.append("the same file was imported before")
    if result["parked"]:
        words.append("parked, account not opened here: " + ", ".join(result["parked"]))
    if result["conflicts"]:
        words.append(f"{result['conflicts']} contradictions wait for a decision")
    return f"{result['file']}: " + "; ".join(words)
