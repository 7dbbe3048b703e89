"""`moa kftc institutions`: which list of institution codes is in use, and taking over a newer one. No database."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from moa.entry.commands.kftc_findings import language_of, language_option, speak_to_person, speak_utf8
from moa.entry.own_lists import name_own_lists
from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import fault_text
from moa.formats.kftc.institution_codes import LIST_DATE, list_in_use, own_list, shipped_list, use_list
from moa.formats.kftc.institution_list import (
    Change,
    InstitutionList,
    ListRefused,
    changes,
    completed,
    read_list,
    write_list,
)

# KFTC hardly ever takes a code back: a list without a tenth of the known ones is an extract, and every bank that it
# lacks would be refused in files.
_MOST_GONE = 10

_WORDS: dict[str, dict[Language, str]] = {
    "list": {
        "ko": "금융기관 기관코드 {date} ({source})",
        "en": "KFTC institution codes of {date} ({source})",
        "zh-hans": "金融机构代码 {date}（{source}）",
    },
    "shipped": {"ko": "기본 목록", "en": "shipped", "zh-hans": "随附列表"},
    "count": {
        "ko": "코드 {codes}개, 그중 대표코드 {representatives}개",
        "en": "{codes} codes, {representatives} of them representative",
        "zh-hans": "共{codes}个代码，其中代表代码{representatives}个",
    },
    "damaged": {
        "ko": "{place}의 목록을 읽을 수 없어 기본 목록과 비교합니다.",
        "en": "The list in {place} cannot be read; comparing with the shipped one.",
        "zh-hans": "无法读取{place}中的列表，改与随附列表比较。",
    },
    "days": {"ko": "{before}에서 {after}", "en": "{before} to {after}", "zh-hans": "{before}至{after}"},
    "same": {"ko": "바뀐 코드 없음", "en": "no code changed", "zh-hans": "代码无变化"},
    "written": {"ko": "저장: {place}", "en": "Written to {place}", "zh-hans": "已写入{place}"},
    "nothing": {"ko": "저장하지 않았습니다.", "en": "Nothing written.", "zh-hans": "未写入。"},
}  # fmt: skip
_CHANGES: dict[str, dict[Language, str]] = {
    "added": {"ko": "추가", "en": "added", "zh-hans": "新增"},
    "removed": {"ko": "삭제", "en": "removed", "zh-hans": "删除"},
    "renamed": {"ko": "이름변경", "en": "renamed", "zh-hans": "改名"},
    "remapped": {"ko": "대표변경", "en": "remapped", "zh-hans": "代表变更"},
    "recategorised": {"ko": "구분변경", "en": "recategorised", "zh-hans": "类别变更"},
    "detailed": {"ko": "세부변경", "en": "detailed", "zh-hans": "明细变更"},
}


@click.group(
    invoke_without_command=True,
    help="Show the list of institution codes in use; `update` takes over a newer one. Needs no database.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
@click.pass_context
def institutions(ctx: click.Context, as_json: bool, language: str | None) -> int | None:
    name_own_lists()
    (speak_utf8 if as_json else speak_to_person)()
    if ctx.invoked_subcommand is not None:
        return None
    spoken = language_of(language)
    try:
        listed = list_in_use()
    except ListRefused as refused:
        return _show_refusal(refused, spoken)
    categories = Counter(each.category for each in listed.institutions.values())
    facts = {
        "date": str(listed.date),
        "source": "shipped" if listed is shipped_list() else str(own_list()),
        "institutions": len(listed.institutions),
        "representatives": sum(each.is_representative for each in listed.institutions.values()),
        "categories": dict(categories),
    }
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return 0
    source = _WORDS["shipped"][spoken] if facts["source"] == "shipped" else facts["source"]
    click.echo(_WORDS["list"][spoken].format(date=facts["date"], source=source))
    click.echo(
        _WORDS["count"][spoken].format(codes=facts["institutions"], representatives=facts["representatives"])
    )
    for category, count in categories.items():
        click.echo(f"  {count:>3} {category}")
    return 0


@institutions.command(
    help="Take over a newer list: our own table, or KFTC's list saved as CSV or TSV with the columns code, name, "
    "category, representative. Nothing is written when something is wrong with it.",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="Date of the list, where the file has none."
)
@click.option("--check", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
@click.pass_context
def update(
    ctx: click.Context, file: Path, dated: datetime | None, check: bool, as_json: bool, language: str | None
) -> int:
    spoken = language_of(language or (ctx.parent.params.get("language") if ctx.parent else None))
    try:
        return _update(file, dated, check, as_json, spoken)
    except ListRefused as refused:
        return _show_refusal(refused, spoken)


def _show_refusal(refused: ListRefused, language: Language) -> int:
    """A line for each fault, in one form for programs: code, place and value, then the sentence."""
    for each in (refused, *refused.others):
        value = each.facts.get("value")
        shown = [each.code, str(each.facts["place"]), *([f'"{value}"'] if value else [])]
        click.echo(f"{' '.join(shown)}: {fault_text(each.code, language)}", err=True)
    return 1


def _update(file: Path, dated: datetime | None, check: bool, as_json: bool, language: Language) -> int:
    before = _list_to_replace(language)
    after = _newer_list(file, dated.date() if dated else None, before)
    found = changes(before, after)
    changed = bool(found) or after.date != before.date
    target = own_list()
    if target is not None and changed and not check:
        _store(target, write_list(after))
        use_list(None)
    written = str(target) if changed and not check else None
    if as_json:
        _show_json(before, after, found, written)
    else:
        _show(before, after, found, written, language)
    return 0


def _list_to_replace(language: Language) -> InstitutionList:
    """The list in use; the shipped one when the own file is damaged, for an update is what mends it."""
    try:
        return list_in_use()
    except ListRefused as refusal:
        _show_refusal(refusal, language)
        click.echo(_WORDS["damaged"][language].format(place=own_list()), err=True)
        return shipped_list()


def _newer_list(file: Path, dated: date | None, before: InstitutionList) -> InstitutionList:
    """Raises: the refusals of `read_list`; institution_list_date, institution_list_dates_differ,
    institution_list_older, institution_list_partial."""
    listed = read_list(file)
    if dated is not None and listed.date not in (None, dated):
        raise ListRefused(
            "institution_list_dates_differ", place=str(file), value=f"{listed.date}, --date {dated}"
        )
    day = dated or listed.date
    if day is None:
        raise ListRefused("institution_list_date", place=str(file))
    if day < (before.date or LIST_DATE):
        raise ListRefused("institution_list_older", place=str(file), value=f"{day} < {before.date}")
    gone = before.institutions.keys() - listed.institutions.keys()
    if len(gone) * _MOST_GONE > len(before.institutions):
        raise ListRefused("institution_list_partial", place=str(file), value=f"{len(gone)} codes removed")
    return completed(replace(listed, date=day), before)


def _store(target: Path, text: str) -> None:
    """The whole file or none: written beside its place, then moved there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as beside:
                beside.write(text)
            os.chmod(name, 0o644)
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise ListRefused(
            "institution_list_unwritable", place=str(target), value=problem.strerror
        ) from problem


def _show(
    before: InstitutionList,
    after: InstitutionList,
    found: list[Change],
    written: str | None,
    language: Language,
) -> None:
    for change in found:
        kind = _CHANGES[change.kind][language]
        click.echo(f"{kind if language != 'en' else kind.ljust(13)} {change.code} {_difference(change)}")
    counts = Counter(_CHANGES[change.kind][language] for change in found)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    days = _WORDS["days"][language].format(before=before.date, after=after.date)
    click.echo(f"{days}: {kinds or _WORDS['same'][language]}")
    click.echo((_WORDS["written"] if written else _WORDS["nothing"])[language].format(place=written))


def _difference(change: Change) -> str:
    if change.before and change.after:
        return f"{change.before} -> {change.after}"
    return change.before or change.after


def _show_json(
    before: InstitutionList, after: InstitutionList, found: list[Change], written: str | None
) -> None:
    rows = [
        {"kind": each.kind, "code": each.code, "before": each.before, "after": each.after} for each in found
    ]
    facts = {"from": str(before.date), "to": str(after.date), "changes": rows, "written": written}
    click.echo(json.dumps(facts, ensure_ascii=False))
