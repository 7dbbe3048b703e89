"""A closing that kills itself after one of its steps, for every step in turn, each in a child process of its own.

`python -m tests.ledger.closing_process GROUP PERSON KIND` (day, month or year) says after each child the step and how it
ended, and goes on when it is given a line.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django

# What each operation does one after the other, as it is named in the module of the operation.
STEPS = {
    "day": ("hold_book", "_move", "run_checks", "_set_down", "take_seal", "stamp_book", "_follow", "record"),
    "month": ("hold_book", "ready_period", "_take_steps", "figures_of", "seal_period", "keep_figures", "stamp_book", "record"),
    "year": (
        "hold_book", "ready_period", "_carry", "figures_of", "store_backup", "seal_period", "keep_figures", "stamp_book",
        "record",
    ),
}  # fmt: skip


def main() -> None:
    django.setup()
    from moa.ledger.operations import close_day, close_month, close_year

    module, act = {
        "day": (close_day, close_day.close_day), "month": (close_month, close_month.close_month),
        "year": (close_year, close_year.close_year),
    }[sys.argv[3]]  # fmt: skip
    for step in STEPS[sys.argv[3]]:
        # The parent never connects, so a child shares nothing with it.
        child = os.fork()
        if not child:
            _close_and_die(module, act, step)
        print(step, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        sys.stdin.readline()


def _close_and_die(module: Any, act: Any, step: str) -> None:
    from moa.control.queries import context_for
    from moa.ledger.queries import access_book
    from tests.control.factories import AT

    does = getattr(module, step)

    def and_die(*values: Any, **more: Any) -> None:
        does(*values, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, step, and_die)
    try:
        ctx = context_for(int(sys.argv[1]), int(sys.argv[2]), at=AT, channel="test")
        with ctx.open():
            act(ctx, access_book(ctx))
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
