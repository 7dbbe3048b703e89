"""What to be told of: the watches that hold, and a form for a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from moa.accounts.models import Watch
from moa.accounts.notices import OF_WATCHES
from moa.accounts.operations.set_watch import WatchIncomplete, end_watch, set_watch
from moa.accounts.overview import list_accounts
from moa.accounts.permissions import VIEW, WATCH_OTHERS
from moa.accounts.queries import access_account, accounts_by_bank, currencies_held, open_accounts_numbered
from moa.accounts.watch_rules import Condition, WatchKind
from moa.accounts.watching import condition_of
from moa.control.access import rights
from moa.control.context import Context
from moa.control.models import Person
from moa.control.queries import list_units, person_names
from moa.control.right_holders import holders_of_anywhere
from moa.control.web.page import page
from moa.directory.queries import bank_map
from moa.kernel.errors import NotFound
from moa.kernel.money import minor_digits
from moa.ui.fields import AmountField
from moa.ui.problems import problem_text

# Open accounts that are offered by name; where there are more, one is typed by its number.
_MOST_CHOICES = 500
# What a kind lacks that says too little; every other one an amount.
_LACKING = {WatchKind.UNUSUAL: "factor", WatchKind.NIGHT: "from_time", WatchKind.SILENT: "until_time"}
_CLOCK = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class WatchForm(forms.Form):
    """The choices of accounts, units and persons are the actor's own, so they are given when the form is made."""

    kind = forms.ChoiceField(label=_("Tell of"), choices=[(kind, OF_WATCHES[kind][0]) for kind in WatchKind])
    where = forms.ChoiceField(label=_("Where"), required=False)
    number = forms.CharField(
        label=_("Account number"), required=False, max_length=40,
        help_text=_("For one account alone, of the bank above where one is chosen. There are too many to choose among; leave it empty for all of the place above"),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    amount = AmountField(label=_("Amount"), required=False, positive=True)
    factor = forms.IntegerField(
        label=_("Times the median"), required=False, min_value=2, max_value=1000,
        help_text=_("For unusual amounts: more than so many times the middle amount of 90 days"),
    )  # fmt: skip
    from_time = forms.TimeField(
        label=_("Day begins"), required=False, widget=_CLOCK, help_text=_("For movements at night")
    )
    until_time = forms.TimeField(
        label=_("Day ends, or awaited by"), required=False, widget=_CLOCK,
        help_text=_("For movements at night, and for data that have not come"),
    )  # fmt: skip
    persons = forms.MultipleChoiceField(
        label=_("Who is told"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, ctx: Context, places: list[tuple[str, str]], banks: dict[str, str], by_number: bool,
                 currencies: list[str], persons: list[tuple[str, str]], **options: Any) -> None:  # fmt: skip
        super().__init__(*args, **options)
        self.ctx, self.banks = ctx, banks
        if not by_number:
            del self.fields["number"]
        for name, choices in (
            ("where", [("", _("all that the person may see")), *places]), ("currency", [("", "—"), *((code, code) for code in currencies)]), ("persons", persons),
        ):  # fmt: skip
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == WatchKind.SILENT:
            # Typed for another kind, and hidden since: what is silent has no amount.
            given["amount"] = None
        amount, currency = given.get("amount"), given.get("currency")
        if amount is not None and not currency:
            self.add_error("currency", _("An amount needs its currency"))
        elif amount is not None and currency:
            minor = amount.scaleb(minor_digits(currency))
            if minor != minor.to_integral_value() or minor >= 10**17:
                self.add_error("amount", _("This amount has more digits than the currency counts"))
            else:
                given["amount_minor"] = int(minor)
        given["account_id"] = self._account_typed(given) if given.get("number") else None
        self._check_currency(given)
        return given

    def _check_currency(self, given: dict[str, Any]) -> None:
        """A watch of one account in a currency that it has not would never tell anything."""
        kind, _sign, number = (given.get("where") or "").partition("-")
        if kind != "account" or given["account_id"] or not given.get("currency"):
            return
        held = access_account(self.ctx, int(number), VIEW).currency
        if given["currency"] != held:
            self.add_error("currency", _("This account is in %(currency)s") % {"currency": held})

    def _account_typed(self, given: dict[str, Any]) -> int | None:
        """The account of the number that was typed; a bank that was chosen says which of several it is, and so does a currency."""
        kind, _sign, bank = (given.get("where") or "").partition("-")
        found = open_accounts_numbered(
            self.ctx,
            given["number"],
            bank_key=bank if kind == "bank" else "",
            currency=given.get("currency") or "",
        )
        if len(found) == 1:
            return found[0].id
        if not found:
            self.add_error("number", _("No open account that you may see has this number here"))
        else:
            places = ", ".join(
                f"{self.banks[one.bank_country + one.bank_code]} {one.currency}" for one in found
            )
            several = _(
                "Several open accounts have this number: %(places)s. Choose the bank under Where, and the currency where a bank has several"
            )
            self.add_error("number", several % {"places": places})
        return None

    def condition(self) -> Condition:
        given = self.cleaned_data
        kind = WatchKind(given["kind"])
        # What was typed for another kind, before the choice changed, is none of this one's.
        return Condition(
            kind, given["currency"], given.get("amount_minor"), given["factor"] if kind is WatchKind.UNUSUAL else None,
            given["from_time"] if kind is WatchKind.NIGHT else None,
            given["until_time"] if kind in {WatchKind.NIGHT, WatchKind.SILENT} else None,
        )  # fmt: skip

    def place(self) -> dict[str, Any]:
        """Where: shape of the operation's arguments."""
        if self.cleaned_data["account_id"]:
            return {"account_id": self.cleaned_data["account_id"]}
        kind, _, key = self.cleaned_data["where"].partition("-")
        if kind == "bank":
            return {"bank_key": key}
        return {f"{kind}_id": int(key)} if kind else {}


@require_http_methods(["GET", "POST"])
@page(VIEW)
def watches(request: HttpRequest, ctx: Context) -> HttpResponse:
    if request.method == "POST" and request.POST.get("do") == "end":
        number = request.POST.get("watch", "")
        if not number.isdecimal() or len(number) > 18:
            raise NotFound(watch=number)
        end_watch(ctx, watch_id=int(number))
        return HttpResponseRedirect(reverse("accounts:watches"))
    accounts = list_accounts(ctx, most=_MOST_CHOICES + 1, on=ctx.today)
    many = len(accounts) > _MOST_CHOICES
    units = {one.id: one.names.get(ctx.language) or one.name for one in list_units(ctx, permission=VIEW)}
    banks = _banks(ctx)
    may_others = WATCH_OTHERS in rights(ctx).everywhere
    form = WatchForm(
        request.POST if request.method == "POST" else None, ctx=ctx, banks=banks, by_number=many, currencies=currencies_held(ctx),
        places=[
            *((f"unit-{number}", name) for number, name in units.items()),
            *((f"bank-{key}", name) for key, name in banks.items()),
            *((f"account-{one.id}", f"{one.bank} ···{one.account_end} {one.company}") for one in accounts if not many),
        ],
        persons=_persons(ctx) if may_others else [], initial={"kind": "incoming", "persons": [str(ctx.actor.person_id)]},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and _set(ctx, form):
        return HttpResponseRedirect(reverse("accounts:watches"))
    values = {
        "form": form,
        "watches": _shown(ctx, units, banks, may_others),
        "may_others": may_others,
    }
    return render(request, "accounts/watches.html", values, status=422 if form.errors else 200)


def _banks(ctx: Context) -> dict[str, str]:
    """Those at which the person may see accounts, by country and code."""
    known = bank_map(ctx)
    keys = [(key[:2], key[2:]) for key in accounts_by_bank(ctx)]
    return {
        country + code: known[country, code].short_name(ctx.language) if (country, code) in known else code
        for country, code in sorted(keys, key=lambda key: (key[0] != "KR", key))
    }


def _persons(ctx: Context) -> list[tuple[str, str]]:
    people = Person.objects.filter(id__in=holders_of_anywhere(ctx, VIEW)).order_by("name")
    return [(str(one.id), f"{one.name} · {one.title}" if one.title else one.name) for one in people]


def _set(ctx: Context, form: WatchForm) -> bool:
    persons = [int(one) for one in form.cleaned_data["persons"]] or [ctx.actor.person_id]
    try:
        with ctx.open():
            set_watch(ctx, condition=form.condition(), persons=persons, **form.place())
    except WatchIncomplete as refusal:
        words = problem_text(refusal.code)
        form.add_error(_LACKING.get(form.cleaned_data["kind"], "amount"), words.whole)
        return False
    return True


def _shown(ctx: Context, units: dict[int, str], banks: dict[str, str], others: bool) -> list[dict[str, Any]]:
    found = Watch.objects.order_by("person_id", "id")
    rows = list(found if others else found.filter(person_id=ctx.actor.person_id))
    names = person_names(ctx, {row.person_id for row in rows})
    watched = {row.account_id for row in rows if row.account_id is not None}
    accounts = list_accounts(ctx, ids=watched) if watched else []
    places = {one.id: f"{one.bank} ···{one.account_end}" for one in accounts}
    shown = []
    for row in rows:
        where = places.get(row.account_id or 0) or units.get(row.unit_id or 0) or banks.get(row.bank_key, "")
        # A place that the reader may not see is not named, but the watch is.
        hidden = not where and (row.account_id or row.unit_id or row.bank_key)
        shown.append(
            {
                "id": row.id, "title": OF_WATCHES[row.kind][0], "person": names.get(row.person_id, ""),
                "where": "—" if hidden else where, "condition": condition_of(row),
            }
        )  # fmt: skip
    return shown
