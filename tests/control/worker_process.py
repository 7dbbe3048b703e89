"""A real worker in a process of its own: `python -m tests.control.worker_process` works until the queue is empty."""

from __future__ import annotations

import importlib
from typing import cast

import django


def main() -> None:
    django.setup()
    importlib.import_module("tests.control.watched_jobs")
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
    listening.run_worker(concurrency=2, wait=False, update_heartbeat_interval=1)


if __name__ == "__main__":
    main()
