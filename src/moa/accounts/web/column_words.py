"""What the columns of a bank's table are called on the pages where a person points at them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.formats.spreadsheets.pointing import FIGURES

OF_FIELDS: dict[str, str | Promise] = {
    "date": _("Date, or date and time"),
    "time": _("Time"),
    "value_date": _("Value date"),
    "withdrawal": _("Money out"),
    "deposit": _("Money in"),
    "amount": _("Amount, both ways"),
    "side": _("Direction of the amount"),
    "balance": _("Balance after"),
    "summary": _("Description"),
    "content": _("More of the description"),
    "memo": _("Memo"),
    "counterparty": _("Counterparty"),
    "counterparty_account": _("Counterparty's account"),
    "counterparty_bank": _("Counterparty's bank"),
    "branch": _("Branch"),
    "currency": _("Currency"),
    "reference": pgettext_lazy("payment", "Reference"),
    "bank_reference": _("Bank's reference"),
    "own_account": _("Our account number"),
    "own_holder": _("Our account holder"),
    "identity": _("Number of a person (refused)"),
    "code": _("Keep it under its name"),
    "sequence": _("Leave out"),
}
# What a person can choose; a column of persons' numbers is found by its name and is no choice.
CHOICES = [(name, word) for name, word in OF_FIELDS.items() if name != "identity"]
ORDERS = [
    ("ymd", _("year, month, day: 2026-11-22, 20261122")),
    ("dmy", _("day, month, year: 22.11.2026, 22/11/26")),
    ("mdy", _("month, day, year: 11/22/2026")),
]
FIGURE_CHOICES = [(one, one) for one in FIGURES]
