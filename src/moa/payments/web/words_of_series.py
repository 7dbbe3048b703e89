"""What the fields of a series are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.payments.web.order_words import FIELDS

Text = str | Promise

EVERY: dict[str, Text] = {"monthly": _("every month"), "weekly": _("every week")}
FIELDS_OF_SERIES: dict[str, Text] = {
    **FIELDS, "every": _("How often"), "on_day": _("On which day"), "first": pgettext_lazy("series", "From"), "until": pgettext_lazy("series", "Until"),
    "times": _("Number of payments"),
}  # fmt: skip
