"""What is wrong and how to mend it, for the codes of sheets and printed documents."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_SHEETS: dict[str, tuple[Text, Text]] = {
    "print_too_long": (
        _("This is too long to print"),
        _("Narrow the range, or take the workbook"),
    ),
    "sheet_unknown": (
        _("There is no such sheet"),
        _("Choose one from the list of sheets"),
    ),
    "range_backwards": (
        _("The range ends before it begins"),
        _("Put the earlier day first"),
    ),
    "sheet_needs": (
        _("This sheet is of one subject, account or moment, and none is named"),
        _("Name it above"),
    ),
    "sheet_too_long": (
        _("This is too long for one file"),
        _("Narrow the range"),
    ),
    "amount_has_no_words": (
        _("This amount has no form in words"),
        _("Write an amount from zero up to ten quadrillion"),
    ),
}
