"""What to say about a finding in a file or a value, from its code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from moa.ui.problems_of_files import OF_FILES
from moa.ui.problems_of_values import OF_VALUES

SENTENCES = {**OF_FILES, **OF_VALUES}


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is wrong, and how to mend it, in the reader's language."""

    what: str
    mend: str


def problem_text(code: str, field: str = "", value: str = "") -> Sentence:
    """The sentences for `code`; a code without its own line is named as it is."""
    known = SENTENCES.get(code)
    if known is None:
        return Sentence(gettext("This value cannot be used (%(code)s)") % {"code": code}, "")
    facts = {"field": field, "value": value}
    return Sentence(str(known[0]) % facts, str(known[1]) % facts)
