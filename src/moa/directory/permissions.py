"""Rights of the directory as data."""

from django.utils.translation import gettext_noop as _

from moa.control.permissions import declare

VIEW_RATES = "directory.rates.view"
ENTER_RATES = "directory.rates.enter"
VIEW_CALENDAR = "directory.calendar.view"
OVERRIDE_CALENDAR = "directory.calendar.override"

declare(
    {
        VIEW_RATES: _("See exchange rates and who entered them"),
        ENTER_RATES: _("Enter exchange rates by hand and by file"),
        VIEW_CALENDAR: _("See the business calendars"),
        OVERRIDE_CALENDAR: _("Open or close a day in the group's calendars"),
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
