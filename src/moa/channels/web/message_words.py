"""What kinds of messages and the states of lines are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.channels.models import FIRM_BANKING, OPEN_BANKING

Text = str | Promise

# By the request; an answer is called the same, with its direction beside it.
KINDS: dict[str, Text] = {
    "1000/100": _("Opening of the line"), "1000/200": _("Closing of the line"), "1000/500": _("Line test"),
    "2000/100": _("Transfer"), "3000/100": _("Transfer that failed afterwards"), "4000/100": _("Movement on an account"),
    "6000/100": _("Holder's name"), "7000/100": _("Result of a transfer"), "7000/200": pgettext_lazy("message", "Balance"),
    "7000/300": _("Totals of transfers"), "4000/200": _("Movement on an account"),
    "http/accounts": _("Line test"), "http/transfer": _("Transfer"), "http/name": _("Holder's name"),
    "http/result": _("Result of a transfer"), "http/balance": pgettext_lazy("message", "Balance"),
    "http/transactions": _("Movements on an account"), "http/totals": _("Totals of transfers"),
    "http/token": _("Access token"), "http/revoke": _("End of an access token"),
}  # fmt: skip
# The ways in which banks are spoken with.
SPEAKS: dict[str, Text] = {FIRM_BANKING: _("Firm banking"), OPEN_BANKING: _("HTTP")}
LINES: dict[str, tuple[str, Text]] = {
    "open": ("paid", pgettext_lazy("line", "Open")),
    "closed": ("draft", pgettext_lazy("line", "Not opened yet")),
    "lost": ("failed", pgettext_lazy("line", "Does not answer")),
}
# The look and the word of each state of a message.
STATES: dict[str, tuple[str, Text]] = {
    "answered": ("paid", pgettext_lazy("message", "Answered")),
    "silent": ("unknown", pgettext_lazy("message", "No answer")),
    "unsent": ("unknown", pgettext_lazy("message", "Not known whether it left")),
    "understood": ("paid", pgettext_lazy("message", "Understood")),
    "waiting": ("pending", pgettext_lazy("message", "Not looked into yet")),
    "faulty": ("failed", pgettext_lazy("message", "Cannot be used")),
}
ANSWERED: dict[str, tuple[str, Text]] = {
    "done": ("paid", _("The bank answered")),
    "refused": ("failed", _("The bank refused")),
    "in_process": ("sent", _("The bank is still at it")),
    "no_record": ("unknown", _("The bank knows nothing of it")),
    "unclear": ("unknown", _("The bank answered with a code that nobody knows")),
    "silence": ("unknown", _("No answer came in time")),
    "not_sent": ("failed", _("No connection came about, nothing was sent")),
}


def kind_word(key: str) -> str:
    """2100/100 is the answer to 2000/100."""
    code, _slash, business = key.partition("/")
    asked = f"{int(code) - 100:04}/{business}" if code.isdigit() and code[1] == "1" else key
    return str(KINDS.get(asked, key))
