"""Where a figure of the position or of the daily report comes from: the accounts that it adds up, and their rates."""

from __future__ import annotations

from datetime import date, datetime
from functools import reduce

from django.urls import reverse
from django.utils.translation import gettext as _

from moa.accounts.overview import AccountRow, list_accounts
from moa.control.access import may
from moa.control.context import Context
from moa.control.grounds import AskedFor, provide_ground
from moa.directory.permissions import VIEW_RATES
from moa.directory.queries import DatedRate
from moa.kernel.errors import NotFound
from moa.reports.daily import DailyReport, ReportAccount, ReportRow, daily_sum
from moa.reports.daily_rules import Sums
from moa.reports.position import GROUPINGS, PositionRow, position
from moa.ui.formatting import UNKNOWN, account_end, figure, rate
from moa.ui.ground import MOST_PARTS, Fact, Ground, Part, Step, adding_up, largest, why_address


def explain_position(ctx: Context, asked: AskedFor) -> Ground:
    """A figure of the position. Shape: `date`, `known_at`, `by` and `key` its row (all without), `currency`, `own` when it is in
    the currency itself; `company` and `bank` as on the page. Raises: forbidden, not_found, moment_in_future.
    """
    day, known_at = asked.day("date") or ctx.today, asked.moment("known_at")
    by, key, currency = asked.text("by") or "group", asked.text("key"), asked.text("currency")
    if by not in GROUPINGS:
        raise NotFound(by=by)
    found = position(
        ctx, day=day, by=by, known_at=known_at, of=key, company=asked.text("company"), bank=asked.text("bank")
    )
    base = found.base_currency
    rows = [row for row in found.rows if currency in {"", row.currency}]
    if not rows:
        raise NotFound(position=key)
    own = bool(asked.text("own")) and bool(currency)
    shown = currency if own else base

    def minor(row: PositionRow) -> int | None:
        return row.balance_minor if own else row.base_minor

    first, beyond = largest(rows, minor)
    accounts = {one.id: one for one in list_accounts(ctx, ids=[int(row.key) for row in first])}
    if not accounts:
        raise NotFound(position=key)
    parts = [
        Part(
            _name(accounts.get(int(row.key))), minor(row), shown,
            _aside(row.balance_minor, row.currency, row.oldest, shown),
            why=why_address("balance", account=row.key, date=day, known_at=known_at),
        )
        for row in first
    ]  # fmt: skip
    step = adding_up(
        "list", _("Balances of the accounts"), parts, shown, beyond=beyond, note="" if own else _rounded()
    )
    used = sorted({row.currency for row in rows} - {base})
    rates = [] if own or not used else [_rates(ctx, used, found.rates, day, known_at, base)]
    return Ground(
        _title(by, key, next(iter(accounts.values())), currency), shown, [*rates, step], minor=step.sum_minor, on=day, known_at=known_at,
        about="", url=f"{reverse('reports:position')}?by={by}&date={day}",
    )  # fmt: skip


def _rounded() -> str:
    return _("each account converted once and rounded, then summed")


def _name(account: AccountRow | ReportAccount | None) -> str:
    """Shape: None for an account that counts in the position and that the actor may not see by itself."""
    if account is None:
        return UNKNOWN
    return f"{account.bank} {account_end(account.account_end)} {account.name}"


def _aside(minor: int, currency: str, on: date, shown: str) -> str:
    """The day that the balance is of, and the balance itself where the column shows another currency."""
    return str(on) if currency == shown else f"{currency} {figure(minor, currency)} · {on}"


def _title(by: str, key: str, first: AccountRow, currency: str) -> str:
    name = {
        "company": first.company, "bank": first.bank, "unit": first.unit or first.company, "account": _name(first),
        "currency": key,
    }.get(by) or _("Group cash position")  # fmt: skip
    return name if not currency or by == "currency" else f"{name} · {currency}"


def _rates(
    ctx: Context,
    currencies: list[str],
    rates: dict[str, DatedRate],
    day: date,
    known_at: datetime | None,
    base: str,
) -> Step:
    """The rates that the balances were converted at, each with its own ground."""
    facts = []
    for code in currencies:
        held = rates.get(code)
        words = (
            f"1 {code} = {rate(held.rate.value)} {base} ({held.on_date})"
            if held
            else _("no rate, so not in the total")
        )
        address = why_address("rate", currency=code, date=day, known_at=known_at)
        facts.append(Fact(code, "why", words, url=address if held and may(ctx, VIEW_RATES) else ""))
    return Step("rate", _("Exchange rates"), facts=facts)


_NARROWED = {"", "bank", "company"}
_WHAT = {"previous": "previous_minor", "in": "in_minor", "out": "out_minor", "balance": "balance_minor"}


def explain_daily(ctx: Context, asked: AskedFor) -> Ground:
    """A sum of the daily report. Shape: `date`, `by` currency, bank or company and `key`, `currency`, `what` of its columns
    or "base". Raises: forbidden, not_found.
    """
    day, what, currency = asked.day("date") or ctx.today, asked.text("what"), asked.text("currency")
    by, key = asked.text("by"), asked.text("key")
    if by not in _NARROWED or (what != "base" and (what not in _WHAT or not currency)):
        raise NotFound(what=what)
    report = daily_sum(ctx, day=day, what=what, by=by, key=key, currency=currency, most=MOST_PARTS)
    if not report.parts:
        raise NotFound(key=key)
    shown = report.base_currency if what == "base" else currency
    step = _daily_step(report, what, shown)
    used = sorted({part.currency for part in report.parts} - {shown})
    steps = [_rates(ctx, used, report.rates, day, None, shown), step] if used else [step]
    title = {
        "previous": _("Balance before"), "in": _("In"), "out": _("Out"), "balance": _("Balance"), "base": _("Balance"),
    }[what]  # fmt: skip
    return Ground(
        f"{_('Daily fund report')} · {title}", shown, steps, minor=step.sum_minor, on=day,
        url=f"{reverse('reports:daily')}?date={day}",
    )  # fmt: skip


def _daily_step(report: DailyReport, what: str, shown: str) -> Step:
    """The largest accounts, and the others as the server added them up."""
    sums = reduce(Sums.plus, (part.sums for part in report.parts))
    of_base = what == "base"
    total = report.total_base_minor if of_base else sums.known(what) or 0
    parts = [_daily_part(report, row, what, shown) for row in report.rows]
    step = Step(
        "list", _("By account"), parts=parts, currency=shown, sum_minor=total, left_off=sums.accounts - len(parts),
        rest_minor=total - sum(part.minor or 0 for part in parts),
    )  # fmt: skip
    without_rate = sum(part.without_rate for part in report.parts) if of_base else 0
    if lacking := sums.lacking.get("balance" if of_base else what, 0) + without_rate:
        step.facts.append(Fact(_("Not known"), "text", str(lacking)))
    return step


def _daily_minor(row: ReportRow, what: str) -> int | None:
    minor: int | None = row.base_minor if what == "base" else getattr(row.moved, _WHAT[what])
    return minor


def _daily_part(report: DailyReport, row: ReportRow, what: str, shown: str) -> Part:
    account = row.account
    if what in {"in", "out"}:
        why = why_address("moved", account=account.id, after=report.previous_day, date=report.day, side=what)
        return Part(_name(account), _daily_minor(row, what), shown, why=why)
    on = report.previous_day if what == "previous" else report.day
    told = row.previous_on if what == "previous" else row.balance_on
    why = why_address("balance", account=account.id, date=on) if told else ""
    return Part(_name(account), _daily_minor(row, what), shown, str(told or ""), why=why)


provide_ground("position", explain_position)
provide_ground("daily", explain_daily)
