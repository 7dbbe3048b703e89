"""Jobs that tests can watch from outside: they say where they are by audit lines in transactions of their own."""

from __future__ import annotations

import time
from pathlib import Path

from moa.control.audit import record
from moa.control.context import Context
from moa.control.jobs import enqueue, job
from moa.kernel.errors import DomainError


@job("test.wait_for_file")
def wait_for_file(ctx: Context, path: str) -> None:
    """Say "started", wait until the file is there, say "finished"."""
    with ctx.open():
        record(ctx, "test.job.started", "job", 1)
    while not Path(path).exists():
        time.sleep(0.02)
    with ctx.open():
        record(ctx, "test.job.finished", "job", 1)


@job("test.fail")
def fail(ctx: Context, kind: str) -> None:
    """Leave a line that must not stay, and fail in the named way."""
    with ctx.open():
        record(ctx, "test.job.half_done", "job", kind)
        raise DomainError("test_refused") if kind == "refusal" else OSError("the network is away")


@job("test.file_another")
def file_another(ctx: Context) -> None:
    with ctx.open():
        enqueue(ctx, "test.wait_for_file", path="/")
