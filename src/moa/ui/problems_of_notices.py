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
        _(
            "Unusual amounts need a factor of 2 or more, nights two hours, data that have not come their hour; every other kind an amount with its currency"
        ),
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
    "notice_always_told": (
        _("Nobody turns this notice off: it says that somebody else may be using your name"),
        _("It stays in the inbox, and comes by mail at once where you have an address"),
    ),
    "mail_certificate_refused": (
        _("The certificate of the mail server is not accepted, so nothing was sent"),
        _("Name the server in MOA_SMTP_URL as its certificate does, or let this machine know who signed it"),
    ),
    "mail_sign_in_refused": (
        _("The mail server does not take our user and password"),
        _("Correct MOA_SMTP_URL and start anew"),
    ),
    "mail_not_encrypted": (
        _("The mail server does not speak TLS at this port, so nothing was sent"),
        _("Use smtp:// with the port for STARTTLS, usually 587, or smtps:// with 465"),
    ),
    "mail_server_silent": (
        _("The mail server does not answer"),
        _("It is tried again by itself; correct MOA_SMTP_URL if the server is another one"),
    ),
    "mail_server_unclear": (
        _("The address of the mail server in MOA_SMTP_URL cannot be used"),
        _("Correct MOA_SMTP_URL and start anew"),
    ),
    "mail_server_refuses": (
        _("The mail server takes nothing from this machine"),
        _("Ask whoever runs it to let this machine in, or name another one in MOA_SMTP_URL"),
    ),
    "mail_put_off": (_("The mail server asks to try again later"), _("It is tried again by itself")),
    "mail_refused": (
        _("The mail server refuses this mail for good"),
        _("A new mail goes to the address that the person has then; sending this one again goes to the same"),
    ),
    "mail_attachment_gone": (_("An attachment of the mail is not kept any more"), ""),
}
