"""Close a year: the profit is carried to equity, the new year's opening balances are stored, a backup is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.ledger.book_lock import hold_book, stamp_book
from moa.ledger.close_checks import Finding
from moa.ledger.closing_steps import Tell, say_nothing
from moa.ledger.models import Book, BusinessDay
from moa.ledger.models.period import YEAR
from moa.ledger.operations.close_month import PeriodCloseRefused, ready_period
from moa.ledger.operations.post_vouchers import Answer, post_vouchers
from moa.ledger.period_figures import (
    CARRIED,
    Figure,
    digest_of_figures,
    figures_of,
    keep_figures,
    profits_of,
)
from moa.ledger.period_sealing import seal_period
from moa.ledger.periods import PeriodStatus, equity_accounts
from moa.ledger.permissions import CLOSE_PERIOD
from moa.ledger.queries import day_under_way
from moa.ledger.rules.acts import CLOSE
from moa.ledger.rules.carrying import Profit, carrying_vouchers
from moa.ledger.year_backup import store_backup

_MEMOS = {"KR": "{year}년 손익 마감", "CN": "结转{year}年度本年利润"}


@dataclass(frozen=True, slots=True)
class YearClosed:
    """A closed year. Shape: `vouchers` (id, period) that carried its profit; `backup` the SHA-256 of the annual file."""

    year: int
    hex: str
    closed_at: datetime
    vouchers: list[tuple[int, int]]
    carried_on: BusinessDay | None
    document_id: int
    backup: str
    bytes: int


def close_year(ctx: Context, book: Book, *, tell: Tell = say_nothing) -> YearClosed:
    """Close the year that is next, in one transaction, with the book held alone.

    Its days stay as they were sealed: the profit is carried on the day under way of the new year, with the old year's
    last day as value date, by the machine under a standing order for closings. Closed years refuse postings of their
    dates as `closed_year`, and none of their days is reopened.

    Raises: forbidden, no_period_to_close, period_close_refused.
    """
    require(ctx, CLOSE_PERIOD, book.unit_id)
    tell("hold")
    hold_book(book.id)
    tell("check")
    asked = ready_period(ctx, book, YEAR)
    tell("carry")
    profits = profits_of(book, asked.last_day)
    equity = equity_accounts(book)
    day = day_under_way(book) if profits else None
    vouchers = _carry(ctx, book, asked, profits, equity, day)
    figures = with_carried(figures_of(book, YEAR, asked.period, asked.last_day), profits, equity)
    tell("backup")
    document = store_backup(ctx, book, asked, figures)
    said = {
        "lines": len(figures), "sheet": digest_of_figures(figures), "vouchers": [one[0] for one in vouchers],
        "backup": document.sha256,
    }  # fmt: skip
    tell("seal")
    closing = seal_period(ctx, book, asked, said)
    closing.document_id = document.id
    keep_figures(book, YEAR, asked.period, closing.revision, figures)
    closing.save(force_insert=True)
    stamp_book(book.id, closing.closed_at)
    record(
        ctx, "ledger.year.closed", "book", book.id,
        after={"year": asked.period, "seal": closing.hex, "backup": document.sha256, "bytes": document.size_bytes,
               "vouchers": said["vouchers"], "document": document.id},
    )  # fmt: skip
    return YearClosed(
        asked.period, closing.hex, closing.closed_at, vouchers, day, document.id, document.sha256, document.size_bytes
    )  # fmt: skip


def _carry(
    ctx: Context, book: Book, asked: PeriodStatus, profits: list[Profit], equity: dict[str, str], day: BusinessDay | None
) -> list[tuple[int, int]]:  # fmt: skip
    if day is None:
        return []
    memo = _MEMOS.get(book.calendar, "Profit of {year} carried to equity").format(year=asked.period)
    # The number of the last try that was refused would be refused for ever, so each try has keys of its own.
    key = f"year-{asked.period}-{ctx.request_id}"
    vouchers = carrying_vouchers(
        profits, equity, year=asked.period, last_day=asked.last_day, day=day.business_date, memo=memo, key=key
    )
    booked: list[tuple[int, int]] = []
    for voucher in vouchers:
        answer = post_vouchers(ctx, book, [voucher], origin=CLOSE, source_kind=CARRIED).answers[0]
        if answer.code or answer.voucher_id is None or answer.period is None:
            raise PeriodCloseRefused(book.code, asked.period, [*asked.findings, _refused(answer)])
        booked.append((answer.voucher_id, answer.period))
    return booked


def _refused(answer: Answer) -> Finding:
    return Finding("carry", False, {"code": answer.code, "account": answer.account})


def with_carried(figures: list[Figure], profits: list[Profit], equity: dict[str, str]) -> list[Figure]:
    """The year's lines with what its closing carries: the new year begins with closing and carried together."""
    carried: dict[tuple[str, str], int] = {}
    for one in profits:
        carried[one.account, one.currency] = -one.minor
        to = (equity[one.currency], one.currency)
        carried[to] = carried.get(to, 0) + one.minor
    lines = {(one.code, one.currency): one for one in figures}
    for code, currency in carried.keys() - lines.keys():
        lines[code, currency] = Figure(code, currency, 0, 0, 0, 0, 0, 0, 0, 0)
    return [lines[key]._replace(carried=carried.get(key, 0)) for key in sorted(lines)]
