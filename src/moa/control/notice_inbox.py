"""Reads of a person's notices: only those that she may still know, and only her own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from django.db.models import Q, QuerySet

from moa.control.access import rights
from moa.control.asked_together import Question, answer_now, answer_to
from moa.control.context import Context
from moa.control.models import Notice, NoticePreference
from moa.control.notice_kinds import kind_of, registered_kinds, sentence_of
from moa.control.queries import group_zone
from moa.kernel.errors import NotFound

View = Literal["open", "unread", "done"]
COUNT_CAP = 99
PAGE_SIZE = 50


class ShownNotice(NamedTuple):
    """A notice in the reader's words."""

    id: int
    kind: str
    title: str
    sentence: str
    tone: str
    link: str
    state: str
    made_at: datetime


class Choice(NamedTuple):
    """How the person has one kind now, her own choice or the kind's default; `always` where there is no choice."""

    kind: str
    title: str
    channel: str
    pace: str
    chosen: bool
    always: bool = False


def visible(ctx: Context) -> QuerySet[Notice]:
    """The actor's notices of which she holds the right now, where it is asked for."""
    held = rights(ctx)
    allowed = Q(right="") | Q(right__in=held.everywhere)
    for unit_id, codes in held.by_unit.items():
        allowed |= Q(right__in=codes, unit_id=unit_id)
    return Notice.objects.filter(allowed, person_id=ctx.actor.person_id, in_app=True)


# `visible`, counted; it stands on every page, so it is a prepared statement.
_UNREAD = f"""
select count(*) from (
    select 1 from control_notice n
     where n.person_id = %(person)s and n.in_app and n.state = 'unread'
       and (n."right" = '' or n."right" = any(%(everywhere)s)
            or (n.unit_id, n."right") in (select unnest(%(units)s::bigint[]), unnest(%(codes)s::text[])))
     limit {COUNT_CAP + 1}) found
"""


def unread_question(ctx: Context) -> Question:
    held = rights(ctx)
    pairs = [(unit, code) for unit, codes in held.by_unit.items() for code in codes]
    facts = {
        "person": ctx.actor.person_id, "everywhere": list(held.everywhere),
        "units": [unit for unit, _ in pairs], "codes": [code for _, code in pairs],
    }  # fmt: skip
    return Question("control.unread", _UNREAD, facts, int)


def count_unread(ctx: Context) -> int:
    """Up to a cap; more than that is "99+" on the page. Shape: 0 to 100."""
    found: int = answer_now(ctx, unread_question(ctx))
    return found


def unread_of_page(ctx: Context) -> int:
    """The same, asked once while a page is made: it stands above each of them."""
    found: int = answer_to(ctx, unread_question(ctx))
    return found


def list_notices(ctx: Context, view: View, *, before: int | None = None) -> list[ShownNotice]:
    """One page, newest first, from below the notice `before`; one more than the page says that there are older ones."""
    found = visible(ctx)
    if view == "open":
        found = found.exclude(state="done")
    else:
        found = found.filter(state=view)
    if before is not None:
        found = found.filter(id__lt=before)
    return [shown(ctx, notice) for notice in found.order_by("-id")[: PAGE_SIZE + 1]]


def shown(ctx: Context, notice: Notice) -> ShownNotice:
    kind = kind_of(notice.kind)
    return ShownNotice(
        notice.id, notice.kind, str(kind.title) if kind else notice.kind,
        sentence_of(notice.kind, notice.facts, language=ctx.language, zone=group_zone(ctx)),
        kind.tone if kind else "draft", notice.link, notice.state, notice.made_at,
    )  # fmt: skip


def access_notice(ctx: Context, notice_id: int) -> Notice:
    """Raises: not_found."""
    notice = visible(ctx).filter(id=notice_id).first()
    if notice is None:
        raise NotFound(notice=notice_id)
    return notice


def choices_of(ctx: Context) -> list[Choice]:
    """Every kind that the actor may be told, with how she has it."""
    held = rights(ctx)
    codes = held.everywhere.union(*held.by_unit.values()) if held.by_unit else held.everywhere
    chosen = {row.kind: row for row in NoticePreference.objects.filter(person_id=ctx.actor.person_id)}
    found = []
    for kind in registered_kinds():
        if kind.right and kind.right not in codes:
            continue
        row = None if kind.always else chosen.get(kind.code)
        channel, pace = (row.channel, row.pace) if row else (kind.channel, kind.pace)
        found.append(Choice(kind.code, str(kind.title), channel, pace, row is not None, kind.always))
    return found
