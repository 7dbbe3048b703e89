"""Reads of the approvals page: what waits for me, what I sent, what is done, and one request with its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Q, QuerySet

from moa.control.access import may, rights
from moa.control.approval_capacity import (
    AboveLimit,
    NotAnApprover,
    SignedAlready,
    capacity_of,
    has_rekeyed,
)
from moa.control.approvers import DECIDE, principals_of
from moa.control.asked_together import Question, answer_now, answer_to
from moa.control.content_hash import content_hash
from moa.control.context import Context
from moa.control.lifecycle import ApprovalState
from moa.control.models import (
    ApprovalCandidate,
    ApprovalDecision,
    ApprovalRemark,
    ApprovalRequest,
    ApprovalStep,
    AuditLine,
    DeputyReport,
    RekeyAttempt,
)
from moa.control.models.approvals import REKEY, VISUAL
from moa.kernel.errors import NotFound

View = Literal["mine", "submitted", "done"]
Blocked = Literal["maker", "permission", "decided", "changed", "signed", "step", "limit"]
LIST_LIMIT = 200
# Whoever signed an early step sees it done when the last one is; not among more of her signatures than these.
SIGNED_LIMIT = 1_000
SEE_ALL = "control.audit.view"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a request's history."""

    at: datetime
    code: str
    who: str


def list_requests(ctx: Context, view: View) -> list[ApprovalRequest]:
    """At most LIST_LIMIT requests: open ones oldest first, done ones newest first."""
    if view == "mine":
        return list(waiting_for(ctx).order_by("due_on", "id")[:LIST_LIMIT])
    me = ctx.actor.person_id
    if view == "submitted":
        return list(ApprovalRequest.objects.filter(maker_id=me, state="open").order_by("id")[:LIST_LIMIT])
    return _done(me)


def _done(me: int) -> list[ApprovalRequest]:
    """What this person made, ended or signed, each read in its own order by an index: together they would read all."""
    done = ApprovalRequest.objects.exclude(state="open")
    signed = (
        ApprovalDecision.objects.filter(checker_id=me).order_by("-id").values_list("request_id", flat=True)
    )
    ids = {*signed[:SIGNED_LIMIT]}
    for mine in (done.filter(maker_id=me), done.filter(state_by=me)):
        ids |= set(mine.order_by("-state_at", "-id").values_list("id", flat=True)[:LIST_LIMIT])
    return list(done.filter(id__in=ids).order_by("-state_at", "-id")[:LIST_LIMIT])


# `waiting_for`, counted; it stands on every page of who decides, so it is a prepared statement.
_COUNT_WAITING = """
select count(*) from control_approvalrequest r
 where r.state = 'open' and r.maker_id <> %(me)s
   and (%(everywhere)s or r.unit_id is null or r.unit_id = any(%(units)s))
   and (r.policy_id is null or exists (
        select 1 from control_approvalcandidate c
         where c.request_id = r.id and c.number = r.step and (c.person_id = %(me)s or c.person_id in (
            select d.principal_id from control_delegation d
             where d.deputy_id = %(me)s and d.valid_from <= %(today)s and d.valid_until > %(today)s
               and (d.ended_on is null or d.ended_on > %(today)s)))))
   and not exists (select 1 from control_approvaldecision x where x.request_id = r.id and x.checker_id = %(me)s)
"""


def waiting_question(ctx: Context) -> Question:
    held = rights(ctx)
    units = [unit for unit, codes in held.by_unit.items() if DECIDE in codes]
    everywhere = DECIDE in held.everywhere
    facts = {"me": ctx.actor.person_id, "today": ctx.today, "everywhere": everywhere, "units": units}
    return Question("control.waiting", _COUNT_WAITING if everywhere or units else "select 0", facts, int)


def count_waiting(ctx: Context) -> int:
    """How many requests wait for this person's decision."""
    found: int = answer_now(ctx, waiting_question(ctx))
    return found


def waiting_of_page(ctx: Context) -> int:
    """The same, asked once while a page is made: the menu of each of them says it."""
    found: int = answer_to(ctx, waiting_question(ctx))
    return found


def access_request(ctx: Context, request_id: int) -> ApprovalRequest:
    """A request that the actor made, may decide on or may see as auditor. Raises: not_found."""
    request = ApprovalRequest.objects.filter(id=request_id).first()
    if request is None or not (
        ctx.actor.person_id in (request.maker_id, request.state_by)
        or may(ctx, DECIDE, request.unit_id)
        or may(ctx, SEE_ALL, request.unit_id)
    ):
        raise NotFound(request=request_id)
    return request


def is_unchanged(request: ApprovalRequest) -> bool:
    return content_hash(request.content) == request.content_hash


def why_blocked(ctx: Context, request: ApprovalRequest) -> Blocked | None:
    """Why this person cannot decide on the request now; None when she can. The order is that of `approvals.decide`."""
    if request.state != ApprovalState.OPEN:
        return "decided"
    if not may(ctx, DECIDE, request.unit_id):
        return "permission"
    if request.maker_id == ctx.actor.person_id:
        return "maker"
    if not is_unchanged(request):
        return "changed"
    try:
        capacity_of(ctx, request)
    except SignedAlready:
        return "signed"
    except NotAnApprover:
        return "step"
    except AboveLimit:
        return "limit"
    return None


def waits_for_rekeying(ctx: Context, request: ApprovalRequest) -> bool:
    """Whether this person, who may decide, has to type the decisive fields first."""
    return capacity_of(ctx, request).review == REKEY and not has_rekeyed(ctx, request)


def awaiting_rekeying(ctx: Context, requests: Iterable[ApprovalRequest]) -> set[int]:
    """Of open requests those whose step is to be typed again and this person has not: their figures stay hidden."""
    waiting = {(one.id, one.step) for one in requests if one.state == ApprovalState.OPEN}
    ids = [number for number, _step in waiting]
    steps = ApprovalStep.objects.filter(request_id__in=ids, review=REKEY)
    due = waiting & set(steps.values_list("request_id", "number"))
    typed = RekeyAttempt.objects.filter(request_id__in=ids, person_id=ctx.actor.person_id, matched=True)
    return {request for request, _step in due - set(typed.values_list("request_id", "number"))}


def acts_for(ctx: Context, request: ApprovalRequest) -> int | None:
    """The absent principal for whom this person would decide, if not by own authority."""
    return capacity_of(ctx, request).on_behalf_of


def reason_of(request: ApprovalRequest) -> str:
    decision = ApprovalDecision.objects.filter(request_id=request.id, approved=False).first()
    return decision.reason if decision else ""


@dataclass(frozen=True, slots=True)
class LineStep:
    """One place of the approval line. Shape: `grade` its names by language, {} for any; `could` who may still sign."""

    number: int
    review: str
    grade: dict[str, str]
    decision: ApprovalDecision | None
    is_current: bool
    could: tuple[int, ...] = ()


def approval_line(request: ApprovalRequest) -> list[LineStep]:
    """Who signs after the maker, step by step, with what was signed already."""
    rows = {
        row.number: row for row in ApprovalStep.objects.filter(request_id=request.id).select_related("grade")
    }
    signed = {one.step: one for one in ApprovalDecision.objects.filter(request_id=request.id)}
    could: dict[int, list[int]] = {}
    pairs = ApprovalCandidate.objects.filter(request_id=request.id).order_by("person_id")
    for number, person in pairs.values_list("number", "person_id"):
        could.setdefault(number, []).append(person)
    line = []
    for number in range(1, request.steps + 1):
        row = rows.get(number)
        grade = {"": row.grade.name} | row.grade.names if row is not None and row.grade is not None else {}
        current = request.state == ApprovalState.OPEN and number == request.step
        line.append(
            LineStep(
                number, row.review if row else VISUAL, grade, signed.get(number), current,
                tuple(could.get(number, ())),
            )
        )  # fmt: skip
    return line


def remarks_of(request: ApprovalRequest) -> list[ApprovalRemark]:
    return list(ApprovalRemark.objects.filter(request_id=request.id).select_related("person").order_by("id"))


def unread_reports(ctx: Context) -> list[ApprovalDecision]:
    """What deputies decided for this person and she has not read yet, newest first."""
    mine = ApprovalDecision.objects.filter(on_behalf_of_id=ctx.actor.person_id)
    unread = mine.exclude(id__in=DeputyReport.objects.values("decision_id"))
    return list(unread.select_related("request", "checker").order_by("-id")[:LIST_LIMIT])


def history_of(request: ApprovalRequest) -> list[Step]:
    """What the audit trail says about this request, oldest first."""
    lines = AuditLine.objects.filter(
        subject_type=request.subject_type, subject_id=request.subject_id, after__request=request.id
    )
    return [Step(line.recorded_at, line.code, line.actor_name) for line in lines.order_by("id")]


def last_decided_by(ctx: Context) -> ApprovalRequest | None:
    mine = ApprovalRequest.objects.filter(state_by=ctx.actor.person_id).exclude(state="open")
    return mine.order_by("-state_at", "-id").first()


def waiting_for(ctx: Context) -> QuerySet[ApprovalRequest]:
    """The requests that wait for this person's decision."""
    held = rights(ctx)
    units = [unit for unit, codes in held.by_unit.items() if DECIDE in codes]
    if DECIDE not in held.everywhere and not units:
        return ApprovalRequest.objects.none()
    me = ctx.actor.person_id
    persons = [me, *principals_of(ctx, me)]
    named = ApprovalCandidate.objects.filter(
        request_id=OuterRef("id"), number=OuterRef("step"), person_id__in=persons
    )
    signed = ApprovalDecision.objects.filter(request_id=OuterRef("id"), checker_id=me)
    waiting = (
        ApprovalRequest.objects.filter(Q(policy_id=None) | Exists(named), state="open")
        .exclude(maker_id=me)
        .exclude(Exists(signed))
    )
    if DECIDE in held.everywhere:
        return waiting
    return waiting.filter(Q(unit_id__in=units) | Q(unit_id=None))
