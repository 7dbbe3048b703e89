"""Rights of the directory as data."""

from moa.control.permissions import declare

VIEW_RATES = "directory.rates.view"
ENTER_RATES = "directory.rates.enter"
VIEW_CALENDAR = "directory.calendar.view"
OVERRIDE_CALENDAR = "directory.calendar.override"

declare(
    {
        VIEW_RATES: "See exchange rates and who entered them",
        ENTER_RATES: "Enter exchange rates by hand and by file",
        VIEW_CALENDAR: "See the business calendars",
        OVERRIDE_CALENDAR: "Open or close a day in the group's calendars",
    },
    {
        "treasurer": (VIEW_RATES, ENTER_RATES, VIEW_CALENDAR, OVERRIDE_CALENDAR),
        "teller": (VIEW_RATES, ENTER_RATES, VIEW_CALENDAR),
        "approver": (VIEW_RATES, VIEW_CALENDAR),
        "clerk": (VIEW_CALENDAR,),
        "auditor": (VIEW_RATES, VIEW_CALENDAR),
        "admin": (VIEW_RATES, ENTER_RATES, VIEW_CALENDAR, OVERRIDE_CALENDAR),
        "machine": (VIEW_RATES, ENTER_RATES, VIEW_CALENDAR),
    },
)
