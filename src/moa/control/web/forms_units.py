"""Forms of companies and units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moa.control.models import Unit
from moa.control.unit_tree import TreeRow
from moa.ui.fields import DayField
from moa.ui.seen import SeenForm

COUNTRIES = (("KR", _("Korea")), ("CN", _("China")))


def places(rows: list[TreeRow], but: int | None = None) -> list[tuple[str, str]]:
    """Where something can stand: directly under the group, or under one that is not closed."""
    found = [
        (str(row.unit.id), "　" * row.depth + row.shown)
        for row in rows
        if row.unit.valid_until is None and row.unit.id != but
    ]
    return [("", gettext("directly under the group")), *found]


class _Names(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)

    def other_names(self) -> dict[str, str]:
        given = {"zh-hans": self.cleaned_data["name_zh"], "en": self.cleaned_data["name_en"]}
        return {language: name for language, name in given.items() if name}


class _Placed(forms.Form):
    parent = forms.ChoiceField(label=_("Stands under"), required=False)

    def __init__(self, places: list[tuple[str, str]], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        parent: Any = self.fields["parent"]
        parent.choices = places

    def parent_id(self) -> int | None:
        return int(self.cleaned_data["parent"]) if self.cleaned_data["parent"] else None


class NewUnitForm(_Placed, _Names):
    kind = forms.ChoiceField(label=_("Kind"), choices=((Unit.COMPANY, _("Company")), (Unit.UNIT, _("Unit"))))
    code = forms.CharField(
        label=_("Code"), max_length=32, help_text=_("It stays for ever. For example HAEON-2")
    )
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    valid_from = DayField(label=_("From"))
    field_order = ("kind", "code", "name", "name_zh", "name_en", "parent", "country", "valid_from")


class RenameForm(SeenForm, _Names):
    pass


class MoveForm(_Placed, SeenForm):
    valid_from = DayField(label=_("From"))


class CloseForm(forms.Form):
    valid_until = DayField(label=_("First day on which it no longer exists"))
