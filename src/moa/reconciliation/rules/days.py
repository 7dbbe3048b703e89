"""On which day a bank line is booked, and from which day its money counts. Source: KAMCO-034, -035; domain.md §2.8."""

from __future__ import annotations

from datetime import date, time

from moa.kernel.calendars import Calendar, Convention


def bank_day(calendar: Calendar, booked_on: date) -> date:
    """The business day whose bank side the line stands in: its own, or the next one after a day without books."""
    return calendar.adjust(booked_on, Convention.FOLLOWING)


def due_day(
    calendar: Calendar, booked_on: date, booked_time: time | None, business_ends: time | None
) -> date:
    """The first business day that may book the line.

    Day rule: what the bank booked after business hours is one of the next business day. Without a time it is in time.
    """
    day = bank_day(calendar, booked_on)
    late = booked_time is not None and business_ends is not None and booked_time > business_ends
    return calendar.next_business_day(day) if late and day == booked_on else day


def business_date(due_on: date, open_on: date | None) -> date | None:
    """The day under which the line is booked now; None while its day has not come. A closed day's line goes to the open one."""
    return open_on if open_on is not None and due_on <= open_on else None
