"""What to say about a finding in a file or a value, from its code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.ui.formatting import ended, page_language
from moa.ui.problems_of_approvals import OF_APPROVALS
from moa.ui.problems_of_bank_lines import OF_BANK_LINES
from moa.ui.problems_of_books import OF_BOOKS
from moa.ui.problems_of_days import OF_DAYS
from moa.ui.problems_of_files import OF_FILES
from moa.ui.problems_of_lists import OF_LISTS
from moa.ui.problems_of_notices import OF_NOTICES
from moa.ui.problems_of_payments import OF_PAYMENTS
from moa.ui.problems_of_people import OF_PEOPLE
from moa.ui.problems_of_profiles import OF_PROFILES
from moa.ui.problems_of_requests import OF_REQUESTS
from moa.ui.problems_of_sheets import OF_SHEETS
from moa.ui.problems_of_units import OF_UNITS
from moa.ui.problems_of_values import OF_VALUES

SENTENCES = {
    **OF_APPROVALS,
    **OF_FILES,
    **OF_VALUES,
    **OF_BOOKS,
    **OF_BANK_LINES,
    **OF_DAYS,
    **OF_SHEETS,
    **OF_NOTICES,
    **OF_REQUESTS,
    **OF_PEOPLE,
    **OF_PAYMENTS,
    **OF_LISTS,
    **OF_UNITS,
    **OF_PROFILES,
}

# Fields that no file names, called by the readers' own words; columns and tags of a file keep their names.
_FIELDS: dict[str, str | Promise] = {
    "account": _("account"),
    "amount": _("amount"),
    "closing": _("closing balance"),
    "currency": _("currency"),
    "date": _("date"),
    "encoding": _("character set"),
    "format": _("format"),
    "line": _("line"),
    "opening": _("opening balance"),
    "period": _("period"),
    "profile": _("column profile"),
    "quote": _("second currency"),
    "rate": _("rate"),
    "units": _("units"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, and how to mend it, in the reader's language."""

    what: str
    mend: str

    @property
    def whole(self) -> str:
        """Both as one text, without the last full stop."""
        if not self.mend:
            return self.what
        return f"{ended(self.what)}{'' if page_language() == 'zh-Hans' else ' '}{self.mend}"


def field_name(field: str) -> str:
    """The field as a person calls it."""
    return str(_FIELDS.get(field, field))


def problem_text(code: str, field: str = "", value: str = "") -> Sentence:
    """The sentences for `code`; a code without its own line is named as it is."""
    known = SENTENCES.get(code)
    if known is None:
        return Sentence(gettext("This value cannot be used (%(code)s)") % {"code": code}, "")
    facts = {"field": field, "value": value}
    return Sentence(str(known[0]) % facts, str(known[1]) % facts)
