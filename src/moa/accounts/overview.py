"""All accounts that a person may see, each with its newest balance, how new it is and which days are missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.models import Statement
from moa.accounts.permissions import VIEW
from moa.accounts.rules import Coverage, freshness, missing_days
from moa.control.access import permitted_units
from moa.control.context import Context
from moa.directory.queries import bank_map, calendar_for
from moa.kernel.calendars import Calendar

# How far back missing days are looked for.
WINDOW_DAYS = 30


class AccountRow(NamedTuple):
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
       a.bank_country, a.bank_code, a.unit_id, a.opened_on, a.closed_on, b.balance_minor, b.day, b.received_at::text, b.covered_until
  from {accounts} a
  left join accounts_currentbalance b on b.account_id = a.id
"""
# The first are chosen before anything else is read of them.
_FIRST = """(
    select a.* from accounts_bankaccount a join control_unit u on u.id = a.unit_id
     where true {filters}
     order by coalesce(u.company_id, u.id), a.bank_country desc, a.bank_code collate "C", a.number collate "C"
     limit %(most)s)"""
_OPEN_ON = (
    " and (a.closed_on is null or a.closed_on > %(on)s) and (a.opened_on is null or a.opened_on <= %(on)s)"
)
_OF_COMPANY = """ and a.unit_id in (
    select k.id from control_unit k join control_unit m on m.id = coalesce(k.company_id, k.id) where m.code = %(company)s)"""
_UNITS = """
select u.id, c.id, u.code, case when u.kind = 'unit' then coalesce(u.names ->> %(language)s, u.name) else '' end,
       c.code, coalesce(c.names ->> %(language)s, c.name)
  from control_unit u join control_unit c on c.id = coalesce(u.company_id, u.id)
"""


# Of statements `s`, a bit for each day from `since` up to `today` that one of them covers.
COVERED_DAYS = """bit_or(((1::bigint << (least(s.to_date, %(today)s::date) - greatest(s.from_date, %(since)s::date) + 1)) - 1)
    << (greatest(s.from_date, %(since)s::date) - %(since)s::date))"""
# So many days have a bit.
MOST_DAYS = 62
# What booked files cover of each account, a bit for each day, and then of all accounts of which they cover the same.
_COVERED = f"""
select a.bank_country, a.bank_code, covered.days, array_agg(a.id)
  from (select s.account_id, {COVERED_DAYS} as days from accounts_statement s
         where not s.provisional and s.file_id is not null and s.to_date >= %(since)s and s.from_date <= %(today)s
           {{among}} group by 1) covered
  join accounts_bankaccount a on a.id = covered.account_id
 where (a.closed_on is null or a.closed_on > %(today)s) {{inside}}
 group by 1, 2, 3
 order by 1 desc, 2, 3
"""


def list_accounts(
    ctx: Context, *, window_days: int = WINDOW_DAYS, ids: Iterable[int] | None = None, most: int | None = None,
    company: str = "", bank: str = "", on: date | None = None, also: str = "",
) -> list[AccountRow]:  # fmt: skip
    """Accounts by company and bank, all that the actor may see or those of `ids`, of a company and of a bank (their keys),
    that were open `on` a day, in units where the actor has `also` this right; or the first of them.

    `window_days` bounds how far back missing days are looked for. Raises: forbidden.
    """
    wanted = None if ids is None else list(set(ids))
    filters, asked = seen_on(ctx, on, also)
    filters += "" if wanted is None else " and a.id = any(%(ids)s)"
    filters += narrowed(company, bank)
    facts = {**asked, "ids": wanted, "most": most, "company": company, "bank": bank}
    with connection.cursor() as cursor:
        if most is None:
            cursor.execute(
                _ACCOUNTS.format(accounts="accounts_bankaccount") + f" where true {filters}", facts
            )
        else:
            cursor.execute(_ACCOUNTS.format(accounts=_FIRST.format(filters=filters)), facts)
        found = cursor.fetchall()
    places = places_of_units(ctx)
    # Here, for the server would write so many wide rows to its disk.
    sort_as_listed(found, places, unit=8, country=6, within=(7, 1))
    if most is not None:
        wanted = [row[0] for row in found]
    banks = bank_map(ctx)
    since = ctx.today - timedelta(days=window_days)
    lacking = {
        one: days
        for (_, _, days), found_of in read_gaps(ctx, since, filters, facts | {"ids": wanted}).items()
        for one in found_of
    }
    expected = expectations(ctx, since)
    # Of a hundred thousand accounts there are some dozen banks, and as many moments and last days as files.
    named: dict[tuple[str, str], tuple[str, str]] = {}
    ages: dict[tuple[str, date | None, date | None], str] = {}
    heard: dict[str | None, datetime | None] = {None: None}
    rows = []
    for (
        number, shown, name, holder, kind, currency, country, code, unit, opened_on, closed_on, minor, day, received, until,
    ) in found:  # fmt: skip
        words = named.get((country, code))
        if words is None:
            held = banks.get((country, code))
            words = named[country, code] = (country + code, held.short_name(ctx.language) if held else code)
        if received not in heard:
            heard[received] = datetime.fromisoformat(received).astimezone(UTC)
        state = ages.get((country, until, closed_on))
        if state is None:
            state = ages[country, until, closed_on] = freshness_and_gaps(
                expected(country), until, None, closed_on
            )[0]
        rows.append(
            AccountRow(
                number, shown, name, holder, kind, currency, *words, *places[unit][1], opened_on, closed_on, minor, day,
                heard[received], until, state, lacking.get(number, ()),
            )
        )  # fmt: skip
    return rows


def seen_on(ctx: Context, on: date | None, also: str) -> tuple[str, dict[str, Any]]:
    """The condition on accounts `a` that the actor may see them, has `also` this right there and they were open `on` a day,
    and what it is asked with. Raises: forbidden."""
    asked = "" if on is None else _OPEN_ON
    facts: dict[str, Any] = {"on": on}
    for name, right in (("units", VIEW), ("also", also)):
        units = permitted_units(ctx, right) if right else None
        if units is not None:
            facts[name] = list(units)
            asked += f" and a.unit_id = any(%({name})s)"
    return asked, facts


def narrowed(company: str, bank: str) -> str:
    """What a statement over accounts `a` asks, to read those of a company and of a bank only. Shape: "" is any."""
    asked = " and a.bank_country || a.bank_code = %(bank)s" if bank else ""
    return asked + (_OF_COMPANY if company else "")


def places_of_units(ctx: Context) -> dict[int, tuple[int, tuple[str, str, str, str]]]:
    """Where each unit stands now. Shape: {unit: (company, (key, name, company key, company name))}."""
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, {"language": ctx.language})
        return {unit: (company, tuple(words)) for unit, company, *words in cursor.fetchall()}


def sort_as_listed(
    rows: list[Any],
    places: Mapping[int, tuple[int, object]],
    *,
    unit: int,
    country: int,
    within: tuple[int, int],
) -> None:
    """As accounts are listed: by company, Korean banks first, then by the bank's code and one thing more.

    Shape: `unit`, `country` and `within` say where a row has them; `places` as of `places_of_units`.
    """
    # The least of the keys comes first.
    rows.sort(key=itemgetter(*within))
    rows.sort(key=itemgetter(country), reverse=True)
    rows.sort(key=lambda row: places[row[unit]][0])


def read_gaps(
    ctx: Context, since: date, inside: str, facts: Mapping[str, Any]
) -> dict[tuple[str, str, tuple[date, ...]], list[int]]:
    """The open accounts of each bank that lack the same business days from `since` on, with a condition on accounts `a`.

    Shape: {(country, code, days): ids}; `ids` in the facts, those to look at."""
    assert (ctx.today - since).days < MOST_DAYS
    expected = expectations(ctx, since)
    found: dict[tuple[str, str, tuple[date, ...]], list[int]] = {}
    with connection.cursor() as cursor:
        among = "" if facts.get("ids") is None else "and s.account_id = any(%(ids)s)"
        cursor.execute(
            _COVERED.format(inside=inside, among=among), {**facts, "since": since, "today": ctx.today}
        )
        for country, code, bits, accounts in cursor.fetchall():
            days = freshness_and_gaps(expected(country), None, coverage_of(bits, since), None)[1]
            if days:
                found.setdefault((country, code, days), []).extend(accounts)
    return found


def coverage_of(bits: int | None, since: date) -> Coverage:
    """Of days as `COVERED_DAYS` has them."""
    days = (since + timedelta(days=n) for n in range(MOST_DAYS) if bits and bits >> n & 1)
    return Coverage(tuple((day, day) for day in days))


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
