"""Several suspense items at once: who clears them, and by when."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moa.control.access import permitted_units
from moa.control.context import Context
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.reconciliation.lifecycle import SuspenseState
from moa.reconciliation.models import SuspenseItem
from moa.reconciliation.operations.change_suspense_item import owners_of
from moa.reconciliation.operations.change_suspense_items import MOST, change_suspense_items
from moa.reconciliation.permissions import ASSIGN
from moa.reconciliation.stored_lines import what_they_say
from moa.reconciliation.web.forms import KEEP, NOBODY, ItemsForm
from moa.ui.problems import problem_text


@require_http_methods(["GET", "POST"])
@page(ASSIGN)
def assign(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The list sends the chosen rows here; they are shown with their sums, and the form says what becomes of them."""
    sent = request.POST if request.method == "POST" else request.GET
    rows = [int(one) for one in sent.getlist("row") if one.isascii() and one.isdecimal() and len(one) < 18]
    items = _items(ctx, rows)
    saves = sent.get("step") == "save" and request.method == "POST"
    form = ItemsForm(request.POST if saves else None, owners=_owners(ctx, items), initial={"owner": KEEP})
    if saves and items and form.is_valid():
        try:
            with ctx.open():
                count = change_suspense_items(ctx, rows, **_asked(form.cleaned_data))
            return HttpResponseRedirect(f"{reverse('reconciliation:suspense')}?given={count}")
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            words = problem_text(str(refusal.facts.get("problem", refusal.code)))
            form.add_error(None, words.whole)
    values = {
        "rows": _shown(items), "form": form, "sums": _sums(items), "left_out": len(set(rows)) - len(items),
    }  # fmt: skip
    return render(request, "reconciliation/suspense_assign.html", values, status=422 if form.errors else 200)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    owner = given["owner"]
    owner_id = KEEP if owner == KEEP else None if owner == NOBODY else int(owner)
    return {"owner_id": owner_id, "due_on": given["due_on"]}


def _items(ctx: Context, rows: list[int]) -> list[SuspenseItem]:
    """Of the chosen ones those that are open and that the actor may give to somebody."""
    units = permitted_units(ctx, ASSIGN)
    found = SuspenseItem.objects.filter(line_id__in=rows[: MOST + 1], state=SuspenseState.OPEN)
    items = found.select_related("line", "owner", "book").order_by("opened_on", "line_id")
    return [one for one in items if units is None or {one.unit_id, one.book.unit_id} & units]


def _owners(ctx: Context, items: list[SuspenseItem]) -> list[tuple[str, str]]:
    """Whoever can see all of them."""
    able: set[int] | None = None
    for item in {(one.book_id, one.unit_id): one for one in items}.values():
        able = owners_of(ctx, item) if able is None else able & owners_of(ctx, item)
    names = person_names(ctx, able or set())
    return sorted(((str(number), name) for number, name in names.items()), key=lambda one: one[1])


def _shown(items: list[SuspenseItem]) -> list[dict[str, Any]]:
    said = what_they_say([one.line_id for one in items])
    return [
        {"id": one.line_id, "since": one.opened_on, "due": one.due_on, "amount_minor": one.amount_minor, "currency": one.currency,
         "owner": one.owner.name if one.owner else "", "who": said[one.line_id].facts.counterparty or said[one.line_id].facts.text}
        for one in items
    ]  # fmt: skip


def _sums(items: list[SuspenseItem]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for one in items:
        sums[one.currency] += one.amount_minor
    return dict(sorted(sums.items()))
