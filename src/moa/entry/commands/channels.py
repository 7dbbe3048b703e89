"""`moa channels …`: set up the connection to a bank, test its line, ask it for a name or a balance."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

_ACTING = (
    click.option("--as", "as_login", default="", help="Act as this login."),
    click.option("--group", default="", help="Act in this group."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON only."),
)


def _acting(command: Any) -> Any:
    for option in reversed(_ACTING):
        command = option(command)
    return command


@click.command(
    "set-up",
    help="Set up the connection to BANK; the sign code comes from MOA_SIGN_CODE or is asked for, never shown.",
)
@click.argument("bank")
@click.option("--company-no", required=True, help="As the operator gave it.")
@click.option("--host", required=True)
@click.option("--port", required=True, type=click.IntRange(1, 65535))
@_acting
def set_up(
    bank: str, company_no: str, host: str, port: int, as_login: str, group: str, as_json: bool
) -> None:
    sign_code = os.environ.get("MOA_SIGN_CODE") or click.prompt("Sign code", hide_input=True)
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.set_up_connection import NewConnection, set_up_connection

    with ctx.open():
        made = set_up_connection(ctx, new=NewConnection(bank, company_no, host, port, sign_code))
        shown = {"bank": made.bank_code, "company_no": made.company_no, "host": made.host, "port": made.port}
    click.echo(json.dumps(shown) if as_json else f"{bank}: {company_no} at {host}:{port}")


@click.command(
    "set-up-http",
    help="Set up the connection to BANK over HTTP; the client's secret comes from MOA_CLIENT_SECRET or is asked for, never shown.",
)
@click.argument("bank")
@click.option("--institution", required=True, help="Ten letters and digits, as the operator gave them.")
@click.option("--host", required=True)
@click.option("--port", default=443, show_default=True, type=click.IntRange(1, 65535))
@click.option("--path", "base_path", default="", help="Before every address, such as /banks/020.")
@click.option(
    "--plain", is_flag=True, help="Without TLS: for banks on this machine alone, but in demo groups."
)
@click.option(
    "--authority",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates of the bank's own authority (PEM), which alone are believed then.",
)
@click.option("--client-id", required=True)
@_acting
def set_up_http(
    bank: str, plain: bool, authority: Path | None, as_login: str, group: str, as_json: bool, **said: Any
) -> None:
    believed = authority.read_bytes().decode("ascii", errors="replace") if authority else ""
    secret = os.environ.get("MOA_CLIENT_SECRET") or click.prompt("Client secret", hide_input=True)
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.set_up_connection import NewHttpConnection, set_up_http_connection

    with ctx.open():
        made = set_up_http_connection(
            ctx,
            new=NewHttpConnection(bank, client_secret=secret, is_tls=not plain, authority=believed, **said),
        )
        shown = {"bank": made.bank_code, "institution": made.company_no, "host": made.host, "port": made.port}
    click.echo(json.dumps(shown) if as_json else f"{bank}: {made.company_no} at {made.host}:{made.port}")


@click.command(
    "revoke",
    help="End the access token of BANK, there and here. Exit code 1 when the bank did not confirm it.",
)
@click.argument("bank")
@_acting
def revoke(bank: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.revoke_token import revoke_token

    return _print({"bank": bank, **_asked(revoke_token(ctx, bank))}, as_json)


@click.command("movements", help="Ask BANK for the lines of our ACCOUNT. They are told, not booked.")
@click.argument("bank")
@click.argument("account")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Today when left out.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="The first day when left out.")
@_acting
def movements(
    bank: str, account: str, first: Any, last: Any, as_login: str, group: str, as_json: bool
) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.ask_bank import ask_movements
    from moa.kernel.money import to_text

    day = first.date() if first else ctx.today
    said = ask_movements(ctx, bank, account, day, last.date() if last else day)
    rows = None if said.movements is None else [
        {"day": str(one.day), "at": one.at, "amount": to_text(one.amount_minor, "KRW"), "balance": to_text(one.balance_minor, "KRW"),
         "text": one.text, "memo": one.memo}
        for one in said.movements
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"bank": bank, "rows": rows, **_asked(said.asked)}, ensure_ascii=False))
    else:
        for row in rows or ():
            click.echo(
                f"{row['day']} {row['at']}  {row['amount']:>18}  {row['balance']:>20}  {row['text']} {row['memo']}"
            )
    return 0 if rows is not None else 1


@click.command(
    "account",
    help="Let our account NUMBER be debited over the connection to BANK; its password comes from MOA_ACCOUNT_PASSWORD or "
    "is asked for, never shown.",
)
@click.argument("bank")
@click.argument("number")
@_acting
def account(bank: str, number: str, as_login: str, group: str, as_json: bool) -> None:
    password = os.environ.get("MOA_ACCOUNT_PASSWORD") or click.prompt(
        "Password of the account", hide_input=True
    )
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.connect_account import connect_account

    with ctx.open():
        made = connect_account(ctx, bank, number, password=password)
    click.echo(json.dumps({"bank": bank, "account": made.number}) if as_json else f"{bank}: {made.number}")


@click.command("test", help="Open the day with BANK if need be and test its line.")
@click.argument("bank")
@_acting
def test(bank: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.ask_bank import test_line

    return _print({"bank": bank, **_asked(test_line(ctx, bank))}, as_json)


@click.command("name", help="Ask BANK who holds ACCOUNT at TO_BANK.")
@click.argument("bank")
@click.argument("to_bank")
@click.argument("account")
@_acting
def name(bank: str, to_bank: str, account: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.ask_bank import inquire_payee

    said = inquire_payee(ctx, bank, to_bank, account)
    return _print(
        {"bank": to_bank, "name": said.name, "closed": said.is_closed, **_asked(said.asked)}, as_json
    )


@click.command(
    "names",
    help="Ask BANK who holds the accounts of FILE (CSV: bank,account,name), and compare the names. Exit code 1 when one differs.",
)
@click.argument("bank")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_acting
def names(bank: str, file: Path, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.ask_bank import inquire_payees
    from moa.entry.commands.file_errors import as_values, say
    from moa.payments.payee_files import read_payees_file
    from moa.payments.rules.payee_names import NameVerdict, compare_names

    payees, problems = read_payees_file(file)
    if problems:
        if as_json:
            click.echo(json.dumps({"rows": [], "errors": as_values(problems)}, ensure_ascii=False))
        say(problems)
        return 1
    said = inquire_payees(ctx, bank, [(one.bank, one.account) for one in payees])
    rows = [
        {
            "bank": one.bank, "account": one.account, "asked": one.name, "name": answer.name, "closed": answer.is_closed,
            "verdict": compare_names(one.name, answer.name).value, **_asked(answer.asked),
        }
        for one, answer in zip(payees, said, strict=True)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps({"rows": rows, "errors": []}, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(
                f"{row['verdict']:<11} {row['bank']} {row['account']} {row['asked']} → {row['name'] or '-'}"
            )
    return 0 if all(row["verdict"] == NameVerdict.MATCH for row in rows) else 1


@click.command("balance", help="Ask BANK what is on our ACCOUNT.")
@click.argument("bank")
@click.argument("account")
@_acting
def balance(bank: str, account: str, as_login: str, group: str, as_json: bool) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.channels.operations.ask_bank import ask_balance
    from moa.kernel.money import to_text

    said = ask_balance(ctx, bank, account)
    ledger, available = (
        None if minor is None else to_text(minor, "KRW")
        for minor in (said.ledger_minor, said.available_minor)
    )
    return _print({"bank": bank, "balance": ledger, "available": available, **_asked(said.asked)}, as_json)


def _asked(asked: Any) -> dict[str, Any]:
    return {
        "answered": asked.answered.value, "code": asked.code, "message": asked.message_id, "number": asked.msg_no,
        "day": str(asked.day), **({"problem": asked.problem} if asked.problem else {}),
    }  # fmt: skip


def _print(shown: dict[str, Any], as_json: bool) -> int:
    """Exit code 1 when the bank did not say that it is done."""
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{key} {value}" for key, value in shown.items() if value not in ("", None)))
    return 0 if shown["answered"] == "done" else 1
