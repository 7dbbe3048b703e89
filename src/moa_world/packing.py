"""From parcels to bytes: each ordinary file written in its bank's format, with what the manifest says about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from moa_world.calendars import bank_calendar
from moa_world.delivery import HABITS, Parcel, bank_folder, parcels
from moa_world.desks import circle_for, desk_for
from moa_world.group import ACCOUNTS, Account, country_of, holder_of
from moa_world.lines import Posted, Statement
from moa_world.simulation import World, ordinary_lines, post
from moa_world.writers.camt053 import write_camt053
from moa_world.writers.columns import SETS
from moa_world.writers.csv_ import write_csv
from moa_world.writers.mt940 import write_mt940
from moa_world.writers.mt942 import write_mt942
from moa_world.writers.xlsx import write_xlsx

SEOUL = timezone(timedelta(hours=9))
_SUFFIX = {"csv": "csv", "xlsx": "xlsx", "mt940": "sta", "camt.053": "xml"}
_PREFIX = {"신한": "신한", "하나": "하나", "우리": "우리", "농협": "농협"}
_REPORTED = "하나"


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it leaves the bank. Shape: `path` relative to the output folder; `entries` lines in this file."""

    path: str
    content: bytes
    format: str
    profile: str
    encoding: str
    accounts: tuple[str, ...]
    first: date
    last: date
    entries: int
    received_at: datetime
    kind: str = "ordinary"
    intraday: bool = False
    entries_by_account: tuple[tuple[str, int], ...] = ()


def booked_files(world: World) -> Iterator[Written]:
    """All ordinary booked files."""
    for order, parcel in enumerate(parcels(world)):
        yield _pack(world, parcel, order)


def _pack(world: World, parcel: Parcel, order: int) -> Written:
    account, days = parcel.accounts[0], parcel.days
    statements = [each for one in parcel.accounts for each in statements_of(world, one, days)]
    fetched = datetime.combine(days[-1], HABITS[account.bank].at, SEOUL) + timedelta(seconds=order * 7 % 1260)
    content = _content(account, statements, fetched)
    # A file of a day without lines has no letter that would tell its encoding.
    encoding = "utf-8" if content.isascii() else account.encoding
    return Written(
        path=f"files/{bank_folder(account)}/{_name(parcel)}",
        content=content,
        format=account.format,
        profile=SETS[account.bank].profile if account.bank in SETS else "",
        encoding=encoding,
        accounts=tuple(one.number for one in parcel.accounts),
        first=days[0],
        last=days[-1],
        entries=sum(len(statement.lines) for statement in statements),
        received_at=fetched,
    )


def statements_of(world: World, account: Account, days: tuple[date, ...]) -> list[Statement]:
    """The account's statements for `days`: a day each in the bundled MT940, one for the whole file elsewhere."""
    if account.bundle and account.format == "mt940":
        return [_statement(world, account, (day,)) for day in days]
    return [_statement(world, account, days)]


def _statement(world: World, account: Account, days: tuple[date, ...]) -> Statement:
    book = world.books[account.number]
    return Statement(
        account=account,
        holder=holder_of(account),
        number=days[-1].timetuple().tm_yday,
        first=days[0],
        last=days[-1],
        opening_minor=book.opening_on(days[0]),
        closing_minor=book.closing_on(days[-1]),
        lines=tuple(book.lines(days)),
    )


def _content(account: Account, statements: list[Statement], fetched: datetime) -> bytes:
    if account.format == "mt940":
        return write_mt940(statements, encoding=account.encoding)
    if account.format == "camt.053":
        return write_camt053(statements, created=fetched.replace(tzinfo=None))
    if account.format == "csv":
        return write_csv(statements[0], encoding=account.encoding)
    return write_xlsx(statements[0])


def _name(parcel: Parcel) -> str:
    account = parcel.accounts[0]
    tail = "MT940" if account.bundle == "hana" else account.tail
    span = f"{parcel.days[0]:%Y%m%d}"
    if parcel.days[0] != parcel.days[-1]:
        span += f"_{parcel.days[-1]:%Y%m%d}"
    return f"{_PREFIX.get(account.bank, account.bank)}_{tail}_{span}.{_SUFFIX[account.format]}"


def intraday_files(world: World) -> Iterator[Written]:
    """Two MT942 files of the bundled bank: one of the last day before its booked file, one of the day after."""
    accounts = [account for account in ACCOUNTS if account.bank == _REPORTED]
    last = bank_calendar("KR").on_or_before(world.until)
    same_day = [
        (account, [p for p in world.books[account.number].days[last] if p.line.at < time(13)])
        for account in accounts
    ]
    yield _report(last, same_day, datetime.combine(last, time(13, 5), SEOUL))
    next_day = world.until + timedelta(days=1)
    ahead = [(account, _lines_ahead(world, account, next_day)) for account in accounts]
    yield _report(next_day, ahead, datetime.combine(next_day, time(9, 5), SEOUL))


def _lines_ahead(world: World, account: Account, day: date) -> list[Posted]:
    """The first lines of a day that has no booked statement yet; two on a day when banks rest."""
    desk = desk_for(account, circle_for(account, world.seed))
    desk.balance_minor = world.books[account.number].closing_on(world.until)
    posted = post(desk, day, ordinary_lines(desk, day, world.seed))
    return posted[: 6 if bank_calendar(country_of(account)).is_business(day) else 2]


def _report(day: date, lines: list[tuple[Account, list[Posted]]], at: datetime) -> Written:
    number = day.timetuple().tm_yday
    statements = [
        Statement(account, holder_of(account), number, day, day, 0, 0, tuple(posted))
        for account, posted in lines
    ]
    return Written(
        path=f"files/{bank_folder(lines[0][0])}/{_REPORTED}_MT942_{day:%Y%m%d}_{at:%H%M}.sta",
        content=write_mt942(statements, reported_at=at, encoding="utf-8"),
        format="mt942",
        profile="",
        encoding="utf-8",
        accounts=tuple(account.number for account, _ in lines),
        first=day,
        last=day,
        entries=sum(len(posted) for _, posted in lines),
        received_at=at,
        intraday=True,
        entries_by_account=tuple((account.number, len(posted)) for account, posted in lines),
    )
