"""`moa ledger balances` and `moa ledger trial-balance`: what the accounts of a book stand at on a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from moa.entry.commands.shared_options import book_options, date_option

Rows = list[dict[str, Any]]


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--known-at", default="", help="As known at this moment, ISO 8601; the group's time zone without offset."),
        click.option("--date", "day", default="", help="The business date, YYYY-MM-DD; the open day if left out."),
    ):  # fmt: skip
        command = option(command)
    return book_options(command)


@click.command("balances", help="Balances of a book's accounts at the end of a business date.")
@_options
def balances(as_json: bool, **asked: str) -> None:
    answer = balances_json(**asked)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    for row in answer["rows"]:
        click.echo(f"{row['account']:<24} {row['currency']} {row['balance']:>24}  {row['name']}")
    for late in answer["not_available_today"]:
        click.echo(
            f"{late['account']:<24} {late['currency']} {late['amount']:>24}  came after the close,"
            f" available from {late['available_from']}"
        )


@click.command(
    "trial-balance",
    help="Debit and credit balances of a book at the end of a business date, with their totals.",
)
@_options
def trial_balance(as_json: bool, **asked: str) -> int:
    answer = trial_balance_json(**asked)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for row in answer["rows"]:
            click.echo(f"{row['account']:<24} {row['currency']} {row['debit']:>24} {row['credit']:>24}")
        for total in answer["totals"]:
            click.echo(f"{'':<24} {total['currency']} {total['debit']:>24} {total['credit']:>24}")
    return 0 if answer["balanced"] else 1


def balances_json(*, book: str, day: str, known_at: str, as_login: str, group: str) -> dict[str, Any]:
    """What `moa ledger balances --json` prints. Raises: usage errors for unreadable dates, and as `balances_on`."""
    from moa.kernel.money import to_text

    found, answer = _ask(book, day, known_at, as_login, group)
    answer["not_available_today"] = [
        {
            "account": one.account,
            "currency": one.currency,
            "amount": to_text(one.minor, one.currency),
            "available_from": str(one.available_from),
        }
        for one in answer.pop("late")
    ]
    answer["rows"] = [
        {
            "account": row.account, "name": row.name, "subject": row.subject, "currency": row.currency,
            "balance": to_text(row.balance_minor, row.currency),
        }
        for row in found
    ]  # fmt: skip
    return answer


def trial_balance_json(*, book: str, day: str, known_at: str, as_login: str, group: str) -> dict[str, Any]:
    """The same with the balance in the column of its side, and the totals of both columns by currency."""
    from moa.kernel.money import to_text

    found, answer = _ask(book, day, known_at, as_login, group)
    del answer["late"]
    rows: Rows = []
    totals: dict[str, list[int]] = {}
    for row in found:
        debit, credit = max(row.signed_minor, 0), max(-row.signed_minor, 0)
        total = totals.setdefault(row.currency, [0, 0])
        total[0] += debit
        total[1] += credit
        rows.append(
            {
                "account": row.account, "name": row.name, "subject": row.subject, "currency": row.currency,
                "balance": to_text(row.balance_minor, row.currency),
                "debit": to_text(debit, row.currency), "credit": to_text(credit, row.currency),
            }
        )  # fmt: skip
    answer["rows"] = rows
    answer["totals"] = [
        {"currency": currency, "debit": to_text(debit, currency), "credit": to_text(credit, currency)}
        for currency, (debit, credit) in sorted(totals.items())
    ]
    answer["balanced"] = all(debit == credit for debit, credit in totals.values())
    return answer


def _ask(code: str, day: str, known_at: str, as_login: str, group: str) -> tuple[Any, dict[str, Any]]:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.queries import the_group_of
    from moa.ledger.availability import not_yet_available
    from moa.ledger.balances import balances_on
    from moa.ledger.queries import access_book, day_under_way

    with ctx.open():
        book = access_book(ctx, code)
        moment = _moment(known_at, ZoneInfo(the_group_of(ctx).time_zone)) if known_at else None
        open_day = day_under_way(book)
        asked = date_option(day, "--date") or (open_day.business_date if open_day else ctx.today)
        answer: dict[str, Any] = {"book": book.code, "date": str(asked)}
        answer["late"] = not_yet_available(ctx, book, known_at=moment)
        if moment is not None:
            answer["known_at"] = moment.isoformat()
        return balances_on(ctx, book, asked, known_at=moment), answer


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--known-at: “{text}” is not a moment like 2026-06-24T18:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
