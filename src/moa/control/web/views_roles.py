"""Roles with their rights in words, roles of the group's own, and who may do what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from moa.control.access import may, require
from moa.control.administrators import ADMINISTER
from moa.control.context import Context
from moa.control.models import Role
from moa.control.operations.change_role import change_role, role_shown
from moa.control.operations.demand_second_factor import demand_second_factor
from moa.control.operations.make_role import RoleNameTaken, make_role
from moa.control.own_pairs import refused_pairs
from moa.control.people import (
    VIEW_USERS,
    Grant,
    access_role,
    list_people,
    list_roles,
    role_name,
    who_may_do_what,
)
from moa.control.permissions import PERMISSIONS
from moa.control.queries import list_units, the_group_of
from moa.control.rights_apart import BothHeld, apart_lines
from moa.control.trail import last_actor
from moa.control.web.forms_people import RoleForm
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.control.web.sentences_people import carrier_words, refusal_words, right_words
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.seen import ChangedMeanwhile

# What the first word of a right's code is about; a context without a line here is called by its code.
_AREAS = {
    "accounts": gettext_lazy("Accounts and transactions"),
    "channels": gettext_lazy("Files of institutions"),
    "control": gettext_lazy("System"),
    "directory": gettext_lazy("Reference"),
    "ledger": gettext_lazy("Books"),
    "payments": gettext_lazy("Payments"),
    "reconciliation": gettext_lazy("Reconciliation"),
    "reports": gettext_lazy("Reports"),
}


# Persons in columns; who looks for one among more asks by name, unit or right.
MOST_BESIDE = 40


def by_area(codes: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Rights in words, grouped. Shape: [(area, [(code, words)])]."""
    areas: dict[str, list[tuple[str, str]]] = {}
    for code in sorted(codes):
        areas.setdefault(code.split(".")[0], []).append((code, right_words(code)))
    return [(str(_AREAS.get(area, area)), rights) for area, rights in areas.items()]


@require_GET
@page(VIEW_USERS)
def roles(request: HttpRequest, ctx: Context) -> HttpResponse:
    people = list_people(ctx)
    found = [
        {
            "id": role.id, "name": role_name(ctx, role), "is_standard": role.is_standard, "rights": len(role.permissions),
            "needs_second_factor": role.needs_second_factor,
            "holders": [
                line.name for line in people
                if line.state != "left" and any(held.role_id == role.id and held.is_present for held in line.roles)
            ],
        }
        for role in list_roles(ctx)
    ]  # fmt: skip
    return render(request, "control/roles.html", {"roles": found, "may_change": may(ctx, ADMINISTER)})


@require_http_methods(["GET", "POST"])
@page(VIEW_USERS)
def role(request: HttpRequest, ctx: Context, role_id: int) -> HttpResponse:
    if request.method == "POST":
        require(ctx, ADMINISTER)
    found = access_role(ctx, role_id)
    may_change = may(ctx, ADMINISTER) and not found.is_standard
    form = None
    if may_change:
        form = RoleForm(request.POST) if request.method == "POST" else RoleForm.showing(role_shown(found))
        if request.method == "POST" and form.is_valid() and _saved(ctx, form, found):
            return HttpResponseRedirect(reverse("control:role", args=[found.id]))
    return _role_page(request, ctx, form, found)


@require_http_methods(["GET", "POST"])
@page(ADMINISTER)
def new_role(request: HttpRequest, ctx: Context) -> HttpResponse:
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = _saved(ctx, form, None)
        if made is not None:
            return HttpResponseRedirect(reverse("control:role", args=[made.id]))
    return _role_page(request, ctx, form, None)


@require_POST
@page(ADMINISTER)
def second_factor(request: HttpRequest, ctx: Context, role_id: int) -> HttpResponse:
    demand_second_factor(ctx, role_id, demanded=request.POST.get("demanded") == "yes")
    return HttpResponseRedirect(reverse("control:role", args=[role_id]))


def _saved(ctx: Context, form: RoleForm, role: Role | None) -> Role | None:
    name, rights = form.cleaned_data["name"], form.cleaned_data["rights"]
    try:
        with ctx.open():
            if role is None:
                return make_role(ctx, name=name, permissions=rights)
            return change_role(ctx, role.id, name=name, permissions=rights, seen=form.was_seen())
    except (NotFound, Forbidden):
        raise
    except ChangedMeanwhile as refusal:
        form.tell(refusal, by=last_actor(ctx, "role", role.id if role is not None else 0))
    except RoleNameTaken as refusal:
        form.add_error("name", refusal_words(refusal))
    except DomainError as refusal:
        form.add_error("rights", refusal_words(refusal))
    return None


def _role_page(request: HttpRequest, ctx: Context, form: RoleForm | None, role: Role | None) -> HttpResponse:
    shown = PERMISSIONS if form is not None else role.permissions if role is not None else ()
    chosen = (
        form["rights"].value() or [] if form is not None else role.permissions if role is not None else []
    )
    values = {
        "form": form, "role": role, "name": role_name(ctx, role) if role is not None else _("New role"),
        "areas": by_area(shown), "chosen": set(chosen), "may_change": may(ctx, ADMINISTER),
        "incompatible": [(right_words(one), right_words(other)) for one, other in refused_pairs()],
    }  # fmt: skip
    return render(
        request, "control/role.html", values, status=422 if form is not None and form.errors else 200
    )


@require_GET
@page(VIEW_USERS)
def who_may(request: HttpRequest, ctx: Context) -> HttpResponse:
    asked = request.GET.get("unit", "")
    units = [(str(unit.id), unit.names.get(ctx.language) or unit.name) for unit in list_units(ctx)]
    unit_id = int(asked) if asked in dict(units) else None
    text = request.GET.get("text", "").strip()[:100].lower()
    matrix = who_may_do_what(ctx, unit_id=unit_id)
    right = request.GET.get("right", "")
    right = right if right in matrix.rights else ""
    found = [
        (person, name) for person, name in matrix.people
        if text in name.lower() and (not right or (person, right) in matrix.grants)
    ]  # fmt: skip
    here = _page_of(request, len(found))
    people = found[here["first"] - 1 : here["last"]] if found else []
    lines = apart_lines(ctx)
    values = {
        "apart": [
            {
                "one": right_words(line.one), "other": right_words(line.other), "why": line.why if line.is_own else _(line.why),
                "is_refused": line.is_refused, "is_own": line.is_own, "held": [_both(held) for held in line.held],
            }
            for line in lines
        ],
        "broken": sum(bool(line.held) for line in lines if line.is_refused),
        "people": people, "page": here, "areas": by_area([right] if right else matrix.rights), "rights": by_area(matrix.rights),
        "grants": {key: _once(held) for key, held in matrix.grants.items()}, "units": units,
        "may_change": may(ctx, ADMINISTER), "query": {"unit": asked, "text": text, "right": right}, "base_currency": the_group_of(ctx).base_currency,
    }  # fmt: skip
    return render(request, "control/who_may.html", values)


def _page_of(request: HttpRequest, count: int) -> dict[str, Any]:
    """The persons beside each other at once. Shape: as `parts.pages` and `parts.count_of` ask for it; an unfit number is the first page."""
    asked = request.GET.get("page", "")
    last_page = max(1, -(-count // MOST_BESIDE))
    number = min(max(1, row_number(asked) or 1), last_page)

    def url(page: int) -> str:
        query = request.GET.copy()
        query["page"] = str(page)
        return f"{request.path}?{query.urlencode()}"

    return {
        "count": count, "capped": False, "first": (number - 1) * MOST_BESIDE + 1, "last": min(number * MOST_BESIDE, count),
        "previous_url": url(number - 1) if number > 1 else "", "next_url": url(number + 1) if number < last_page else "",
    }  # fmt: skip


def _both(held: BothHeld) -> dict[str, Any]:
    """Shape: logins [(id, name)], one or two of the same person; `ways` by what each side is held."""
    sides = (held.one, held.other)
    return {
        "logins": list(dict.fromkeys((side.login, side.name) for side in sides)), "since": held.since,
        "ways": [", ".join(carrier_words(by) for by in side.by) for side in sides],
    }  # fmt: skip


def _once(held: list[Grant]) -> list[dict[str, Any]]:
    """Two roles that give the same right in the same place up to the same limit say nothing twice."""
    once = {(one.unit, one.limit_minor, one.by if one.by.kind != "role" else None): one for one in held}
    return [
        {
            "unit": one.unit, "limit_minor": one.limit_minor,
            "by": carrier_words(one.by) if one.by.kind != "role" else "",
        }
        for one in once.values()
    ]  # fmt: skip
