"""The way of a voucher in words: each line of the audit trail about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.control.access import may
from moa.control.context import Context
from moa.control.trail import VIEW_TRAIL
from moa.ledger.models import VoucherDraft
from moa.ledger.voucher_history import Event

Text = str | Promise
# What was done with a voucher, by the code of the trail's line.
EVENTS: dict[str, Text] = {
    "ledger.draft.made": _("Began the draft"),
    "ledger.draft.discarded": _("Put the draft away"),
    "ledger.attachment.added": _("Attached a document"),
    "ledger.attachment.removed": _("Took a document off"),
    "ledger.voucher.booked": _("Booked it in the ledger"),
    "ledger.vouchers.posted": _("Booked it, with others of the same posting"),
    "control.approval.submitted": _("Sent for a second person"),
    "control.approval.step_approved": _("Approved, the next step waits"),
    "control.approval.approved": _("Approved"),
    "control.approval.refused": _("Returned"),
    "control.approval.withdrawn": _("Taken back"),
    "control.approval.cancelled": _("Cancelled, for the content was edited"),
    "control.approval.rekeyed": _("Typed again alike"),
    "control.approval.rekeyed_otherwise": _("Typed again otherwise"),
    "control.approval.asked": _("Asked the maker"),
    "control.approval.answered": _("Answered"),
    "control.approval.escalated": _("Overdue: the next grade was told"),
}


def shown_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Each line of the trail in words; what belongs to the taking back of a voucher says so."""
    found = []
    for one in events:
        text = str(EVENTS.get(one.code, one.code))
        if one.draft is not None:
            text = gettext("Taking it back: %(what)s") % {"what": text}
        found.append({"at": one.at, "who": one.who, "text": text, "reason": one.reason, "draft": one.draft})
    return found


def trail_url(ctx: Context, draft: VoucherDraft | None) -> str:
    """The lines of the draft in the audit trail, for who may see that; a voucher of a machine has none of its own."""
    if draft is None or not may(ctx, VIEW_TRAIL):
        return ""
    return f"{reverse('control:audit')}?subject=voucher_draft&number={draft.id}"
