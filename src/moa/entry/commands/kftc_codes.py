"""`moa kftc codes`: the result codes of CMS files, for a person or as JSON. No database."""

from __future__ import annotations

import json
from typing import Any, cast

import click

from moa.formats.kftc.codes import LANGUAGES, CodeUnknown, Giver, Language, ResultCode, codes_of, result_codes

_AGAIN = {True: "yes", False: "no", None: "not stated"}


@click.command(
    help="Print the result codes of CMS files: meaning, who gives them, what follows. Needs no database."
)
@click.argument("code", required=False)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", help="Language of the texts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in all languages.")
def codes(code: str | None, language: str, as_json: bool) -> int:
    found = [each for each in result_codes() if code in (None, each.code)]
    if not found:
        raise CodeUnknown(value=code)
    if as_json:
        click.echo(json.dumps([_as_json(each) for each in found], ensure_ascii=False))
    elif code is None:
        _show_all(cast(Language, language))
    else:
        for each in found:
            _show_one(each, cast(Language, language))
    return 0


def _show_all(language: Language) -> None:
    for giver in Giver:
        click.echo(f"{giver}:")
        for each in codes_of(giver):
            click.echo(f"  {each.code}  {each.item:<21}  {each.mandate:<25}  {each.title(language)}")


def _show_one(each: ResultCode, language: Language) -> None:
    click.echo(f"{each.code} {each.title(language)} ({each.given_by}, in {' '.join(each.files)})")
    click.echo(f"  {each.reason(language)}")
    click.echo(
        f"  item: {each.item}; mandate: {each.mandate}; same payer number again: {_AGAIN[each.same_payer_no]}"
    )


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
