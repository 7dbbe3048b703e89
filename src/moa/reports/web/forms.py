"""The form of a daily mailing: one for all persons, so it holds what was shown of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moa.kernel.seen import fingerprint
from moa.reports.models import DailyMailing
from moa.reports.operations.set_daily_mailing import mailing_shown
from moa.ui.seen import SeenForm

FORM_WORDS = (("pdf", _("PDF")), ("xlsx", _("Excel")), ("both", _("PDF and Excel")))
_FIRST_OFFERED = time(8, 30)
_NO_HOUR = _("This is not an hour. Write it as 08:30.")


class MailingForm(SeenForm):
    """Shape: `seen` "person=fingerprint" of each mailing, a space between two; "-" where there is none."""

    seen = forms.CharField(required=False, max_length=200_000, widget=forms.HiddenInput)
    person = forms.ChoiceField(label=_("Person"))
    at = forms.TimeField(
        label=_("At"), input_formats=["%H:%M"], error_messages={"invalid": _NO_HOUR},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )  # fmt: skip
    form = forms.ChoiceField(label=_("As"), choices=FORM_WORDS)

    def __init__(self, persons: Sequence[tuple[str, str]], *arguments: Any, **options: Any) -> None:
        options.setdefault("auto_id", "mailing_%s")
        super().__init__(*arguments, **options)
        fields: Any = self.fields
        fields["person"].choices = persons

    @classmethod
    def over(cls, persons: Sequence[tuple[str, str]], mailings: Sequence[DailyMailing]) -> MailingForm:
        first = {"at": _FIRST_OFFERED, "form": "pdf", "seen": seen_of(mailings)}
        return cls(persons, initial=first)

    def seen_of_chosen(self) -> str:
        """The fingerprint of what the page showed of the chosen person; "" where it showed nothing."""
        seen = self.was_seen()
        if not seen:
            return ""
        shown = {person: mark for person, _equals, mark in (one.partition("=") for one in seen.split())}
        return shown.get(self.cleaned_data["person"]) or fingerprint(mailing_shown(None))


def seen_of(mailings: Sequence[DailyMailing]) -> str:
    return " ".join(f"{one.person_id}={fingerprint(mailing_shown(one))}" for one in mailings) or "-"
