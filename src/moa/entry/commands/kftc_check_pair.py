"""`moa kftc check-pair`: whether the centre takes two CMS files together, or what became of each request."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from moa.entry.commands.kftc_findings import (
    KFTC_FILE,
    language_of,
    language_option,
    opened,
    speak_to_person,
    speak_utf8,
)
from moa.formats.kftc.codes import Language
from moa.formats.kftc.faults import sentence

if TYPE_CHECKING:
    from moa.formats.kftc.pairs import PairFinding, PairVerdict

# Without --json a person reads: so many problems, then the count of the rest.
_SHOWN = 20

_WORDS: dict[str, dict[Language, str]] = {
    "requests": {"ko": "요청", "en": "requests", "zh-hans": "请求"},
    "results": {"ko": "결과 레코드", "en": "result records", "zh-hans": "结果记录"},
    "new": {"ko": "신규 신청", "en": "new applications", "zh-hans": "新申请"},
    "evidence": {"ko": "증빙자료", "en": "evidence", "zh-hans": "授权凭证"},
    "changes": {"ko": "계좌변경", "en": "changes of account", "zh-hans": "账户变更"},
    "accepted": {"ko": "정상", "en": "accepted", "zh-hans": "受理"},
    "refused": {"ko": "불능", "en": "refused", "zh-hans": "退回"},
    "registered": {"ko": "신규 등록", "en": "registered", "zh-hans": "已登记"},
    "cancelled": {"ko": "해지", "en": "cancelled", "zh-hans": "已解约"},
    "debited": {"ko": "전액 출금", "en": "debited in full", "zh-hans": "全额扣款"},
    "partial": {"ko": "부분 출금", "en": "debited in part", "zh-hans": "部分扣款"},
    "failed": {"ko": "출금 불능", "en": "failed", "zh-hans": "扣款失败"},
    "ambiguous": {"ko": "구별할 수 없음", "en": "cannot be told apart", "zh-hans": "无法区分"},
    "unknown": {"ko": "알 수 없음", "en": "not known", "zh-hans": "未知"},
    "requested_amount": {"ko": "의뢰 금액", "en": "requested, KRW", "zh-hans": "请求金额（韩元）"},
    "debited_amount": {"ko": "출금 금액", "en": "debited, KRW", "zh-hans": "已扣金额（韩元）"},
    "not_debited_amount": {"ko": "미출금 금액", "en": "not debited, KRW", "zh-hans": "未扣金额（韩元）"},
    "undecided_amount": {"ko": "미확정 금액", "en": "undecided, KRW", "zh-hans": "未定金额（韩元）"},
    "reading": {"ko": "부분출금 금액의 뜻", "en": "amount of a partial debit", "zh-hans": "部分扣款金额的含义"},
    "not-debited": {"ko": "미출금액", "en": "what was not debited", "zh-hans": "未扣金额"},
    "reading-debited": {"ko": "출금액", "en": "what was debited", "zh-hans": "已扣金额"},
    "error": {"ko": "오류", "en": "Errors", "zh-hans": "错误"},
    "warning": {"ko": "경고", "en": "Warnings", "zh-hans": "警告"},
    "rest": {
        "ko": "외 {count:,}건 (--json으로 볼 수 있음)",
        "en": "and {count:,} more (--json lists them)",
        "zh-hans": "另有 {count:,} 项（--json 可列出）",
    },
    "yes": {"ko": "두 파일이 서로 맞습니다.", "en": "The two files agree.", "zh-hans": "两个文件相符。"},
    "no": {"ko": "두 파일이 서로 맞지 않습니다.", "en": "The two files do not agree.", "zh-hans": "两个文件不相符。"},
}  # fmt: skip


@click.command(
    help="Say whether the centre takes two CMS files together, or what became of each request: EB11+EB12, EI13+EB13, "
    "EB13+EB14, EB21+EB22, EC21+EC22, in either order. One FILE may be - for standard input."
)
@click.argument("file1", type=KFTC_FILE)
@click.argument("file2", type=KFTC_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--partial-reading",
    type=click.Choice(["not-debited", "debited"]),
    help="What the amount of a partial debit means for this institution, where the trailer does not decide it.",
)
@language_option
def check_pair(
    file1: Path,
    file2: Path,
    as_json: bool,
    partial_reading: Literal["not-debited", "debited"] | None,
    language: str | None,
) -> int:
    from moa.formats.kftc.pairs import check_pair as judge

    if str(file1) == str(file2) == "-":
        raise click.UsageError("only one of the files can be standard input")
    with opened(file1) as first, opened(file2) as second:
        verdict = judge(first, second, partial_reading=partial_reading)
    if as_json:
        speak_utf8()
        verdict.write_json(sys.stdout)
    else:
        speak_to_person()
        _show(verdict, language_of(language))
    return 0 if verdict.accepted else 1


def _show(verdict: PairVerdict, language: Language) -> None:
    click.echo(" + ".join(kind or "?" for kind in verdict.kinds))
    for name, total in verdict.totals.items():
        if total or name == "requests":
            click.echo(f"  {_WORDS[name][language]}: {total:,}")
    if verdict.partial_reading is not None:
        meant = "reading-debited" if verdict.partial_reading == "debited" else verdict.partial_reading
        click.echo(f"  {_WORDS['reading'][language]}: {_WORDS[meant][language]}")
    _show_findings("error", verdict.errors, verdict.error_count, language)
    _show_findings("warning", verdict.warnings, sum(verdict.warning_counts.values()), language)
    click.echo("\n" + _WORDS["yes" if verdict.accepted else "no"][language])


def _show_findings(severity: str, findings: Sequence[PairFinding], count: int, language: Language) -> None:
    if not count:
        return
    click.echo(f"\n{_WORDS[severity][language]}: {count:,}")
    from moa.formats.kftc.pairs.hint import hint_sentence

    for file, finding, hint in findings[:_SHOWN]:
        click.echo(f"  {finding.code:<6} {f'{file}: ' if file else ''}{sentence(finding, language)}")
        if hint is not None:
            click.echo(f"         {hint_sentence(hint, language)}")
    if rest := count - len(findings[:_SHOWN]):
        click.echo("  " + _WORDS["rest"][language].format(count=rest))
