"""The page that looks into a CMS file. The file is read where the upload put it and kept nowhere."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from moa.channels.kftc.checking import CheckedFile, check_file
from moa.channels.kftc.web.forms import LIMIT_BYTES, CheckForm
from moa.channels.kftc.web.ruler_rows import drawn_rows
from moa.channels.permissions import CHECK
from moa.control.context import Context
from moa.control.web.page import page
from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.codes import LANGUAGES, Language
from moa.formats.kftc.evidence_reasons import reason_text
from moa.formats.kftc.faults import fault_text, field_label
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.ruler import MeasuredRecord


@require_http_methods(["GET", "POST"])
@page(CHECK, opened=False)
def check_page(request: HttpRequest, ctx: Context) -> HttpResponse:
    sent = request.method == "POST"
    form = CheckForm(request.POST, request.FILES) if sent else CheckForm()
    facts: dict[str, Any] = {"form": form, "limit_bytes": LIMIT_BYTES, "file": None}
    if sent and form.is_valid():
        upload = form.cleaned_data["file"]
        checked = check_file(cast(BinaryIO, upload.file), form.cleaned_data["record"])
        facts["file"] = file_facts(checked, upload.name, upload.size)
    return render(request, "channels/kftc_check.html", facts, status=422 if form.errors else 200)


def file_facts(checked: CheckedFile, name: str, size: int) -> dict[str, Any]:
    """What the template needs, in the language of the page."""
    language = _language()
    summary = checked.summary
    shown = {record.number for record in checked.records}
    return {
        "name": name, "bytes": size, "kind": summary.kind,
        "title": file_kinds()[summary.kind].title[language] if summary.kind else "",
        "institution": summary.institution, "date": summary.date, "records": summary.records,
        "totals": [(field_label(name, language), total) for name, total in summary.totals.items()],
        "errors": [_finding(each, language, shown) for each in checked.errors],
        "warnings": [_finding(each, language, shown) for each in checked.warnings],
        "error_count": summary.errors, "warning_count": summary.warnings,
        "rulers": [_ruler(record, language) for record in checked.records], "absent": checked.absent,
    }  # fmt: skip


def _language() -> Language:
    named = get_language() or "ko"
    return next((language for language in LANGUAGES if language == named), "en")


def _finding(finding: Finding, language: Language, shown: set[int]) -> dict[str, Any]:
    return {
        "code": finding.code,
        "record": finding.record,
        "is_shown": finding.record in shown,
        "field": finding.field,
        "label": field_label(finding.field, language) if finding.field else "",
        "value": reason_text(finding.value, language) if finding.code == "0105" else finding.value,
        "text": fault_text(finding.code, language, finding.field, finding.value),
    }


def _ruler(record: MeasuredRecord, language: Language) -> dict[str, Any]:
    return {
        "number": record.number,
        "name": record.name,
        "length": record.length,
        "expected": record.expected,
        "rows": drawn_rows(record),
        "findings": [_fault(found, language) for found in record.findings],
        "fields": [
            {
                "place": str(field.first) if field.first == field.last else f"{field.first}–{field.last}",
                "name": field.name,
                "label": field_label(field.name, language),
                "value": field.value,
                "findings": [_fault(found, language) for found in field.findings],
            }
            for field in record.fields
            if not field.filler or field.findings
        ],
        "evidence": [(field_label(name, language), value) for name, value in record.evidence.items()],
    }


def _fault(found: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": found.code,
        "warns": found.severity == "warning",
        "text": fault_text(found.code, language, found.field, found.value),
    }
