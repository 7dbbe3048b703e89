"""`moa position`: the group's cash position on the terminal or as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from moa.entry.commands.shared_options import answer_options
from moa.kernel.days import read_day


@click.command("position", help="Cash position by company, bank, currency or account.")
@click.option(
    "--date", "day", default="", help="The day, YYYY-MM-DD; today in the group's time zone if left out."
)
@click.option(
    "--known-at", default="", help="As known at this moment, ISO 8601; the group's time zone without offset."
)
@click.option("--compare", default="", help="A second moment: list what became known between the two.")
@click.option(
    "--by", type=click.Choice(["group", "company", "unit", "bank", "currency", "account"]), default="company"
)
@answer_options
def position(
    day: str, known_at: str, compare: str, by: str, as_login: str, group: str, as_json: bool
) -> None:  # fmt: skip
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    answer = position_json(ctx, day=day, known_at=known_at, compare=compare, by=by)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        click.echo(as_table(answer))


def position_json(
    ctx: Any, *, day: str = "", known_at: str = "", compare: str = "", by: str = "company"
) -> dict[str, Any]:
    """What `moa position --json` prints. Raises: usage errors for unreadable dates, and as `position`."""
    from moa.control.queries import the_group_of
    from moa.directory.rules.rates import rate_text
    from moa.kernel.money import to_text
    from moa.reports.comparison import compare as compare_moments
    from moa.reports.position import position as ask

    with ctx.open():
        zone = ZoneInfo(the_group_of(ctx).time_zone)
        asked = _day(day) if day else ctx.today
        moment = _moment(known_at, zone, "--known-at") if known_at else None
        found = ask(ctx, day=asked, by=by, known_at=moment)
        answer: dict[str, Any] = {
            "date": str(asked), "base_currency": found.base_currency,
            "rows": [
                {
                    "key": row.key, "name": row.name, "currency": row.currency,
                    "balance": to_text(row.balance_minor, row.currency),
                    "base": None if row.base_minor is None else to_text(row.base_minor, found.base_currency),
                    "accounts": row.accounts, "oldest": str(row.oldest),
                }
                for row in found.rows
            ],
            "total_base": to_text(found.total_base_minor, found.base_currency),
            "missing_rates": found.missing_rates,
            "rates": [
                {"currency": code, "rate": rate_text(rate.rate.value), "date": str(rate.on_date)}
                for code, rate in sorted(found.rates.items()) if any(row.currency == code for row in found.rows)
            ],
        }  # fmt: skip
        if moment is not None:
            answer["known_at"] = moment.isoformat()
        if compare:
            other = _moment(compare, zone, "--compare")
            differences = compare_moments(ctx, day=asked, known_at=moment, other=other)
            answer["compare"] = other.isoformat()
            answer["differences"] = [
                {
                    "account": one.account, "currency": one.currency,
                    "before": None if one.before_minor is None else to_text(one.before_minor, one.currency),
                    "after": None if one.after_minor is None else to_text(one.after_minor, one.currency),
                    "file": one.file, "line": one.line,
                }
                for one in differences
            ]  # fmt: skip
    return answer


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date, YYYY-MM-DD", param_hint="--date") from None


def _moment(text: str, zone: ZoneInfo, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is not a moment, ISO 8601", param_hint=option) from None


def as_table(answer: dict[str, Any]) -> str:
    """The position as text for a terminal, columns aligned also with Korean and Chinese names."""
    header = ("", "CUR", "BALANCE", f"IN {answer['base_currency']}")
    rows = [
        (
            row["name"] or row["key"],
            row["currency"],
            grouped(row["balance"]),
            grouped(row["base"]) if row["base"] else "—",
        )
        for row in answer["rows"]
    ]
    total = ("Total", "", "", grouped(answer["total_base"]))
    widths = [max(shown_width(row[i]) for row in (header, *rows, total)) for i in range(4)]
    lines = [_padded(header, widths), *(_padded(row, widths) for row in rows), _padded(total, widths)]
    if answer["missing_rates"]:
        lines.append(
            f"Not in the total, no rate on or before {answer['date']}: {', '.join(answer['missing_rates'])}"
        )
    lines.extend(
        f"1 {rate['currency']} = {rate['rate']} {answer['base_currency']} of {rate['date']}"
        for rate in answer["rates"]
    )
    lines.extend(
        f"{one['account']} {one['currency']} {one['before']} -> {one['after']}  {one['file']} {one['line']}"
        for one in answer.get("differences", ())
    )
    return "\n".join(lines)


def grouped(amount: str) -> str:
    whole, point, part = amount.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{part}"


def shown_width(text: str) -> int:
    """Columns that a terminal gives to `text`: two for a wide letter."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(row: tuple[str, str, str, str], widths: list[int]) -> str:
    name, currency, balance, base = row
    return "  ".join(
        (
            name + " " * (widths[0] - shown_width(name)), currency.ljust(widths[1]), balance.rjust(widths[2]),
            base.rjust(widths[3]),
        )
    ).rstrip()  # fmt: skip
