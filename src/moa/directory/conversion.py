"""What an amount is against a limit in another currency, by the group's newest rate of the day."""

from __future__ import annotations

from moa.control.context import Context
from moa.directory.queries import rate_on_or_before
from moa.kernel.rounding import Rounding


def size_in_base(ctx: Context, minor: int, currency: str, base: str) -> int | None:
    """Minor units of `base`, rounded up, so that no limit is passed by rounding; None without a rate."""
    dated = rate_on_or_before(ctx, currency, base, ctx.today)
    return dated.rate.convert_minor(minor, Rounding.UP) if dated is not None else None
