"""`moa up`: from nothing to the position on the terminal and the application in the browser."""

from __future__ import annotations

import os
import socket
import time

import click

from moa.entry.children import Child, Stopped, end_all, run_until_stopped, stop_on_signals
from moa.entry.commands.serve import DEFAULT_PORT, HOST, check_port
from moa.kernel.errors import DomainError, NotFound

READY_SECONDS = 60


@click.command(help="Prepare everything, print the cash position, then serve until Ctrl-C.")
@click.option("--once", is_flag=True, envvar="ONCE", help="Do everything but serve.  [env: ONCE=1]")
@click.option(
    "--demo/--no-demo",
    default=True,
    envvar="DEMO",
    help="Load the demo group into an empty system.  [env: DEMO]",
)
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, envvar="PORT", show_default=True)
def up(once: bool, demo: bool, port: int) -> int:
    if not once:
        check_port(HOST, port)
    prepare(demo=demo)
    if once:
        return 0
    return _serve(port)


def prepare(*, demo: bool) -> None:
    """Database, tables, assets and (in an empty system) the demo; then the position and the logins are printed."""
    from moa.entry.assets import ensure_built
    from moa.entry.database import ensure_database
    from moa.entry.translations import compile_changed

    started = time.monotonic()
    click.echo("Starting the database")
    ensure_database()
    # Before Django's settings load: they look for the built files.
    ensure_built(click.echo)
    compile_changed()
    from moa.entry.migrating import migrate
    from moa.entry.startup import setup_django

    setup_django(with_database=False)
    if applied := migrate():
        click.echo(f"Brought the tables up to date ({applied} steps)")
    if demo:
        _load_demo()
    from moa.entry.upgrading import upgrade_now

    for line in upgrade_now():
        click.echo(line)
    click.echo(f"Ready after {time.monotonic() - started:.0f} s\n")
    _report()


def _load_demo() -> None:
    """An empty system gets the demo group. A load that was cut off, also by kill -9, is taken back and done anew."""
    from moa.entry.database import database_name, state_dir

    unfinished = state_dir() / f"demo-unfinished-{database_name()}"
    if unfinished.exists():
        from moa.entry.demo.removing import remove_demo

        click.echo("Removing a demo group that was not loaded to its end")
        remove_demo()
        unfinished.unlink()
    if _count_groups():
        return
    click.echo("Loading the demo group")
    unfinished.touch()
    _run("demo", "load")
    unfinished.unlink()


def _count_groups() -> int:
    """The owner counts: to the application, groups other than its Context's do not exist."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from control_group")
        count = int(cursor.fetchone()[0])
    connections["owner"].close()
    return count


def _report() -> None:
    groups = _count_groups()
    if groups == 0:
        click.echo("The system is empty: `.venv/bin/moa setup` makes a group and its first administrators.")
        return
    if groups == 1:
        _show_position()
    else:
        click.echo(f"{groups} groups: `.venv/bin/moa position --group NAME` prints the position of one.")
    from moa.entry.commands.demo import print_logins

    print_logins()


def _show_position() -> None:
    """The position, where this operating-system user may see it: in a system of one's own it is an administrator's, or nobody's."""
    if not _may_see_position():
        click.echo("`.venv/bin/moa position --as LOGIN` prints the position, as a login that may see it.")
        return
    for by in ("company", "bank", "currency"):
        click.echo(f"Cash position by {by}")
        _run("position", "--by", by)
        click.echo()


def _may_see_position() -> bool:
    from moa.entry.acting import acting_context

    try:
        ctx = acting_context()
    except NotFound:
        return False
    from moa.control.access import may
    from moa.reports.permissions import VIEW_POSITION

    with ctx.open():
        return may(ctx, VIEW_POSITION)


def _run(*path: str) -> None:
    """Another command of ours, as it would run from the shell without options."""
    from moa.entry.cli import root

    root.main(args=list(path), prog_name="moa", standalone_mode=False)


def _serve(port: int) -> int:
    stop_on_signals()
    # Whoever sits before this terminal wants to see what goes wrong, not every request.
    os.environ.setdefault("MOA_LOG_LEVEL", "WARNING")
    # Mails of the demo lead to its pages.
    os.environ.setdefault("MOA_PUBLIC_URL", f"http://{HOST}:{port}")
    children: list[Child] = []
    try:
        children.append(Child("The web server", ["serve", "--port", str(port)]))
        children.append(Child("The job worker", ["worker"]))
        banks: Child | None = None
        if _has_banks_to_pay_at():
            run = ["world", "up", "--port", "0", "--renew", "--quiet"]
            banks = Child("The simulated banks", run, is_needed=False)
            children.append(banks)
        if _wait_for(port, children):
            click.echo(f"\nMoa is at http://{HOST}:{port} — Ctrl-C ends it.")
        if banks is not None:
            _follow_banks(banks)
    except Stopped:
        stop_on_signals(ignore=True)
        end_all(children)
        return 0
    return run_until_stopped(children, lambda words: click.echo(words, err=True))


def _has_banks_to_pay_at() -> bool:
    """Whether the demo group is loaded: its accounts stand at the simulated banks."""
    from moa.entry.commands.world import balances_file

    return balances_file().exists()


def _follow_banks(banks: Child) -> None:
    """The simulated banks take the ports that they had. Where another program has taken one meanwhile, the demo is connected to
    the new one, and whoever sits here is told."""
    from moa.entry.commands.world import where_it_runs
    from moa.entry.commands.world_connect import connect_again

    end = time.monotonic() + READY_SECONDS
    while where_it_runs().get("pid") != banks.process.pid:
        if banks.ended() or time.monotonic() > end:
            return
        time.sleep(0.1)
    try:
        moved = connect_again()
    except DomainError as why:
        # No demo group, or its administrator is no longer there: who connects then does it by hand.
        click.echo(
            f"The simulated banks were not connected again ({why.code}): `.venv/bin/moa world connect` does it.",
            err=True,
        )
        return
    if moved:
        click.echo(
            f"The simulated banks could not have the ports that they had; the demo is connected anew to {', '.join(moved)}."
        )


def _wait_for(port: int, children: list[Child]) -> bool:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and not any(child.ended() and child.is_needed for child in children):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
        time.sleep(0.1)
    return False
