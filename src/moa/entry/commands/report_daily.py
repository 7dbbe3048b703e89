"""`moa report daily`: the daily fund report as JSON, PDF or workbook."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click

from moa.entry.commands.shared_options import answer_options
from moa.kernel.days import read_day


@click.command("daily", help="The daily fund report as JSON, PDF or workbook.")
@click.option("--date", "day", default="", help="The day, YYYY-MM-DD; the last business day if left out.")
@click.option("-o", "--output", "target", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Write to this file, .pdf or .xlsx.")  # fmt: skip
@answer_options
def daily(day: str, target: Path | None, as_login: str, group: str, as_json: bool) -> None:
    if target is not None and target.suffix.lower() not in {".pdf", ".xlsx"}:
        raise click.BadParameter("a file that ends in .pdf or .xlsx", param_hint="--output")
    asked = _day(day)
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from django.utils.translation import override

    from moa.reports.daily import daily_report, last_report_day
    from moa.reports.daily_words import report_pdf
    from moa.reports.daily_workbook import report_workbook

    if asked is not None and asked > ctx.today:
        raise click.BadParameter(f"{day} has not come yet", param_hint="--date")
    with ctx.open(steady=True), override(ctx.language):
        told = asked or last_report_day(ctx)
        if target is not None and target.suffix.lower() == ".pdf":
            target.write_bytes(report_pdf(ctx, day=told))
        elif target is not None:
            # Whole before the file is touched: what is refused, or fails between two rows, leaves the former one.
            with TemporaryFile() as made:
                made.writelines(report_workbook(ctx, day=told))
                made.seek(0)
                with target.open("wb") as out:
                    shutil.copyfileobj(made, out)
        report = daily_report(ctx, day=told) if as_json or target is None else None
    if report is not None:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=1))
    else:
        click.echo(f"Wrote {target}")


def report_json(report: Any) -> dict[str, Any]:
    """Shape: amounts as decimal strings, null where something is not known."""
    from moa.directory.rules.rates import rate_text
    from moa.kernel.money import to_text

    def text(minor: int | None, currency: str) -> str | None:
        return None if minor is None else to_text(minor, currency)

    base = report.base_currency
    rows = [
        {
            "account": row.account.number, "bank": row.account.bank, "company": row.account.company,
            "currency": (money := row.account.currency), "previous": text(row.moved.previous_minor, money),
            "in": text(row.moved.in_minor, money), "out": text(row.moved.out_minor, money),
            "balance": text(row.moved.balance_minor, money), "balance_date": str(row.balance_on) if row.balance_on else None,
            "gap": text(row.gap_minor, money), "base": text(row.base_minor, base),
            "missing": [str(one) for one in row.missing],
        }
        for row in report.rows
    ]  # fmt: skip
    totals = {
        by: [
            {
                "key": one.key, "name": one.name, "currency": one.currency, "accounts": one.sums.accounts,
                "previous": text(one.sums.previous_minor, one.currency), "in": text(one.sums.in_minor, one.currency),
                "out": text(one.sums.out_minor, one.currency), "gap": text(one.sums.gap_minor, one.currency),
                "begun": text(one.sums.begun_minor, one.currency), "balance": text(one.sums.balance_minor, one.currency),
                "not_known": one.sums.unknown, "base": None if one.without_rate else text(one.base_minor, base),
            }
            for one in report.totals(by)
        ]
        for by in ("currency", "bank", "company")
    }  # fmt: skip
    return {
        "date": str(report.day), "previous_date": str(report.previous_day), "known_at": report.known_at.isoformat(),
        "base_currency": base, "rows": rows, "totals": totals, "total_base": text(report.total_base_minor, base),
        "missing_rates": report.missing_rates,
        "rates": [
            {"currency": code, "rate": rate_text(rate.rate.value), "date": str(rate.on_date)}
            for code, rate in sorted(report.rates.items()) if any(row["currency"] == code for row in rows)
        ],
        "late": [
            {"bank": one.bank, "accounts": one.accounts, "days": [str(day) for day in one.days]} for one in report.late
        ],
    }  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return read_day(text) if text else None
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date, YYYY-MM-DD", param_hint="--date") from None
