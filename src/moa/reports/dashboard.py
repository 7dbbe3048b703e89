"""What the first page says: position and change, where the money is, its curve, what is missing, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from moa.accounts.gathered import Gap, Gathered
from moa.accounts.lifecycle import FileState
from moa.accounts.models import StatementFile
from moa.accounts.overview import AccountRow, expected_days, list_accounts
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
from moa.control.approval_subjects import describe
from moa.control.asked_together import Question
from moa.control.context import Context
from moa.control.inbox import waiting_for, waiting_of_page
from moa.directory.queries import DatedRate, calendar_for
from moa.payments.not_over import HELD_UP, ON_ITS_WAY, UNKNOWN, not_over_of_page, not_over_question
from moa.reports.curve import Days
from moa.reports.position import CurrencySum
from moa.ui.formatting import figure

SERIES = 6
CURVE_DAYS = 30
# How many accounts with missing days are shown; the figures are of all.
MISSING_SHOWN = 50
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
    accounts: list[Gathered], today: list[CurrencySum], before: list[CurrencySum], rates: dict[str, DatedRate], *,
    base: str, day: date, previous_day: date, known_at: datetime | None = None,
) -> PositionSummary:  # fmt: skip
    """The position of `day` by currency, compared with that of a day before. Shape: `accounts` those that are counted."""
    total, former = total_of(today), total_of(before)
    known = bool(before)
    live = [one for one in accounts if one.live]
    return PositionSummary(
        date=day, base_currency=base, total_minor=total, previous_date=previous_day if known else None,
        change_minor=total - former if known else None, change_ratio=ratio(total - former, former) if known else None,
        companies=len({one.company_key for one in live}), accounts=sum(one.live for one in live),
        banks=len({one.bank_key for one in live}), currencies=_parts(today, rates, base),
        missing_rates=[
            {"currency": row.currency, "accounts": row.accounts, "balance_minor": row.balance_minor}
            for row in today if row.base_minor is None
        ],
        old_sources=_old_sources(live), known_at=known_at,
    )  # fmt: skip


def total_of(sums: Iterable[CurrencySum]) -> int:
    """The sum of what could be converted."""
    return sum(row.base_minor or 0 for row in sums)


def _parts(sums: list[CurrencySum], rates: dict[str, DatedRate], base: str) -> list[CurrencyPart]:
    total = total_of(sums)
    parts = []
    for row in sums:
        rate = rates.get(row.currency)
        parts.append(
            CurrencyPart(
                row.currency, row.balance_minor, row.base_minor, rate.rate.value if rate else None,
                rate.on_date if rate else None, row.accounts,
                None if row.base_minor is None else ratio(row.base_minor, total),
            )
        )  # fmt: skip
    return sorted(parts, key=lambda part: (part.currency != base, -(part.base_minor or 0)))


def ratio(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.0001")) if whole else None


def _old_sources(accounts: list[Gathered]) -> list[dict[str, Any]]:
    oldest: dict[str, datetime] = {}
    for one in accounts:
        if one.freshness in {"late", "overdue"} and one.live_since is not None:
            oldest[one.bank] = min(oldest.get(one.bank, one.live_since), one.live_since)
    return [{"bank": bank, "as_of": moment} for bank, moment in sorted(oldest.items())]


def banks_board(
    accounts: list[Gathered], gaps: list[Gap], base: dict[str, int | None], total: int
) -> list[dict[str, Any]]:
    """One row a bank: balance in base currency, share, last word, missing days; the largest first.

    Shape: `base` the balances by bank in base currency, None where not all could be converted."""
    by_bank: dict[str, list[Gathered]] = defaultdict(list)
    for one in accounts:
        by_bank[one.bank_key].append(one)
    missing: dict[str, int] = defaultdict(int)
    for gap in gaps:
        missing[gap.bank_key] += len(gap.days) * len(gap.accounts)
    rows: list[dict[str, Any]] = []
    for key, held in by_bank.items():
        minor = base.get(key)
        rows.append(
            {
                "key": key, "name": held[0].bank, "accounts": sum(one.accounts for one in held), "base_minor": minor,
                "share": None if minor is None else ratio(minor, total), **newest_word(held),
                "missing_days": missing[key], "url": f"/accounts?bank={key}",
            }
        )  # fmt: skip
    rows.sort(key=lambda row: -(row["base_minor"] or 0))
    for number, shown in enumerate(rows, 1):
        shown["colour"] = min(number, SERIES)
    return rows


def newest_word(accounts: Iterable[Gathered]) -> dict[str, Any]:
    """When anything was last heard of accounts, and how new the oldest of them is."""
    held = list(accounts)
    return {
        "received_at": max((one.received_at for one in held if one.received_at is not None), default=None),
        "freshness": min((one.freshness for one in held), key=_ORDER.__getitem__, default="never"),
    }


@dataclass(slots=True)
class Curve:
    by: str
    choices: list[str]
    days: list[date]
    series: list[dict[str, Any]]
    totals: list[int]
    marks: list[dict[str, Any]] = field(default_factory=list)


def curve_board(
    found: Days, *, until: date, by: str, names: dict[str, str], missing: dict[date, str]
) -> Curve:
    """The last thirty days as at most six layers, largest first; the rest is one layer with its number."""
    days = [until - timedelta(days=back) for back in range(CURVE_DAYS - 1, -1, -1)]
    index = {day: place for place, day in enumerate(days)}
    figures: dict[str, list[int]] = {}
    for day, key, name, minor in found.curve():
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


def missing_board(
    ctx: Context, countries: set[str], gaps: list[Gap], refused: list[StatementFile]
) -> dict[str, Any]:
    """Accounts with missing days among the last ten business days, each with its strip and what is known of it.

    Shape: `countries` those of the banks; the first accounts are shown, `accounts` and `days` are of all. Statements come
    between the questions too: an account whose gap one of them closed has no row."""
    countries = countries | {gap.bank_key[:2] for gap in gaps}
    last_ten = {country: _last_ten(ctx, country) for country in countries}
    span = min(last_ten.values(), default=[ctx.today])
    by_number = {number: file for file in reversed(refused) for number in file.accounts}
    accounts: list[int] = []
    lacking = 0
    for gap in gaps:
        since = last_ten[gap.bank_key[:2]][0]
        number = sum(day >= since for day in gap.days)
        if number:
            accounts += gap.accounts
            lacking += number * len(gap.accounts)
    shown = list_accounts(ctx, ids=accounts, most=MISSING_SHOWN) if accounts else []
    rows = [_missing_row(one, last_ten[one.bank_key[:2]], by_number) for one in shown]
    return {
        "from_date": span[0], "to_date": span[-1], "days_total": 10, "accounts": len(accounts), "days": lacking,
        "rows": [row for row in rows if row is not None],
    }  # fmt: skip


def _missing_row(
    account: AccountRow, days: list[date], by_number: dict[str, StatementFile]
) -> dict[str, Any] | None:
    """Shape: None when none of the days is missing any more."""
    dates = [day for day in account.missing if day >= days[0]]
    if not dates:
        return None
    file = _refused_for(account, dates, by_number)
    at_the_end = account.covered_until is not None and dates[-1] > account.covered_until
    return {
        "company": account.company, "bank": account.bank, "account_end": account.account_end,
        "url": f"/accounts/{account.id}", "dates": dates,
        "strip": [{"date": day, "state": _strip_state(day, dates, file)} for day in days],
        "reason": "refused" if file else ("silent" if at_the_end else "gap"),
        "file_url": f"/imports/{file.id}" if file else None, "error_count": file.error_count if file else 0,
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
    """Payments that are under way, a line for each kind."""
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
    """What waits for a person, oldest first: payments under way, refused files, parked statements, contradictions, decisions, missing rates."""
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
    oldest = waiting_for(ctx).order_by("made_at", "id").first() if count else None
    if oldest is not None:
        # The number stands in the title; the one that has waited longest is named, and of a single one the link is its own.
        found.append(
            {
                "kind": "approval", "at": oldest.made_at, "title": "", "detail": describe(ctx, oldest).title, "count": count,
                "url": f"/approvals/{oldest.id}" if count == 1 else "/approvals",
            }
        )  # fmt: skip
    found += [
        {
            "kind": "rate", "at": None, "title": one["currency"], "detail": "", "count": one["accounts"], "url": "/rates",
        }
        for one in summary.missing_rates
    ]  # fmt: skip
    return oldest_first(found)


def oldest_first(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the heading says; what has no moment comes last."""
    return sorted(entries, key=lambda one: (one["at"] is None, one["at"].timestamp() if one["at"] else 0))
