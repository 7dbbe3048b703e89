"""`moa kftc codes`: the result codes of CMS files, for a person or as JSON. No database."""

from __future__ import annotations

import json
from typing import Any

import click

from moa.entry.commands.kftc_findings import language_of, language_option, speak_to_person, speak_utf8
from moa.formats.kftc.codes import (
    LANGUAGES,
    CodeUnknown,
    Giver,
    Language,
    ResultCode,
    codes_of,
    result_codes,
    word,
)

_AGAIN = {True: "yes", False: "no", None: "unstated"}


@click.command(
    help="Print the result codes of CMS files: meaning, who gives them, what follows. Needs no database."
)
@click.argument("code", required=False)
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in all languages.")
def codes(code: str | None, language: str | None, as_json: bool) -> int:
    found = [each for each in result_codes() if code in (None, each.code)]
    if not found:
        raise CodeUnknown(value=code)
    (speak_utf8 if as_json else speak_to_person)()
    spoken = language_of(language)
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], ensure_ascii=False))
    elif code is None:
        _show_all(spoken)
    else:
        for each in found:
            _show_one(each, spoken)
    return 0


def _show_all(language: Language) -> None:
    for giver in Giver:
        click.echo(f"{word('giver', giver, language)}:")
        for each in codes_of(giver):
            follows = " | ".join(
                word(kind, name, language) for kind, name in (("item", each.item), ("mandate", each.mandate))
            )
            click.echo(f"  {each.code}  {each.title(language)} | {follows}")


def _show_one(each: ResultCode, language: Language) -> None:
    giver, files = word("giver", each.given_by, language), " ".join(each.files)
    click.echo(f"{each.code} {each.title(language)} ({giver}, {word('label', 'files', language)} {files})")
    click.echo(f"  {each.reason(language)}")
    follows = {"item": each.item, "mandate": each.mandate, "again": _AGAIN[each.same_payer_no]}
    told = [
        f"{word('label', kind, language)}: {word(kind, name, language)}" for kind, name in follows.items()
    ]
    click.echo(f"  {'; '.join(told)}")


def _as_json(each: ResultCode) -> dict[str, Any]:
    return {
        "code": each.code,
        "given_by": each.given_by,
        "files": each.files,
        "origin": each.origin,
        "item": each.item,
        "mandate": each.mandate,
        "same_payer_no": each.same_payer_no,
        "title": {language: each.title(language) for language in LANGUAGES},
        "reason": {language: each.reason(language) for language in LANGUAGES},
    }
