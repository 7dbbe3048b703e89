"""Limits of payments: those in force with what is used today, those to come, and proposing one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from moa.control.access import may
from moa.control.context import Context
from moa.control.models import ApprovalRequest, Unit
from moa.control.queries import list_units, the_group_of, unit_names
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.kernel.money import to_minor
from moa.payments.limit_words import SCOPES, scope_word
from moa.payments.models import PaymentLimit
from moa.payments.operations.propose_limit import SUBJECT, NewLimit, propose_limit
from moa.payments.permissions import PROPOSE_LIMIT, VIEW
from moa.ui.fields import AmountField, DayField
from moa.ui.problems import problem_text


class LimitForm(forms.Form):
    scope = forms.ChoiceField(label=_("What it counts"), choices=list(SCOPES.items()))
    unit = forms.ChoiceField(
        label=_("Unit"), required=False, help_text=_("With the units below it; left open for the whole group")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3)
    most = AmountField(
        label=_("Limit"),
        required=False,
        positive=True,
        help_text=_("Left open, the limit ends from that day on"),
    )
    valid_from = DayField(label=_("In force from"))

    def __init__(self, *args: Any, units: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *units]

    def new_limit(self) -> NewLimit:
        """Raises: what money raises for an amount that is none of the currency."""
        given = self.cleaned_data
        currency = given["currency"].strip().upper()
        most = None if given["most"] is None else to_minor(given["most"], currency)
        unit = int(given["unit"]) if given["unit"] else None
        return NewLimit(given["scope"], currency, most, given["valid_from"], unit)


@require_http_methods(["GET", "POST"])
@page(VIEW)
def limits(request: HttpRequest, ctx: Context) -> HttpResponse:
    may_propose = may(ctx, PROPOSE_LIMIT)
    units = [(str(one.id), one.names.get(ctx.language) or one.name) for one in list_units(ctx)]
    first = {"currency": the_group_of(ctx).base_currency, "valid_from": ctx.today}
    form = LimitForm(request.POST or None, units=units, initial=first)
    if request.method == "POST":
        if not may_propose:
            raise Forbidden(permission=PROPOSE_LIMIT)
        if form.is_valid():
            try:
                with ctx.open():
                    filed = propose_limit(ctx, new=form.new_limit())
                return HttpResponseRedirect(f"{reverse('payments:limits')}?filed={filed.id}")
            except (Forbidden, NotFound):
                raise
            except DomainError as refusal:
                words = problem_text(refusal.code)
                form.add_error(None, words.whole)
    waiting = ApprovalRequest.objects.filter(subject_type=SUBJECT, state="open").order_by("id")
    values = {
        "rows": _rows(ctx), "waiting": list(waiting), "form": form if may_propose else None, "scope_word": scope_word,
    }  # fmt: skip
    return render(request, "payments/limits.html", values, status=422 if form.errors else 200)


def _rows(ctx: Context) -> list[dict[str, Any]]:
    """In force today, and what is agreed on for later days."""
    newest = (
        PaymentLimit.objects.filter(valid_from__lte=ctx.today)
        .order_by("scope", "unit_id", "currency", "-valid_from", "-id")
        .distinct("scope", "unit_id", "currency")
    )
    current = [one for one in newest if one.most_minor is not None]
    coming = list(PaymentLimit.objects.filter(Q(valid_from__gt=ctx.today)).order_by("valid_from", "id"))
    names = unit_names(ctx, {one.unit_id for one in current + coming if one.unit_id})
    known = dict(Unit.objects.values_list("id", "name"))
    return [
        {"limit": one, "scope": scope_word(one.scope), "is_coming": one.valid_from > ctx.today,
         "unit": names.get(one.unit_id) or known.get(one.unit_id, "") if one.unit_id else ""}
        for one in current + coming
    ]  # fmt: skip
