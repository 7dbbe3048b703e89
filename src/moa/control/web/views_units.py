"""Companies and units as a tree: what stands where, who holds roles there; adding, renaming, moving and closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import Unit
from moa.control.operations.add_unit import NewUnit, add_unit
from moa.control.operations.close_unit import close_unit
from moa.control.operations.move_unit import move_unit, place_shown
from moa.control.operations.rename_unit import names_shown, rename_unit
from moa.control.queries import access_unit, the_group_of
from moa.control.trail import last_actor
from moa.control.unit_tree import VIEW_UNITS, TreeRow, roles_in, tree
from moa.control.web.forms_units import CloseForm, MoveForm, NewUnitForm, RenameForm, places
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile
from moa.ui.problems import problem_text
from moa.ui.seen import SeenForm

CHANGE = "control.units.change"
# Which field a refusal is shown at, where it is not the form's first one.
_FIELDS = {
    "unit_exists": "code", "code_unfit": "code", "unit_name_missing": "name", "parent_not_there_yet": "valid_from",
    "day_in_future": "valid_from", "before_last_move": "valid_from",
}  # fmt: skip


@require_GET
@page(VIEW_UNITS)
def units(request: HttpRequest, ctx: Context) -> HttpResponse:
    return _answer(request, ctx)


@require_GET
@page(VIEW_UNITS)
def unit(request: HttpRequest, ctx: Context, unit_id: int) -> HttpResponse:
    return _answer(request, ctx, access_unit(ctx, unit_id, VIEW_UNITS))


@require_http_methods(["GET", "POST"])
@page(CHANGE)
def add(request: HttpRequest, ctx: Context) -> HttpResponse:
    rows = tree(ctx)
    if request.method == "GET":
        initial = {
            "parent": request.GET.get("under", ""), "valid_from": ctx.today, "country": the_group_of(ctx).country,
        }  # fmt: skip
        return _form_page(request, rows, NewUnitForm(places(rows), initial=initial))
    form = NewUnitForm(places(rows), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        new = NewUnit(
            given["kind"], given["code"], given["name"].strip(), given["valid_from"], form.parent_id(),
            form.other_names(), given["country"],
        )  # fmt: skip
        made = _tried(form, lambda: add_unit(ctx, new=new))
        if made is not None:
            return _to(made)
    return _form_page(request, rows, form, status=422)


def _form_page(
    request: HttpRequest, rows: list[TreeRow], form: NewUnitForm, status: int = 200
) -> HttpResponse:
    return render(request, "control/unit_new.html", {"here": "units", "form": form}, status=status)


@require_POST
@page(CHANGE)
def rename(request: HttpRequest, ctx: Context, unit_id: int) -> HttpResponse:
    form = RenameForm(request.POST)
    return _changed(
        request, ctx, unit_id, "rename", form,
        lambda: rename_unit(
            ctx, unit_id, name=form.cleaned_data["name"], names=form.other_names(), seen=form.was_seen()
        ),
    )  # fmt: skip


@require_POST
@page(CHANGE)
def move(request: HttpRequest, ctx: Context, unit_id: int) -> HttpResponse:
    form = MoveForm(places(tree(ctx), unit_id), request.POST)
    return _changed(
        request, ctx, unit_id, "move", form,
        lambda: move_unit(
            ctx, unit_id, parent_id=form.parent_id(), valid_from=form.cleaned_data["valid_from"],
            seen=form.was_seen(),
        ),
    )  # fmt: skip


@require_POST
@page(CHANGE)
def close(request: HttpRequest, ctx: Context, unit_id: int) -> HttpResponse:
    form = CloseForm(request.POST)
    return _changed(
        request, ctx, unit_id, "close", form,
        lambda: close_unit(ctx, unit_id, valid_until=form.cleaned_data["valid_until"]),
    )  # fmt: skip


def _changed(
    request: HttpRequest, ctx: Context, unit_id: int, name: str, form: forms.Form, act: Callable[[], Unit]
) -> HttpResponse:
    found = access_unit(ctx, unit_id, VIEW_UNITS)
    try:
        if form.is_valid() and _tried(form, act) is not None:
            return _to(found)
    except ChangedMeanwhile as refusal:
        if isinstance(form, SeenForm):
            form.tell(refusal, by=last_actor(ctx, "unit", unit_id))
    return _answer(request, ctx, found, given={name: form}, status=422)


def _tried(form: forms.Form, act: Callable[[], Unit]) -> Unit | None:
    """A refusal stands at its field, with what was typed; the operation checks before it writes."""
    try:
        return act()
    except (Forbidden, NotFound, ChangedMeanwhile):
        raise
    except DomainError as refusal:
        code = str(refusal.facts.get("problem") or refusal.code)
        words = problem_text(code, value=str(refusal.facts.get("units") or refusal.facts.get("path", "")))
        field = _FIELDS.get(code, "")
        form.add_error(field if field in form.fields else next(iter(form.fields)), words.whole)
    return None


def _to(unit: Unit) -> HttpResponse:
    return HttpResponseRedirect(reverse("control:unit", args=[unit.id]))


def _answer(
    request: HttpRequest,
    ctx: Context,
    chosen: Unit | None = None,
    given: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = tree(ctx)
    values: dict[str, Any] = {
        "here": "units", "rows": rows, "may_add": may(ctx, CHANGE), "chosen": chosen, "held": None, "forms_of": None,
        "base_currency": the_group_of(ctx).base_currency,
    }  # fmt: skip
    if chosen is not None:
        values["shown"] = chosen.names.get(ctx.language) or chosen.name
        values["held"] = roles_in(ctx, chosen)
        if may(ctx, CHANGE, chosen.id) and chosen.valid_until is None:
            values["forms_of"] = _forms(ctx, chosen, rows) | (given or {})
    return render(request, "control/units.html", values, status=status)


def _forms(ctx: Context, unit: Unit, rows: list[TreeRow]) -> dict[str, forms.Form]:
    return {
        "rename": RenameForm.showing(names_shown(unit)),
        "move": MoveForm.showing(
            place_shown(unit), places(rows, unit.id), more={"valid_from": ctx.today}, auto_id="move_%s"
        ),
        "close": CloseForm(auto_id="close_%s"),
    }
