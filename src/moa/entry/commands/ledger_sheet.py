"""`moa ledger sheet NAME`: any sheet of a book over any days, as text or JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import click

from moa.entry.commands.shared_options import answer_options, date_option

_NAMES = (
    "day balance month cumulative trial-balance subjects subject-ledger subject-entries account-ledger accounts vouchers "
    "large volume changes"
).split()


@click.command(
    "sheet",
    help="A sheet of a book over a range of business dates; the open day if no range is given.\n\n"
    f"NAME is one of {', '.join(_NAMES)}.",
)
@click.argument("name")
@click.option("--book", default="", help="The book's code; the default book if left out.")
@click.option(
    "--from", "first", default="", help="The first business date, YYYY-MM-DD; that of --to if left out."
)
@click.option("--to", "last", default="", help="The last business date; the open day if left out.")
@click.option(
    "--known-at",
    default="",
    help="As known at this moment, ISO 8601; the group's time zone without offset.",
)
@click.option("--by", default="", help="account or subject; for volume: day, origin or maker.")
@click.option("--subject", default="", help="This subject and what is below it.")
@click.option("--account", default="", help="This account.")
@click.option("--currency", default="", help="This currency.")
@click.option("--text", default="", help="Vouchers with this in memo, key or source.")
@click.option("--least", default="", help="Legs of at least this amount, in major units (needs --currency).")
@click.option("--maker", default="", help="Vouchers of makers with this in their name.")
@click.option("--origin", default="", help="Vouchers of this origin.")
@click.option("--most", type=click.IntRange(0), default=0, help="At most so many rows; 0 for all.")
@answer_options
def sheet(as_json: bool, **asked: Any) -> None:
    answer = sheet_json(**asked)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo("\t".join(answer["columns"]))
    for row in [*answer["rows"], *answer["totals"]]:
        click.echo("\t".join("" if row.get(key) is None else str(row[key]) for key in answer["columns"]))


def sheet_json(
    *, name: str, book: str, first: str, last: str, known_at: str, least: str, as_login: str, group: str, **more: Any
) -> dict[str, Any]:  # fmt: skip
    """What `--json` prints: amounts as decimal strings in the row's currency, in the book's where the key says worth."""
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.queries import the_group_of
    from moa.ledger.queries import access_book, day_under_way
    from moa.ledger.sheets.catalogue import make_sheet
    from moa.ledger.sheets.shape import Asked

    with ctx.open():
        found = access_book(ctx, book)
        open_day = day_under_way(found)
        until = date_option(last, "--to") or (open_day.business_date if open_day else ctx.today)
        asked = Asked(
            date_option(first, "--from") or until, until, known_at=_moment(known_at, ZoneInfo(the_group_of(ctx).time_zone)),
            least_minor=_minor(least, more["currency"]), **more,
        )  # fmt: skip
        return as_json_of(make_sheet(ctx, found, name, asked))


def as_json_of(sheet: Any) -> dict[str, Any]:
    """A sheet as plain JSON values."""
    columns = list(sheet.columns)
    about = dict(sheet.about)
    answer = {
        "sheet": sheet.name, "book": sheet.book, "from": str(sheet.asked.first), "to": str(sheet.asked.last),
        "known_at": None if sheet.asked.known_at is None else sheet.asked.known_at.isoformat(),
        "functional_currency": sheet.functional, "columns": [one.key for one in columns],
        "rows": [_plain(row, columns, sheet.functional) for row in sheet.rows],
        "totals": [_plain(row, columns, sheet.functional) for row in sheet.totals], "is_cut": sheet.is_cut,
    }  # fmt: skip
    if "why" in about:
        answer["why"] = [_plain(row, about["columns"], sheet.functional) for row in about["why"]]
    if "opening" in about:
        from moa.kernel.money import to_text

        answer["opening"] = {
            currency: to_text(minor, currency) for currency, minor in about["opening"].items()
        }
    return answer


def _plain(row: dict[str, Any], columns: Any, functional: str) -> dict[str, Any]:
    from moa.kernel.money import to_text

    said: dict[str, Any] = {}
    for key, kind in [*columns, ("currency", "code")]:
        if key not in row:
            continue
        value = row[key]
        if value is not None and kind in {"amount", "worth"}:
            value = to_text(value, functional if kind == "worth" else row["currency"])
        elif isinstance(value, (date, datetime)):
            value = value.isoformat()
        said[key] = value
    return said


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise click.UsageError(f"--known-at: “{text}” is not a moment like 2026-06-24T18:00.") from None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=zone)


def _minor(text: str, currency: str) -> int | None:
    from moa.kernel.errors import DomainError
    from moa.kernel.money import to_minor

    if not text:
        return None
    if not currency:
        raise click.UsageError("--least needs --currency.")
    try:
        return to_minor(Decimal(text), currency)
    except (InvalidOperation, DomainError):
        raise click.UsageError(f"--least: “{text}” is not an amount of {currency}.") from None
