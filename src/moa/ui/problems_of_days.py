"""What is wrong and how to mend it, for the codes of business days: closing, reopening, proof."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_DAYS: dict[str, tuple[Text, Text]] = {
    "no_day_open": (
        _("No day of the book is open"),
        _("Open the day that waits"),
    ),
    "close_refused": (
        _("The day cannot be closed yet"),
        _("Mend the checks that do not hold, then close again"),
    ),
    "closing_overtaken": (
        _("The closing was overtaken: what it was for is closed already, or it was given up"),
        _("Look at the closing page, which shows what is next"),
    ),
    "day_not_come": (
        _("This day has not come yet"),
        _("Wait for the day, or say beside the button that it is to be closed before it has come"),
    ),
    "worker_lost": (
        _("The worker that did it was lost"),
        _("Start it again"),
    ),
    "not_the_last_day": (
        _("Only the latest closed day can be reopened"),
        _("Correct an earlier day with a reversal on the open day"),
    ),
    "day_is_reopened": (
        _("The latest closed day is open again already"),
        _("Close it before another day is reopened"),
    ),
    "next_day_has_vouchers": (
        _("Vouchers are booked on the next day already"),
        _("Correct the closed day with a reversal on the open day"),
    ),
    "day_not_closed": (
        _("A day of the range is not closed, and only closed days are proven"),
        _("Close it, or end the range before it"),
    ),
    "nothing_closed": (
        _("No day of the range is closed"),
        _("Choose a range with a closed day"),
    ),
    "closed_month": (
        _("The month is closed"),
        _("Book it on the open day, with the earlier day as value date"),
    ),
    "closed_year": (
        _("The year is closed, and none of its days changes any more"),
        _("Book it on the open day, with the earlier day as value date"),
    ),
    "period_close_refused": (
        _("The month or the year cannot be closed yet"),
        _("Mend the checks that do not hold, then close again"),
    ),
    "no_period_to_close": (
        _("The book has no day in the month or year that is next"),
        _("Close it when its days are closed"),
    ),
}
