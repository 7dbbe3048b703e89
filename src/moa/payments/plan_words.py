"""What the rhythm of a series is called."""

from __future__ import annotations

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from moa.payments.rules.pay_days import LAST_DAY, WEEKLY


def rhythm(every: str, on_day: int) -> str:
    if every == WEEKLY:
        return _("every week on %(weekday)s") % {"weekday": WEEKDAYS[on_day - 1]}
    if on_day == LAST_DAY:
        return _("every month on its last day")
    return _("every month on day %(day)s") % {"day": on_day}
