"""The life of an approval request."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class ApprovalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


APPROVAL = Lifecycle(
    ApprovalState,
    {
        (ApprovalState.OPEN, "approve"): ApprovalState.APPROVED,
        (ApprovalState.OPEN, "refuse"): ApprovalState.REFUSED,
        (ApprovalState.OPEN, "withdraw"): ApprovalState.WITHDRAWN,
        # The subject's content was edited, or what it rests on is no longer so.
        (ApprovalState.OPEN, "cancel"): ApprovalState.CANCELLED,
    },
)


class NoticeState(StrEnum):
    UNREAD = "unread"
    READ = "read"
    DONE = "done"


NOTICE = Lifecycle(
    NoticeState,
    {
        (NoticeState.UNREAD, "read"): NoticeState.READ,
        (NoticeState.UNREAD, "finish"): NoticeState.DONE,
        (NoticeState.READ, "finish"): NoticeState.DONE,
        (NoticeState.DONE, "take_up"): NoticeState.READ,
    },
)
