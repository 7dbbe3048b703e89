"""Forms of accounts' pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from moa.accounts.lifecycle import AccountKind
from moa.accounts.operations.open_account import NewAccount
from moa.kernel.money import CURRENCIES
from moa.ui.fields import AmountField, DayField, FilesField

KINDS = [
    (AccountKind.OPERATING, _("Operating account")),
    (AccountKind.COLLECTION, _("Collection (mother) account")),
    (AccountKind.CONCENTRATION, _("Concentration account")),
    (AccountKind.WITHDRAWAL, _("Withdrawal account")),
    (AccountKind.SPECIAL, _("Special purpose account")),
    (AccountKind.FOREIGN, _("Foreign currency account")),
]
_FIRST_CURRENCIES = ["KRW", "USD", "CNY", "EUR", "JPY", "HKD"]


class OpenAccountForm(forms.Form):
    """Choices of units and banks are the person's own, so they are given when the form is made."""

    unit = forms.ChoiceField(label=_("Company or unit"))
    bank = forms.ChoiceField(label=_("Bank"))
    number = forms.CharField(label=_("Account number"), max_length=40)
    currency = forms.ChoiceField(label=_("Currency"))
    kind = forms.ChoiceField(label=_("Kind of account"), choices=KINDS)
    name = forms.CharField(label=_("Name of the account"), max_length=100, required=False)
    opened_on = DayField(label=_("Opened on"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    parked = forms.IntegerField(label=_("Parked statement"), required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, units: list[tuple[str, str]], banks: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        others = sorted(CURRENCIES - set(_FIRST_CURRENCIES))
        for name, choices in (
            ("unit", units), ("bank", banks), ("currency", [(code, code) for code in [*_FIRST_CURRENCIES, *others]]),
        ):  # fmt: skip
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *choices]

    def new_account(self) -> NewAccount:
        given = self.cleaned_data
        country, _, code = given["bank"].partition("-")
        return NewAccount(
            unit_id=int(given["unit"]), bank_country=country, bank_code=code, number=given["number"],
            currency=given["currency"], kind=given["kind"], nickname=given["name"], note=given["note"],
            opened_on=given["opened_on"],
        )  # fmt: skip


class UploadForm(forms.Form):
    """The files themselves are read from the request; each is checked on its own."""

    files = FilesField(  # type: ignore[assignment]
        label=_("Statement files"), required=False, allow_empty_file=True
    )
    # Made with the page: a form that is sent twice, by a double click or by a page that was gone back to, counts once.
    once = forms.CharField(
        required=False, max_length=64, widget=forms.HiddenInput, initial=lambda: uuid4().hex
    )
    account = forms.ChoiceField(label=_("Account, when the file does not name it"), required=False)
    profile = forms.ChoiceField(label=_("Column profile"), required=False)
    password = forms.CharField(
        label=_("Password of a locked workbook"), required=False, max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        accounts: list[tuple[str, str]] | None,
        profiles: list[tuple[str, str]],
        **options: Any,
    ) -> None:
        """Without `accounts`, the number is typed."""
        super().__init__(*args, **options)
        if accounts is None:
            label = self.fields["account"].label
            self.fields["account"] = forms.CharField(label=label, required=False, max_length=40)
        for name, choices in (("account", accounts), ("profile", profiles)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", "—"), *(choices or ())]


class ConflictForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("keep", _("Keep the stored lines")), ("replace", _("Let the new file replace them"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class HandEntryForm(forms.Form):
    """A balance of a day, or lines pasted with tabs or commas between their columns."""

    mode = forms.ChoiceField(
        label=_("What is entered"),
        choices=[("lines", _("Transactions")), ("balance", _("Balance of a day"))],
        widget=forms.RadioSelect, initial="lines",
    )  # fmt: skip
    balance_date = DayField(label=_("Day of the balance"), required=False)
    balance = AmountField(label=_("Closing balance"), required=False)
    lines = forms.CharField(
        label=_("Transactions, one a line"), required=False, max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Date, amount (out with a minus), description, counterparty: 2026-06-24, -1,250,000 …"),
    )  # fmt: skip
    note = forms.CharField(label=_("Where the figures come from"), max_length=200, required=False)
