"""`moa setup`: start an empty system. Asks for what was not given, when somebody is there to answer."""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import click

# The oldest statements that a treasurer is likely to bring lie after this day.
SINCE = "2000-01-01"
LANGUAGES = {"KR": "ko", "CN": "zh-hans"}


@click.command(help="Start an empty system: its group, its companies and its first two administrators.")
@click.option("--code", default="", help="Short code of the group, such as HAEON.")
@click.option("--name", default="", help="Name of the group.")
@click.option("--currency", default="", help="Base currency, such as KRW.")
@click.option("--time-zone", default="Asia/Seoul", show_default=True, help="Whose days are the group's days.")
@click.option(
    "--country",
    type=click.Choice(sorted(LANGUAGES)),
    default="KR",
    show_default=True,
    help="Whose calendar counts.",
)
@click.option("--company", "companies", multiple=True, metavar="CODE=NAME", help="A company; once for each.")
@click.option(
    "--admin", "people", multiple=True, metavar="LOGIN=NAME", help="An administrator; twice, two persons."
)
@click.option(
    "--os-user",
    help="The operating-system user whose commands act as the first administrator; default: who runs this.",
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default=SINCE,
    show_default=True,
    help="The companies exist from this day on; no account opens earlier.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was made, and the passwords, as JSON.")
def setup(as_json: bool, **given: Any) -> int:
    from moa.entry.migrating import migrate
    from moa.entry.startup import setup_django

    setup_django()
    migrate()
    if refusal := _second_setup():
        click.echo(refusal, err=True)
        return 1
    asked = _ask(given)
    _make(asked, given)
    _report(asked, as_json)
    return 0


@dataclass(slots=True)
class Asked:
    """What was given or answered. Shape: `passwords` login → (password, whether it was made here)."""

    code: str
    name: str
    currency: str
    companies: list[tuple[str, str]]
    people: list[tuple[str, str]]
    passwords: dict[str, tuple[str, bool]] = field(default_factory=dict)


def _second_setup() -> str:
    """The refusal when there is a group already, else ""."""
    from moa.control.queries import list_groups

    present = ", ".join(group.code for group in list_groups())
    if not present:
        return ""
    return (
        f"already_set_up {present}\nThis installation holds the group {present} already; nothing was changed."
        " If it is the demo, `moa demo remove` removes it."
    )


def _ask(given: dict[str, Any]) -> Asked:
    """Ask for what is missing; without a terminal, say everything that is missing at once. Raises: UsageError."""
    interactive = sys.stdin.isatty()
    missing = [f"--{name}" for name in ("code", "name", "currency") if not given[name]]
    missing += ["--company"] * (not given["companies"]) + ["--admin"] * (len(given["people"]) < 2)
    if missing and not interactive:
        raise click.UsageError(f"Nobody is there to answer; give {', '.join(missing)}.")
    asked = Asked(
        given["code"] or click.prompt("Short code of the group, such as HAEON"),
        given["name"] or click.prompt("Name of the group"),
        (given["currency"] or click.prompt("Base currency", default="KRW")).upper(),
        [_pair("--company", text) for text in given["companies"]] or _ask_companies(),
        [_pair("--admin", text) for text in given["people"]],
    )
    while len(asked.people) < 2:
        asked.people.append(
            _pair("--admin", click.prompt(f"Administrator {len(asked.people) + 1} of 2, LOGIN=NAME"))
        )
    asked.passwords = {login: _password(login, interactive) for login, _ in asked.people}
    return asked


def _ask_companies() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while text := click.prompt("A company, CODE=NAME (nothing: no more)", default="", show_default=False):
        found.append(_pair("--company", text))
    return found


def _pair(option: str, text: str) -> tuple[str, str]:
    code, equals, name = (part.strip() for part in text.partition("="))
    if not (code and equals and name):
        raise click.UsageError(f"{option} “{text}” is not of the form CODE=NAME.")
    return code, name


def _password(login: str, interactive: bool) -> tuple[str, bool]:
    from moa.control.password_rules import PASSWORD_MIN_LENGTH, password_problem
    from moa.entry.commands.people import made_password

    while interactive:
        text = click.prompt(
            f"Password of {login} (nothing: one is made)", default="", show_default=False, hide_input=True,
            confirmation_prompt=True,
        )  # fmt: skip
        if not text:
            break
        if not (problem := password_problem(text, login)):
            return text, False
        click.echo(
            f"{problem}: take {PASSWORD_MIN_LENGTH} characters or more, of several kinds, without the login.",
            err=True,
        )
    return made_password(login), True


def _make(asked: Asked, given: dict[str, Any]) -> None:
    from moa.control.operations.set_up_group import NewGroup
    from moa.control.operations.set_up_system import NewAdministrator, NewCompany, set_up_system

    country = given["country"]
    os_user = getpass.getuser() if given["os_user"] is None else given["os_user"]
    set_up_system(
        NewGroup(asked.code, asked.name, asked.currency, time_zone=given["time_zone"], country=country),
        companies=[NewCompany(code, name, country) for code, name in asked.companies],
        administrators=[
            NewAdministrator(
                login, name, asked.passwords[login][0], "" if number else os_user, LANGUAGES[country]
            )
            for number, (login, name) in enumerate(asked.people)
        ],
        since=given["since"].date(),
        at=datetime.now(UTC),
    )


def _report(asked: Asked, as_json: bool) -> None:
    """Passwords made here are shown this once and kept nowhere."""
    from moa.entry.database import database_url

    if as_json:
        people = [
            {
                "login": login,
                "name": name,
                "password": asked.passwords[login][0] if asked.passwords[login][1] else None,
            }
            for login, name in asked.people
        ]
        made = {
            "group": asked.code,
            "companies": [code for code, _ in asked.companies],
            "administrators": people,
        }
        click.echo(json.dumps(made, ensure_ascii=False))
        return
    click.echo(
        f"The group {asked.code} is set up, companies: {', '.join(code for code, _ in asked.companies)}."
    )
    for login, name in asked.people:
        password, made_here = asked.passwords[login]
        click.echo(
            f"  {login}  {name}  " + (f"password {password}" if made_here else "password as you typed it")
        )
    if any(made_here for _, made_here in asked.passwords.values()):
        click.echo("These passwords are shown this once and kept nowhere.")
    click.echo(
        "Next: `moa people add LOGIN=NAME --role treasurer` for those who do the work (administrators do not approve),"
        f" then {'start `moa serve` and `moa worker`' if database_url() else '`moa up`'}."
    )
