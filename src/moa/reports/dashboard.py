"""What the first page says: position and change, where the money is, its curve, what is missing, what waits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from moa.accounts.lifecycle import FileState
from moa.accounts.models import StatementFile
from moa.accounts.overview import AccountRow, expected_days
from moa.accounts.permissions import OPEN
from moa.accounts.queries import (
    Waiting,
    open_conflicts,
    visible_files,
    waiting_statements,
    waits_of_page,
    waits_question,
)
from moa.control.access import may
from moa.control.asked_together import Question
from moa.control.context import Context
from moa.control.inbox import list_requests, waiting_of_page
from moa.directory.queries import calendar_for
from moa.payments.not_over import HELD_UP, ON_ITS_WAY, UNKNOWN, not_over_of_page, not_over_question
from moa.reports.position import Position, by_currency, curve, position
from moa.ui.formatting import figure

SERIES = 6
_ORDER = {"overdue": 0, "late": 1, "never": 2, "fresh": 3}


# The summary has a field of the name `date`, which would hide the type.
Day = date
# How long a refused file is something to do.
REFUSED_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CurrencyPart:
    currency: str
    balance_minor: int
    base_minor: int | None
    rate: Decimal | None
    rate_date: date | None
    accounts: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class PositionSummary:
    """The equation strip: the total and the parts that it is the sum of."""

    date: Day
    base_currency: str
    total_minor: int
    previous_date: Day | None
    change_minor: int | None
    change_ratio: Decimal | None
    companies: int
    accounts: int
    banks: int
    currencies: list[CurrencyPart]
    missing_rates: list[dict[str, Any]]
    old_sources: list[dict[str, Any]]
    known_at: datetime | None = None


def summary(
    ctx: Context, accounts: list[AccountRow], *, day: date, known_at: datetime | None = None, narrowed: bool = False,
    found: Position | None = None,
) -> PositionSummary:  # fmt: skip
    """The position of `day` by currency, compared with that of the business day before.

    `accounts` are all that the actor may see, or with `narrowed` the ones to count; `found` is their position by
    whatever it was asked, where it was.
    """
    only = [account.id for account in accounts] if narrowed else None
    today = by_currency(found or position(ctx, day=day, by="currency", known_at=known_at, only=only))
    previous_day = calendar_for(ctx, "KR").previous_business_day(day)
    before = position(ctx, day=previous_day, by="currency", known_at=known_at, only=only)
    total, former = today.total_base_minor, before.total_base_minor
    known = bool(before.rows)
    live = [account for account in accounts if account.balance_minor is not None]
    return PositionSummary(
        date=day, base_currency=today.base_currency, total_minor=total,
        previous_date=previous_day if known else None, change_minor=total - former if known else None,
        change_ratio=ratio(total - former, former) if known else None,
        companies=len({account.company_key for account in live}), accounts=len(live),
        banks=len({account.bank_key for account in live}), currencies=_parts(today),
        missing_rates=[
            {"currency": row.currency, "accounts": row.accounts, "balance_minor": row.balance_minor}
            for row in today.rows if row.base_minor is None
        ],
        old_sources=_old_sources(live), known_at=known_at,
    )  # fmt: skip


def _parts(found: Position) -> list[CurrencyPart]:
    total = found.total_base_minor
    parts = []
    for row in found.rows:
        rate = found.rates.get(row.currency)
        parts.append(
            CurrencyPart(
                row.currency, row.balance_minor, row.base_minor, rate.rate.value if rate else None,
                rate.on_date if rate else None, row.accounts,
                None if row.base_minor is None else ratio(row.base_minor, total),
            )
        )  # fmt: skip
    return sorted(parts, key=lambda part: (part.currency != found.base_currency, -(part.base_minor or 0)))


def ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001")) if whole else None


def _old_sources(accounts: list[AccountRow]) -> list[dict[str, Any]]:
    oldest: dict[str, datetime] = {}
    for account in accounts:
        if account.freshness in {"late", "overdue"} and account.received_at is not None:
            oldest[account.bank] = min(oldest.get(account.bank, account.received_at), account.received_at)
    return [{"bank": bank, "as_of": moment} for bank, moment in sorted(oldest.items())]


def banks_board(accounts: list[AccountRow], found: Position) -> list[dict[str, Any]]:
    """One row a bank: balance in base currency, share, last word, missing days; the largest first.

    Shape: `found` is the position of the accounts by bank."""
    total = found.total_base_minor
    base: dict[str, int | None] = {}
    for row in found.rows:
        known = base.get(row.key, 0)
        base[row.key] = None if row.base_minor is None or known is None else known + row.base_minor
    by_bank: dict[str, list[AccountRow]] = defaultdict(list)
    for account in accounts:
        by_bank[account.bank_key].append(account)
    rows: list[dict[str, Any]] = []
    for key, held in by_bank.items():
        moments = [account.received_at for account in held if account.received_at is not None]
        minor = base.get(key)
        rows.append(
            {
                "key": key, "name": held[0].bank, "accounts": len(held), "base_minor": minor,
                "share": None if minor is None else ratio(minor, total),
                "received_at": max(moments, default=None),
                "freshness": min((account.freshness for account in held), key=_ORDER.__getitem__),
                "missing_days": sum(len(account.missing) for account in held),
                "url": f"/accounts?bank={key}",
            }
        )  # fmt: skip
    rows.sort(key=lambda row: -(row["base_minor"] or 0))
    for number, shown in enumerate(rows, 1):
        shown["colour"] = min(number, SERIES)
    return rows


@dataclass(slots=True)
class Curve:
    by: str
    choices: list[str]
    days: list[date]
    series: list[dict[str, Any]]
    totals: list[int]
    marks: list[dict[str, Any]] = field(default_factory=list)


def curve_board(
    ctx: Context, *, until: date, by: str, names: dict[str, str], missing: dict[date, str]
) -> Curve:
    """The last thirty days as at most six layers, largest first; the rest is one layer with its number."""
    days = [until - timedelta(days=back) for back in range(29, -1, -1)]
    index = {day: place for place, day in enumerate(days)}
    figures: dict[str, list[int]] = {}
    for day, key, name, minor in curve(ctx, until=until, days=30, by=by):
        figures.setdefault(key, [0] * len(days))[index[day]] = minor or 0
        names.setdefault(key, name)
    order = sorted(figures, key=lambda key: -figures[key][-1])
    keep = order if len(order) <= SERIES else order[: SERIES - 1]
    series: list[dict[str, Any]] = [
        {"key": key, "name": names.get(key, key), "figures": figures[key]} for key in keep
    ]
    rest = order[len(keep) :]
    if rest:
        sums = [sum(figures[key][place] for key in rest) for place in range(len(days))]
        series.append({"key": "rest", "name": "", "figures": sums, "count": len(rest)})
    totals = [sum(one["figures"][place] for one in series) for place in range(len(days))]
    marks = [
        {"date": day, "kind": "missing", "text": missing[day]} for day in sorted(missing) if day in index
    ]
    return Curve(by, ["bank", "company", "currency"], days, series, totals, marks)


def missing_board(ctx: Context, accounts: list[AccountRow], refused: list[StatementFile]) -> dict[str, Any]:
    """Accounts with missing days among the last ten business days, each with its strip and what is known of it."""
    rows: list[dict[str, Any]] = []
    strip_days: list[date] = []
    by_number = {number: file for file in reversed(refused) for number in file.accounts}
    last_ten = {country: _last_ten(ctx, country) for country in {one.bank_key[:2] for one in accounts}}
    for account in accounts:
        days = last_ten[account.bank_key[:2]]
        strip_days = days if not strip_days or days[0] < strip_days[0] else strip_days
        dates = [day for day in account.missing if day >= days[0]]
        if not dates:
            continue
        file = _refused_for(account, dates, by_number)
        at_the_end = account.covered_until is not None and dates[-1] > account.covered_until
        rows.append(
            {
                "company": account.company, "bank": account.bank, "account_end": account.account_end,
                "url": f"/accounts/{account.id}", "dates": dates,
                "strip": [
                    {"date": day, "state": _strip_state(day, dates, file)} for day in days
                ],
                "reason": "refused" if file else ("silent" if at_the_end else "gap"),
                "file_url": f"/imports/{file.id}" if file else None, "error_count": file.error_count if file else 0,
            }
        )  # fmt: skip
    return {
        "from_date": strip_days[0] if strip_days else ctx.today, "to_date": strip_days[-1] if strip_days else ctx.today,
        "days_total": 10, "accounts": len(rows), "days": sum(len(row["dates"]) for row in rows), "rows": rows,
    }  # fmt: skip


def _last_ten(ctx: Context, country: str) -> list[date]:
    """The business days that statements of the country's banks should cover by now, oldest first."""
    calendar = calendar_for(ctx, country)
    days = [expected_days(calendar, ctx.today)[0]]
    while len(days) < 10:
        days.insert(0, calendar.previous_business_day(days[0]))
    return days


def _refused_for(
    account: AccountRow, dates: list[date], by_number: dict[str, StatementFile]
) -> StatementFile | None:
    key = "".join(letter for letter in account.number if letter.isalnum())
    for number, file in by_number.items():
        if "".join(letter for letter in number if letter.isalnum()) != key:
            continue
        if (
            file.from_date is None
            or file.to_date is None
            or any(file.from_date <= day <= file.to_date for day in dates)
        ):
            return file
    return None


def _strip_state(day: date, missing: list[date], file: StatementFile | None) -> str:
    if day not in missing:
        return "ok"
    covers = file is not None and (file.from_date is None or file.from_date <= day <= (file.to_date or day))
    return "refused" if covers else "missing"


def refused_files(ctx: Context) -> list[StatementFile]:
    """Refused files of the last days that no later upload of the same name has mended, newest first."""
    since = ctx.at - REFUSED_DAYS
    if not _waiting(ctx).refused:
        return []
    visible = visible_files(ctx).filter(received_at__gte=since)
    refused = visible.filter(state=FileState.REFUSED).order_by("-id")[:50]
    mended = set(visible.filter(state=FileState.STORED).values_list("name", flat=True))
    return [file for file in refused if file.name not in mended]


def questions_of_board(ctx: Context) -> list[Question]:
    """What `todo_board` draws on, for the page to ask with everything else."""
    return [waits_question(ctx.at - REFUSED_DAYS), not_over_question(ctx)]


def _waiting(ctx: Context) -> Waiting:
    return waits_of_page(ctx, since=ctx.at - REFUSED_DAYS)


_UNDER_WAY = {
    UNKNOWN: ("unknown", gettext_lazy("Payments whose result is not known"), "/payments/unknowns"),
    HELD_UP: ("waits", gettext_lazy("Payments that are held up"), "/payments?state=approved&state=ready"),
    ON_ITS_WAY: ("sent", gettext_lazy("Payments on their way"), "/payments?state=sent&state=processing"),
}


def payments_to_know(ctx: Context) -> list[dict[str, Any]]:
    """Payments that are under way, a line for each kind: what nobody knows the result of comes first."""
    found = []
    for one in not_over_of_page(ctx):
        kind, title, address = _UNDER_WAY[one.kind]
        amounts = ", ".join(
            figure(minor, currency) + f" {currency}" for currency, minor in one.amounts.items()
        )
        number = ngettext("%(num)s payment", "%(num)s payments", one.number) % {"num": one.number}
        found.append(
            {
                "kind": kind, "at": one.since, "title": str(title), "detail": f"{number}, {amounts}", "count": one.number,
                "url": address,
            }
        )  # fmt: skip
    return found


def todo_board(ctx: Context, refused: list[StatementFile], summary: PositionSummary) -> list[dict[str, Any]]:
    """What waits for a person: payments under way, refused files, parked statements, contradictions, decisions, missing rates."""
    there = _waiting(ctx)
    found = payments_to_know(ctx)
    found += [
        {
            "kind": "refused", "at": file.received_at, "title": file.name, "detail": "", "count": file.error_count,
            "url": f"/imports/{file.id}",
        }
        for file in refused[:5]
    ]  # fmt: skip
    opens = may(ctx, OPEN)
    found += [
        {
            "kind": "parked", "at": one.file.received_at, "title": one.account_number, "detail": one.holder,
            "count": one.entry_count, "url": f"/accounts/open?parked={one.id}" if opens else "/imports",
        }
        for one in (waiting_statements(ctx)[:5] if there.parked else ())
    ]  # fmt: skip
    found += [
        {
            "kind": "conflict", "at": one.found_at, "title": one.account.number, "detail": "", "count": one.line_count,
            "url": f"/conflicts/{one.id}",
        }
        for one in (open_conflicts(ctx)[:5] if there.conflicts else ())
    ]  # fmt: skip
    count = waiting_of_page(ctx)
    oldest = list_requests(ctx, "mine")[:1] if count else []
    if oldest:
        found.append(
            {
                "kind": "approval", "at": oldest[0].made_at, "title": "", "detail": "", "count": count,
                "url": "/approvals",
            }
        )  # fmt: skip
    found += [
        {
            "kind": "rate", "at": None, "title": one["currency"], "detail": "", "count": one["accounts"], "url": "/rates",
        }
        for one in summary.missing_rates
    ]  # fmt: skip
    return found
