"""What the page asks for: a file, and perhaps a record of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LIMIT_BYTES = 64_000_000
HIGHEST_RECORD = 100_000_001


class CheckForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CMS file"),
        allow_empty_file=True,
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    record = forms.IntegerField(
        label=gettext_lazy("Record to show"),
        required=False,
        min_value=1,
        max_value=HIGHEST_RECORD,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("The header is record 1. Without a number: the records with errors."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMIT_BYTES:
            raise forms.ValidationError(
                _(
                    "%(name)s has %(size)s; this page takes up to %(limit)s. moa kftc inspect takes files of any size."
                ),
                params={
                    "name": file.name,
                    "size": filesizeformat(file.size),
                    "limit": filesizeformat(LIMIT_BYTES),
                },
            )
        return file
