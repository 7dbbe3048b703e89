"""Jobs of the books: months are made ahead, and every night the books are counted again."""

from __future__ import annotations

import logging

from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import job
from moa.ledger.operations.open_business_day import make_period
from moa.ledger.rules.months import months_from
from moa.ledger.rules.vouchers import period_of
from moa.ledger.verification import verify_books

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
    """Nightly: what is derived from entries is recomputed; the trail says what was read and how much differs."""
    with ctx.open():
        for book in verify_books(ctx):
            after = {"accounts": book.accounts, "entries": book.entries, "differences": len(book.differences)}
            record(ctx, "ledger.book.verified", "book", book.book, after=after)
            for one in book.differences:
                logger.error("book %s, %s: %s should be %s, is %s", *one)
