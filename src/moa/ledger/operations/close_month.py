"""Close a month: all its days are closed, interest is accrued, its sheet is stored and sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.kernel.errors import DomainError
from moa.ledger.book_lock import hold_book, stamp_book
from moa.ledger.close_checks import Finding
from moa.ledger.closing_steps import Tell, say_nothing
from moa.ledger.models import Book
from moa.ledger.models.period import MONTH
from moa.ledger.period_figures import digest_of_figures, figures_of, keep_figures
from moa.ledger.period_sealing import seal_period
from moa.ledger.periods import PeriodStatus, month_steps, period_status
from moa.ledger.permissions import CLOSE_PERIOD
from moa.ledger.rules.periods import month_bounds, period_name


class PeriodCloseRefused(DomainError):
    """A check does not hold. Facts: `period`, the names of the `checks`; `findings` holds all."""

    code = "period_close_refused"

    def __init__(self, book: str, period: int, findings: list[Finding]) -> None:
        failed = [one.name for one in findings if not one.ok]
        super().__init__(book=book, period=period_name(period), checks=", ".join(failed))
        self.findings = findings


class NothingToClose(DomainError):
    """The book has no day in the month or year that is next."""

    code = "no_period_to_close"


@dataclass(frozen=True, slots=True)
class MonthClosed:
    """A closed month. Shape: `hex` the seal over its sheet and the seal of its last day."""

    period: int
    revision: int
    hex: str
    closed_at: datetime
    lines: int


def close_month(ctx: Context, book: Book, *, tell: Tell = say_nothing) -> MonthClosed:
    """Close the month that is next; the book is held alone, all in one transaction.

    A month whose last day was reopened is closed again, as its next revision. Closed months refuse postings of their
    dates as `closed_month`. Raises: forbidden, no_period_to_close, period_close_refused.
    """
    require(ctx, CLOSE_PERIOD, book.unit_id)
    tell("hold")
    hold_book(book.id)
    tell("check")
    asked = ready_period(ctx, book, MONTH)
    tell("accrue")
    _take_steps(ctx, book, asked)
    tell("set_down")
    figures = figures_of(book, MONTH, asked.period, asked.last_day)
    tell("seal")
    closing = seal_period(ctx, book, asked, {"lines": len(figures), "sheet": digest_of_figures(figures)})
    keep_figures(book, MONTH, asked.period, closing.revision, figures)
    closing.save(force_insert=True)
    stamp_book(book.id, closing.closed_at)
    record(
        ctx, "ledger.month.closed", "book", book.id,
        after={"month": period_name(asked.period), "revision": closing.revision, "seal": closing.hex},
    )  # fmt: skip
    return MonthClosed(asked.period, closing.revision, closing.hex, closing.closed_at, len(figures))


def ready_period(ctx: Context, book: Book, kind: str) -> PeriodStatus:
    """The month or year that is next, if all its checks hold. Raises: no_period_to_close, period_close_refused."""
    asked = period_status(ctx, book, kind)
    if asked is None:
        raise NothingToClose(book=book.code, kind=kind)
    if not asked.ready:
        raise PeriodCloseRefused(book.code, asked.period, asked.findings)
    return asked


def _take_steps(ctx: Context, book: Book, asked: PeriodStatus) -> None:
    first = month_bounds(asked.period)[0]
    for name, step in month_steps().items():
        wrong = step(ctx, book, first, asked.last_day)
        if wrong is not None:
            raise PeriodCloseRefused(book.code, asked.period, [*asked.findings, Finding(name, False, wrong)])
