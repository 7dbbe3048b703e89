"""Jobs of the books: months made ahead, days opened at their hour, books counted again, seals sent out."""

from __future__ import annotations

import logging

from moa.control.context import Context
from moa.control.jobs import job
from moa.ledger.closing_runs import CLOSE_JOB
from moa.ledger.operations.open_business_day import make_period
from moa.ledger.operations.open_due_days import open_due_days
from moa.ledger.operations.record_verification import record_verification
from moa.ledger.operations.run_closing import run_closing
from moa.ledger.operations.stamp_seals import stamp_seals
from moa.ledger.rules.months import months_from
from moa.ledger.rules.vouchers import period_of
from moa.ledger.seal_dispatch import STAMP_JOB

logger = logging.getLogger("moa.ledger")


MONTHS_AHEAD = 2


@job("ledger.make_months", nightly=True)
def make_months(ctx: Context) -> None:
    """Nightly: the partitions of this month and the next two are there before the first voucher needs them."""
    with ctx.open():
        for month in months_from(ctx.today, MONTHS_AHEAD + 1):
            make_period(period_of(month))


@job("ledger.verify", nightly=True)
def verify(ctx: Context) -> None:
    """Nightly: what is derived from entries is recomputed, the result kept, and told when something differs."""
    with ctx.open():
        for book in record_verification(ctx):
            for one in book.differences:
                logger.error("book %s, %s: %s should be %s, is %s", *one)


@job("ledger.open_days", frequent=True)
def open_days(ctx: Context) -> None:
    """Every few minutes: days that open by themselves are opened at their hour."""
    with ctx.open():
        open_due_days(ctx)


@job(CLOSE_JOB)
def close(ctx: Context, run: int) -> None:
    """A closing asked for on its page. Opens its own transactions; a second run of it finds it ended."""
    run_closing(ctx, run)


@job(STAMP_JOB, frequent=True)
def stamp(ctx: Context) -> None:
    """After a closing, and every few minutes while one is outstanding: time stamps of seals. Opens its own transactions."""
    stamp_seals(ctx)
