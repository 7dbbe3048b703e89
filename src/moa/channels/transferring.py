"""What every connection does around the transfers that are asked of it together, whatever it speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from moa.channels.message_store import Claim, NumbersUsedUp, Wanted
from moa.channels.protocol import LINE_DOWN, Answered, Asked, TransferOrder
from moa.control.context import Context
from moa.kernel.errors import DomainError

S = TypeVar("S")


def write_orders(
    ctx: Context,
    orders: Sequence[TransferOrder],
    secret_of: Callable[[str], S],
    fields_of: Callable[[TransferOrder, S], Mapping[str, str]],
) -> tuple[dict[int, Wanted], dict[int, str]]:
    """What is asked of each, by its place, and the codes of why one cannot be asked, which stops no other.

    Called in a closed Context. Shape: `secret_of` what lets a debit account be used, asked once for each in an open Context.
    """
    wanted: dict[int, Wanted] = {}
    problems: dict[int, str] = {}
    secrets: dict[str, S] = {}
    for at, order in enumerate(orders):
        try:
            if order.debit_account not in secrets:
                with ctx.open():
                    secrets[order.debit_account] = secret_of(order.debit_account)
            wanted[at] = Wanted(fields_of(order, secrets[order.debit_account]), order.about)
        except DomainError as fault:
            problems[at] = fault.code
    return wanted, problems


class Claimed:
    """The caller's `claim`, narrowed to what could be written, and remembered: it is called again for each piece that leaves
    together. Shape: `whose` by what they are about, None before the first call."""

    def __init__(self, wanted: Mapping[int, Wanted], claim: Claim | None) -> None:
        self.whose: set[object] | None = None
        self._written = {one.about[1] for one in wanted.values()}
        self._claim = claim

    def __call__(self) -> set[object]:
        now = self._written if self._claim is None else self._written & set(self._claim())
        self.whose = now | (self.whose or set())
        return now

    def why_not_sent(self, asked: Asked, order: TransferOrder, line_problem: str) -> str:
        """The code; empty for what left, and for what there was nothing to send of any more. What was stored and did not leave
        had no line.

        Shape: `line_problem` what the line or the bank had against it, empty for nothing.
        """
        if asked.answered is not Answered.NOT_SENT:
            return ""
        if asked.message_id:
            return LINE_DOWN
        had_a_turn = order.about[1] in (self.whose or ())
        return line_problem or (NumbersUsedUp.code if had_a_turn else "")
