"""`moa demo load` and `moa demo remove`: the simulated group, to try everything on."""

from __future__ import annotations

import json

import click

from moa.entry.startup import setup_django


@click.command("load", help="Make the demo group and import its statement files.")
@click.option(
    "--seed", default=7, show_default=True, help="Another seed makes another group of the same shape."
)
def load(seed: int) -> None:
    setup_django()
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from moa.entry.demo.loading import load_demo

    at = datetime.now(UTC)
    load_demo(at=at, today=at.astimezone(ZoneInfo("Asia/Seoul")).date(), seed=seed, say=click.echo)


@click.command("remove", help="Remove the demo group and everything in it.")
@click.confirmation_option("--yes", prompt="Remove the demo group with all its data?")
def remove() -> None:
    setup_django()
    from moa.entry.demo.removing import remove_demo

    count = remove_demo()
    click.echo("The demo group is gone." if count else "There is no demo group.")


def print_logins() -> None:
    """The demo's logins with the passwords made when it was loaded; nothing when there is no demo."""
    from moa.entry.demo.loading import passwords_path

    path = passwords_path()
    if not path.exists():
        return
    logins = json.loads(path.read_text(encoding="utf-8"))
    click.echo("\nDemo logins (`moa demo remove` removes them):")
    for login, facts in logins.items():
        click.echo(f"  {login:<10} {facts['password']:<20} {facts['roles']}")
