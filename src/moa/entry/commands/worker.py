"""`moa worker`: run jobs until Ctrl-C."""

from __future__ import annotations

import os
from typing import cast

import click

from moa.entry.children import end_with_parent


@click.command(help="Run jobs until Ctrl-C. Several workers, also on several machines, share the work.")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=2, show_default=True, help="Jobs at the same time."
)
@click.option("--until-empty", is_flag=True, help="End when no job waits any more.")
def worker(concurrency: int, until_empty: bool) -> None:
    from moa.entry.startup import setup_django

    end_with_parent()
    os.environ.setdefault("MOA_LOG_LEVEL", "INFO")
    setup_django()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    # A copy of the app listens on connections of its own; jobs filed by a job still go through Django's connection,
    # so that they are part of that job's transaction.
    listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
    listening.run_worker(concurrency=concurrency, wait=not until_empty, listen_notify=True)
