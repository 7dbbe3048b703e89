"""Files that a person must look at: one CSV with seven faults, one statement of an account nobody registered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from moa_world import names
from moa_world.amounts import skewed
from moa_world.calendars import bank_calendar
from moa_world.delivery import missing_days
from moa_world.group import BY_NUMBER, Account, holder_of
from moa_world.lines import Line, Posted, Statement
from moa_world.packing import SEOUL, Written
from moa_world.simulation import World
from moa_world.writers.columns import SETS
from moa_world.writers.csv_ import as_bytes, table, write_csv

_BROKEN = b"\x8f\xff"
_MARK = "@@"
_DATE, _TIME, _PARTNER, _OUT, _IN, _BALANCE, _BRANCH = 0, 1, 3, 4, 5, 6, 7
_LEAST_ROWS = 20

NEW_ACCOUNT = Account(
    "1102020109000981247", "ICBC", "CNY", "special", "SUZH", "", "保证金户", "2026-01-05", "csv", "gb18030", 0
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong on purpose. Shape: `line` from 1 in the file, title rows included."""

    line: int
    field: str
    value: str
    fault: str


def refused_file(world: World) -> tuple[Written, list[Fault]] | None:
    """The day that is missing because its file is refused; None in a world too short to have one."""
    gaps = [gap for gap in missing_days(world) if gap.reason == "refused_file"]
    if not gaps:
        return None
    account, day = gaps[0].account, gaps[0].day
    book = world.books[account.number]
    lines = tuple(book.days[day])
    if len(lines) < _LEAST_ROWS:
        return None
    opening, closing = book.opening_on(day), book.closing_on(day)
    statement = Statement(
        account, holder_of(account), day.timetuple().tm_yday, day, day, opening, closing, lines
    )
    rows = table(statement, SETS[account.bank])
    faults = spoil(rows, first=len(rows) - len(lines), day=day)
    content = as_bytes(rows, account.encoding).replace(_MARK.encode(), _BROKEN)
    written = Written(
        path=f"bad/우리_{account.number[-6:]}_{day:%Y%m%d}.csv",
        content=content,
        format="csv",
        profile=SETS[account.bank].profile,
        encoding=account.encoding,
        accounts=(account.number,),
        first=day,
        last=day,
        entries=len(lines),
        received_at=datetime.combine(world.until, time(10, 37), SEOUL),
        kind="bad",
    )
    return written, faults


def spoil(rows: list[list[str]], *, first: int, day: date) -> list[Fault]:
    """Put the seven faults of the refused file into `rows`, in file order.

    Shape: `first` is the index of the first line with a movement; each fault keeps to a row of its own.
    """
    count = len(rows) - first
    spots = [first + count * part // 8 for part in range(7)]
    typed = next((at for at in range(spots[1], spots[2]) if rows[at][_OUT] != "0"), spots[1])
    column, field = (_OUT, "출금금액") if rows[typed][_OUT] != "0" else (_IN, "입금금액")
    faults = []

    def change(at: int, column: int, field: str, value: str, fault: str) -> None:
        rows[at][column] = value
        faults.append(Fault(at + 1, field, value, fault))

    change(spots[0] + 1, _DATE, "거래일자", f"{day.year}-06-31", "no such date")
    change(typed, column, field, rows[typed][column][:-1] + "O", "letter O for a nought")
    change(spots[2], _TIME, "거래시간", "25:14:07", "no such time")
    rows[spots[3]][_OUT] = "40000"
    change(spots[3], _IN, "출금금액·입금금액", "40000", "both sides filled")
    del rows[spots[4]][_BRANCH]
    faults.append(Fault(spots[4] + 1, "", "8", "a column missing"))
    change(spots[5], _PARTNER, "거래처", f"김{_MARK}상사", "bytes outside CP949")
    wrong = str(int(rows[-1][_BALANCE]) - 1_210_000)
    change(len(rows) - 1, _BALANCE, "거래후잔액", wrong, "closing does not add up")
    return [
        Fault(each.line, each.field, each.value.replace(_MARK, r"\x8F\xFF"), each.fault) for each in faults
    ]


def unknown_account_file(world: World) -> Written:
    """Ten business days of a Chinese account that the group never registered, CSV in GB18030."""
    calendar = bank_calendar("CN")
    days = calendar.days(world.first, world.until)[-10:]
    rng = Random(f"{world.seed}/unknown")
    balance = opening = 164_000_000 + rng.randrange(1_000_000)
    lines: list[Posted] = []
    for day in days:
        for sequence in range(1, rng.randint(2, 4)):
            line = _margin_line(rng, sequence)
            balance += line.amount_minor
            lines.append(Posted(day, day, sequence, balance, line))
    statement = Statement(
        NEW_ACCOUNT, holder_of(NEW_ACCOUNT), 1, days[0], days[-1], opening, balance, tuple(lines)
    )
    return Written(
        path=f"bad/ICBC_{NEW_ACCOUNT.tail}_{days[0]:%Y%m%d}_{days[-1]:%Y%m%d}.csv",
        content=write_csv(statement, encoding=NEW_ACCOUNT.encoding),
        format="csv",
        profile=SETS["ICBC"].profile,
        encoding=NEW_ACCOUNT.encoding,
        accounts=(NEW_ACCOUNT.number,),
        first=days[0],
        last=days[-1],
        entries=len(lines),
        received_at=datetime.combine(world.until, time(10, 52), SEOUL),
        kind="unknown_account",
    )


def _margin_line(rng: Random, sequence: int) -> Line:
    amount = skewed(rng, 500_000, 24_000_000, 10_000)
    if rng.randrange(2):
        return Line(
            time(10, sequence),
            -amount,
            "purchase",
            "保证金支付",
            "信用证保证金",
            names.chinese_firm(rng),
            names.digits(rng, 19),
        )
    holder = holder_of(BY_NUMBER["475560118841"])
    return Line(time(10, sequence), amount, "sweep", "保证金转入", "存入保证金", holder, "475560118841")
