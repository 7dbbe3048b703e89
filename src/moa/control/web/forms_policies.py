"""Forms of the pages on who approves what, and on deputies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.ui.fields import DayField

BANDS = 5


class PolicyForm(forms.Form):
    """The head of a policy; its bands are read by `read_bands` from fields named by row."""

    subject_type = forms.ChoiceField(label=_("Kind of request"))
    unit = forms.ChoiceField(label=_("Company or unit"), required=False)
    currency = forms.CharField(
        label=_("Currency"), required=False, max_length=3, help_text=_("Empty: whatever the amount, one band")
    )
    includes_lower = forms.ChoiceField(
        label=_("Higher bands"),
        choices=[
            ("yes", _("with the approvals of the lower bands first")),
            ("no", _("the final approver only")),
        ],
    )
    valid_from = DayField(label=_("In force from"))
    decide_within_days = forms.IntegerField(
        label=_("Days to decide"), required=False, min_value=0, max_value=365,
        help_text=_("Later it is overdue and the next grade is told; empty: no deadline"),
    )  # fmt: skip

    def __init__(self, *args: Any, subjects: list[Any], units: list[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["subject_type"].choices = subjects  # type: ignore[attr-defined]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


def read_bands(given: Any) -> list[dict[str, Any]]:
    """The bands as ApprovalPolicy keeps them; rows without a step are left out. "any" stands for any grade."""
    bands = []
    for row in range(1, BANDS + 1):
        steps = [
            {"grade": "" if grade == "any" else grade, "review": given.get(f"review_{row}_{place}", "visual")}
            for place in (1, 2)
            if (grade := given.get(f"grade_{row}_{place}", ""))
        ]
        if steps:
            up_to = given.get(f"up_to_{row}", "").replace(",", "").strip()
            bands.append({"up_to": up_to, "steps": steps})
    return bands


class GradeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name of the grade"), max_length=100)
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=1000,
        help_text=_("The higher, the more this grade decides on"),
    )


class GiveGradeForm(forms.Form):
    person = forms.ChoiceField(label=_("Person"))
    grade = forms.ChoiceField(label=_("Grade"), required=False)

    def __init__(self, *args: Any, people: list[Any], grades: list[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        # Nobody is chosen beforehand: a grade given to whoever stands first would let that person decide.
        self.fields["person"].choices = [("", gettext("choose one")), *people]  # type: ignore[attr-defined]
        self.fields["grade"].choices = grades  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    principal = forms.ChoiceField(label=_("Who is away"))
    deputy = forms.ChoiceField(label=_("Deputy"))
    valid_from = DayField(label=_("From"))
    last_day = DayField(label=_("Last day away"))
    reason = forms.CharField(label=_("Reason of the absence"), required=False, max_length=200)

    def __init__(self, *args: Any, principals: list[Any], deputies: list[Any], **more: Any) -> None:
        super().__init__(*args, **more)
        first = [("", gettext("choose one"))]
        self.fields["principal"].choices = first + principals  # type: ignore[attr-defined]
        self.fields["deputy"].choices = first + deputies  # type: ignore[attr-defined]
