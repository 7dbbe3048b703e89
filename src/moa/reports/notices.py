"""What reports tells persons of."""

from django.utils.translation import gettext_lazy as _

from moa.control.notice_kinds import NoticeKind, register_kind
from moa.reports.permissions import CHANGE_MAILINGS

MAILING_STOPPED = "reports.mailing_not_sent"

register_kind(
    NoticeKind(
        MAILING_STOPPED, _("The daily fund report was not mailed"),
        _("The daily fund report of %(day)s could not be mailed to %(person)s: no address, or no right to see the position."),
        right=CHANGE_MAILINGS, tone="failed",
    )
)  # fmt: skip
