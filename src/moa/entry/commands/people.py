"""`moa people …`: logins and roles of a group's persons."""

from __future__ import annotations

import secrets
from typing import Any

import click

from moa.entry.commands.shared_options import acting_options


@click.command(
    "add", help="Add a person with a login and roles, as an administrator; the password is printed once."
)
@click.argument("person", metavar="LOGIN=NAME")
@click.option(
    "--role", "roles", multiple=True, required=True, metavar="ROLE[:UNIT]",
    help="treasurer, teller, approver, clerk, auditor or admin; with the code of a company or unit, there and below.",
)  # fmt: skip
@click.option("--title", default="", help="The person's title, as it stands on pages.")
@click.option("--language", type=click.Choice(["ko", "zh-hans", "en"]), default="ko", show_default=True)
@click.option("--os-user", default="", help="The operating-system user whose commands act as this person.")
@acting_options
def add(person: str, roles: tuple[str, ...], as_login: str, group: str, **given: Any) -> None:
    from moa.entry.acting import acting_context

    login, equals, name = (part.strip() for part in person.partition("="))
    if not (login and equals and name):
        raise click.UsageError(f"“{person}” is not of the form LOGIN=NAME.")
    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.operations.add_person import NewPerson, add_person
    from moa.control.queries import unit_by_code

    password = made_password(login)
    with ctx.open():
        held = []
        for text in roles:
            role, _, unit = text.partition(":")
            held.append((role, unit_by_code(ctx, unit).id if unit else None))
        add_person(ctx, new=NewPerson(login, name, password, tuple(held), **given))
    click.echo(f"{login}  {name}  password {password}\nThe password is shown this once and kept nowhere.")


def made_password(login: str) -> str:
    """A password that nobody could guess, of letters that nobody confuses when reading it aloud."""
    from moa.control.password_rules import password_problem

    made = ""
    while password_problem(made, login):
        made = "-".join(secrets.token_hex(2) for _ in range(5))
    return made
