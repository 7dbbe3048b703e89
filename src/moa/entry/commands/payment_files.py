"""What a JSON file of `moa payments create` says: one payment, several to be decided on as one, or a series."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import click

# What a file may say, and the field of the form that it fills.
FILE_FIELDS = {
    "from": "payer", "to_account": "payee", "amount": "amount", "pay_on": "pay_on", "purpose": "purpose", "memo": "memo",
    "document_no": "document_no", "duplicate_reason": "duplicate_reason", "to_bank": "to_bank", "to_name": "to_name",
    "via": "via", "charge": "charge", "name_reason": "name_reason", "holiday_rule": "holiday_rule",
}  # fmt: skip
OF_SERIES = ("every", "on_day", "first", "until", "times")
_OTHERS = ("book", "key")


class FileSaid(NamedTuple):
    """Shape: `rows` the payments as texts by the form's fields; `several` when they are one request even if it is one;
    `series` when and how often, empty for no series."""

    rows: list[dict[str, str]]
    several: bool
    series: dict[str, str]
    book: str
    key: str


def read_payment_file(file: Path) -> FileSaid:
    """A JSON object is one payment, with `every` a series; a list, or an object with `payments`, several. An amount is text or a
    whole number, never a fraction of the machine's making."""
    try:
        said = json.loads(file.read_text("utf-8"), parse_float=str)
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise click.ClickException(f"{file.name} is not JSON: {fault}") from None
    except RecursionError:
        raise click.ClickException(
            f"{file.name} must hold JSON objects, and this is nested too deep."
        ) from None
    if isinstance(said, list):
        said = {"payments": said}
    if not isinstance(said, dict):
        raise click.ClickException(f"{file.name} must hold a JSON object, or a list of them.")
    if "payments" in said:
        return _several(file, said)
    known = {**FILE_FIELDS, **{name: name for name in (*_OTHERS, *OF_SERIES)}}
    texts = _texts(file.name, said, known)
    series = {name: texts.pop(name) for name in OF_SERIES if name in texts}
    if series and "every" not in series:
        raise click.ClickException(f"{file.name}: a series says `every`.")
    book, key = texts.pop("book", ""), texts.pop("key", "")
    return FileSaid([texts], False, series, book, key)


def _several(file: Path, said: dict[str, Any]) -> FileSaid:
    """What stands beside `payments` holds for each of them that does not say it itself."""
    rows = said.pop("payments")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise click.ClickException(f"{file.name}: `payments` must be a list of JSON objects.")
    known = {**FILE_FIELDS, **{name: name for name in _OTHERS}}
    common = _texts(file.name, said, known)
    book, key = common.pop("book", ""), common.pop("key", "")
    texts = [_texts(f"{file.name}, payment {number}", row, FILE_FIELDS) for number, row in enumerate(rows, 1)]
    return FileSaid([{**common, **row} for row in texts], True, {}, book, key)


def _texts(place: str, said: dict[str, Any], known: dict[str, str]) -> dict[str, str]:
    strange = sorted(set(said) - set(known))
    if strange:
        raise click.ClickException(f"{place}: unknown fields {', '.join(strange)}.")
    wrong = sorted(name for name, value in said.items() if not isinstance(value, str | int) or value is True)
    if wrong:
        raise click.ClickException(f"{place}: {', '.join(wrong)} must be text.")
    return {known[name]: str(value) for name, value in said.items()}


def print_bundle(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(
        f"B{shown['id']}  {shown['state']}  {shown['paid']} of {shown['total']} {shown['currency']} paid"
    )
    for row in shown["rows"]:
        for one in row["payments"]:
            click.echo(
                f"  {row['row']}  P{one['id']}  {one['state']}  {one['amount']}  {one['from']} -> {one['to']}"
            )


def print_series(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(
        f"S{shown['id']}  {shown['state']}  {shown['count']} x {shown['amount']} {shown['currency']}  {shown['from']} -> {shown['to']}"
    )
    for one in shown["occurrences"]:
        payment = " ".join(f"P{number}" for number in one["payments"]) or "-"
        click.echo(
            f"  {one['number']}  {one['pay_on']}  {one['state']}  {payment}  {one['problem']}".rstrip()
        )
