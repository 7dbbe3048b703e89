"""How pages, workbooks and prints call the sheets, their columns and what stands in them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise

TITLES: dict[str, Text] = {
    "day": _("Daily sheet"),
    "balance": _("Balance sheet of subjects"),
    "month": _("Monthly sheet"),
    "cumulative": _("Cumulative sheet"),
    "trial-balance": _("Trial balance"),
    "subjects": _("Balances of subjects"),
    "subject-ledger": _("General ledger"),
    "subject-entries": _("Subject ledger"),
    "account-ledger": _("Account ledger"),
    "accounts": _("Position of book accounts"),
    "vouchers": _("Vouchers"),
    "large": _("Large amounts"),
    "volume": _("Business volume"),
    "changes": _("What changed since"),
}
LABELS: dict[str, Text] = {
    "account": pgettext_lazy("books", "Account"),
    "after": pgettext_lazy("balance", "Now"),
    "amount": _("Amount"),
    "available": _("Available"),
    "before": pgettext_lazy("balance", "As known then"),
    "change": _("Difference"),
    "closing": _("Closing balance"),
    "closing_worth": _("Closing in %(currency)s"),
    "credit": _("Credit"),
    "credit_balance": _("Credit balance"),
    "credit_month": _("Credit of the month"),
    "credit_worth": _("Credit balance in %(currency)s"),
    "currency": _("Currency"),
    "day": _("Business date"),
    "debit": _("Debit"),
    "debit_balance": _("Debit balance"),
    "debit_month": _("Debit of the month"),
    "debit_worth": _("Debit balance in %(currency)s"),
    "entries": pgettext_lazy("of an account", "Entries"),
    "held": _("Held"),
    "key": pgettext_lazy("of a voucher", "Key"),
    "maker": _("Maker"),
    "memo": _("Memo"),
    "name": _("Name"),
    "not_yet": _("Came after the close"),
    "opening": _("Opening balance"),
    "opening_credit": _("Opening, credit"),
    "opening_debit": _("Opening, debit"),
    "origin": _("Origin"),
    "recorded_at": _("Recorded at"),
    "reversals": _("Reversals"),
    "state": _("State"),
    "subject": pgettext_lazy("books", "Subject"),
    "value_date": _("Value date"),
    "voucher": _("Voucher"),
    "vouchers": pgettext_lazy("how many", "Vouchers"),
    "worth": _("In %(currency)s"),
}
ORIGINS: dict[str, Text] = {
    "entry": _("entered by a person"),
    "file": _("from a file"),
    "rule": _("by a rule"),
    "interest": _("interest"),
    "fee": _("fee"),
    "close": _("at a closing"),
    "opening": _("opening balance"),
    "reversal": _("reversal"),
    "payment": _("by a payment"),
}
STATES: dict[str, Text] = {
    "open": pgettext_lazy("account", "open"),
    "frozen": _("frozen"),
    "closed": pgettext_lazy("account", "closed"),
}
# What each sheet can be narrowed by, beside the range and the moment.
FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("day", "balance", "month", "cumulative", "trial-balance", "subjects"), ("by", "currency")
    ),
    "subject-ledger": ("subject", "currency"),
    "subject-entries": ("subject", "currency"),
    "account-ledger": ("account",),
    "accounts": ("subject", "currency"),
    "vouchers": ("text", "account", "subject", "currency", "least", "most", "maker", "origin"),
    "large": ("currency", "least", "subject", "account"),
    "volume": ("by", "currency"),
    "changes": ("subject", "account"),
}


def label(key: str, functional: str) -> str:
    """The head of a column; what is worth something names the book's currency."""
    said = str(LABELS[key])
    return said % {"currency": functional} if "%(currency)s" in said else said
