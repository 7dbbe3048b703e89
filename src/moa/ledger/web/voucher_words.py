"""What kinds and states of vouchers are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.ledger.lifecycle import DraftState
from moa.ledger.models.draft import OPENING, PAYMENT, RECEIPT, REVERSAL, TRANSFER

Text = str | Promise
KINDS = {
    TRANSFER: _("Transfer voucher"), RECEIPT: _("Receipt voucher"), PAYMENT: _("Payment voucher"),
    REVERSAL: _("Reversal of a voucher"), OPENING: _("Opening balances"),
}  # fmt: skip
TAKEN_BACK = "taken_back"
# The look and the word of each state.
STATES: dict[str, tuple[str, Text]] = {
    DraftState.DRAFT.value: ("draft", pgettext_lazy("voucher", "Draft")),
    DraftState.RETURNED.value: ("failed", pgettext_lazy("voucher", "Returned")),
    DraftState.WAITING.value: ("pending", pgettext_lazy("voucher", "Waits for approval")),
    DraftState.POSTED.value: ("paid", pgettext_lazy("voucher", "Booked")),
    TAKEN_BACK: ("pending", pgettext_lazy("voucher", "Taken back")),
}
FIELDS = {
    "kind": _("Kind of voucher"), "business_date": _("Business date"), "value_date": _("Value date"), "memo": _("Memo"),
    "account": pgettext_lazy("books", "Account"), "debit": _("Debit"), "credit": _("Credit"),
    "currency": _("Currency"), "template": _("Template"), "template_version": _("Template"),
    "name": _("Name of the template"), "code": _("Code"), "side": _("Side"),
}  # fmt: skip
