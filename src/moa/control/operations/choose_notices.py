"""Choose how one wants to be told of one kind of fact."""

from __future__ import annotations

from moa.control.audit import record
from moa.control.context import Context
from moa.control.models import NoticePreference
from moa.control.models.notices import CHANNELS, PACES
from moa.control.notice_kinds import kind_of
from moa.kernel.errors import DomainError


class NoticeChoiceUnknown(DomainError):
    """No such kind, way or pace of notices; facts: `kind`, `channel`, `pace`."""

    code = "notice_choice_unknown"


class NoticeAlwaysTold(DomainError):
    """This kind is told to everybody whom it concerns; facts: `kind`."""

    code = "notice_always_told"


def choose_notices(ctx: Context, *, kind: str, channel: str, pace: str) -> None:
    """The actor's own choice, from now on. Raises: notice_choice_unknown, notice_always_told."""
    known = kind_of(kind)
    if known is None or channel not in CHANNELS or pace not in PACES:
        raise NoticeChoiceUnknown(kind=kind, channel=channel, pace=pace)
    if known.always:
        raise NoticeAlwaysTold(kind=kind)
    mine = NoticePreference.objects.filter(person_id=ctx.actor.person_id, kind=kind).first()
    before = None if mine is None else {"channel": mine.channel, "pace": mine.pace}
    after = {"channel": channel, "pace": pace}
    if before == after:
        return
    NoticePreference.objects.update_or_create(
        group_id=ctx.group_id, person_id=ctx.actor.person_id, kind=kind, defaults=after
    )
    record(
        ctx,
        "control.notice.chosen",
        "person",
        ctx.actor.person_id,
        before=before,
        after={"kind": kind, **after},
    )
