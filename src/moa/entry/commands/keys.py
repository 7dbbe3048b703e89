"""`moa keys …`: renew the keys that the stored documents are encrypted with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from moa.entry.commands.shared_options import acting_options


@click.command(
    "rotate", help="Give the group a new data key and encrypt every stored document again with it."
)
@acting_options
def rotate(as_login: str, group: str) -> int:
    from moa.entry.acting import acting_context

    ctx = acting_context(as_login=as_login, group=group)
    from moa.control.documents import rotate_keys

    done = rotate_keys(ctx)
    click.echo(f"Key version {done.version}: {done.documents} documents encrypted again.")
    if done.damaged:
        numbers = ", ".join(map(str, done.damaged))
        click.echo(f"These no longer open and stay as they are: {numbers}", err=True)
    return 1 if done.damaged else 0


@click.command(
    "rewrap",
    help="Wrap the keys of all groups with the master key in NEW_KEY_FILE; documents stay as they are. Afterwards set "
    "MOA_MASTER_KEY_FILE to that file, or the documents do not open.",
)
@click.argument("new_key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rewrap(new_key_file: Path) -> None:
    """Of the installation, not of a group: whoever may read the master key's file may do this."""
    from moa.entry.startup import setup_django

    setup_django()
    from moa.control.group_keys import master_key, master_key_from
    from moa.control.group_keys import rewrap as rewrap_group
    from moa.control.queries import list_groups, machine_context

    former, new = master_key(), master_key_from(new_key_file.read_bytes())
    for group in list_groups():
        ctx = machine_context(group.id, at=datetime.now(UTC), channel="command")
        with ctx.open():
            count = rewrap_group(ctx, former, new)
        click.echo(f"{group.code}: {count} keys wrapped anew.")
    click.echo(f"Now set MOA_MASTER_KEY_FILE={new_key_file.absolute()} for every command and the server.")
