"""A payment whose process kills itself in one of its windows, for every window in turn, each in a child of its own.

`python -m tests.payments.paying_process GROUP ORDER ORDER …` releases the next order with each window and says how the child
ended; with `inquire` before the orders it asks about their tries instead.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django

_RELEASE = "moa.payments.operations.release_order"
_INQUIRE = "moa.payments.operations.inquire_attempt"
_EXCHANGE = "moa.channels.firm_banking.exchange"
_LINE = "moa.channels.firm_banking.line"
# Where: module, what is called there, and whether the process dies before it or after it.
RELEASE = (
    (_RELEASE, "_make_attempts", "after"),
    (_RELEASE, "begin_attempts", "after"),
    (_EXCHANGE, "store_requests", "before"),
    (_RELEASE, "_mark_stored", "after"),
    (_EXCHANGE, "store_requests", "after"),
    (_LINE, "Line.send", "after"),
    (_EXCHANGE, "mark_sent", "after"),
    (_EXCHANGE, "store_received", "before"),
    (_EXCHANGE, "store_received", "after"),
    (_EXCHANGE, "mark_understood", "after"),
    (_RELEASE, "take_words", "before"),
    (_RELEASE, "take_words", "after"),
    (_RELEASE, "take_answers", "after"),
)
INQUIRE = (
    (_INQUIRE, "_begin", "after"),
    (_EXCHANGE, "store_requests", "after"),
    (_LINE, "Line.send", "after"),
    (_EXCHANGE, "store_received", "after"),
    (_EXCHANGE, "mark_understood", "after"),
    (_INQUIRE, "take_results", "before"),
    (_INQUIRE, "take_words", "after"),
    (_INQUIRE, "take_results", "after"),
)


def main() -> None:
    django.setup()
    group, *rest = sys.argv[1:]
    inquires = rest[0] == "inquire"
    orders = [int(one) for one in rest[inquires:]]
    for window, order_id in zip(INQUIRE if inquires else RELEASE, orders, strict=True):
        # The parent never connects, so a child shares nothing with it.
        child = os.fork()
        if not child:
            _pay_and_die(int(group), order_id, window, inquires=inquires)
        print(order_id, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _pay_and_die(group: int, order_id: int, window: tuple[str, str, str], *, inquires: bool) -> None:
    from moa.control.queries import machine_context
    from moa.payments.operations import inquire_attempt, release_order
    from tests.control.factories import AT

    module, name, when = window
    try:
        ctx = machine_context(group, at=AT, channel="test")
        if inquires:
            from moa.payments.models import PaymentAttempt

            with ctx.open():
                attempt = PaymentAttempt.objects.get(order_id=order_id)
                PaymentAttempt.objects.filter(id=attempt.id).update(ask_at=AT)
            _arm(import_module(module), name, when)
            inquire_attempt.inquire_attempt(ctx, attempt.id, seconds=2)
        else:
            _open_day(ctx)
            _arm(import_module(module), name, when)
            release_order.release_order(ctx, order_id, seconds=2)
    finally:
        os._exit(1)


def _open_day(ctx: Any) -> None:
    """The line is tested first, so that the window is met by the transfer and not by the opening of the bank's day."""
    from moa.channels.operations.ask_bank import test_line

    test_line(ctx, "004", seconds=2)


def _arm(module: Any, name: str, when: str) -> None:
    holder, _, last = name.rpartition(".")
    owner = getattr(module, holder) if holder else module
    does: Callable[..., Any] = getattr(owner, last)

    def and_die(*values: Any, **more: Any) -> None:
        if when == "after":
            does(*values, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, last, and_die)


if __name__ == "__main__":
    main()
