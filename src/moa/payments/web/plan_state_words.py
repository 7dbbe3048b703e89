"""What states of series, their days and bundles are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Text = str | Promise

SERIES_STATES: dict[str, tuple[str, Text]] = {
    "pending": ("pending", pgettext_lazy("payment", "Waits for approval")),
    "returned": ("failed", pgettext_lazy("payment", "Returned")),
    "active": ("approved", pgettext_lazy("series", "In force")),
    "withdrawn": ("draft", pgettext_lazy("payment", "Taken back")),
    "cancelled": ("draft", pgettext_lazy("payment", "Cancelled")),
    "ended": ("paid", pgettext_lazy("series", "Over")),
}
# Where several payments stand together.
STANDINGS: dict[str, tuple[str, Text]] = {
    "draft": ("draft", pgettext_lazy("payment", "Taken back")),
    "pending": ("pending", pgettext_lazy("payment", "Waits for approval")),
    "returned": ("failed", pgettext_lazy("payment", "Returned")),
    "approved": ("approved", pgettext_lazy("payment", "Approved")),
    "sent": ("sent", pgettext_lazy("payment", "Sent")),
    "unknown": ("unknown", pgettext_lazy("payment", "Result not known")),
    "partly_paid": ("sent", pgettext_lazy("payment", "Partly paid")),
    "paid": ("paid", pgettext_lazy("payment", "Paid")),
    "failed": ("failed", pgettext_lazy("payment", "Failed")),
    "withdrawn": ("draft", pgettext_lazy("payment", "Taken back")),
}
OCCURRENCES: dict[str, tuple[str, Text]] = {
    "waiting": ("draft", pgettext_lazy("series", "To come")),
    "missed": ("failed", pgettext_lazy("series", "Not made")),
    "cancelled": ("draft", pgettext_lazy("payment", "Cancelled")),
}
