"""Say for the group that a day is open or closed, or take that back."""

from __future__ import annotations

from datetime import date

from moa.control.access import require
from moa.control.approval_acts import guard
from moa.control.audit import record
from moa.control.context import Context
from moa.directory.models import CalendarOverride
from moa.directory.permissions import OVERRIDE_CALENDAR
from moa.directory.queries import calendar_for, forget_calendar
from moa.directory.recording import take_recording_moment
from moa.kernel.errors import DomainError

SUBJECT = "directory.calendar_day"


class OverrideRefused(DomainError):
    """The day already is what was asked for, or the day's name is missing; `code` says which."""

    code = "calendar_override_refused"


def override_calendar_day(
    ctx: Context, *, country: str, day: date, is_business_day: bool | None, name: str = "", reason: str = ""
) -> CalendarOverride:
    """The recorded word on the day; None gives the day back to the published calendar.

    Raises: forbidden, second_person_needed, calendar_country_unknown, calendar_day_unchanged, calendar_name_missing.
    """
    require(ctx, OVERRIDE_CALENDAR)
    guard(ctx, SUBJECT)
    moment = take_recording_moment(ctx, CalendarOverride)
    forget_calendar(ctx, country)
    calendar = calendar_for(ctx, country)
    overridden = calendar.overrides.get(day)
    if is_business_day is None and overridden is None:
        raise OverrideRefused("calendar_day_unchanged", country=country, day=day.isoformat())
    if is_business_day is not None:
        if not name.strip():
            raise OverrideRefused("calendar_name_missing", country=country, day=day.isoformat())
        if is_business_day == calendar.is_business_day(day):
            raise OverrideRefused("calendar_day_unchanged", country=country, day=day.isoformat())
    said = CalendarOverride.objects.create(
        group_id=ctx.group_id, country=country, on_date=day, is_business_day=is_business_day, name=name.strip(),
        reason=reason.strip(), entered_by_id=ctx.actor.person_id, recorded_at=moment,
    )  # fmt: skip
    forget_calendar(ctx, country)
    record(
        ctx,
        "directory.calendar.overridden" if is_business_day is not None else "directory.calendar.given_back",
        "calendar_day",
        f"{country} {day.isoformat()}",
        before={"is_business_day": calendar.is_business_day(day)},
        after={
            "is_business_day": calendar_for(ctx, country).is_business_day(day),
            "name": name,
            "reason": reason,
        },
    )
    return said
