"""`moa kftc institutions`: which list of institution codes is in use, and taking over a newer one. No database."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from moa.entry.own_lists import name_own_lists
from moa.formats.kftc.institution_codes import LIST_DATE, list_in_use, own_list, shipped_list, use_list
from moa.formats.kftc.institution_list import (
    Change,
    InstitutionList,
    ListRefused,
    changes,
    completed,
    read_list,
    write_list,
)

# KFTC hardly ever takes a code back: a list without a tenth of the known ones is an extract, and every bank that it
# lacks would be refused in files.
_MOST_GONE = 10


@click.group(
    invoke_without_command=True,
    help="Show the list of institution codes in use; `update` takes over a newer one. Needs no database.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def institutions(ctx: click.Context, as_json: bool) -> int | None:
    name_own_lists()
    if ctx.invoked_subcommand is not None:
        return None
    listed = list_in_use()
    facts = {
        "date": str(listed.date),
        "source": "shipped" if listed is shipped_list() else str(own_list()),
        "institutions": len(listed.institutions),
        "representatives": sum(each.is_representative for each in listed.institutions.values()),
        "categories": dict(Counter(each.category for each in listed.institutions.values())),
    }
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return 0
    click.echo(f"KFTC institution codes of {facts['date']} ({facts['source']})")
    click.echo(f"{facts['institutions']} codes, {facts['representatives']} of them representative")
    for category, count in Counter(each.category for each in listed.institutions.values()).items():
        click.echo(f"{count:>6} {category}")
    return 0


@institutions.command(
    help="Take over a newer list: our own table, or KFTC's list saved as CSV or TSV with the columns code, name, "
    "category, representative. Nothing is written when something is wrong with it.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="Date of the list, where the file has none."
)
@click.option("--check", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def update(file: Path, dated: datetime | None, check: bool, as_json: bool) -> int:
    before = _list_to_replace()
    after = _newer_list(file, dated.date() if dated else None, before)
    found = changes(before, after)
    changed = bool(found) or after.date != before.date
    target = own_list()
    if target is not None and changed and not check:
        _store(target, write_list(after))
        use_list(None)
    written = str(target) if changed and not check else None
    if as_json:
        _show_json(before, after, found, written)
    else:
        _show(before, after, found, written)
    return 0


def _list_to_replace() -> InstitutionList:
    """The list in use; the shipped one when the own file is damaged, for an update is what mends it."""
    try:
        return list_in_use()
    except ListRefused as refusal:
        click.echo(
            f"The list in {own_list()} cannot be read ({refusal}); comparing with the shipped one.", err=True
        )
        return shipped_list()


def _newer_list(file: Path, dated: date | None, before: InstitutionList) -> InstitutionList:
    """Raises: the refusals of `read_list`; institution_list_date, institution_list_older, institution_list_partial."""
    listed = read_list(file)
    if dated is not None and listed.date not in (None, dated):
        raise ListRefused("institution_list_date", place=str(file), value=f"{listed.date}, --date {dated}")
    day = dated or listed.date
    if day is None:
        raise ListRefused("institution_list_date", place=str(file))
    if day < (before.date or LIST_DATE):
        raise ListRefused("institution_list_older", place=str(file), value=f"{day} < {before.date}")
    gone = before.institutions.keys() - listed.institutions.keys()
    if len(gone) * _MOST_GONE > len(before.institutions):
        raise ListRefused("institution_list_partial", place=str(file), value=f"{len(gone)} codes removed")
    return completed(replace(listed, date=day), before)


def _store(target: Path, text: str) -> None:
    """The whole file or none: written beside its place, then moved there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as beside:
                beside.write(text)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise ListRefused(
            "institution_list_unwritable", place=str(target), value=problem.strerror
        ) from problem


def _show(before: InstitutionList, after: InstitutionList, found: list[Change], written: str | None) -> None:
    for change in found:
        click.echo(f"{change.kind:<13} {change.code} {_difference(change)}")
    kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(change.kind for change in found).items())
    click.echo(f"{before.date} to {after.date}: {kinds or 'no code changed'}")
    click.echo(f"Written to {written}" if written else "Nothing written.")


def _difference(change: Change) -> str:
    if change.before and change.after:
        return f"{change.before} -> {change.after}"
    return change.before or change.after


def _show_json(
    before: InstitutionList, after: InstitutionList, found: list[Change], written: str | None
) -> None:
    rows = [
        {"kind": each.kind, "code": each.code, "before": each.before, "after": each.after} for each in found
    ]
    facts = {"from": str(before.date), "to": str(after.date), "changes": rows, "written": written}
    click.echo(json.dumps(facts, ensure_ascii=False))
