"""Forms of users and roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.control.context import Context
from moa.control.leaving import Left
from moa.control.models import Identity
from moa.control.operations.give_role import PeriodEmpty
from moa.control.operations.keep_rights_apart import LONGEST_REASON
from moa.control.people import list_roles, role_name
from moa.control.permissions import PERMISSIONS
from moa.control.queries import list_units, the_group_of
from moa.control.rules import login_fits
from moa.control.web.sentences_people import refusal_words
from moa.ui.fields import AmountField, DayField
from moa.ui.seen import SeenForm

LOGIN_TAKEN = _("This login is taken")
LOGIN_UNFIT = _("A login has 2 to 150 letters a–z, digits and . _ @ + -")


class RoleFields(forms.Form):
    """Which role, where, up to which amount, from when until when."""

    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ChoiceField(label=_("Where"), required=False)
    limit = AmountField(label=_("Amount limit"), required=False, positive=True)
    valid_from = DayField(label=_("From"))
    valid_until = DayField(label=_("Last day"), required=False)

    def __init__(self, ctx: Context, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        roles = [(role.code, role_name(ctx, role)) for role in list_roles(ctx)]
        self._field("role").choices = [("", gettext("choose one")), *roles]
        units = [(str(unit.id), unit.names.get(ctx.language) or unit.name) for unit in list_units(ctx)]
        self._field("unit").choices = [("", gettext("the whole group")), *units]
        self.fields["limit"].help_text = gettext(
            "In %(currency)s, for each single transaction. Empty: without a limit"
        ) % {"currency": the_group_of(ctx).base_currency}
        self.fields["valid_from"].initial = ctx.today
        self.fields["valid_until"].help_text = gettext(
            "The role holds on this day too. Empty: without an end"
        )

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What the operation would refuse of the period, said beside its field together with all other faults."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("valid_from"), given.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", refusal_words(PeriodEmpty(valid_from=first.isoformat())))
        return given


class InviteForm(RoleFields):
    name = forms.CharField(label=_("Name"), max_length=200)
    login = forms.CharField(
        label=_("Login"), max_length=150,
        help_text=_("Letters a–z, digits and . _ @ + -. For example hong.gildong"),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    title = forms.CharField(label=_("Title"), required=False, max_length=100)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"].strip().lower()
        if not login_fits(login):
            raise forms.ValidationError(LOGIN_UNFIT)
        if Identity.objects.filter(login=login).exists():
            raise forms.ValidationError(LOGIN_TAKEN)
        return login


class DetailsForm(SeenForm):
    """What is entered of a person beside the login and the roles."""

    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Title"), required=False, max_length=100)
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=254,
        help_text=_("Notices, the daily fund report and one-time links go there."),
    )  # fmt: skip


class HeirFields(forms.Form):
    """Who takes over each matter that needs somebody."""

    def __init__(
        self, waiting: Sequence[Left], *arguments: Any, all_of_it: bool = True, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.waiting = [left for left in waiting if left.needs_heir]
        for left in self.waiting:
            heirs = [(str(one), name) for one, name in left.heirs.items()]
            self.fields[f"heir_{left.matter.code}"] = forms.ChoiceField(
                label=gettext("%(matter)s: %(count)s, taken over by")
                % {"matter": left.matter.label, "count": left.waiting.count},
                choices=[("", gettext("choose one")), *heirs], initial=left.heir, required=all_of_it,
            )  # fmt: skip

    def heirs(self) -> dict[str, int]:
        given = {left.matter.code: self.cleaned_data[f"heir_{left.matter.code}"] for left in self.waiting}
        return {code: int(one) for code, one in given.items() if one}

    def heir_fields(self) -> list[Any]:
        return [self[f"heir_{left.matter.code}"] for left in self.waiting]


class LeaveForm(HeirFields):
    left_on = DayField(label=_("First day without the person"))


class ResetForm(forms.Form):
    lost = forms.ChoiceField(
        label=_("What was lost"),
        choices=[
            ("password", _("password")), ("second_factor", _("second factor")),
            ("both", _("password and second factor")),
        ],
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason, and how the person was recognised"), max_length=300)


class PairReason(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON)


class PairForm(PairReason):
    """Two rights that the group keeps apart, and why."""

    one = forms.ChoiceField(label=_("Right"))
    other = forms.ChoiceField(label=_("never together with"))
    field_order = ("one", "other", "reason")

    def __init__(
        self, areas: Sequence[tuple[str, Sequence[tuple[str, str]]]], *arguments: Any, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        for name in ("one", "other"):
            field: Any = self.fields[name]
            field.choices = [("", gettext("choose one")), *areas]


class RoleForm(SeenForm):
    """A role of the group's own."""

    name = forms.CharField(label=_("Name of the role"), max_length=100)
    rights = forms.MultipleChoiceField(label=_("Rights"), required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        rights: Any = self.fields["rights"]
        rights.choices = [(code, gettext(label)) for code, label in sorted(PERMISSIONS.items())]
