"""What a person keeps for a list: views of it, its columns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from moa.control.access import require
from moa.control.context import Context
from moa.control.operations.choose_columns import ColumnsUnfit, choose_columns
from moa.control.operations.remove_view import remove_view
from moa.control.operations.save_view import TooManyViews, ViewUnfit, save_view
from moa.control.web.page import page
from moa.control.web.tables import known_table
from moa.kernel.errors import DomainError, NotFound
from moa.ui.problems import problem_text
from moa.ui.tables.conditions import Links


@require_POST
@page()
def view_save(request: HttpRequest, ctx: Context) -> HttpResponse:
    table = known_table(request.POST.get("table", ""))
    require(ctx, table.right)
    query = Links("", QueryDict(request.POST.get("query", ""))).query()
    try:
        save_view(ctx, table=table.name, name=request.POST.get("name", ""), query=query)
    except (ViewUnfit, TooManyViews) as refusal:
        return _refused(request, refusal)
    return _back(request, f"?{query}")


@require_POST
@page()
def view_remove(request: HttpRequest, ctx: Context) -> HttpResponse:
    number = request.POST.get("view", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise NotFound(view=number[:20])
    remove_view(ctx, view_id=int(number))
    return _back(request)


@require_POST
@page()
def columns_choose(request: HttpRequest, ctx: Context) -> HttpResponse:
    table = known_table(request.POST.get("table", ""))
    require(ctx, table.right)
    known = [column.key for column in table.shown_columns]
    chosen = (
        [] if request.POST.get("reset") else [key for key in known if key in request.POST.getlist("column")]
    )
    density = "" if request.POST.get("reset") else request.POST.get("density", "")
    try:
        choose_columns(ctx, table=table.name, columns=chosen, density=density)
    except ColumnsUnfit as refusal:
        return _refused(request, refusal)
    return _back(request)


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    values = {"problem": problem_text(refusal.code), "back_url": _target(request)}
    return render(request, "ui/tables/refused.html", values, status=422)


def _back(request: HttpRequest, more: str = "") -> HttpResponse:
    return HttpResponseRedirect(_target(request) + more)


def _target(request: HttpRequest) -> str:
    """The list that was left; an address elsewhere is not followed."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    return target
