"""Forms of reconciliation's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moa.kernel.money import to_minor
from moa.reconciliation.operations.propose_rule import NewRule
from moa.reconciliation.rules.matching import Conditions
from moa.ui.fields import AmountField, DayField


class AssignForm(forms.Form):
    """What becomes of a line, for a second person to agree."""

    counter = forms.ChoiceField(label=_("Account of the book"), required=False)
    memo = forms.CharField(label=_("Memo"), max_length=200, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)

    def __init__(self, *args: Any, accounts: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["counter"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *accounts]


class ItemForm(forms.Form):
    """Who clears a suspense item, and by when."""

    owner = forms.ChoiceField(label=_("Responsible"), required=False)
    due_on = DayField(label=_("Clear by"))

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody yet")), *owners]


KEEP, NOBODY = "keep", "nobody"


class ItemsForm(forms.Form):
    """Who clears several suspense items, and by when; either may stay as it is on each."""

    owner = forms.ChoiceField(label=_("Responsible"))
    due_on = DayField(label=_("Clear by"), required=False, help_text=_("Empty: each keeps its day."))

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(KEEP, _("As it is on each")), (NOBODY, _("Nobody yet")), *owners]


_RULE_PROBLEMS = {
    "counter_unknown": ("counter", _("Choose an account of the book.")),
    "template_unknown": ("template", _("There is no such template any more.")),
    "template_needs_direction": ("direction", _("A template is for receipts or for payments: choose one.")),
    "template_unfit": (
        "template", _("The bank's side of this template is not the account of the bank lines that the rule takes."),
    ),
    "template_needs_account": ("counter", _("The template names a subject: choose the account under it.")),
    "template_other_account": ("counter", _("This is not the account, nor under the subject, that the template names.")),
    "amounts_crossed": ("most", _("The upper amount is below the lower one.")),
}  # fmt: skip


class RuleForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=40)
    title = forms.CharField(label=_("What the rule is for"), max_length=200)
    position = forms.IntegerField(label=_("Order, the lower first"), min_value=1, max_value=9999, initial=100)
    bank = forms.ChoiceField(label=_("Bank"), required=False)
    account = forms.ChoiceField(label=_("Bank account"), required=False)
    direction = forms.ChoiceField(
        label=_("Direction"), required=False, choices=[("", _("Both")), ("in", _("In")), ("out", _("Out"))]
    )
    text = forms.CharField(
        label=_("Description contains"), max_length=200, required=False,
        help_text=_("* stands for any signs, ? for one, | between alternatives"),
    )  # fmt: skip
    counterparty = forms.CharField(label=_("Counterparty contains"), max_length=200, required=False)
    counterparty_account = forms.CharField(label=_("Counterparty account"), max_length=50, required=False)
    kind = forms.CharField(label=_("Bank's reference contains"), max_length=100, required=False)
    least = AmountField(label=_("Amount from"), required=False)
    most = AmountField(label=_("Amount to"), required=False)
    template = forms.ChoiceField(
        label=_("Template of vouchers"), required=False,
        help_text=_("It says the account and the memo where you leave them empty"),
    )  # fmt: skip
    counter = forms.ChoiceField(label=_("Account of the book"), required=False)
    memo = forms.CharField(
        label=_("Memo"), max_length=200, required=False,
        help_text=_("{counterparty}, {text}, {date}, {account} and {rule} are filled in"),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("When it posts"),
        choices=[("post", _("At once")), ("confirm", _("After the responsible unit has confirmed"))],
        widget=forms.RadioSelect, initial="post",
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Responsible unit"), required=False)
    valid_from = DayField(label=_("In force from"))
    is_on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def __init__(
        self, *args: Any, accounts: list[tuple[str, str]], books: list[tuple[str, str]], units: list[tuple[str, str]],
        banks: list[tuple[str, str]], templates: list[tuple[str, str]], **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **options)
        for name, choices in (
            ("account", accounts), ("counter", books), ("unit", units), ("bank", banks), ("template", templates),
        ):  # fmt: skip
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *choices]

    def new_rule(self, currency: str) -> NewRule:
        given = self.cleaned_data
        valid_from: date = given["valid_from"]
        least, most = (
            None if given[name] is None else to_minor(given[name], currency) for name in ("least", "most")
        )
        asked = Conditions(
            bank=given["bank"], account_id=int(given["account"]) if given["account"] else None, direction=given["direction"],
            kind=given["kind"], text=given["text"], counterparty=given["counterparty"],
            counterparty_account=given["counterparty_account"], least_minor=least, most_minor=most,
        )  # fmt: skip
        return NewRule(
            given["code"], given["title"], asked, given["counter"], valid_from, given["mode"], given["memo"],
            given["position"], int(given["unit"]) if given["unit"] else None, given["is_on"],
            template=given["template"],
        )  # fmt: skip

    def tell(self, problem: str) -> bool:
        """Show what `propose_rule` found at the field that mends it; False for what has no field."""
        if problem not in _RULE_PROBLEMS:
            return False
        self.add_error(*_RULE_PROBLEMS[problem])
        return True
