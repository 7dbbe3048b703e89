"""Where the days of a book stand: the one under way, the last closed one, and whether it could be closed now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from moa.control.context import Context
from moa.ledger.close_checks import Finding, day_to_check, run_checks
from moa.ledger.models import Book, Seal
from moa.ledger.queries import last_closed_day, last_seal


@dataclass(frozen=True, slots=True)
class DayStatus:
    """Shape: `business_date` the day under way, else the one that waits; `findings` of that day, in their order."""

    business_date: date | None
    state: str
    last_closed: date | None
    seal: Seal | None
    findings: list[Finding]


def day_status(ctx: Context, book: Book) -> DayStatus:
    """Nothing is locked: what is booked meanwhile may be missing from the checks."""
    day = day_to_check(book)
    closed = last_closed_day(book)
    return DayStatus(
        day.business_date if day else None, str(day.state) if day else "", closed.business_date if closed else None,
        last_seal(book), run_checks(ctx, book, day.business_date) if day else [],
    )  # fmt: skip
