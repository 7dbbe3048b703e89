"""Forms of the directory's pages. They read what was typed; the operations decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from moa.kernel.money import CURRENCIES
from moa.ui.fields import AmountField, DayField
from moa.ui.seen import SeenForm


class RateForm(SeenForm):
    currency = forms.ChoiceField(label=_("Currency"))
    rate = AmountField(
        label=_("Rate"),
        positive=True,
        help_text=_("For 100 units of JPY, VND and IDR, for one unit of any other currency"),
    )
    rate_date = DayField(label=_("Date of the rate"))
    source_name = forms.CharField(label=_("Where it was published"), max_length=100, required=False)

    def __init__(self, *args: Any, base_currency: str, first: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        rest = sorted(CURRENCIES - {base_currency} - set(first))
        self.fields["currency"].choices = [(code, code) for code in [*first, *rest]]  # type: ignore[attr-defined]


class RatesFileForm(forms.Form):
    file = forms.FileField(label=_("File of rates"))


class CalendarDayForm(SeenForm):
    date = DayField(label=_("Day"))
    kind = forms.ChoiceField(
        label=_("The day is"),
        choices=[
            ("closed", _("closed")),
            ("open", pgettext_lazy("calendar", "open")),
            ("published", _("as published again")),
        ],
    )
    name = forms.CharField(label=_("Name of the day"), max_length=100, required=False)
    reason = forms.CharField(label=_("Reason or source"), max_length=500, required=False)
