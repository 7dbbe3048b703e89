"""`moa payments …`: enter a payment from the command line or a file, and show what is known of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from moa.entry.commands.payment_files import (
    FILE_FIELDS,
    FileSaid,
    print_bundle,
    print_series,
    read_payment_file,
)


@click.command(
    "create",
    help="Enter a payment and send it for approval: from FILE (a JSON object with from, to_account, amount, …) or from "
    "options. The day of payment is today where none is given. A list in FILE, or an object with `payments`, is several "
    "payments for one decision; an object with `every` (monthly or weekly), on_day and until or times is a series.",
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
@click.option(
    "--split",
    is_flag=True,
    help="Let an amount over the bank's limit leave in several transfers, decided on as one.",
)
@click.option("--book", default="", help="The book's code; the default book if left out.")
@click.option("--key", default="", help="The same key gives the same answer and enters nothing twice.")
@click.option("--as", "as_login", default="", help="Act as this login.")
@click.option("--group", default="", help="Act in this group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def create(
    file: Path | None,
    split: bool,
    book: str,
    key: str,
    as_login: str,
    group: str,
    as_json: bool,
    **given: str,
) -> None:
    if (file is None) == (not any(given.values())):
        raise click.UsageError("Give either a file or the payment's options.")
    said = FileSaid([given], False, {}, "", "") if file is None else read_payment_file(file)
    book, key = said.book or book, said.key or key
    from moa.entry.acting import acting_context
    from moa.entry.broken_text import check_whole

    for texts in (*said.rows, said.series, {"book": book, "key": key}):
        check_whole(texts)
    ctx = acting_context(as_login=as_login, group=group)
    from moa.payments.operations.create_order import create_order
    from moa.payments.operations.submit_bundle import create_bundle
    from moa.payments.operations.submit_order import OrderFlawed
    from moa.payments.operations.submit_series import create_series
    from moa.payments.rules.typed_orders import TypedOrder
    from moa.payments.rules.typed_series import TypedSeries

    rows = [TypedOrder(**texts) for texts in said.rows]
    try:
        if said.series:
            print_series(create_series(ctx, TypedSeries(rows[0], **said.series), book=book, key=key), as_json)
        elif said.several or split:
            print_bundle(create_bundle(ctx, rows, book=book, key=key), as_json)
        else:
            _print(create_order(ctx, rows[0], book=book, key=key), as_json)
    except OrderFlawed as refusal:
        _tell_flaws(refusal.flaws)
        raise


@click.command(
    "show",
    help="Show payment ID: its state, the evidence, attempts, messages and approvals; B1 are several decided on as one, S1 a series.",
)
@click.argument("number", metavar="ID")
@click.option("--as", "as_login", default="", help="Act as this login.")
@click.option("--group", default="", help="Act in this group.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
def show(number: str, as_login: str, group: str, as_json: bool) -> None:
    kind = number[:1] if number[:1] in ("P", "B", "S") else ""
    plain = number.removeprefix(kind)
    if not (plain.isascii() and plain.isdigit() and len(plain) < 18):
        raise click.UsageError(f"“{number}” is not the number of a payment.")
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.payments.bundles import access_bundle, bundle_facts
    from moa.payments.facts import order_facts
    from moa.payments.queries import access_order
    from moa.payments.series import access_series
    from moa.payments.series_facts import series_facts

    with ctx.open():
        if kind == "B":
            print_bundle(bundle_facts(ctx, access_bundle(ctx, int(plain))), as_json)
            return
        if kind == "S":
            print_series(series_facts(ctx, access_series(ctx, int(plain))), as_json)
            return
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


def _tell_flaws(flaws: Any) -> None:
    """Each by the name that it has in the file and among the options, with its code, its value and what it means."""
    from django.utils import translation

    from moa.ui.problems import problem_text

    names = {field: name for name, field in FILE_FIELDS.items()}
    with translation.override("en"):
        for flaw in flaws:
            place, words = names.get(flaw.field, flaw.field), problem_text(flaw.code, flaw.field, flaw.value)
            click.echo(
                f"{place} {flaw.code} {flaw.value}".rstrip() + f"\n  {words.what}. {words.mend}".rstrip(),
                err=True,
            )


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
