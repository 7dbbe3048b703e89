"""Form fields for what treasurers type: amounts with separators and signs of any habit, and days."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Digits alone, or in groups of three: "12,00" may be twelve with a decimal comma, and is never read as 1200.
_PLAIN = re.compile(r"(?:\d+|\d{1,3}(?:([,\s])\d{3})(?:\1\d{3})*)(?:\.\d+)?")


def read_amount(text: str) -> Decimal | None:
    """The amount in `text`, or None where it cannot be read.

    Takes −, -, △ and ( ) as minus, commas or spaces between groups of three digits, and full-width forms. Refuses anything
    else rather than guessing.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1].strip()
    if plain[:1] in "-−–△▲+" and plain:
        negative, plain = negative or plain[0] != "+", plain[1:].strip()
    if not _PLAIN.fullmatch(plain):
        return None
    amount = Decimal(re.sub(r"[\s,]", "", plain))
    return -amount if negative else amount


class AmountField(forms.CharField):
    """An amount as a person writes it; cleans to a Decimal, keeps what was typed when it cannot be read."""

    default_error_messages = {
        "unreadable": _(
            "“%(value)s” cannot be read as an amount. Digits, commas and one decimal point are enough"
        ),
        "finer": _("“%(value)s” has more decimals than %(currency)s counts"),
        "negative": _("“%(value)s” is negative. Write the amount without a sign"),
    }

    def __init__(self, *, positive: bool = False, **options: Any) -> None:
        options.setdefault("max_length", 40)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        self.positive = positive
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        read = read_amount(text)
        if read is None:
            raise ValidationError(
                self.error_messages["unreadable"], code="unreadable", params={"value": text}
            )
        if self.positive and read < 0:
            raise ValidationError(self.error_messages["negative"], code="negative", params={"value": text})
        return read


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to their list. Django's own field takes one, and refuses what this input sends."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = [file for file in data or [] if file]
        if not files:
            super().clean(None, initial)
        return [super(FilesField, self).clean(file, initial) for file in files]


class DayField(forms.DateField):
    """A day, typed or picked; ISO, with dots, or with slashes."""

    default_error_messages = {"invalid": _("There is no such day. Write it as 2026-06-24")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        options.setdefault("input_formats", ["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"])
        super().__init__(**options)
