"""`moa down`: stop the embedded database server."""

from __future__ import annotations

import click


@click.command(help="Stop the embedded database server. The data stay; the next command starts it again.")
def down() -> None:
    from moa.entry.database import cluster, database_url

    if database_url():
        raise click.UsageError("DATABASE_URL names a server that Moa does not run; stop it where it is run.")
    click.echo(
        "The database server is stopped." if cluster().stop() else "The database server was not running."
    )
