"""When a bank takes a transfer, by its profile and the calendar."""

from __future__ import annotations

from datetime import datetime

from moa.channels.bank_profiles import profile_of
from moa.kernel.calendars import Calendar


def hindrance(bank_code: str, now: datetime, calendar: Calendar) -> str:
    """The code of why the bank takes nothing now, empty when it does. Shape: `now` in the bank's time zone."""
    profile = profile_of(bank_code)
    if not profile.works_on(now.date(), calendar):
        return "bank_rests_today"
    return "" if profile.is_open(now, calendar) else "bank_closed_now"
