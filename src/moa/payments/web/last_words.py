"""What is known of a try at a bank, in a line: the last word about it, and what is still open."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from moa.channels.lifecycle import LineState
from moa.channels.reasons import reason_words
from moa.payments.models import Evidence
from moa.payments.web.order_words import KNOWN, SAID
from moa.ui.formatting import full_moment
from moa.ui.tables.spec import Row


def known_words(row: Row, language: str, now: datetime) -> list[str]:
    """Who said what, and when. Shape: `row` of the desk."""
    if not row.word_kind:
        return [_("The bank has not answered yet")]
    at = full_moment(row.word_at, now)
    if row.word_said == "silence" and row.word_kind == Evidence.ANSWER:
        return [_("No answer to the transfer"), at]
    # The bank's code says more than the word for it.
    said = reason_words(row.word_code, language) or str(SAID.get(row.word_said, row.word_said))
    who = str(KNOWN.get(row.word_kind, row.word_kind))
    return [f"{who}: {said}" if said else who, at]


def open_words(row: Row, now: datetime) -> list[str]:
    """What is still not known, and why nothing is heard."""
    parts = []
    if row.sent_at is None and row.state != "prepared":
        parts.append(_("it is not known whether it left"))
    unanswered = int(row.asked) - row.answered
    if unanswered > 0:
        parts.append(_("questions without an answer: %(num)s") % {"num": unanswered})
    if row.line == LineState.LOST:
        parts.append(_("The line to the bank is down since %(at)s") % {"at": full_moment(row.line_at, now)})
    return parts
