"""News that booked lines of accounts were stored or superseded: told in the same transaction to whom it concerns above."""

from __future__ import annotations

from collections.abc import Callable, Collection

from moa.control.context import Context

Listener = Callable[[Context, Collection[int]], None]
_listeners: list[Listener] = []


def when_lines_change(listener: Listener) -> None:
    """Once per listener, from `entry/wiring.py`."""
    if listener not in _listeners:
        _listeners.append(listener)


def lines_changed(ctx: Context, account_ids: Collection[int]) -> None:
    """Shape: the accounts whose lines are others now."""
    if account_ids:
        for listener in _listeners:
            listener(ctx, account_ids)
