"""`moa statements inspect`: what a statement file says, without a database."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

from moa.formats.inspection import inspect as write_inspection
from moa.formats.inspection import statement_json
from moa.formats.recognise import READERS, reader_for, recognise
from moa.formats.statements import Entry, FileFacts, ReadOptions, StatementEnd
from moa.kernel.errors import Problem, error
from moa.kernel.masking import mask_text
from moa.kernel.money import CURRENCIES, to_text

# Without --json a person reads: this many lines of each kind, then the count of the rest.
_SHOWN = 20


@click.command(help="Show what a statement file says and what is wrong with it. Needs no database.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--format", "format_", type=click.Choice(sorted(READERS)), help="Read it as this format.")
@click.option("--profile", default="", help="Column profile of a spreadsheet.")
@click.option("--account", default="", help="Account number, where the file does not state it.")
@click.option("--currency", default="", help="Currency, where the file does not state it.")
@click.option("--password", default="", help="Password of a locked workbook.")
@click.option("--limit", type=click.IntRange(min=0), help="Print at most this many entries; all are checked.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def inspect(
    file: Path,
    format_: str | None,
    profile: str,
    account: str,
    currency: str,
    password: str,
    limit: int | None,
    as_json: bool,
) -> int:
    if currency and currency not in CURRENCIES:
        raise click.BadParameter(f"{currency} is not a currency code", param_hint="--currency")
    options = ReadOptions(account=account, currency=currency, profile=profile, password=password)
    with _opened(file) as source:
        if as_json:
            _write_utf8()
            errors = write_inspection(source, options, sys.stdout, format=format_ or "", limit=limit)
        else:
            errors = _show(source, options, format_ or "", _SHOWN if limit is None else limit)
    return 1 if errors else 0


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file as a seekable stream; what comes through a pipe goes to disk first, never into memory."""
    with file.open("rb") as source:
        if source.seekable():
            yield source
            return
        with tempfile.TemporaryFile() as spool:
            while block := source.read(1 << 20):
                spool.write(block)
            spool.seek(0)
            yield cast(BinaryIO, spool)


def _write_utf8() -> None:
    """JSON is UTF-8 on every terminal; names in Korean and Chinese must not fail in another one."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def _show(source: BinaryIO, options: ReadOptions, format_: str, limit: int) -> int:
    """A short table for a person: entries as they come, each statement's line below them, then the problems."""
    facts = FileFacts()
    recognised = reader_for(format_) if format_ else recognise(source, options)
    if recognised is None:
        _show_problem(error("format_unknown", "file"))
        return 1
    facts.format = recognised.format
    source.seek(0)
    shown = 0
    counts = {"error": 0, "warning": 0}
    for event in recognised.reader(source, options, facts):
        if isinstance(event, Entry):
            shown += 1
            if shown <= limit:
                _show_entry(event)
        elif isinstance(event, StatementEnd):
            _show_statement(event)
        elif isinstance(event, Problem):
            counts[event.severity] += 1
            if counts[event.severity] <= max(limit, _SHOWN):
                _show_problem(event)
    click.echo(
        f"{facts.format} {facts.encoding} {facts.profile}".strip()
        + f": {shown} entries, {counts['error']} errors, {counts['warning']} warnings"
    )
    return counts["error"]


def _show_entry(entry: Entry) -> None:
    sign = "-" if entry.direction == "debit" else " "
    amount = to_text(entry.amount_minor, entry.currency)
    said = mask_text(" ".join(text for text in (entry.counterparty, entry.description) if text))
    click.echo(f"  {entry.date} {sign}{amount:>18} {entry.currency} {entry.status:<7} {said[: _width()]}")


def _show_statement(end: StatementEnd) -> None:
    facts = statement_json(end)
    click.echo(
        f"{facts['account'] or '?'} {facts['currency']} {facts['from']} to {facts['to']}: "
        f"{facts['opening']} + {facts['entry_count']} entries = {facts['closing']}"
    )


def _show_problem(problem: Problem) -> None:
    parts = (problem.severity, problem.place, problem.code, problem.field, mask_text(problem.value))
    click.echo(" ".join(part for part in parts if part), err=True)


def _width() -> int:
    try:
        return max(20, os.get_terminal_size().columns - 46)
    except OSError:
        return 60
