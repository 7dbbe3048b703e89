"""No change of roles, policies, deputies, limits or tokens leaves it to one person alone to pay money out."""

from __future__ import annotations

from moa.control.context import Context
from moa.control.models import Person
from moa.kernel.errors import DomainError
from moa.payments.distance import Alone, alone
from moa.payments.distance_words import told


class OneCouldPayAlone(DomainError):
    """After the change one person alone could pay money out, and before it none could. Facts: `path` who and how."""

    code = "one_could_pay_alone"


class DistanceGuard:
    """Registered in entry/wiring.py. What was possible to one person alone before is no reason to refuse a change."""

    def before(self, ctx: Context) -> frozenset[str]:
        return frozenset(alone(ctx))

    def after(self, ctx: Context, seen: frozenset[str]) -> None:
        """Raises: one_could_pay_alone."""
        # The machine user makes the first administrator, who can still do everything alone.
        is_setting_up = ctx.actor.kind == Person.MACHINE
        for kind, found in alone(ctx).items():
            if kind not in seen and not (kind and is_setting_up):
                raise OneCouldPayAlone(path=_path(ctx, found))


def _path(ctx: Context, found: Alone) -> str:
    return " ".join(told(ctx, [found.coalition])[found.coalition])
