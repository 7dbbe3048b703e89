"""The approvals inbox: the list by need, one request beside it, and the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from moa.control import approval_subjects, inbox
from moa.control.approval_subjects import Subject
from moa.control.approvals import ContentChanged, ReasonMissing, SamePerson
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.control.queries import person_names, the_group_of
from moa.control.web.forms import DecisionForm
from moa.control.web.page import page
from moa.control.web.policy_rights import may_see_policies
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed
from moa.ui.problems import problem_text

# A request that its maker took back is shown as returned: by the maker, with no reason of somebody else.
_STATES = {
    "open": "waiting", "approved": "approved", "refused": "returned", "withdrawn": "returned", "cancelled": "returned",
}  # fmt: skip
_STEPS = {
    "control.approval.submitted": gettext_lazy("Sent for a second person"),
    "control.approval.approved": gettext_lazy("Approved"),
    "control.approval.refused": gettext_lazy("Returned"),
    "control.approval.withdrawn": gettext_lazy("Taken back"),
    "control.approval.cancelled": gettext_lazy("Cancelled, for the content was edited"),
    "control.approval.step_approved": gettext_lazy("Approved, the next step waits"),
    "control.approval.rekeyed": gettext_lazy("Typed again alike"),
    "control.approval.rekeyed_otherwise": gettext_lazy("Typed again otherwise"),
    "control.approval.asked": gettext_lazy("Asked the maker"),
    "control.approval.answered": gettext_lazy("Answered"),
    "control.approval.escalated": gettext_lazy("Overdue: the next grade was told"),
}


@require_GET
@page()
def approvals(request: HttpRequest, ctx: Context) -> HttpResponse:
    return answer_page(request, ctx)


@require_GET
@page()
def approval(request: HttpRequest, ctx: Context, request_id: int) -> HttpResponse:
    return answer_page(request, ctx, inbox.access_request(ctx, request_id))


@require_POST
@page()
def decide(request: HttpRequest, ctx: Context, request_id: int) -> HttpResponse:
    asked = inbox.access_request(ctx, request_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return answer_page(request, ctx, asked, form, status=422)
    try:
        # Opened again inside: what a refused decision had begun is undone, and the page can still be drawn.
        with ctx.open():
            approval_subjects.decide(
                ctx,
                asked,
                approve=form.cleaned_data["decision"] == "approve",
                seen_hash=form.cleaned_data["fingerprint"],
                reason=form.cleaned_data["reason"],
            )
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        found, sentence = inbox.access_request(ctx, request_id), sentence_of(refusal)
        if found.state != "open":
            # There is nothing left to decide, so no field to stand below.
            if found.state in ("withdrawn", "cancelled"):
                sentence = _(
                    "Its maker has taken it back or edited it meanwhile. Your decision was not counted."
                )
            return answer_page(request, ctx, found, said=sentence, status=409)
        form.add_error("reason", sentence)
        return answer_page(request, ctx, found, form, status=409)
    return HttpResponseRedirect(reverse("control:approvals"))


def sentence_of(refusal: DomainError) -> str:
    if isinstance(refusal, ReasonMissing):
        return _("Say why it is returned")
    if isinstance(refusal, MoveNotAllowed):
        return _("Somebody has decided this a moment ago. Nothing was changed.")
    if isinstance(refusal, ContentChanged):
        return _("The content changed after this page was opened. Read it again.")
    if isinstance(refusal, SamePerson):
        return _("You made this entry. Another person decides.")
    return problem_text(refusal.code, value=str(refusal.facts.get("path", ""))).what


def answer_page(
    request: HttpRequest, ctx: Context, chosen: ApprovalRequest | None = None, form: DecisionForm | None = None,
    *, said: str = "", differing: list[str] | None = None, typed: Mapping[str, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The whole page; `said` a refusal above the document, `differing` the fields that were typed otherwise, `typed` what
    was typed: it stands there again in the fields that were the same."""
    view = _view(request, ctx, chosen)
    found = inbox.list_requests(ctx, view)
    last = inbox.last_decided_by(ctx)
    values = {
        "view": view, "counts": {"mine": inbox.count_waiting(ctx), "listed": len(found)}, "groups": _groups(ctx, view, found),
        "last_done": None if last is None else {
            "id": last.id, "at": last.state_at, "title": approval_subjects.describe(ctx, last).title,
        },
        "document": _document(ctx, chosen, differing or [], typed or {}) if chosen else None, "said": said,
        "reports": len(inbox.unread_reports(ctx)), "may_see_policies": may_see_policies(ctx), "form": form or DecisionForm(), "here": "approvals",
    }  # fmt: skip
    return render(request, "control/approvals.html", values, status=status)


def _view(request: HttpRequest, ctx: Context, chosen: ApprovalRequest | None) -> inbox.View:
    """The list asked for, else the one that the chosen request stands in."""
    asked = request.GET.get("view", "")
    for view in get_args(inbox.View):
        if view == asked:
            return view
    if chosen is None or chosen.state == "open":
        return "submitted" if chosen is not None and chosen.maker_id == ctx.actor.person_id else "mine"
    return "done"


def _groups(ctx: Context, view: inbox.View, found: list[ApprovalRequest]) -> list[dict[str, Any]]:
    names = person_names(ctx, {request.maker_id for request in found})
    units = unit_names_of(found)
    hidden = inbox.awaiting_rekeying(ctx, found) if view == "mine" else set()
    entries = [
        entry_of(ctx, request, subject, names, units) | {"rekey": request.id in hidden}
        for request, subject in zip(found, approval_subjects.describe_all(ctx, found), strict=True)
    ]
    if view == "done":
        return [{"label_kind": "done", "entries": entries}] if entries else []
    # By deadline where there is one, else in the order they came.
    entries.sort(key=lambda entry: (entry["due_on"] or date.max, entry["submitted_at"]))
    kinds = [(_need(ctx, entry), entry) for entry in entries]
    groups = [
        {"label_kind": kind, "entries": [entry for held, entry in kinds if held == kind]}
        for kind in ("today", "week", "older")
    ]
    return [group for group in groups if group["entries"]]


def _need(ctx: Context, entry: dict[str, Any]) -> str:
    zone = ZoneInfo(the_group_of(ctx).time_zone)
    if entry["due_on"] is not None and entry["due_on"] <= ctx.today:
        return "today"
    came = entry["submitted_at"].astimezone(zone).date()
    if came >= ctx.today:
        return "today"
    return "week" if came > ctx.today - timedelta(days=7) else "older"


def entry_of(
    ctx: Context, request: ApprovalRequest, subject: Subject, names: dict[int, str], units: dict[int, str]
) -> dict[str, Any]:
    """One row of a list."""
    due_on = subject.due_on or request.due_on
    amount, currency = subject.amount_minor, subject.currency
    if amount is None and request.amount_minor is not None:
        amount, currency = request.amount_minor, request.currency
    return {
        "id": request.id, "kind": subject.kind, "title": subject.title, "amount_minor": amount,
        "currency": currency, "unit": subject.unit or units.get(request.unit_id or 0, ""),
        "maker": names.get(request.maker_id, ""), "submitted_at": request.made_at, "due_on": due_on,
        "state": _STATES[request.state], "lines": len(subject.lines), "step": request.step, "steps": request.steps,
        "overdue": request.state == "open" and due_on is not None and due_on < ctx.today,
        "holds": len(subject.holds), "ended": request.state, "escalated": request.escalated_at is not None, "rekey": False,
    }  # fmt: skip


def _document(
    ctx: Context, request: ApprovalRequest, differing: list[str], typed: Mapping[str, str]
) -> dict[str, Any]:
    subject = approval_subjects.describe(ctx, request)
    line = inbox.approval_line(request)
    persons = {request.maker_id, request.state_by or 0}
    for step in line:
        persons.update(step.could)
        if step.decision is not None:
            persons.update({step.decision.checker_id, step.decision.on_behalf_of_id or 0})
    names = person_names(ctx, persons)
    blocked = inbox.why_blocked(ctx, request)
    principal = inbox.acts_for(ctx, request) if blocked is None else None
    return entry_of(ctx, request, subject, names, unit_names_of([request])) | {
        "account_name": subject.account_name, "account_number": subject.account_number, "note": subject.note,
        "ground_url": subject.ground_url, "lines": subject.lines, "lines_are": subject.lines_are, "changes": subject.changes, "facts": approval_subjects.facts_of(ctx, request), "fingerprint": request.content_hash,
        "unchanged": inbox.is_unchanged(request), "reason": inbox.reason_of(request),
        "decided_by": names.get(request.state_by or 0, ""), "decided_at": request.state_at,
        "may_decide": blocked is None, "blocked": blocked, "hold_list": subject.holds,
        "is_maker": request.maker_id == ctx.actor.person_id, "acts_for": names.get(principal or 0, ""),
        "line": [_line_step(ctx, step, names) for step in line], "remarks": inbox.remarks_of(request),
        "answered": {one.answers_id for one in inbox.remarks_of(request)},
        "rekey": subject.rekey if blocked is None and inbox.waits_for_rekeying(ctx, request) else (),
        "differing": [field.label for field in subject.rekey if field.code in differing],
        "typed": {code: text for code, text in typed.items() if code not in differing},
        "timeline": [
            {"at": step.at, "code": step.code, "who": step.who, "text": _STEPS.get(step.code, "")}
            for step in inbox.history_of(request)
        ],
    }  # fmt: skip


def _line_step(ctx: Context, step: inbox.LineStep, names: dict[int, str]) -> dict[str, Any]:
    signed = step.decision
    return {
        "grade": step.grade.get(ctx.language) or step.grade.get("", ""), "review": step.review,
        "current": step.is_current, "could": [names[person] for person in step.could if person in names],
        "who": names.get(signed.checker_id, "") if signed else "",
        "principal": names.get(signed.on_behalf_of_id or 0, "") if signed else "",
        "at": signed.recorded_at if signed else None, "approved": signed.approved if signed else None,
        "reason": signed.reason if signed else "", "batch": signed.batch_id if signed else None,
    }  # fmt: skip


def unit_names_of(requests: Iterable[ApprovalRequest]) -> dict[int, str]:
    wanted = {request.unit_id for request in requests if request.unit_id is not None}
    return dict(Unit.objects.filter(id__in=wanted).values_list("id", "name"))
