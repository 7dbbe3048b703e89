"""Jobs of the books: months are made ahead."""

from __future__ import annotations

from moa.control.context import Context
from moa.control.jobs import job
from moa.ledger.operations.open_business_day import make_period
from moa.ledger.rules.months import months_from
from moa.ledger.rules.vouchers import period_of

MONTHS_AHEAD = 2


@job("ledger.make_months", nightly=True)
def make_months(ctx: Context) -> None:
    """Nightly: the partitions of this month and the next two are there before the first voucher needs them."""
    with ctx.open():
        for month in months_from(ctx.today, MONTHS_AHEAD + 1):
            make_period(period_of(month))
