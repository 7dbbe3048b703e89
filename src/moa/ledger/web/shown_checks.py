"""A check of a closing as pages show it: its name, whether it holds, what it says, and where it is mended."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from moa.ledger.check_sentences import AWAITED, sentence_of, words_of
from moa.ledger.close_checks import Finding


def shown_check(finding: Finding, *, counted: bool = True) -> dict[str, Any]:
    """Shape: `later` when nothing is wrong, only the time has not come; `each` (address, label) of what it names.

    A book never counted is not said to be right.
    """
    words = words_of(finding.name)
    text, later = sentence_of(finding), not finding.ok and finding.name in AWAITED
    if finding.name == "last_verification" and not counted:
        later = True
        text = _("The books were not counted yet; it happens every night.")
    try:
        where = reverse(words.page) if words.page else ""
    except NoReverseMatch:
        where = ""
    if where and words.query and not finding.ok:
        where += "?" + words.query.format(
            **{name: quote(str(value)) for name, value in finding.facts.items()}
        )
    each = [
        (reverse(words.each, args=[number]), name)
        for number, name in (finding.facts.get("each", ()) if words.each else ())
    ]
    return {"name": words.name, "ok": finding.ok, "later": later, "text": text, "url": where, "each": each}
