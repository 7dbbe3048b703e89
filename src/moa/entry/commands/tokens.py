"""`moa tokens …`: tokens with which programs use the API."""

from __future__ import annotations

import json

import click

from moa.entry.commands.shared_options import answer_options


@click.command("make", help="Make a token and print it; it is shown this once and kept nowhere.")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do, as accounts.view.")
@click.option("--days", type=int, default=90, show_default=True, help="How long it lives, up to 366.")
@click.option("--machine", is_flag=True, help="It acts as the group's machine user, not as this login.")
@answer_options
def make(
    name: str, scopes: tuple[str, ...], days: int, machine: bool, as_login: str, group: str, as_json: bool
) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.operations.make_token import NewToken, make_token

    with ctx.open():
        token, secret = make_token(ctx, new=NewToken(name, scopes, days, for_machine=machine))
    if as_json:
        said = {
            "id": token.id,
            "token": secret,
            "expires_at": token.expires_at.isoformat(),
            "scopes": token.scopes,
        }
        click.echo(json.dumps(said))
        return
    click.echo(
        f"{secret}\nToken {token.id}, until {token.expires_at:%Y-%m-%d %H:%M %Z}. It is shown this once."
    )


@click.command("list", help="List tokens, never their secrets.")
@answer_options
def list_(as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.tokens import list_tokens

    with ctx.open():
        rows = list_tokens(ctx)
    if as_json:
        said = [
            {
                "id": row.id, "name": row.name, "prefix": row.prefix, "person": row.person, "scopes": row.scopes,
                "expires_at": row.expires_at.isoformat(), "state": row.state,
                "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
            }
            for row in rows
        ]  # fmt: skip
        click.echo(json.dumps({"rows": said}, ensure_ascii=False))
        return
    for row in rows:
        until = f"{row.expires_at:%Y-%m-%d}"
        click.echo(
            f"{row.id:>6} {row.prefix}… {row.state:<8} {until} {row.person}  {row.name}  {' '.join(row.scopes)}"
        )


@click.command("revoke", help="End a token by its number; the next request that shows it is refused.")
@click.argument("token_id", metavar="NUMBER", type=int)
@answer_options
def revoke(token_id: int, as_login: str, group: str, as_json: bool) -> None:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.operations.revoke_token import revoke_token

    with ctx.open():
        revoke_token(ctx, token_id)
    click.echo(json.dumps({"revoked": token_id}) if as_json else f"Token {token_id} is revoked.")
