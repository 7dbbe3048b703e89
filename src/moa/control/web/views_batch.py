"""Approving several at once: choose, then see count and sums, which are part of what is signed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moa.control import approval_subjects, inbox
from moa.control.approvers import DECIDE
from moa.control.context import Context
from moa.control.operations.approve_batch import (
    BatchChanged,
    BatchEmpty,
    BatchRefused,
    Sheet,
    approve_batch,
    batch_problem,
    batch_sheet,
)
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.control.web.views_approvals import entry_of, sentence_of, unit_names_of
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.lifecycle import MoveNotAllowed


@require_GET
@page(DECIDE)
def choose(request: HttpRequest, ctx: Context) -> HttpResponse:
    ids = _ids(request.GET.getlist("id"))
    if not ids:
        return _chooser(request, ctx)
    try:
        sheet = batch_sheet(ctx, ids)
    except (BatchRefused, BatchEmpty) as refusal:
        return _chooser(request, ctx, said=sentence_of(refusal), status=409)
    return _screen(request, ctx, sheet)


@require_POST
@page(DECIDE)
def sign(request: HttpRequest, ctx: Context) -> HttpResponse:
    ids = _ids(request.POST.getlist("id"))
    try:
        with ctx.open():
            approve_batch(ctx, ids, signed=request.POST.get("signed", ""))
    except (NotFound, Forbidden):
        raise
    except (BatchChanged, BatchRefused, MoveNotAllowed):
        said = _("Something changed after the sums were shown. Nothing was approved. Look at the sums again.")
        return _chooser(request, ctx, said=said, status=409)
    except DomainError as refusal:
        return _chooser(request, ctx, said=sentence_of(refusal), status=409)
    return HttpResponseRedirect(reverse("control:approvals") + "?view=done")


def _ids(given: list[str]) -> list[int]:
    return [int(one) for one in given if one.isdecimal() and len(one) < 19]


def _chooser(request: HttpRequest, ctx: Context, *, said: str = "", status: int = 200) -> HttpResponse:
    found = inbox.list_requests(ctx, "mine")
    names, units = person_names(ctx, {one.maker_id for one in found}), unit_names_of(found)
    hidden = inbox.awaiting_rekeying(ctx, found)
    rows = [
        entry_of(ctx, one, subject, names, units)
        | {"problem": batch_problem(ctx, one), "rekey": one.id in hidden}
        for one, subject in zip(found, approval_subjects.describe_all(ctx, found), strict=True)
    ]
    values = {"rows": rows, "said": said, "here": "approvals"}
    return render(request, "control/approval_batch.html", values, status=status)


def _screen(request: HttpRequest, ctx: Context, sheet: Sheet) -> HttpResponse:
    names = person_names(ctx, {one.maker_id for one in sheet.requests})
    units = unit_names_of(sheet.requests)
    # Of each the size that was submitted, for it is what the sums add up.
    rows = [
        entry_of(ctx, one, subject, names, units)
        | {"size": {"amount_minor": one.amount_minor, "currency": one.currency, "rekey": False}}
        for one, subject in zip(
            sheet.requests, approval_subjects.describe_all(ctx, sheet.requests), strict=True
        )
    ]
    values = {"sheet": sheet, "rows": rows, "sums": sorted(sheet.sums.items()), "here": "approvals"}
    return render(request, "control/approval_batch_sums.html", values)
