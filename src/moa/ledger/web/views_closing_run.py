"""A closing on its way: its steps while it runs, then its result or the checks that refused it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from moa.control.access import may
from moa.control.context import Context
from moa.control.web.page import page
from moa.ledger.close_checks import Finding
from moa.ledger.closing_runs import access_run, is_abandoned, run_under_way
from moa.ledger.closing_steps import STEPS
from moa.ledger.models import Book, ClosingRun
from moa.ledger.models.closing_run import DAY
from moa.ledger.permissions import CLOSE_DAY, CLOSE_PERIOD, VIEW
from moa.ledger.web.shown_checks import shown_check
from moa.ui.problems import problem_text

STEP_WORDS: dict[str, str | Promise] = {
    "hold": _("Postings that run are waited for"),
    "settle": _("Bank lines are booked or put into suspense"),
    "check": _("All checks are made"),
    "accrue": _("The month's own work"),
    "carry": _("The profit is carried to equity"),
    "backup": _("The annual backup is written"),
    "set_down": _("Balances are set down"),
    "seal": _("The seal is taken"),
    "follow": _("The next business day follows"),
}


@require_GET
@page(VIEW)
def run_status(request: HttpRequest, ctx: Context, run_id: int) -> HttpResponse:
    """The progress of one closing; once it has ended htmx goes to its page, where all of it stands."""
    run = access_run(ctx, run_id)
    response = render(
        request, "ledger/fragments/closing_run.html", {"run": run_facts(ctx, run), "book": run.book}
    )
    if run.state not in ClosingRun.UNDER_WAY:
        response["HX-Redirect"] = address_of(run)
    return response


def address_of(run: ClosingRun) -> str:
    return f"{reverse('ledger:closing')}?book={run.book.code}&run={run.id}"


def shown_run(request: HttpRequest, ctx: Context, book: Book) -> dict[str, Any] | None:
    """The closing that is under way, else the one that the address names."""
    run = run_under_way(book)
    asked = request.GET.get("run", "")
    if run is None and asked.isascii() and asked.isdigit() and len(asked) < 18:
        run = ClosingRun.objects.filter(book_id=book.id, id=int(asked)).first()
    return run_facts(ctx, run) if run else None


def run_facts(ctx: Context, run: ClosingRun) -> dict[str, Any]:
    """Shape: `state` as the run's, or lost; `steps` [(word, done, now or later)]; `act` what starts it again."""
    steps = STEPS[run.kind]
    at = steps.index(run.step) if run.step in steps else -1
    under_way, lost = run.state in ClosingRun.UNDER_WAY, is_abandoned(run)
    right = CLOSE_DAY if run.kind == DAY else CLOSE_PERIOD
    return {
        "id": run.id, "kind": run.kind, "target": run.target, "state": "lost" if lost else run.state, "busy": under_way and not lost,
        "steps": [
            (STEP_WORDS[step], "done" if n < at else "now" if n == at else "later") for n, step in enumerate(steps)
        ],
        "done": max(at, 0), "total": len(steps), "by": run.person.name, "asked_at": run.asked_at, "ended_at": run.ended_at,
        "refusal": problem_text(run.code) if run.code else None, "result": run.result,
        "checks": [shown_check(Finding(name, False, facts)) for name, facts in run.findings],
        "act": "close" if run.kind == DAY else run.kind,
        "may_again": (lost or run.state in (ClosingRun.REFUSED, ClosingRun.FAILED)) and may(ctx, right, run.book.unit_id),
    }  # fmt: skip
