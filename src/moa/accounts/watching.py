"""Watches held against what a file brought, and against what has not come by its hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any, NamedTuple

from django.db import connection

from moa.accounts.models import StatementFile, Watch
from moa.accounts.notices import REFUSED
from moa.accounts.overview import AccountRow, expected_days, list_accounts
from moa.accounts.permissions import IMPORT
from moa.accounts.watch_rules import (
    HISTORY_DAYS,
    NEWS_DAYS,
    OF_BALANCES,
    OF_LINES,
    Condition,
    History,
    Movement,
    WatchKind,
    is_silent,
    tells_of_balance,
    tells_of_line,
)
from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.control.models import Unit
from moa.control.notices import tell
from moa.control.queries import context_for, group_zone
from moa.directory.queries import bank_map, calendar_for
from moa.kernel.errors import Forbidden, NotFound

WATCH_JOB = "accounts.watch_file"
# Beyond this many lines of one file and watch, the file itself is the news.
MOST_TOLD = 50


class Account(NamedTuple):
    id: int
    unit_id: int
    bank_country: str
    bank_code: str
    end: str
    currency: str
    day: date | None
    balance_minor: int | None

    @property
    def bank_key(self) -> str:
        return self.bank_country + self.bank_code


class Line(NamedTuple):
    id: int
    account_id: int
    amount_minor: int
    booked_on: date
    at: time | None
    counterparty: str
    description: str


_TOUCHED = """
select a.id, a.unit_id, a.bank_country, a.bank_code, right(a.number_key, 4), a.currency, b.day, b.balance_minor
  from accounts_bankaccount a left join accounts_currentbalance b on b.account_id = a.id
 where a.id in (select account_id from accounts_statement where file_id = %(file)s and not provisional)
 order by a.id
"""
_LINES = """
select t.id, t.account_id, t.amount_minor, t.booked_on, t.booked_time, t.counterparty, t.description
  from accounts_transaction t
 where t.account_id = any(%(accounts)s) and t.booked_on >= %(since)s
   and t.statement_id in (select id from accounts_statement where file_id = %(file)s)
 order by t.booked_on, t.id
"""
_HISTORY = """
select count(*), percentile_disc(0.5) within group (order by abs(t.amount_minor))
  from accounts_transaction t
 where t.account_id = %(account)s and t.booked_on >= %(since)s and t.booked_on < %(until)s
"""
_KNOWN = """
select distinct t.counterparty from accounts_transaction t
 where t.account_id = %(account)s and t.booked_on >= %(since)s and t.booked_on < %(until)s
   and t.counterparty = any(%(names)s)
"""


@dataclass(slots=True)
class _Told:
    """How often each watch has told of this file."""

    by_watch: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def is_full(self, watch_id: int) -> bool:
        self.by_watch[watch_id] += 1
        return self.by_watch[watch_id] > MOST_TOLD


def file_stored(ctx: Context, file: StatementFile) -> None:
    """After a file was stored, in its transaction: a job holds the watches against it."""
    if Watch.objects.exists():
        enqueue(ctx, WATCH_JOB, file_id=file.id)


def file_refused(ctx: Context, file: StatementFile) -> None:
    """Tell who brought the file and who may bring files anywhere."""
    facts = {"file": file.name, "count": file.error_count}
    link = f"/imports/{file.id}"
    tell(ctx, REFUSED, key=str(file.id), facts=facts, link=link, persons=[file.person_id], right="")
    tell(ctx, REFUSED, key=str(file.id), facts=facts, link=link, right=IMPORT)


@job(WATCH_JOB)
def watch_file(ctx: Context, file_id: int) -> None:
    """Tell what the watches ask for among the lines and balances that the file brought. Run twice, it tells once."""
    with ctx.open():
        watches = list(Watch.objects.exclude(kind=WatchKind.SILENT).order_by("id"))
        if not watches:
            return
        with connection.cursor() as cursor:
            cursor.execute(_TOUCHED, {"file": file_id})
            accounts = {row[0]: Account(*row) for row in cursor.fetchall()}
        below = _parents()
        covering = {
            account.id: [watch for watch in watches if _covers(watch, account, below)]
            for account in accounts.values()
        }
        _watch_lines(ctx, file_id, accounts, covering)
        _watch_balances(ctx, accounts.values(), covering)


def _parents() -> dict[int, int | None]:
    return dict(Unit.objects.values_list("id", "parent_id"))


def _covers(watch: Watch, account: Account, parents: dict[int, int | None]) -> bool:
    if watch.account_id is not None:
        return watch.account_id == account.id
    if watch.bank_key and watch.bank_key != account.bank_key:
        return False
    return watch.unit_id is None or _stands_below(account.unit_id, watch.unit_id, parents)


def _stands_below(unit_id: int, above_id: int, parents: dict[int, int | None]) -> bool:
    here: int | None = unit_id
    while here is not None and here != above_id:
        here = parents.get(here)
    return here is not None


def condition_of(watch: Watch) -> Condition:
    return Condition(
        WatchKind(watch.kind),
        watch.currency,
        watch.amount_minor,
        watch.factor,
        watch.from_time,
        watch.until_time,
    )


def _watch_lines(
    ctx: Context, file_id: int, accounts: dict[int, Account], covering: dict[int, list[Watch]]
) -> None:
    wanted = {
        number: [watch for watch in watches if watch.kind in OF_LINES] for number, watches in covering.items()
    }
    watched = [number for number, watches in wanted.items() if watches]
    if not watched:
        return
    since = ctx.today - timedelta(days=NEWS_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"accounts": watched, "since": since, "file": file_id})
        lines = [Line(*row) for row in cursor.fetchall()]
    told = _Told()
    for number, held in _by_account(lines):
        account = accounts[number]
        kinds = {watch.kind for watch in wanted[number]}
        history = _history(number, held) if kinds & {WatchKind.UNUSUAL, WatchKind.NEWCOMER} else History()
        for line in held:
            movement = Movement(
                line.amount_minor, account.currency, line.booked_on, line.at, line.counterparty
            )
            for watch in wanted[number]:
                if tells_of_line(condition_of(watch), movement, history) and not told.is_full(watch.id):
                    _tell_line(ctx, watch, account, line, history)


def _by_account(lines: Iterable[Line]) -> Iterator[tuple[int, list[Line]]]:
    grouped: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        grouped[line.account_id].append(line)
    yield from grouped.items()


def _history(account_id: int, lines: list[Line]) -> History:
    """The 90 days before the first of the new lines, so that they are no part of what they are held against."""
    until = min(line.booked_on for line in lines)
    facts: dict[str, Any] = {
        "account": account_id, "since": until - timedelta(days=HISTORY_DAYS), "until": until,
        "names": list({line.counterparty for line in lines if line.counterparty}),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, facts)
        count, median = cursor.fetchone()
        cursor.execute(_KNOWN, facts)
        known = frozenset(name for (name,) in cursor.fetchall())
    return History(int(count), None if median is None else int(median), known)


def _facts_of(ctx: Context, account: Account) -> dict[str, Any]:
    bank = bank_map(ctx).get((account.bank_country, account.bank_code))
    names = {code: bank.short_name(code) for code in ("ko", "zh-hans", "en")} if bank else account.bank_code
    return {"bank": names, "end": f"···{account.end}", "currency": account.currency}


def _tell_line(ctx: Context, watch: Watch, account: Account, line: Line, history: History) -> None:
    facts = _facts_of(ctx, account) | {
        "amount_minor": line.amount_minor, "day_on": str(line.booked_on), "median_minor": history.median_minor,
        "counterparty": line.counterparty or line.description, "time": f"{line.at:%H:%M}" if line.at else None,
    }  # fmt: skip
    # The line names the fact, not the watch: two watches that ask for the same tell it once.
    tell(
        ctx, f"accounts.watch.{watch.kind}", key=f"line {line.id}", facts=facts, persons=[watch.person_id],
        unit_id=account.unit_id, link=f"/transactions/{line.id}",
    )  # fmt: skip


def _watch_balances(ctx: Context, accounts: Iterable[Account], covering: dict[int, list[Watch]]) -> None:
    for account in accounts:
        if account.balance_minor is None or account.day is None:
            continue
        if account.day < ctx.today - timedelta(days=NEWS_DAYS):
            continue
        for watch in covering[account.id]:
            if watch.kind not in OF_BALANCES:
                continue
            if not tells_of_balance(condition_of(watch), account.balance_minor, account.currency):
                continue
            facts = _facts_of(ctx, account) | {
                "balance_minor": account.balance_minor, "amount_minor": watch.amount_minor, "day_on": str(account.day),
            }  # fmt: skip
            tell(
                ctx, f"accounts.watch.{watch.kind}", key=f"{watch.id}:{account.id}:{account.day}", facts=facts,
                persons=[watch.person_id], unit_id=account.unit_id, link=f"/accounts/{account.id}",
            )  # fmt: skip


@job("accounts.watch_silence", frequent=True)
def watch_silence(ctx: Context) -> None:
    """After its hour of a business day: whose statements of the business day before have not come yet.

    Asked with the rights of who is told, so nobody hears of an account that she may not see.
    """
    with ctx.open():
        local = ctx.at.astimezone(group_zone(ctx)).time()
        due = list(Watch.objects.filter(kind=WatchKind.SILENT, until_time__lte=local).order_by("id"))
        units = dict(Unit.objects.values_list("code", "id")) if due else {}
        parents = _parents() if due else {}
        for watch in due:
            try:
                reader = context_for(
                    ctx.group_id, watch.person_id, at=ctx.at, channel="job", request_id=ctx.request_id
                )
                accounts = list_accounts(reader)
            except (Forbidden, NotFound):
                continue
            _tell_silence(ctx, watch, [one for one in accounts if _awaits(ctx, watch, one, units, parents)])


def _awaits(
    ctx: Context, watch: Watch, account: AccountRow, units: dict[str, int], parents: dict[int, int | None]
) -> bool:
    """Whether the watch is for this account, today is a business day of its bank, and its statement is not here."""
    calendar = calendar_for(ctx, account.bank_key[:2])
    closed = account.closed_on is not None and account.closed_on <= ctx.today
    if closed or not calendar.is_business_day(ctx.today):
        return False
    if watch.account_id is not None and watch.account_id != account.id:
        return False
    if watch.bank_key and watch.bank_key != account.bank_key:
        return False
    # Beside an account a currency says nothing: one that was chosen for another kind must not silence the watch.
    if watch.account_id is None and watch.currency and watch.currency != account.currency:
        return False
    if watch.unit_id is not None and not _stands_below(units[account.unit_key], watch.unit_id, parents):
        return False
    return is_silent(account.covered_until, expected_days(calendar, ctx.today)[0])


def _tell_silence(ctx: Context, watch: Watch, silent: list[AccountRow]) -> None:
    if not silent:
        return
    expected = min(expected_days(calendar_for(ctx, one.bank_key[:2]), ctx.today)[0] for one in silent)
    facts = {
        "day_on": str(expected), "hour": f"{watch.until_time:%H:%M}", "count": len(silent),
        "banks": ", ".join(dict.fromkeys(one.bank for one in silent)),
    }  # fmt: skip
    tell(
        ctx, "accounts.watch.silent", key=f"{watch.id}:{ctx.today}", facts=facts, persons=[watch.person_id], right="",
        link="/#miss",
    )  # fmt: skip
