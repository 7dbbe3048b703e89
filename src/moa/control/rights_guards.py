"""What upper contexts hold together over who may do what: asked before and after every change of it.

    register_guard(guard)          # once, from entry/wiring.py
    with guarded(ctx): …           # in the operation, around what it writes

Changes that one operation makes of several others are judged once, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.db import transaction

from moa.control.administrators import lock_roles
from moa.control.context import Context

_KEY = "rights_guarded"


class RightsGuard(Protocol):
    def before(self, ctx: Context) -> Any:
        """What `after` needs to know of how it stood."""

    def after(self, ctx: Context, seen: Any) -> None:
        """Raises a refusal of its own when the change must not be."""


_guards: list[RightsGuard] = []


def register_guard(guard: RightsGuard) -> None:
    if not any(type(one) is type(guard) for one in _guards):
        _guards.append(guard)


@contextmanager
def guarded(ctx: Context) -> Iterator[None]:
    """Raises: what a guard raises; what was written inside is undone then, also where a page goes on."""
    if _KEY in ctx.memo:
        yield
        return
    ctx.memo[_KEY] = True
    try:
        # Two changes that are harmless each may not be so together: the second waits and sees the first.
        lock_roles(ctx)
        seen = [(guard, guard.before(ctx)) for guard in _guards]
        with transaction.atomic():
            yield
            for guard, before in seen:
                guard.after(ctx, before)
    finally:
        ctx.memo.pop(_KEY, None)
