"""Tells a person of a sign-in from a browser that was not used for the login since its password was set, and of an administrator's the others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from moa.control.access import rights
from moa.control.administrators import ADMINISTER
from moa.control.context import Context
from moa.control.models import AuditLine
from moa.control.notice_kinds import NoticeKind, register_kind
from moa.control.notices import tell
from moa.control.right_holders import holders_of
from moa.ui.formatting import UNKNOWN

NEW_BROWSER, OF_ADMINISTRATOR = "control.new_browser", "control.administrator_new_browser"
register_kind(
    NoticeKind(
        NEW_BROWSER, gettext_lazy("Signed in from a new browser"),
        gettext_lazy("%(moment)s: somebody signed in under your name from a browser that had not been used for it since the password was set, %(device)s, address %(address)s. If it was not you, change your password and tell an administrator at once."),
        channel="both", pace="now", tone="pending", always=True,
    )
)  # fmt: skip
register_kind(
    NoticeKind(
        OF_ADMINISTRATOR, gettext_lazy("An administrator signed in from a new browser"),
        gettext_lazy("%(moment)s: %(who)s, who may change who may do what, signed in from a browser that had not been used for it since the password was set, %(device)s, address %(address)s."),
        right=ADMINISTER, tone="pending",
    )
)  # fmt: skip


def was_signed_in_before(identity_id: int) -> bool:
    """Whether there was a sign-in before the one whose line was written a moment ago."""
    lines = AuditLine.objects.filter(
        subject_type="identity", subject_id=str(identity_id), code="control.identity.signed_in"
    )
    return len(lines.values_list("id", flat=True)[:2]) > 1


def tell_of_new_browser(ctx: Context, *, device: str, address: str) -> None:
    """Shape: `device` in words, "" where nothing is recognised."""
    facts = {
        "moment_at": ctx.at.isoformat(), "device": device or UNKNOWN, "address": address or UNKNOWN, "who": ctx.actor.name,
    }  # fmt: skip
    me, key = ctx.actor.person_id, f"{ctx.actor.person_id}:{ctx.at:%Y%m%dT%H%M%S%f}"
    tell(ctx, NEW_BROWSER, key=key, facts=facts, persons=[me], right="", link="/settings/sessions")
    if ADMINISTER in rights(ctx).everywhere:
        others = holders_of(ctx, ADMINISTER, None) - {me}
        tell(ctx, OF_ADMINISTRATOR, key=key, facts=facts, persons=others, link=f"/people/{me}")
