"""Asking that a voucher is taken back: its legs as they would be booked, the side, the reason."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from moa.control.context import Context
from moa.control.web.page import page
from moa.kernel.errors import DomainError, Forbidden, NotFound
from moa.ledger.operations.propose_reversal import propose_reversal
from moa.ledger.operations.reverse_voucher import plan_reversal
from moa.ledger.permissions import ENTER
from moa.ledger.queries import access_book
from moa.ledger.rules.reversals import NEGATIVE_SAME_SIDE, OPPOSITE_SIDE, STYLES
from moa.ledger.sheets.vouchers import voucher_facts
from moa.ui.problems import problem_text


class ReversalForm(forms.Form):
    style = forms.ChoiceField(
        label=_("How it is taken back"),
        choices=[
            (NEGATIVE_SAME_SIDE, _("In red on the same side")),
            (OPPOSITE_SIDE, _("On the opposite side")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@require_http_methods(["GET", "POST"])
@page(ENTER)
def reversal(request: HttpRequest, ctx: Context, book: str, period: int, voucher_id: int) -> HttpResponse:
    found = access_book(ctx, book, ENTER)
    facts, legs = voucher_facts(ctx, found, voucher_id, period)
    form = ReversalForm(request.POST or None, initial={"style": found.reversal_style})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with ctx.open():
                asked = propose_reversal(
                    ctx, found, voucher_id, period, reason=given["reason"], style=given["style"]
                )
            return HttpResponseRedirect(f"{reverse('ledger:draft', args=[asked.subject_id])}?sent=1")
        except (NotFound, Forbidden):
            raise
        except DomainError as refusal:
            form.add_error(None, problem_text(str(refusal.facts.get("problem") or refusal.code)).what)
    style = request.POST.get("style", "") if request.POST.get("style") in STYLES else ""
    try:
        plan = plan_reversal(ctx, found, voucher_id, period, key="plan", style=style)
    except DomainError as refusal:
        plan = None
        if not form.is_bound:
            form = ReversalForm({}, initial=form.initial)
            form.errors.clear()
        form.add_error(None, problem_text(refusal.code).what)
    values = {"book": found, "voucher": facts, "legs": legs, "form": form, "plan": plan}
    return render(request, "ledger/reversal.html", values, status=422 if request.method == "POST" else 200)
