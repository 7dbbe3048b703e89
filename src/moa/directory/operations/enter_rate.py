"""Record an exchange rate that a person types."""

from __future__ import annotations

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.directory.models import ExchangeRate
from moa.directory.permissions import ENTER_RATES
from moa.directory.recording import take_recording_moment
from moa.directory.rules.rates import NewRate, check_rate, rate_text

SUBJECT = "directory.rate"


def enter_rate(ctx: Context, *, new: NewRate) -> ExchangeRate:
    """The recorded rate. The same rate again gives the row that is there; another for the same day corrects it.

    Raises: forbidden, second_person_needed, rate_refused (its code says which).
    """
    require(ctx, ENTER_RATES)
    guard(ctx, SUBJECT)
    check_rate(new, ctx.today)
    moment = take_recording_moment(ctx, ExchangeRate)
    holding = (
        ExchangeRate.objects.filter(base=new.base, quote=new.quote, on_date=new.on_date)
        .order_by("-recorded_at", "-id")
        .first()
    )
    if holding is not None and holding.rate == new.rate:
        return holding
    entered = ExchangeRate.objects.create(
        group_id=ctx.group_id, base=new.base, quote=new.quote, on_date=new.on_date, rate=new.rate,
        source=ExchangeRate.HAND, source_name=new.source_name, entered_by_id=ctx.actor.person_id, recorded_at=moment,
    )  # fmt: skip
    record(
        ctx,
        "directory.rate.entered",
        "exchange_rate",
        entered.id,
        before={"rate": rate_text(holding.rate)} if holding else None,
        after={
            "date": new.on_date.isoformat(),
            "base": new.base,
            "quote": new.quote,
            "rate": rate_text(new.rate),
        },
    )
    return entered
