"""What states, moves, purposes and fields of payments are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.payments.lifecycle import OrderState

Text = str | Promise

# The look and the word of each state.
STATES: dict[str, tuple[str, Text]] = {
    OrderState.DRAFT.value: ("draft", pgettext_lazy("payment", "Draft")),
    OrderState.PENDING.value: ("pending", pgettext_lazy("payment", "Waits for approval")),
    OrderState.RETURNED.value: ("failed", pgettext_lazy("payment", "Returned")),
    OrderState.APPROVED.value: ("approved", pgettext_lazy("payment", "Approved")),
    OrderState.READY.value: ("approved", pgettext_lazy("payment", "Ready to be sent")),
    OrderState.SENT.value: ("sent", pgettext_lazy("payment", "Sent")),
    OrderState.PROCESSING.value: ("sent", pgettext_lazy("payment", "In work at the bank")),
    OrderState.UNKNOWN.value: ("unknown", pgettext_lazy("payment", "Result not known")),
    OrderState.PAID.value: ("paid", pgettext_lazy("payment", "Paid")),
    OrderState.RECONCILED.value: ("paid", pgettext_lazy("payment", "Paid, on the statement")),
    OrderState.FAILED.value: ("failed", pgettext_lazy("payment", "Failed")),
    OrderState.RETURNED_BY_BANK.value: ("failed", pgettext_lazy("payment", "Returned by the bank")),
    OrderState.WITHDRAWN.value: ("draft", pgettext_lazy("payment", "Taken back")),
    OrderState.CANCELLED.value: ("draft", pgettext_lazy("payment", "Cancelled")),
}
MOVES: dict[str, Text] = {
    "edit": _("Taken back to be edited"),
    "submit": _("Sent for approval"),
    "return": _("Returned to its maker"),
    "approve": _("Approved, the amount set aside"),
    "book": _("Booked: the money is with the payee"),
    "refuse": _("Refused by the books, the amount is free again"),
    "withdraw": _("Taken back, nothing was paid"),
    "release": _("Taken up to be sent"),
    "send": _("Its message is stored and leaves for the bank"),
    "acknowledge": _("The bank has it and has not decided"),
    "lose": _("No answer that says what became of it"),
    "prove_paid": _("Proven paid, the amount is in transit in the books"),
    "prove_failed": _("Proven not paid, the amount is free again"),
    "match": _("On the bank's statement"),
    "give_back": _("Given back by the bank"),
    "resend": _("To be sent again as a new try"),
    "cancel": _("Left for good"),
    "put_right": _("Paid after all, by the bank's word and two persons"),
    "disprove": _("Not paid after all, by the bank's word and two persons; its voucher is taken back"),
    "ask_back": _("Asked to be taken back: it is, as soon as it is known that it did not leave"),
}
# What the bank's word makes of the payee's name.
VERDICTS: dict[str, tuple[str, Text]] = {
    "match": ("paid", _("The bank says the same name")),
    "partial": ("pending", _("The bank's name agrees in part")),
    "mismatch": ("failed", _("The bank says another name")),
    "unavailable": ("unknown", _("The bank did not say")),
}
ATTEMPTS: dict[str, tuple[str, Text]] = {
    "prepared": ("draft", pgettext_lazy("attempt", "Prepared, not sent")),
    "sent": ("sent", pgettext_lazy("attempt", "Sent")),
    "processing": ("sent", pgettext_lazy("attempt", "In work at the bank")),
    "unknown": ("unknown", pgettext_lazy("attempt", "Result not known")),
    "paid": ("paid", pgettext_lazy("attempt", "Paid")),
    "failed": ("failed", pgettext_lazy("attempt", "Failed")),
    "returned": ("failed", pgettext_lazy("attempt", "Given back")),
}
# Where a word about a payment came from, and what it proves.
KNOWN: dict[str, Text] = {
    "answer": _("The bank's answer"), "inquiry": _("The bank, when asked"), "notice": _("The bank told by itself"),
    "statement": _("The bank's statement"), "outside": _("Evidence from outside, by two persons"),
    "not_sent": _("It did not leave"), "voucher": pgettext_lazy("voucher", "Booked"), "books_refused": _("Refused by the books"),
}  # fmt: skip
SAID: dict[str, Text] = {
    "done": _("done"), "refused": _("refused"), "in_process": _("still in process"), "no_record": _("knows of no such transfer"),
    "unclear": _("a code that nobody knows"), "silence": _("no answer in time"), "returned": _("given back"),
    "no_line": _("no line of it on its statement"),
}  # fmt: skip
PURPOSES: dict[str, Text] = {
    "funding": pgettext_lazy("purpose", "Funding of a member"),
    "goods": pgettext_lazy("purpose", "Goods"),
    "services": pgettext_lazy("purpose", "Services"),
    "payroll": pgettext_lazy("purpose", "Wages"),
    "tax": pgettext_lazy("purpose", "Taxes and dues"),
    "interest": pgettext_lazy("purpose", "Interest"),
    "refund": pgettext_lazy("purpose", "Refund"),
    "other": pgettext_lazy("purpose", "Other"),
}
# Where a day of payment goes on which banks rest.
HOLIDAYS: dict[str, Text] = {
    "following": _("the next business day"),
    "previous": _("the business day before"),
    "modified_following": _("the next business day, in the same month"),
}
FIELDS: dict[str, Text] = {
    "payer": _("Paying account"), "payee": _("Payee's account"), "amount": _("Amount"), "pay_on": _("Day of payment"),
    "purpose": _("Purpose"), "memo": _("Memo"), "document_no": _("Document number"),
    "duplicate_reason": _("Why it is another payment"), "to_bank": _("Payee's bank"), "to_name": _("Payee's name"),
    "via": _("Leaves from"), "charge": _("Booked to"),
    "name_reason": _("Why it is paid though the bank says another name, or none"),
    "holiday_rule": _("If banks rest on that day"),
}  # fmt: skip
