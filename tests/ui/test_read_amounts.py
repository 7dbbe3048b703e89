"""Amounts and days as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from moa.ui.fields import AmountField, DayField, FilesField, read_amount


class Entry(forms.Form):
    amount = AmountField(label="amount")
    paid = AmountField(label="paid", positive=True, required=False)
    day = DayField(label="day", required=False)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1,250,000", "1250000"),
        ("１，２５０", "1250"),
        ("-1234.50", "-1234.50"),
        ("−1,234", "-1234"),
        ("△1,234", "-1234"),
        ("(1,234)", "-1234"),
        ("+7", "7"),
        (" 1 234 ", "1234"),
        ("1,234,567.25", "1234567.25"),
        ("12,345", "12345"),
        ("- 5", "-5"),
    ],
)
def test_every_habit_of_writing_an_amount_is_understood(typed, understood):
    assert read_amount(typed) == Decimal(understood)


@pytest.mark.parametrize(
    "typed",
    [
        "125000O",
        "1.234.567",
        "12,3a",
        "",
        "-",
        "(",
        "()",
        "1e5",
        "−",
        "--5",
        "NaN",
        "∞",
        "12,00",
        "1,5",
        "1,234,5",
        "12 34",
        "1,234 567",
        "1234,567",
        "1,0000",
        ",123",
        "1,,234",
        "1 ,234",
    ],
)
def test_what_is_no_amount_is_refused_and_never_guessed(typed):
    assert read_amount(typed) is None


def test_a_refused_amount_stays_in_the_field_as_it_was_typed():
    form = Entry({"amount": "125000O"})
    assert not form.is_valid()
    assert form["amount"].value() == "125000O"
    assert "125000O" in str(form.errors["amount"])


def test_an_amount_that_must_be_positive_says_so():
    form = Entry({"amount": "1", "paid": "(5)"})
    assert "paid" in form.errors


class Upload(forms.Form):
    files = FilesField(label="files")


def test_several_files_come_in_together_and_none_is_refused():
    given = [SimpleUploadedFile("한글.csv", b"a"), SimpleUploadedFile("b.csv", b"b")]
    form = Upload({}, MultiValueDict({"files": given}))
    assert form.is_valid() and form.cleaned_data["files"] == given
    assert "files" in Upload({}, MultiValueDict()).errors
    assert "files" in Upload({}, MultiValueDict({"files": [SimpleUploadedFile("empty", b"")]})).errors


@pytest.mark.parametrize("typed", ["2026-06-24", "2026.06.24", "2026/06/24", "20260624"])
def test_a_day_is_read_in_every_usual_writing(typed):
    form = Entry({"amount": "1", "day": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 6, 24)


def test_a_day_that_does_not_exist_is_refused():
    assert "day" in Entry({"amount": "1", "day": "2026-02-30"}).errors
