"""What is wrong and how to mend it, for the codes of notices, mails and the daily fund report."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

OF_NOTICES: dict[str, tuple[Text, Text]] = {
    "mail_address_unfit": (
        _("This is not one plain mail address"),
        _("Write it as name@company.com, without a name before it"),
    ),
    "mail_subject_unfit": (
        _("The subject of a mail holds an amount, an account number or a line end"),
        _("Say in the text what the subject must not show"),
    ),
    "watch_incomplete": (
        _("What to watch is not said in full"),
        _("Amounts need a currency; unusual amounts need a factor of 2 or more; nights need two hours"),
    ),
    "mailing_not_possible": (
        _("This person cannot be mailed the report"),
        _("The person needs a mail address and the right to see the position"),
    ),
    "notice_choice_unknown": (
        _("There is no such kind or way of notices"),
        _("Choose from the list"),
    ),
    "mail_attachment_unfit": (
        _("An attachment has no plain file name, or all of them are larger than 20 MB"),
        _("Rename it, or send the link instead"),
    ),
}
