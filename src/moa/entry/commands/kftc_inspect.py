"""`moa kftc inspect`: what a CMS file is, and everything that is wrong with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.kftc_findings import (
    KFTC_FILE,
    FindingStore,
    language_of,
    language_option,
    opened,
    speak_to_person,
    speak_utf8,
    write_json,
)
from moa.formats.fixed_width.finding import Finding, Severity
from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import field_label, sentence
from moa.formats.kftc.file_kinds import file_kinds
from moa.formats.kftc.reading import FileSummary, examine

# Without --json a person reads: so many of each sort, then the count of the rest.
_SHOWN = 20

_WORDS: dict[str, dict[Language, str]] = {
    "institution": {"ko": "이용기관", "en": "institution", "zh-hans": "收费单位"},
    "date": {"ko": "날짜", "en": "date", "zh-hans": "日期"},
    "records": {"ko": "데이터 레코드", "en": "data records", "zh-hans": "数据记录"},
    "error": {"ko": "오류", "en": "Errors", "zh-hans": "错误"},
    "warning": {"ko": "경고", "en": "Warnings", "zh-hans": "警告"},
    "rest": {
        "ko": "외 {count:,}건 (--json으로 볼 수 있음)",
        "en": "and {count:,} more (--json lists them)",
        "zh-hans": "另有 {count:,} 项（--json 可列出）",
    },
    "fine": {"ko": "오류가 없습니다.", "en": "No errors.", "zh-hans": "没有错误。"},
}


@click.command(
    help="Say what a CMS file is and everything that is wrong with it. FILE may be - for standard input."
)
@click.argument("file", type=KFTC_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def inspect(file: Path, as_json: bool, language: str | None) -> int:
    with opened(file) as source:
        if as_json:
            speak_utf8()
            store = FindingStore()
            summary = examine(source, store)
            write_json(_facts(summary), store, sys.stdout)
            return 1 if store.counts["error"] else 0
        speak_to_person()
        report = _Report()
        summary = examine(source, report)
    _show(summary, report, language_of(language))
    return 1 if summary.errors else 0


class _Report:
    """The first findings of each sort."""

    def __init__(self) -> None:
        self.first: dict[Severity, list[Finding]] = {"error": [], "warning": []}

    def __call__(self, finding: Finding) -> None:
        if len(self.first[finding.severity]) < _SHOWN:
            self.first[finding.severity].append(finding)


def _facts(summary: FileSummary) -> dict[str, Any]:
    return {
        "kind": summary.kind,
        "institution": summary.institution,
        "date": summary.date,
        "records": summary.records,
        "totals": summary.totals,
        "warning_counts": summary.warning_counts,
    }


def _show(summary: FileSummary, report: _Report, language: Language) -> None:
    if summary.kind:
        _show_facts(summary, language)
    counts: dict[Severity, int] = {"error": summary.errors, "warning": summary.warnings}
    for severity, found in report.first.items():
        if not counts[severity]:
            continue
        click.echo(f"\n{_WORDS[severity][language]}: {counts[severity]:,}")
        for finding in found:
            click.echo(f"  {finding.code:<6} {sentence(finding, language)}")
        if rest := counts[severity] - len(found):
            click.echo("  " + _WORDS["rest"][language].format(count=rest))
    if not summary.errors:
        click.echo("\n" + _WORDS["fine"][language])


def _show_facts(summary: FileSummary, language: Language) -> None:
    click.echo(f"{summary.kind} – {file_kinds()[summary.kind].title[language]}")
    lines = [
        (_WORDS["institution"][language], summary.institution or "?"),
        (_WORDS["date"][language], summary.date or "?"),
        (_WORDS["records"][language], f"{summary.records:,}"),
        *((field_label(name, language), f"{total:,}") for name, total in summary.totals.items()),
    ]
    for label, value in lines:
        click.echo(f"  {label}: {value}")
