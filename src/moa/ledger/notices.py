"""What the books tell persons of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from moa.control.notice_kinds import NoticeKind, register_kind
from moa.ledger.permissions import CLOSE_DAY

VERIFY_DIFFERS = "ledger.verify_differs"
SEAL_OUTSTANDING = "ledger.seal_outstanding"

register_kind(
    NoticeKind(
        VERIFY_DIFFERS, _("The books differ from their entries"),
        _("The nightly count of the book %(book)s found differences: %(count)s."),
        right=CLOSE_DAY, channel="both", pace="now", tone="failed",
    )
)  # fmt: skip
register_kind(
    NoticeKind(
        SEAL_OUTSTANDING, _("A seal has no time stamp yet"),
        _("The time stamp for the seal of %(day)s of the book %(book)s has not come: %(problem)s."),
        right=CLOSE_DAY, tone="pending",
    )
)  # fmt: skip
