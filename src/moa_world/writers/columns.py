"""The column sets of the banks whose downloads are tables: titles above, header, cells, totals below.

One `ColumnSet` per bank; the CSV and xlsx writers only lay its cells down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from moa_world.lines import Posted, Statement


class Amount(NamedTuple):
    """A cell with an amount. Shape: minor units, `digits` decimals."""

    minor: int
    digits: int


Cell = str | datetime | Amount | None


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """One bank's table. Shape: `profile` is the name under which the product knows the columns."""

    profile: str
    titles: Callable[[Statement], list[list[str]]]
    header: tuple[str, ...]
    cells: Callable[[Posted], list[Cell]]
    newest_first: bool
    totals: Callable[[Statement], list[Cell]] | None = None


def _sides(posted: Posted, digits: int, *, empty: bool = False) -> tuple[Amount | None, Amount | None]:
    """Withdrawal and deposit; the other side is 0, or `empty`."""
    minor = posted.line.amount_minor
    none = None if empty else Amount(0, digits)
    return (Amount(-minor, digits), none) if minor < 0 else (none, Amount(minor, digits))


def _note(posted: Posted) -> str:
    return f"{posted.line.reference} {posted.line.memo}".strip()


def _sums(statement: Statement) -> tuple[int, int]:
    amounts = [posted.line.amount_minor for posted in statement.lines]
    return -sum(a for a in amounts if a < 0), sum(a for a in amounts if a > 0)


def _moment(posted: Posted) -> datetime:
    return datetime.combine(posted.day, posted.line.at)


def _kb_titles(statement: Statement) -> list[list[str]]:
    return [
        ["거래내역조회"],
        ["계좌번호", statement.account.printed],
        ["예금주", statement.holder],
        ["조회기간", f"{statement.first:%Y.%m.%d} ~ {statement.last:%Y.%m.%d}"],
        [],
    ]


def _kb_cells(posted: Posted) -> list[Cell]:
    line = posted.line
    out, into = _sides(posted, 0)
    moment = f"{_moment(posted):%Y.%m.%d %H:%M:%S}"
    return [
        moment,
        line.text,
        line.partner,
        _note(posted),
        out,
        into,
        Amount(posted.balance_minor, 0),
        line.branch,
    ]


def _kb_totals(statement: Statement) -> list[Cell]:
    out, into = _sums(statement)
    return ["합계", "", "", f"총 {len(statement.lines)}건", Amount(out, 0), Amount(into, 0), "", ""]


def _woori_titles(statement: Statement) -> list[list[str]]:
    return [
        ["우리은행 거래내역조회"],
        [f"계좌번호 : {statement.account.printed}"],
        [f"예금주 : {statement.holder}"],
    ]


def _woori_cells(posted: Posted) -> list[Cell]:
    line = posted.line
    out, into = _sides(posted, 0)
    return [
        f"{posted.day:%Y-%m-%d}",
        f"{line.at:%H:%M:%S}",
        line.text,
        line.partner,
        out,
        into,
        Amount(posted.balance_minor, 0),
        line.branch,
        _note(posted),
    ]


def _shinhan_titles(statement: Statement) -> list[list[str]]:
    return [
        ["신한은행 거래내역"],
        ["계좌번호", statement.account.printed, "", "예금주", statement.holder],
        ["조회기간", f"{statement.first:%Y-%m-%d} ~ {statement.last:%Y-%m-%d}"],
        [],
    ]


def _shinhan_cells(posted: Posted) -> list[Cell]:
    line = posted.line
    out, into = _sides(posted, 0)
    return [
        f"{posted.day:%Y-%m-%d}",
        f"{line.at:%H:%M:%S}",
        line.text,
        out,
        into,
        _note(posted),
        Amount(posted.balance_minor, 0),
        line.branch,
        line.partner,
    ]


def _nh_titles(statement: Statement) -> list[list[str]]:
    return [["입출금거래내역조회"], ["계좌번호", statement.account.printed], ["예금주", statement.holder], []]


def _nh_cells(posted: Posted) -> list[Cell]:
    line = posted.line
    side = "출금" if line.amount_minor < 0 else "입금"
    amount, balance = Amount(abs(line.amount_minor), 0), Amount(posted.balance_minor, 0)
    return [_moment(posted), side, amount, balance, line.text, line.partner, line.branch, _note(posted)]


def _nh_totals(statement: Statement) -> list[Cell]:
    out, into = _sums(statement)
    return ["합계", f"{len(statement.lines)}건", Amount(into - out, 0), "", "", "", "", ""]


def _icbc_titles(statement: Statement) -> list[list[str]]:
    return [
        ["中国工商银行账户明细"],
        ["账号", statement.account.printed],
        ["户名", statement.holder],
        ["币种", "CNY"],
        [],
    ]


def _icbc_cells(posted: Posted) -> list[Cell]:
    line = posted.line
    out, into = _sides(posted, 2, empty=True)
    words = " ".join(word for word in (line.text, line.memo, line.reference) if word)
    balance = Amount(posted.balance_minor, 2)
    return [f"{posted.day:%Y-%m-%d}", words, out, into, balance, line.partner, line.partner_account]


SETS = {
    "KB": ColumnSet(
        "kb",
        _kb_titles,
        ("거래일시", "적요", "보낸분/받는분", "송금메모", "출금액", "입금액", "잔액", "거래점"),
        _kb_cells,
        newest_first=True,
        totals=_kb_totals,
    ),
    "우리": ColumnSet(
        "kr",
        _woori_titles,
        ("거래일자", "거래시간", "적요", "거래처", "출금금액", "입금금액", "거래후잔액", "거래점", "메모"),
        _woori_cells,
        newest_first=False,
    ),
    "신한": ColumnSet(
        "shinhan",
        _shinhan_titles,
        ("거래일자", "거래시간", "적요", "출금(원)", "입금(원)", "내용", "잔액(원)", "거래점", "상대예금주"),
        _shinhan_cells,
        newest_first=True,
    ),
    "농협": ColumnSet(
        "kr",
        _nh_titles,
        ("거래일시", "입출금구분", "거래금액", "거래후잔액", "적요", "거래처", "거래점", "메모"),
        _nh_cells,
        newest_first=False,
        totals=_nh_totals,
    ),
    "ICBC": ColumnSet(
        "cn",
        _icbc_titles,
        ("交易日期", "摘要", "借方", "贷方", "余额", "对方户名", "对方账号"),
        _icbc_cells,
        newest_first=False,
    ),
}


def ordered(statement: Statement, columns: ColumnSet) -> list[Posted]:
    """The statement's lines in the order in which the bank prints them."""
    return list(reversed(statement.lines)) if columns.newest_first else list(statement.lines)


def plain(amount: Amount) -> str:
    """The amount without separators: "1234" or "1234.50"."""
    sign = "-" if amount.minor < 0 else ""
    figure = abs(amount.minor)
    if not amount.digits:
        return f"{sign}{figure}"
    whole, rest = divmod(figure, 10**amount.digits)
    return f"{sign}{whole}.{rest:0{amount.digits}d}"


def grouped(amount: Amount) -> str:
    """The amount with commas by thousands, as people read it."""
    whole, _, rest = plain(amount).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")
