"""`moa payments …`: enter a payment from the command line or a file, and show what is known of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

# What a file may say, and the field of the form that it fills.
_FILE_FIELDS = {
    "from": "payer", "to_account": "payee", "amount": "amount", "pay_on": "pay_on", "purpose": "purpose", "memo": "memo",
    "document_no": "document_no", "duplicate_reason": "duplicate_reason", "to_bank": "to_bank", "to_name": "to_name",
    "via": "via", "charge": "charge", "name_reason": "name_reason",
    "holiday_rule": "holiday_rule",
}  # fmt: skip
_OTHERS = ("book", "key")


@click.command(
    "create",
    help="Enter a payment and send it for approval: from FILE (a JSON object with from, to_account, amount, …) or from "
    "options. The day of payment is today where none is given.",
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "payer", default="", help="The paying account, by code or name.")
@click.option(
    "--to-account",
    "payee",
    default="",
    help="The payee's account: its number at --to-bank, else one of the books.",
)
@click.option(
    "--to-bank", default="", help="The payee's bank: three digits, or its name. Then it is paid over a bank."
)
@click.option(
    "--to-name",
    default="",
    help="Whose account it should be; the bank is asked, and its word is taken if left out.",
)
@click.option("--via", default="", help="The bank account of ours that it leaves from; chosen if left out.")
@click.option(
    "--charge", default="", help="What it is booked to, when it is paid from a bank account itself."
)
@click.option(
    "--name-reason", default="", help="Why it is paid although the bank says another name, or none."
)
@click.option("--amount", default="", help="In major units, without separators.")
@click.option("--pay-on", default="", help="The day of payment.")
@click.option(
    "--holiday-rule",
    default="",
    help="Where a day goes on which banks rest: following, previous or modified_following.",
)
@click.option(
    "--purpose", default="", help="funding, goods, services, payroll, tax, interest, refund or other."
)
@click.option("--memo", default="")
@click.option("--document-no", default="")
@click.option("--duplicate-reason", default="", help="Why it is no payment that was entered before.")
@click.option("--book", default="", help="The book's code; the default book if left out.")
@click.option("--key", default="", help="The same key gives the same answer and enters nothing twice.")
@click.option("--as", "as_login", default="", help="Act as this login.")
@click.option("--group", default="", help="Act in this group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def create(
    file: Path | None, book: str, key: str, as_login: str, group: str, as_json: bool, **given: str
) -> None:
    if (file is None) == (not any(given.values())):
        raise click.UsageError("Give either a file or the payment's options.")
    typed = given if file is None else _read(file)
    book, key = typed.pop("book", "") or book, typed.pop("key", "") or key
    from moa.entry.acting import acting_context
    from moa.entry.broken_text import check_whole

    check_whole({**typed, "book": book, "key": key})
    ctx = acting_context(as_login=as_login, group=group)
    from moa.payments.operations.create_order import create_order
    from moa.payments.operations.submit_order import OrderFlawed
    from moa.payments.rules.typed_orders import TypedOrder

    try:
        shown = create_order(ctx, TypedOrder(**typed), book=book, key=key)
    except OrderFlawed as refusal:
        for flaw in refusal.flaws:
            click.echo(f"{flaw.field}: {flaw.code} {flaw.value}".rstrip(), err=True)
        raise
    _print(shown, as_json)


@click.command("show", help="Show payment ID: its state, the evidence, attempts, messages and approvals.")
@click.argument("number", metavar="ID")
@click.option("--as", "as_login", default="", help="Act as this login.")
@click.option("--group", default="", help="Act in this group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def show(number: str, as_login: str, group: str, as_json: bool) -> None:
    plain = number.removeprefix("P")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 18):
        raise click.UsageError(f"“{number}” is not the number of a payment.")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.payments.facts import order_facts
    from moa.payments.queries import access_order

    with ctx.open():
        shown = order_facts(ctx, access_order(ctx, int(plain)))
    _print(shown, as_json)


@click.command(
    "accounts",
    help="Name the accounts of a book for money in transit to banks' payees and for the banks' fees.",
)
@click.option("--transit", required=True, help="The account's code.")
@click.option("--fees", required=True, help="The account's code.")
@click.option("--book", default="", help="The book's code; the default book if left out.")
@click.option("--as", "as_login", default="", help="Act as this login.")
@click.option("--group", default="", help="Act in this group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def accounts(transit: str, fees: str, book: str, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.ledger.queries import access_book
    from moa.payments.operations.name_accounts import name_accounts

    with ctx.open():
        named = name_accounts(ctx, access_book(ctx, book), transit=transit, fees=fees)
        shown = {"book": named.book.code, "transit": transit, "fees": fees}
    click.echo(json.dumps(shown) if as_json else f"{shown['book']}: in transit {transit}, fees {fees}")


@click.command(
    "run",
    help="Do once what the worker does every few minutes: send what is due, ask what became of what left.",
)
@click.option("--group", default="", help="Act in this group.")
@click.option(
    "--as", "as_login", default="", help="Act as this login, which needs the right to carry payments out."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def run(group: str, as_login: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.access import require
    from moa.payments.jobs import carry_out_due, compare_days, inquire_due, make_due, release_due
    from moa.payments.models import PaymentOrder
    from moa.payments.permissions import RESEND

    with ctx.open():
        require(ctx, RESEND)
    for work in (make_due, carry_out_due, release_due, inquire_due, compare_days):
        work(ctx)
    with ctx.open():
        states = PaymentOrder.objects.exclude(state="draft").values_list("state", flat=True)
        counts: dict[str, int] = {}
        for state in states:
            counts[state] = counts.get(state, 0) + 1
    click.echo(
        json.dumps(counts)
        if as_json
        else "  ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    )


def _read(file: Path) -> dict[str, str]:
    """Shape: texts by the form's fields. An amount is text or a whole number, never a fraction of the machine's making."""
    try:
        said = json.loads(file.read_text("utf-8"), parse_float=str)
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise click.ClickException(f"{file.name} is not JSON: {fault}") from None
    except RecursionError:
        raise click.ClickException(
            f"{file.name} must hold one JSON object, and this is nested too deep."
        ) from None
    if not isinstance(said, dict):
        raise click.ClickException(f"{file.name} must hold one JSON object.")
    known = {**_FILE_FIELDS, **{name: name for name in _OTHERS}}
    strange = sorted(set(said) - set(known))
    if strange:
        raise click.ClickException(f"{file.name}: unknown fields {', '.join(strange)}.")
    wrong = sorted(name for name, value in said.items() if not isinstance(value, str | int) or value is True)
    if wrong:
        raise click.ClickException(f"{file.name}: {', '.join(wrong)} must be text.")
    return {known[name]: str(value) for name, value in said.items()}


def _print(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
        return
    click.echo(
        f"P{shown['id']}  {shown['state']}  {shown['amount']} {shown['currency']}  {shown['from']} -> {shown['to']}"
    )
    for one in shown["evidence"]:
        facts = " ".join(f"{name}={value}" for name, value in one.items() if name not in ("kind", "at"))
        click.echo(f"  {one['at']}  {one['kind']}  {facts}")
    for one in shown["history"]:
        click.echo(f"  {one['at']}  {one['move']} -> {one['state']}  {one['by']}  {one['note']}".rstrip())
