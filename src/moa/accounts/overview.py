"""All accounts that a person may see, each with its newest balance, how new it is and which days are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from moa.accounts.models import Statement
from moa.accounts.permissions import VIEW
from moa.accounts.rules import Coverage, freshness, missing_days
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import bank_map, calendar_for
from moa.kernel.calendars import Calendar


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as lists show it. Shape: minor units; `missing` business days without a statement, oldest first."""

    id: int
    number: str
    name: str
    holder: str
    kind: str
    currency: str
    bank_key: str
    bank: str
    unit_key: str
    unit: str
    company_key: str
    company: str
    opened_on: date | None
    closed_on: date | None
    balance_minor: int | None
    balance_date: date | None
    received_at: datetime | None
    covered_until: date | None
    freshness: str
    missing: tuple[date, ...]

    @property
    def account_end(self) -> str:
        return "".join(letter for letter in self.number if letter.isalnum())[-4:]


_ACCOUNTS = """
select a.id, a.number, coalesce(nullif(a.nickname, ''), a.holder, a.number) as name, a.holder, a.kind, a.currency,
       a.bank_country, a.bank_code, case when u.kind = 'unit' then coalesce(u.names ->> %(language)s, u.name) else '' end,
       c.code, coalesce(c.names ->> %(language)s, c.name), a.opened_on, a.closed_on,
       b.balance_minor, b.day, b.received_at, b.covered_until, u.code
  from accounts_bankaccount a
  join control_unit u on u.id = a.unit_id
  join control_unit c on c.id = coalesce(u.company_id, u.id)
  left join accounts_currentbalance b on b.account_id = a.id
 where true {filters}
 order by c.id, a.bank_country desc, a.bank_code, a.number
 limit %(most)s
"""


def list_accounts(
    ctx: Context, *, window_days: int = 30, ids: Iterable[int] | None = None, most: int | None = None
) -> list[AccountRow]:
    """Accounts by company and bank, all that the actor may see or those of `ids`, or the first of them.

    `window_days` bounds how far back missing days are looked for. Raises: forbidden.
    """
    units = permitted_units(ctx, VIEW)
    wanted = None if ids is None else list(set(ids))
    filters = "" if units is None else " and a.unit_id = any(%(units)s)"
    filters += "" if wanted is None else " and a.id = any(%(ids)s)"
    facts = {"units": list(units or ()), "ids": wanted, "language": ctx.language, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS.format(filters=filters), facts)
        found = cursor.fetchall()
    if most is not None:
        wanted = [row[0] for row in found]
    banks = bank_map(ctx)
    since = ctx.today - timedelta(days=window_days)
    covered, expected = coverage(ctx, since, wanted), expectations(ctx, since)
    rows = []
    for row in found:
        country, code, closed_on, until = row[6], row[7], row[12], row[16]
        bank = banks.get((country, code))
        state, missing = freshness_and_gaps(expected(country), until, covered.get(row[0]), closed_on)
        rows.append(
            AccountRow(
                id=row[0], number=row[1], name=row[2], holder=row[3], kind=row[4], currency=row[5],
                bank_key=country + code, bank=bank.short_name(ctx.language) if bank else code, unit_key=row[17], unit=row[8],
                company_key=row[9], company=row[10], opened_on=row[11], closed_on=closed_on, balance_minor=row[13],
                balance_date=row[14], received_at=row[15], covered_until=until, freshness=state, missing=missing,
            )
        )  # fmt: skip
    return rows


def coverage(ctx: Context, since: date, ids: list[int] | None = None) -> dict[int, Coverage]:
    """The periods that booked statement files cover, by account. Figures by hand cover nothing."""
    statements = Statement.objects.filter(provisional=False, file__isnull=False, to_date__gte=since)
    if ids is not None:
        statements = statements.filter(account_id__in=ids)
    periods: dict[int, set[tuple[date, date]]] = defaultdict(set)
    for account, first, last in statements.order_by("account_id").values_list(
        "account_id", "from_date", "to_date"
    ):
        periods[account].add((first, last))
    return {account: Coverage(tuple(sorted(found))) for account, found in periods.items()}


def expected_days(calendar: Calendar, today: date) -> tuple[date, date]:
    """The last business day that statements should cover by now, and the one before it."""
    expected = calendar.previous_business_day(today)
    return expected, calendar.previous_business_day(expected)


@dataclass(frozen=True, slots=True)
class Expected:
    """What statements of a country's banks should cover by now. Shape: `business` the business days that are looked at."""

    today: date
    last: date
    before: date
    business: tuple[date, ...]


def expectations(ctx: Context, since: date) -> Callable[[str], Expected]:
    """What is expected of the banks of a country, from `since` on; worked out once for each."""
    known: dict[str, Expected] = {}

    def of(country: str) -> Expected:
        if country not in known:
            calendar = calendar_for(ctx, country)
            last, before = expected_days(calendar, ctx.today)
            days = (since + timedelta(days=n) for n in range((last - since).days + 1))
            known[country] = Expected(ctx.today, last, before, tuple(filter(calendar.is_business_day, days)))
        return known[country]

    return of


def freshness_and_gaps(
    asked: Expected, until: date | None, covered: Coverage | None, closed_on: date | None
) -> tuple[str, tuple[date, ...]]:
    """How new an account is, and its missing business days. A closed one owes nothing."""
    if closed_on is not None and closed_on <= asked.today:
        return "fresh", ()
    state = freshness(until, asked.last, asked.before)
    return state, () if covered is None else tuple(missing_days(covered, asked.business))
