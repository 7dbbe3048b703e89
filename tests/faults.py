"""What tests of faults share: works at the same time, waiting for what another process does, and jobs of dead workers."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from moa.control import jobs

WORKER = [sys.executable, "-m", "moa.entry", "worker", "--until-empty"]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same time, each with a connection of its own; what they gave or raised, in order."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int) -> None:
        start.wait(10)
        try:
            results[number] = works[number]()
        except Exception as fault:
            results[number] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def kill_worker_when(true: Callable[[], bool], environment: dict[str, str]) -> None:
    """A worker in a process of its own, killed with -9 once it has come there."""
    process = subprocess.Popen(WORKER, env=environment)
    try:
        wait_until(true)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)


def work_until_empty(environment: dict[str, str]) -> None:
    """Another worker does what waits."""
    assert subprocess.run(WORKER, env=environment, timeout=60, check=False).returncode == 0


def retry_stalled() -> int:
    """Give the jobs of dead workers back; returns their number."""

    async def retry() -> int:
        listening = app.with_connector(cast(DjangoConnector, app.connector).get_worker_connector())
        async with listening.open_async():
            return await jobs.retry_stalled_jobs(listening)

    # In a thread of its own: after a browser test the loop of Playwright runs in this one.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(retry())).result(60)


def let_half_a_minute_pass(execute: Callable[[str], Sequence[Any] | Any]) -> None:
    """The heartbeats of dead workers are old then. Shape: `execute` a statement as the owner."""
    execute("update procrastinate_workers set last_heartbeat = last_heartbeat - interval '1 minute'")
