"""`moa simulate payments`: many payments with faults and kills, and whether any was lost, doubled or guessed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

DATABASE = "moa_simulation"
PLANTS = ("double-send", "timeout-as-failed", "lost-hold", "nrec-as-failed")


@click.command(
    "payments",
    help="Run payments against simulated banks with faults, kill the process that pays in its windows, and check that nothing "
    "is lost, doubled or guessed. It ends with 1 when anything is.",
)
@click.option("--seeds", type=click.IntRange(1), default=1, show_default=True, help="How many seeds.")
@click.option(
    "--payments", type=click.IntRange(1, 5_000), default=60, show_default=True, help="In each seed."
)
@click.option("--first-seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--plant", "planted", type=click.Choice(PLANTS), help="A fault on purpose: it must be found.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON only.")
@click.option(
    "--here", is_flag=True, hidden=True, help="In the database of MOA_DATABASE as it is, for tests."
)
def payments(
    seeds: int, payments: int, first_seed: int, planted: str | None, as_json: bool, here: bool
) -> None:
    _set_up(here)
    from moa.entry.simulation.running import simulate

    def told(seed: int, failures: int, kills: list[str]) -> None:
        if not as_json:
            click.echo(f"seed {seed}: {len(kills)} kills, {failures} failures")

    totals = simulate(
        range(first_seed, first_seed + seeds), payments, planted=planted or "", told=told
    ).as_json()
    failures = totals["failures"]
    if as_json:
        click.echo(json.dumps(totals, ensure_ascii=False))
    else:
        for failure in totals.pop("failures"):
            click.echo(
                f"seed {failure['seed']}, payment {failure['payment']}, {failure['run']}: {failure['problem']}: "
                f"{failure['what']}\n  again: {failure['replay']}"
            )
        click.echo(", ".join(f"{name.replace('_', ' ')} {number}" for name, number in totals.items()))
    if failures:
        sys.exit(1)


def _set_up(here: bool) -> None:
    """A database of its own on the same server, and a folder of its own for what is stored."""
    from moa.entry.startup import setup_django

    if not here:
        os.environ["MOA_DATABASE"] = DATABASE
    # Our process is killed, the server never: what is committed is there whether it reached the disk or not.
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    setup_django()
    from django.conf import settings

    from moa.entry.migrating import migrate

    if not here:
        settings.STATE_DIR = Path(settings.STATE_DIR) / "simulation"
        settings.STATE_DIR.mkdir(exist_ok=True, mode=0o700)
        migrate()
