"""`moa django …`: Django's own commands with Moa's database, for developers (makemigrations, shell, sqlmigrate)."""

from __future__ import annotations

import click


@click.command(
    help="Run one of Django's own commands, for example: moa django makemigrations accounts.",
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def django(arguments: tuple[str, ...]) -> None:
    from moa.entry.startup import setup_django

    setup_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["moa django", *arguments])
