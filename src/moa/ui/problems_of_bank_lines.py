"""What is wrong and how to mend it, for the codes of reconciliation: bank lines, rules, links, suspense."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_BANK_LINES: dict[str, tuple[Text, Text]] = {
    "link_invalid": (
        _("This bank account cannot be linked so"),
        _(
            "Choose a free account of the book in the same currency, and a day before which the balance is known"
        ),
    ),
    "rule_invalid": (
        _("This rule cannot be proposed"),
        _("Give a code, at least one condition and an account of the book, with the lower amount first"),
    ),
    "line_decision_invalid": (
        _("This cannot be proposed for the line"),
        _("Choose an account of the book in the line's currency; to ignore a line, say why"),
    ),
    "line_refused": (
        _("The books refuse the voucher of this line"),
        _("Choose another account, or mend what the account lacks"),
    ),
    "line_not_due_yet": (
        _("The line belongs to a business day that is not open yet"),
        _("Wait until the day is opened"),
    ),
    "no_such_movement": (
        _("That voucher does not move the account by the amount of the line"),
        _("Choose one of the vouchers that are offered"),
    ),
    "suspense_change_invalid": (
        _("The suspense item cannot be changed so"),
        _("Choose another person or another day"),
    ),
    "owner_unfit": (
        _("This person does not see bank lines of the unit"),
        _("Choose a person of the unit, or give the right first"),
    ),
    "due_before_opening": (
        _("The day to clear it is before the day on which it came into suspense"),
        _("Choose that day or a later one"),
    ),
    "match_invalid": (
        _("These cannot be linked"),
        _("Choose at least one bank line and one voucher of the same bank account"),
    ),
    "match_unequal": (
        _("Bank lines and vouchers do not come to the same"),
        _("Choose others, or book what is missing first"),
    ),
    "match_undone": (
        _("The line was unlinked from its voucher"),
        _("Link it anew, assign it, or let a rule take it"),
    ),
    "clearing_reversed": (
        _("The voucher that cleared this item was reversed"),
        _("Clear it anew, or link it to the voucher that does"),
    ),
    "clearing_undone": (
        _("The item was unlinked from the voucher that cleared it"),
        _("Clear it anew, or link it to the voucher that does"),
    ),
    "too_many_items": (
        _("These are too many items for one act"),
        _("Choose at most 500"),
    ),
    "line_not_linked": (
        _("The voucher of this line was made from it"),
        _("Reverse the voucher; the line is then open again"),
    ),
    "line_not_understood": (
        _("The line could not be worked on"),
        _("Assign it by hand; the log of the server has the cause"),
    ),
    "payment_contradicts": (
        _("The bank has moved money for a payment that is proven to have failed"),
        _("Open the payment by its reference, ask the bank, and record what it says with its document"),
    ),
    "may_be_booked": (
        _("A voucher of the same amount is in the book already"),
        _("Explain the line by that voucher, or confirm that it is another"),
    ),
    "voucher_reversed": (
        _("The voucher of this line was reversed"),
        _("Assign the line anew, or ignore it with a reason"),
    ),
}
