"""Record the exchange rates of a file: all of them or, with any error in the file, none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from moa.control.access import require
from moa.control.audit import record
from moa.control.context import Context
from moa.control.documents import store
from moa.control.queries import the_group_of
from moa.directory.models import ExchangeRate
from moa.directory.permissions import ENTER_RATES
from moa.directory.recording import take_recording_moment
from moa.directory.rules.rates import NewRate
from moa.directory.rules.rates_file import read_rates_file
from moa.kernel.errors import DomainError, Problem

LARGEST_FILE_BYTES = 10_000_000

_Key = tuple[date, str, str]


class RateFileTooLarge(DomainError):
    code = "rate_file_too_large"


class RatesImported(NamedTuple):
    """Shape: `new` rows recorded, `known` rates that already held; with problems both are 0 and nothing is kept."""

    new: int
    known: int
    problems: list[Problem]
    document_id: int | None


def import_rates(ctx: Context, *, source: BinaryIO, name: str) -> RatesImported:
    """Record a CSV file's rates (columns date, base, quote, rate, units). The same file again changes nothing.

    Raises: forbidden, rate_file_too_large.
    """
    require(ctx, ENTER_RATES)
    content = source.read(LARGEST_FILE_BYTES + 1)
    if len(content) > LARGEST_FILE_BYTES:
        raise RateFileTooLarge(limit_bytes=LARGEST_FILE_BYTES, name=name)
    file = read_rates_file(content, default_quote=the_group_of(ctx).base_currency, today=ctx.today)
    if file.problems:
        return RatesImported(0, 0, file.problems, None)
    moment = take_recording_moment(ctx, ExchangeRate)
    holding = _holding(file.rates)
    fresh = [new for new in file.rates if holding.get((new.on_date, new.base, new.quote)) != new.rate]
    document = store(ctx, source, name=name, kind="rate_file")
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            group_id=ctx.group_id, base=new.base, quote=new.quote, on_date=new.on_date, rate=new.rate,
            source=ExchangeRate.FILE, source_name=new.source_name, file_id=document.id,
            entered_by_id=ctx.actor.person_id, recorded_at=moment,
        )
        for new in fresh
    )  # fmt: skip
    counts = {"file": name, "new": len(fresh), "known": len(file.rates) - len(fresh)}
    record(ctx, "directory.rates.imported", "document", document.id, after=counts)
    return RatesImported(len(fresh), len(file.rates) - len(fresh), [], document.id)


def _holding(rates: list[NewRate]) -> dict[_Key, Decimal]:
    """The rates that hold now for the days of the file."""
    days = [new.on_date for new in rates]
    rows = (
        ExchangeRate.objects.filter(on_date__range=(min(days), max(days)))
        .order_by("base", "quote", "on_date", "-recorded_at", "-id")
        .distinct("base", "quote", "on_date")
        .values_list("on_date", "base", "quote", "rate")
    )
    return {(on_date, base, quote): rate for on_date, base, quote, rate in rows}
