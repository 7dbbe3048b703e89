"""Pairs of rights that a group keeps apart or no longer does, which a second person decides when a policy says so."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moa.control.approval_acts import Act, Content, register_act
from moa.control.approval_subjects import RekeyField, Subject
from moa.control.context import Context
from moa.control.models import RightsPair
from moa.control.operations.keep_rights_apart import SUBJECT as APART
from moa.control.operations.keep_rights_apart import keep_rights_apart
from moa.control.operations.let_rights_meet import SUBJECT as TOGETHER
from moa.control.operations.let_rights_meet import let_rights_meet
from moa.control.permissions import PERMISSIONS

_PAGE = "/people/rights/apart"


def pair_kept(one: str, other: str, *, reason: str) -> Content:
    """The content of the request that keeps two rights apart."""
    return {"one": one, "other": other, "reason": reason}


def pair_ended(pair: RightsPair, *, reason: str) -> Content:
    """The content of the request that lets them meet again."""
    return {"pair": str(pair.id), "one": pair.one, "other": pair.other, "reason": reason}


def _keep(ctx: Context, content: Content) -> object:
    return keep_rights_apart(ctx, content["one"], content["other"], reason=content["reason"])


def _end(ctx: Context, content: Content) -> None:
    let_rights_meet(ctx, int(content["pair"]), reason=content["reason"])


def _kept_in_words(ctx: Context, content: Content) -> Subject:
    return _subject("rights_apart", content)


def _ended_in_words(ctx: Context, content: Content) -> Subject:
    return _subject("rights_together", content)


def _subject(kind: str, content: Content) -> Subject:
    one, other = (_(PERMISSIONS.get(content[side], "")) or content[side] for side in ("one", "other"))
    return Subject(
        kind=kind, title=f"{one} · {other}", note=content["reason"], ground_url=_PAGE,
        rekey=(RekeyField("one", _("Right"), one), RekeyField("other", _("and"), other)),
    )  # fmt: skip


register_act(Act(APART, _keep, _kept_in_words, gettext_lazy("Keeping two rights apart")))
register_act(Act(TOGETHER, _end, _ended_in_words, gettext_lazy("Letting two rights meet again")))
