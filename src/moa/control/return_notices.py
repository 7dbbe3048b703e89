"""Who asked for something is told when it comes back, with the reason: nobody looks for it where it was sent from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control import approval_subjects, notices
from moa.control.context import Context
from moa.control.models import ApprovalRequest
from moa.control.notice_kinds import NoticeKind, register_kind

RETURNED = "control.approval_returned"
register_kind(
    NoticeKind(
        RETURNED, gettext_lazy("A request of yours was returned"),
        gettext_lazy("“%(title)s” was returned by %(person)s: %(reason)s"),
        channel="app", pace="now", tone="pending",
    )
)  # fmt: skip


def tell_maker(ctx: Context, request: ApprovalRequest, reason: str) -> None:
    """Shape: `reason` as it is kept with the decision."""
    title = approval_subjects.describe(ctx, request).title
    notices.tell(
        ctx, RETURNED, key=str(request.id), persons=[request.maker_id], right="",
        facts={"title": title, "person": ctx.actor.name, "reason": reason}, link=f"/approvals/{request.id}",
    )  # fmt: skip
