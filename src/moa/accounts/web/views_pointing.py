"""The page on which a person points at the columns of a sample, and sees at once how it would be read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from moa.accounts.models import ColumnProfile
from moa.accounts.operations.keep_sample import sample_problem
from moa.accounts.operations.save_profile import ProfileUnfit, save_profile, try_sample
from moa.accounts.own_profiles import access_profile
from moa.accounts.permissions import DEFINE
from moa.accounts.samples import SHEET_LIMIT_BYTES, access_sample, file_behind
from moa.accounts.web.column_words import CHOICES, FIGURE_CHOICES, OF_FIELDS, ORDERS
from moa.accounts.web.pointing_form import Asked, first_look, read_asked, sheet_of
from moa.control.access import require_below
from moa.control.context import Context
from moa.control.documents import DocumentNotKept, open_document
from moa.control.queries import the_group_of
from moa.control.sealed_files import DocumentDamaged
from moa.control.web.page import page
from moa.control.web.row_numbers import row_number
from moa.directory.queries import banks_to_choose
from moa.formats.spreadsheets.guess import account_places
from moa.formats.spreadsheets.header import column_letter
from moa.formats.spreadsheets.pointing import MOST_COLUMNS, faults, from_json, holds_persons
from moa.formats.spreadsheets.preview import Preview, preview
from moa.formats.spreadsheets.trial import Trial
from moa.formats.statements import ReadOptions
from moa.kernel.errors import NotFound
from moa.kernel.masking import mask_text
from moa.kernel.money import CURRENCIES
from moa.ui.problems import problem_text

SHOWN_ROWS = 30
_LOOKED_AT = 100
_FIRST_CURRENCIES = ("KRW", "USD", "CNY", "EUR", "JPY", "HKD")


@require_http_methods(["GET", "POST"])
@page(DEFINE)
def point(request: HttpRequest, ctx: Context, sample_id: int) -> HttpResponse:
    """GET with `?base=` begins with a profile as it stands. POST shows again, and with do=save saves."""
    require_below(ctx, DEFINE, None)
    document = access_sample(ctx, sample_id)
    try:
        with open_document(ctx, sample_id) as source:
            seen = preview(source, ReadOptions(max_sheet_bytes=SHEET_LIMIT_BYTES), _LOOKED_AT)
    except (DocumentNotKept, DocumentDamaged) as refusal:
        raise NotFound(document=sample_id) from refusal
    file = file_behind(ctx, sample_id)
    about = {"id": sample_id, "name": document.name, "file_id": file.id if file else None}
    if not any(sheet.rows for sheet in seen.sheets):
        values = {"sample": about, "problem": sample_problem(seen)}
        return render(request, "accounts/point_nothing.html", values)
    asked = _asked(request, ctx, seen)
    trial = _try(ctx, sample_id, asked)
    refusal_text = None
    if request.method == "POST" and request.POST.get("do") == "save":
        try:
            with ctx.open():
                profile = save_profile(ctx, sample_id=sample_id, new=asked.new())
            return HttpResponseRedirect(reverse("accounts:profile", args=[profile.id]) + "?saved=1")
        except ProfileUnfit as refused:
            field, value = str(refused.facts.get("field", "")), str(refused.facts.get("value", ""))
            refusal_text = problem_text(refused.code, str(OF_FIELDS.get(field, field)), value)
    banks = [(one.country + one.code, one.short_name(ctx.language)) for one in banks_to_choose(ctx)]
    values = page_values(about, seen, asked, trial, banks) | {"refusal": refusal_text}
    template = {
        "trial": "accounts/fragments/trial.html",
        "pointing": "accounts/fragments/pointing.html",
    }.get(request.headers.get("HX-Target", ""), "accounts/point.html")
    return render(request, template, values, status=422 if refusal_text else 200)


def _asked(request: HttpRequest, ctx: Context, seen: Preview) -> Asked:
    if request.method == "POST":
        return read_asked(request.POST.dict(), seen)
    base = row_number(request.GET.get("base", ""))
    if base is not None:
        return _as_it_stands(access_profile(ctx, base), seen)
    return first_look(seen, the_group_of(ctx).base_currency)


def _as_it_stands(profile: ColumnProfile, seen: Preview) -> Asked:
    pointing = from_json(profile.pointing)
    at = next((at for at, sheet in enumerate(seen.sheets) if sheet.rows), 0)
    bank = profile.bank_country + profile.bank_code
    return Asked(pointing, at, profile.name, bank, based_on=profile.version)


def _try(ctx: Context, document_id: int, asked: Asked) -> Trial | None:
    """None where the sample cannot be read at all by what was pointed at."""
    if faults(asked.pointing):
        return None
    return try_sample(ctx, document_id, asked.pointing)


def page_values(
    sample: dict[str, Any], seen: Preview, asked: Asked, trial: Trial | None, banks: list[tuple[str, str]]
) -> dict[str, Any]:
    sheet, pointing = sheet_of(seen, asked), asked.pointing
    last_header = pointing.header_row + pointing.header_rows - 1
    shown = sheet.rows[: max(SHOWN_ROWS, pointing.header_row + SHOWN_ROWS // 2)]
    width = min(max((len(cells) for _, cells in shown), default=0), MOST_COLUMNS)
    width = max(width, len(pointing.names))
    names = [*pointing.names, *[""] * (width - len(pointing.names))]
    fields = [*pointing.fields, *[""] * (width - len(pointing.fields))]
    return {
        "sample": sample, "asked": asked, "pointing": pointing, "trial": trial, "refusal": None,
        "sheets": [(str(at), one.name or str(at + 1)) for at, one in enumerate(seen.sheets) if one.rows],
        "rows": [
            {
                "number": number, "cells": [*cells[:width], *[""] * (width - len(cells))],
                "is_header": pointing.header_row <= number <= last_header, "is_above": number < pointing.header_row,
            }
            for number, cells in shown
        ],
        "columns": [
            {
                "at": at, "letter": column_letter(at), "name": name, "field": field,
                "is_fixed": holds_persons(name), "is_named": at < len(pointing.names),
            }
            for at, (name, field) in enumerate(zip(names, fields, strict=True))
        ],
        "faults": [problem_text(code, str(OF_FIELDS.get(field, field))) for code, field in faults(pointing)],
        "choices": CHOICES, "fixed_word": OF_FIELDS["identity"], "orders": ORDERS, "figure_choices": FIGURE_CHOICES,
        "currencies": [(one, one) for one in (*_FIRST_CURRENCIES, *sorted(CURRENCIES - set(_FIRST_CURRENCIES)))],
        "places": [
            (f"{row}:{at}", f"{column_letter(at)}{row} {mask_text(text)[:60]}")
            for row, at, text in account_places(sheet.head, pointing.header_row)
        ],
        "place": f"{pointing.account_at[0]}:{pointing.account_at[1]}" if pointing.account_at else "",
        "banks": banks,
        "unlike": {one.place: one.value for one in trial.unlike} if trial else {},
    }  # fmt: skip
