"""What of control itself waits on a person who leaves: approvals, requests, tokens, deputies."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from moa.control import rerouting
from moa.control.access import may
from moa.control.approval_acts import is_act
from moa.control.approvals import cancel
from moa.control.audit import record
from moa.control.context import Context
from moa.control.leaving import Matter, Waiting, register_matter
from moa.control.lifecycle import ApprovalState
from moa.control.models import ApprovalRequest, Delegation, MachineToken
from moa.control.queries import person_names
from moa.control.tokens import MANAGE_TOKENS


def _approvals(ctx: Context, person_id: int) -> Waiting:
    plans = [rerouting.plan_route(ctx, one, person_id) for one in rerouting.requests_at(person_id)]
    moved = [plan for plan in plans if plan.added]
    back = sum(plan.is_stuck for plan in plans)
    goes = []
    if moved:
        names = person_names(
            ctx, {one for plan in moved for persons in plan.added.values() for one in persons}
        )
        goes.append(
            ngettext("%(num)s goes by the policy to %(names)s", "%(num)s go by the policy to %(names)s", len(moved))
            % {"num": len(moved), "names": ", ".join(sorted(names.values()))}
        )  # fmt: skip
    if back:
        goes.append(
            ngettext(
                "%(num)s goes back to who submitted it: nobody else could approve it",
                "%(num)s go back to who submitted them: nobody else could approve them",
                back,
            )
            % {"num": back}
        )
    return Waiting(len(plans), goes=tuple(goes))


def _reroute(ctx: Context, person_id: int) -> int:
    count = 0
    for request in rerouting.requests_at(person_id, lock=True):
        count += rerouting.reroute(ctx, request, person_id)
    return count


def _submitted(person_id: int) -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.filter(maker_id=person_id, state=ApprovalState.OPEN).order_by("id")


def _ask_submitted(ctx: Context, person_id: int) -> Waiting:
    requests = list(_submitted(person_id))
    taken = sum(is_act(one.subject_type) for one in requests)
    goes = (
        [_("%(num)s would be done in this person's name and is taken back") % {"num": taken}] if taken else []
    )
    return Waiting(len(requests), goes=tuple(goes))


def _take_back(ctx: Context, person_id: int) -> int:
    """What is performed in the maker's name cannot be any more; the rest others still decide on."""
    acts = [one for one in _submitted(person_id) if is_act(one.subject_type)]
    for request in acts:
        cancel(ctx, subject_type=request.subject_type, subject_id=request.subject_id, why="maker_left")
    return len(acts)


def _tokens(person_id: int) -> QuerySet[MachineToken]:
    return MachineToken.objects.filter(person_id=person_id, revoked_at=None)


def _ask_tokens(ctx: Context, person_id: int) -> Waiting:
    names = tuple(
        _tokens(person_id).filter(expires_at__gt=ctx.at).order_by("id").values_list("name", flat=True)
    )
    return Waiting(len(names), url="/settings/tokens" if may(ctx, MANAGE_TOKENS) else "", goes=names)


def _end_tokens(ctx: Context, person_id: int) -> int:
    return _tokens(person_id).update(revoked_at=ctx.at, revoked_by_id=ctx.actor.person_id)


def _deputies(ctx: Context, person_id: int) -> QuerySet[Delegation]:
    running = Q(ended_on=None, valid_until__gt=ctx.today)
    return Delegation.objects.filter(running, Q(principal_id=person_id) | Q(deputy_id=person_id)).order_by(
        "id"
    )


def _ask_deputies(ctx: Context, person_id: int) -> Waiting:
    rows = list(_deputies(ctx, person_id))
    others = {one.principal_id for one in rows if one.principal_id != person_id}
    names = person_names(ctx, others)
    goes = [_("%(name)s has no deputy any more") % {"name": names[one]} for one in sorted(others)]
    return Waiting(len(rows), url="/approvals/deputies", goes=tuple(goes))


def _end_deputies(ctx: Context, person_id: int) -> int:
    rows = list(_deputies(ctx, person_id))
    for row in rows:
        Delegation.objects.filter(id=row.id).update(ended_on=ctx.today)
        record(
            ctx, "control.delegation.ended", "delegation", row.id,
            after={"ended_on": ctx.today.isoformat(), "why": "left"},
        )  # fmt: skip
    return len(rows)


register_matter(
    Matter(
        "approvals", gettext_lazy("Approvals at this person's step"),
        gettext_lazy("The others of the step decide"), _approvals, end=_reroute,
    )
)  # fmt: skip
register_matter(
    Matter(
        "submitted", gettext_lazy("Requests that this person submitted"),
        gettext_lazy("Others still decide on them"), _ask_submitted, end=_take_back,
    )
)  # fmt: skip
register_matter(
    Matter(
        "tokens", gettext_lazy("Tokens of programs"),
        gettext_lazy("They end: whoever runs the program makes a token of his or her own"), _ask_tokens,
        end=_end_tokens,
    )
)  # fmt: skip
register_matter(
    Matter(
        "deputies", gettext_lazy("Deputies during absence, named by or being this person"),
        gettext_lazy("They end"), _ask_deputies, end=_end_deputies,
    )
)  # fmt: skip
