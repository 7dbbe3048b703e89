"""`moa kftc ruler`: the bytes of one record under a ruler, its fields, and what is wrong with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.kftc_findings import (
    KFTC_FILE,
    language_of,
    language_option,
    opened,
    speak_to_person,
    speak_utf8,
)
from moa.formats.fixed_width.finding import Finding
from moa.formats.kftc.codes import Language
from moa.formats.kftc.evidence_reasons import reason_text
from moa.formats.kftc.faults import fault_text, field_label
from moa.formats.kftc.ruler import MeasuredField, MeasuredRecord, RulerRow, rows, rule

_MARGIN = "  "
_WORDS: dict[str, dict[Language, str]] = {
    "record": {"ko": "{number}번 레코드", "en": "Record {number}", "zh-hans": "第{number}条记录"},
    "length": {
        "ko": "{length}바이트 (정해진 길이 {expected})",
        "en": "{length} bytes, expected {expected}",
        "zh-hans": "{length}字节（应为{expected}）",
    },
    "file": {"ko": "파일 전체", "en": "The whole file", "zh-hans": "整个文件"},
    "bytes": {"ko": "{length}바이트", "en": "{length} bytes", "zh-hans": "{length}字节"},
}


@click.command(
    help="Show the bytes of a record under a ruler, each field with its value, and the fault with its code. "
    "Without --record it is the first record with an error, else the header. What is wrong with the file as a whole is "
    "told above it."
)
@click.argument("file", type=KFTC_FILE)
@click.option("--record", "number", type=click.IntRange(min=1), help="The record's number; the header is 1.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def ruler(file: Path, number: int | None, as_json: bool, language: str | None) -> int:
    with opened(file, seekable=True) as source:
        record = rule(source, number)
    if record is None:
        told = "the file is empty" if number is None else f"the file has no record {number}"
        raise click.ClickException(f"{file}: {told}")
    if as_json:
        speak_utf8()
        click.echo(json.dumps(_as_json(record, language_of(language)), ensure_ascii=False, indent=1))
    else:
        speak_to_person()
        _show(record, language_of(language))
    return 1 if any(found.severity == "error" for found in record.all_findings) else 0


def _as_json(record: MeasuredRecord, language: Language) -> dict[str, Any]:
    return {
        "record": record.number,
        "layout": record.name,
        "length": record.length,
        "expected": record.expected,
        "text": "".join(record.cells),
        "evidence": record.evidence,
        "file_findings": [_finding(found, language) for found in record.file_findings],
        "findings": [_finding(found, language) for found in record.findings],
        "fields": [
            {
                "field": field.name,
                "label": field_label(field.name, language),
                "first": field.first,
                "last": field.last,
                "value": field.value,
                "findings": [_finding(found, language) for found in field.findings],
            }
            for field in record.fields
        ],
    }


def _finding(found: Finding, language: Language) -> dict[str, str]:
    return {"severity": found.severity, "code": found.code, "text": _text(found, language)}


def _show(record: MeasuredRecord, language: Language) -> None:
    if record.file_findings:
        click.echo(_WORDS["file"][language])
        for found in record.file_findings:
            _show_finding(found, language)
        click.echo()
    head = [_WORDS["record"][language].format(number=record.number), record.name]
    words = _WORDS["bytes" if record.length == record.expected else "length"][language]
    head.append(words.format(length=record.length, expected=record.expected))
    click.echo(" · ".join(part for part in head if part))
    for found in record.findings:
        _show_finding(found, language)
    for row in rows(record, shutil.get_terminal_size((80, 24)).columns - len(_MARGIN) - 1):
        _show_row(row)
    click.echo()
    for field in record.fields:
        _show_field(field, language)
    if record.evidence:
        click.echo(f"\n{_MARGIN}{field_label('evidence', language)}")
    for name, value in record.evidence.items():
        click.echo(f"{_MARGIN}{field_label(name, language)}: {value}")


def _show_row(row: RulerRow) -> None:
    click.echo()
    for line in (row.tens, row.units, row.text, row.edges, row.marks):
        if line.strip() or line is row.text:
            click.echo(_MARGIN + line)


def _show_field(field: MeasuredField, language: Language) -> None:
    place = str(field.first) if field.first == field.last else f"{field.first}-{field.last}"
    label = field_label(field.name, language)
    name = field.name if label == field.name else f"{field.name} ({label})"
    click.echo(f"{_MARGIN}{place:>8}  {name}: {field.value}".rstrip())
    for found in field.findings:
        _show_finding(found, language)


def _show_finding(found: Finding, language: Language) -> None:
    sign = "!" if found.severity == "warning" else "×"
    click.echo(f"{_MARGIN}{sign:>8}  {found.code} {_text(found, language)}")


def _text(found: Finding, language: Language) -> str:
    """What is wrong; of evidence first the reason, which no field of the record shows."""
    told = fault_text(found.code, language, found.field, found.value)
    return f"{reason_text(found.value, language)}: {told}" if found.code == "0105" and found.value else told
