"""The state of a connection to a bank, as far as it is known here."""

from __future__ import annotations

from enum import StrEnum

from moa.kernel.lifecycle import Lifecycle


class LineState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    LOST = "lost"


LINE = Lifecycle(
    LineState,
    {
        (LineState.CLOSED, "open"): LineState.OPEN,
        (LineState.OPEN, "open"): LineState.OPEN,
        (LineState.LOST, "open"): LineState.OPEN,
        (LineState.CLOSED, "lose"): LineState.LOST,
        (LineState.OPEN, "lose"): LineState.LOST,
        (LineState.LOST, "lose"): LineState.LOST,
        (LineState.OPEN, "close"): LineState.CLOSED,
        (LineState.LOST, "close"): LineState.CLOSED,
    },
)
