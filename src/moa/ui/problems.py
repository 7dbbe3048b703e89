"""Sentences for what is wrong with a file or a value, and how to mend it, from the code that was found.

One line per code; a test compares this table with every code that the sources use. `%(value)s` and `%(field)s` are
the value as it stood and the field's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, and how to mend it, in the reader's language."""

    what: str
    mend: str


_ACCOUNT: dict[str, tuple[Text, Text]] = {
    "account_grouping_unusual": (
        _("The hyphens stand at unusual places for this bank"),
        _("Compare with the bank's own screen. The number can be used as it is"),
    ),
    "account_incoming_only": (
        _("Numbers of this shape usually only receive money"),
        _("Check that it is a full account and not a virtual one"),
    ),
    "account_length_unusual": (
        _("The number has an unusual length for this bank"),
        _("Compare digit by digit with the bank's own screen"),
    ),
    "account_not_digits": (
        _("The number holds more than digits and hyphens"),
        _("Compare with the bank's own screen. The number can be used as it is"),
    ),
}


@cache
def table() -> dict[str, tuple[Text, Text]]:
    """Every code with its two sentences."""
    return _ACCOUNT


def problem_text(code: str, field: str = "", value: str = "") -> Sentence:
    """The sentences for `code`; a code without its own line is named as it is."""
    known = table().get(code)
    if known is None:
        return Sentence(gettext("This value cannot be used (%(code)s)") % {"code": code}, "")
    facts = {"field": field, "value": value}
    return Sentence(str(known[0]) % facts, str(known[1]) % facts)
