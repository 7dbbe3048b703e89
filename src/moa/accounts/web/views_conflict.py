"""A contradiction between stored lines and a re-issued statement, side by side, and its decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moa.accounts.comparison import compare_with_stored
from moa.accounts.models import Conflict, StatementFile
from moa.accounts.operations.settle_conflict import ReasonNeeded, settle_conflict
from moa.accounts.overview import list_accounts
from moa.accounts.permissions import SETTLE, VIEW
from moa.accounts.web.forms import ConflictForm
from moa.control.access import may, require
from moa.control.context import Context
from moa.control.queries import person_names
from moa.control.web.page import page
from moa.kernel.errors import NotFound
from moa.kernel.lifecycle import MoveNotAllowed


@require_http_methods(["GET", "POST"])
@page(VIEW)
def conflict_page(request: HttpRequest, ctx: Context, conflict_id: int) -> HttpResponse:
    conflict = Conflict.objects.filter(id=conflict_id).select_related("account", "file").first()
    if conflict is None:
        raise NotFound(conflict=conflict_id)
    if request.method == "POST":
        require(ctx, SETTLE, conflict.account.unit_id)
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with ctx.open():
                settle_conflict(
                    ctx, conflict_id=conflict_id, replace=form.cleaned_data["decision"] == "replace",
                    reason=form.cleaned_data["reason"],
                )  # fmt: skip
            return HttpResponseRedirect(reverse("accounts:conflict", args=[conflict_id]))
        except ReasonNeeded:
            form.add_error("reason", _("Write the reason; it stays with the decision."))
        except MoveNotAllowed:
            form.add_error(None, _("Somebody has decided this a moment ago. Nothing was changed."))
    return render(
        request, "accounts/conflict.html", _values(ctx, conflict, form), status=422 if form.errors else 200
    )


def _values(ctx: Context, conflict: Conflict, form: ConflictForm) -> dict[str, Any]:
    account = conflict.account
    row = next((one for one in list_accounts(ctx, ids=[account.id])), None)
    if row is None:
        raise NotFound(conflict=conflict.id)
    seen = compare_with_stored(ctx, conflict)
    names = person_names(ctx, {conflict.decided_by_id} if conflict.decided_by_id else set())
    return {
        "conflict": {
            "id": conflict.id, "account_name": row.name, "bank": row.bank, "account_end": row.account_end,
            "company": row.company, "currency": account.currency, "found_at": conflict.found_at,
            "state": str(conflict.state), "stored": _file(seen.stored_file), "incoming": _file(conflict.file),
            "from_date": conflict.from_date, "to_date": conflict.to_date,
            "decided_by": names.get(conflict.decided_by_id or 0, ""), "decided_at": conflict.decided_at,
            "reason": conflict.reason,
        },
        "pairs": seen.pairs,
        "effect": {
            "closing_stored_minor": seen.closing_stored_minor, "closing_incoming_minor": seen.closing_incoming_minor,
        },
        "form": form, "may_decide": may(ctx, SETTLE, account.unit_id),
        "blocked": None if may(ctx, SETTLE, account.unit_id) else "permission",
    }  # fmt: skip


def _file(file: StatementFile | None) -> dict[str, Any]:
    if file is None:
        return {"file": "", "received_at": None, "url": None}
    return {
        "file": file.name,
        "received_at": file.received_at,
        "url": reverse("accounts:imported", args=[file.id]),
    }
