"""What the fields of a series are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moa.payments.web.order_words import FIELDS

Text = str | Promise

EVERY: dict[str, Text] = {"monthly": _("every month"), "weekly": _("every week")}
FIELDS_OF_SERIES: dict[str, Text] = {
    **FIELDS, "every": _("How often"), "on_day": _("On which day"), "first": _("From"), "until": _("Until"),
    "times": _("Number of payments"),
}  # fmt: skip
