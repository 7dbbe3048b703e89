"""Tells the administrators who holds both sides of a pair all the same: an update may bring that about, and is not refused."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext_lazy

from moa.control.administrators import ADMINISTER
from moa.control.context import Context
from moa.control.notice_kinds import NoticeKind, in_each_language, register_kind
from moa.control.notices import Telling, tell_all
from moa.control.permissions import PERMISSIONS
from moa.control.rights_meet import in_force, names_of, who_holds_both
from moa.control.rules_of_meeting import Meeting

RIGHTS_MEET = "control.rights_meet"
register_kind(
    NoticeKind(
        RIGHTS_MEET, gettext_lazy("Two rights that are kept apart lie in one hand"),
        gettext_lazy("%(persons)s: holds both “%(one)s” and “%(other)s”, today or on a later day. Withdraw one of the roles."),
        right=ADMINISTER, channel="both", tone="pending",
    )
)  # fmt: skip


def tell_of_meetings(ctx: Context) -> int:
    """One notice for a pair and those in whom it meets, once however often it is asked; returns how many were told."""
    by_pair: dict[tuple[str, str], list[Meeting]] = {}
    for meeting in who_holds_both(ctx, in_force(ctx.today)):
        by_pair.setdefault((meeting.one, meeting.other), []).append(meeting)
    return tell_all(ctx, RIGHTS_MEET, [_telling(*pair, found) for pair, found in sorted(by_pair.items())])


def _telling(one: str, other: str, found: list[Meeting]) -> Telling:
    logins = sorted({login for meeting in found for login in (meeting.with_one, meeting.with_other)})
    who = hashlib.sha256(repr(logins).encode()).hexdigest()[:16]
    facts = {
        "persons": names_of(found),
        **{side: in_each_language(gettext_lazy(PERMISSIONS.get(right, right))) for side, right in (("one", one), ("other", other))},
    }  # fmt: skip
    return Telling(f"{one}:{other}:{who}", facts, "/people/rights")
