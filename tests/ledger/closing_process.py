"""A closing in a process of its own that kills itself after one of its steps.

`python -m tests.ledger.closing_process GROUP PERSON STEP`
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django

# What the operation does one after the other, as it is named in the module of the operation.
STEPS = ("hold_book", "_move", "run_checks", "_set_down", "take_seal", "stamp_book", "_follow", "record")


def main() -> None:
    django.setup()
    from moa.control.queries import context_for
    from moa.ledger.operations import close_day
    from moa.ledger.queries import access_book
    from tests.control.factories import AT

    group_id, person_id, step = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    act = getattr(close_day, step)

    def and_die(*values: Any, **more: Any) -> None:
        act(*values, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(close_day, step, and_die)
    ctx = context_for(group_id, person_id, at=AT, channel="test")
    with ctx.open():
        close_day.close_day(ctx, access_book(ctx))


if __name__ == "__main__":
    main()
